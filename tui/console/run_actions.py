"""What is asked before something is done to a run, and the doing: kill, go on from a checkpoint, fork."""

from __future__ import annotations

import asyncio
import os
import shlex
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tui.console.app_protocol import Console
from tui.console.screens.windows import ListWindow
from tui.engine.environment import child_command, child_environment, child_folder
from tui.errors import UNTRANSLATED, HeadnotesError, UsageError
from tui.models.run_checkpoints import SavedCheckpoint
from tui.recipes import recipe
from tui.runs import console_lock, folder, launch, orders
from tui.runs.folder import Run
from tui.text.catalog import translate
from tui.text.sizes import size_text
from tui.text.visible import visible


def give(run: Run, order: str, language: str) -> None:
    """Give an order. Raises `UsageError` when nobody is there to take it, or another console gives the orders."""
    with seat(run):
        orders.give(run, order, f"console {os.getpid()}")


@contextmanager
def seat(run: Run) -> Iterator[None]:
    """The seat of a run, held for the time of an order. Raises `UsageError` that says which console has it."""
    if not console_lock.take(run):
        raise read_only_error(run)
    try:
        yield
    finally:
        console_lock.leave(run)


def read_only_error(run: Run) -> UsageError:
    """Why this console gives no orders to a run, and which one does where that is known."""
    if not console_lock.is_taken(run):
        return UsageError("console.read-only-folder", name=run.name)
    pid, host, terminal = console_lock.holder(run) or ("?", "?", "?")
    return UsageError("console.read-only", name=run.name, pid=pid, host=visible(host), terminal=visible(terminal))


async def ask_and_kill(app: Console, run: Run) -> None:
    """Kill the worker of a run after a question."""
    language = app.language
    entries = [translate(language, "console.runs.leave_running"), translate(language, "console.runs.kill_it")]
    try:
        with seat(run):
            title = translate(language, "console.runs.kill_title", name=visible(run.name))
            if await app.push_screen_wait(ListWindow(title, entries)) == 1:
                killed = await asyncio.to_thread(launch.kill, run)
                app.notify(
                    translate(
                        language, "console.runs.killed" if killed else "console.runs.nothing_to_kill", name=run.name
                    )
                )
    except UsageError as error:
        app.say_error(error)


async def ask_and_resume(app: Console, run: Run) -> None:
    """Go on from one of the checkpoints that are whole."""
    language = app.language
    try:
        with seat(run):
            chosen = await _resumed(app, run)
    except HeadnotesError as error:
        app.say_error(error)
        return
    except OSError as error:
        app.say_error(UsageError("runs.cannot-do", reason=str(error)))
        return
    if chosen is not None:
        app.notify(translate(language, "console.runs.resumed_from", name=run.name, n=f"{chosen.step:,}"))


async def _resumed(app: Console, run: Run) -> SavedCheckpoint | None:
    """The checkpoint from which it goes on; None when the question was left."""
    language = app.language
    last = await asyncio.to_thread(launch.latest, run)
    checkpoints = await asyncio.to_thread(folder.checkpoints, run)
    if folder.alive(run):
        raise UsageError(translate(language, "console.runs.runs_already", name=run.name))
    entries = [f"checkpoint-{saved.step}   {size_text(saved.bytes)}" for saved in reversed(checkpoints)]
    title = translate(language, "console.runs.resume_title", name=visible(run.name))
    at = await app.push_screen_wait(ListWindow(title, entries)) if len(checkpoints) > 1 else 0
    if at is None:
        return None
    chosen = list(reversed(checkpoints))[at] if checkpoints else last
    await asyncio.to_thread(launch.start, run, chosen)
    return chosen


def fork_command(run: Run, words: list[str]) -> list[str]:
    """What makes and starts a fork: it loads libraries that the console does without, so it is a process."""
    changes = ["--set", *words] if words else []
    return [*child_command("tui"), "runs", "fork", str(run.folder.absolute()), *changes, "--plain"]


def forked(run: Run, text: str, language: str) -> Run:
    """A new run from the latest checkpoint of this one, with changes (`name=value`, spaces between); it is started.

    Takes seconds. Raises `UsageError` with what the command said.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise UsageError("console.changes-unreadable", text=text, reason=str(error)) from error
    for word in words:
        if "=" not in word:
            raise UsageError("console.not-a-change", word=word)
    changes = [(name, value) for name, _, value in (word.partition("=") for word in words)]
    words = [f"{name}={recipe.anchored_path(value) if name in recipe.PATHS else value}" for name, value in changes]
    before = {other.folder for other in folder.all_runs()}
    done = subprocess.run(
        fork_command(run, words),
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        env={**child_environment(), "HEADNOTES_LANGUAGE": language}, cwd=child_folder(), check=False,
    )  # fmt: skip
    forks = [new for new in folder.all_runs() if new.folder not in before and new.about().get("parent")]
    if done.returncode or not forks:
        if not (lines := done.stderr.strip().splitlines()[-4:]):
            raise UsageError("console.not-forked", name=run.name)
        raise UsageError(UNTRANSLATED, title=lines[0], detail=" ".join(lines[1:]), next_step="")
    return forks[0]
