"""Workers for tests: real processes with a session, signals and a lock of their own, forked from one warm process."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import psutil

from tests.runs.worker import making
from tui.recipes import recipe
from tui.runs import folder, orders
from tui.runs.events import Event, last_seq, read_all
from tui.runs.folder import Run

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.runs.worker.warm"])
LONG = 240.0


def begin(target: Callable[..., None], *given: Any) -> BaseProcess:
    """A process that runs a function of this package."""
    process = FORKS.Process(target=target, args=given)
    process.start()
    return process


def finish(process: BaseProcess) -> int:
    """Its exit code; minus the signal that killed it."""
    process.join(LONG)
    assert process.exitcode is not None, "it does not end"
    return process.exitcode


def work(run: Run, resume: int | None = None) -> BaseProcess:
    """A worker, started."""
    return begin(_work, str(run.folder), orders.end_of(run), resume)


def worked(run: Run, resume: int | None = None) -> int:
    """Its exit code."""
    return finish(work(run, resume))


def _work(where: str, orders_from: int, resume: int | None) -> None:
    os.setsid()
    log = os.open(Path(where) / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    from tui.runs.worker.running import work

    sys.exit(work(Run(Path(where)), orders_from, resume))


def script(run: Run) -> list[dict[str, float]]:
    """The steps of a run's script.py, run alone in a folder of its own: loss, and what else it kept."""
    kept = run.folder / "alone.json"
    assert finish(begin(making.alone, str(run.script_file), str(kept))) == 0, folder.last_words(run)
    found: list[dict[str, float]] = json.loads(kept.read_text())
    return found


def weights_of_script(run: Run) -> bytes:
    """Those of the model that the script ended with; `script` has run it."""
    return (run.folder / "alone" / "out" / "model" / "model.safetensors").read_bytes()


def plan(run: Run) -> dict[str, Any]:
    """What planning says of its recipe."""
    kept = run.folder / "plan.json"
    assert finish(begin(making.planned, str(run.recipe_file), str(kept))) == 0
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


def new(asked: dict[str, Any], name: str = "") -> Run:
    """A run's folder with its script."""
    from tui.recipes.script import script

    values = {**asked, "name": name} if name else asked
    made = recipe.read(values)
    return folder.create(made, script(made))


def steps(run: Run) -> list[Event]:
    """Its steps; after a resume those count that came last."""
    found: dict[int, Event] = {}
    for event in read_all(run.steps_file):
        found[event.whole("step")] = event
    return [found[step] for step in sorted(found)]


def kinds(run: Run, kind: str) -> list[dict[str, Any]]:
    """Fields of its events of a kind."""
    return [event.fields for event in read_all(run.events_file) if event.kind == kind]


def until(condition: Callable[[], Any], what: str, seconds: float = LONG) -> Any:
    """What the condition gives as soon as it is true."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, f"in vain for {what}"
        time.sleep(0.002)
    return found


@contextmanager
def halted(run: Run, process: BaseProcess, after: int) -> Iterator[int]:
    """A worker, stopped (SIGSTOP) in the step after `after` or soon after, and let go on at the end; its step."""
    until(lambda: process.exitcode is not None or last_seq(run.steps_file) >= after, f"step {after}")
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        until(lambda: psutil.Process(process.pid).status() == psutil.STATUS_STOPPED, "its halt")
        yield last_seq(run.steps_file)
    finally:
        os.kill(process.pid, signal.SIGCONT)


def weights(run: Run) -> bytes:
    """Those of the model at the end, as they lie on the disk."""
    return (run.model / "model.safetensors").read_bytes()
