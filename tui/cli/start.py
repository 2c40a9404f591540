"""What `train`, `runs resume` and `runs fork` have in common: changes, the plan, the start, a question."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TextIO

from tui.errors import Stopped, UsageError, for_programs, quoted
from tui.text.catalog import translate
from tui.text.sizes import size_text
from tui.text.visible import visible

if TYPE_CHECKING:
    from tui.recipes.recipe import Recipe
    from tui.recipes.run_plan import Plan
    from tui.runs.folder import Run


def add_changes(parser: argparse.ArgumentParser) -> None:
    """`--set`, which may come again and takes several."""
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], metavar="key=value", help="change this in the recipe"
    )


def add_following(parser: argparse.ArgumentParser) -> None:
    """Options of whatever starts a run and may stay with it."""
    parser.add_argument("--wait", action="store_true", help="follow it to its end; ^C leaves it alone and running")
    add_output(parser)


def add_output(parser: argparse.ArgumentParser) -> None:
    """How a run is told."""
    parser.add_argument("--plain", action="store_true", help="lines without control characters, also on a terminal")
    parser.add_argument("--json", action="store_true", help="JSON, for programs: an object a line")


def changes(words: list[str]) -> dict[str, str]:
    """Names and values of `key=value` words. Raises `UsageError`."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not equals:
            raise UsageError("cli.not-key-value", word=quoted(word), example="--set epochs=1 rows=500")
        found[name] = value
    return found


def begin(recipe: Recipe, asked: argparse.Namespace, parent: dict[str, Any] | None = None) -> int:
    """Look at what the recipe comes to; unless `--check`, start it, and with `--wait` follow it. Returns the exit code.

    Raises `UsageError`, `DataError` and `CheckpointError` before anything is started.
    """
    from tui.cli.quiet import quiet
    from tui.recipes import planning
    from tui.recipes.recipe import anchored
    from tui.recipes.script import script
    from tui.runs import folder, launch

    recipe = anchored(recipe)  # the script, too, runs elsewhere
    with quiet() as out:
        recipe = planning.settled(recipe)
        made = planning.plan(recipe)
        if asked.check:
            _print(
                _json(_checked(made, recipe, asked.language)) if asked.json else plan_lines(made, asked.language), out
            )
            return 0
        written = script(recipe)
    for warning in made.warnings:
        text = visible(warning.text(asked.language))
        print(translate(asked.language, "cli.follow.warning", text=text), file=sys.stderr)
    run = folder.create(recipe, written, parent=parent, warnings=made.warnings)
    try:
        process = launch.start(run)
    except UsageError:
        folder.remove(run)
        raise
    return started(run, process, asked)


def started(run: Run, process: int, asked: argparse.Namespace) -> int:
    """Say that a run has begun, or follow it. Returns the exit code."""
    from tui.cli.follow import stay

    if asked.json:
        warnings = for_programs(run.about().get("warnings", []), asked.language)
        _print(_json({"name": run.name, "folder": str(run.folder), "pid": process, "warnings": warnings}), sys.stdout)
    else:
        print(translate(asked.language, "cli.start.begun", run=run.name, folder=run.folder))
    if asked.wait:
        return stay(run, plain=asked.plain, as_json=asked.json, language=asked.language)
    if not asked.json:
        print(translate(asked.language, "cli.start.outlives", run=run.name))
    return 0


def plan_lines(made: Plan, language: str) -> Iterator[str]:
    """A plan for people."""
    steps = made.arithmetic
    measured = f", {made.eval_rows:,} for evaluation" if made.eval_rows else ""
    yield f"rows       {made.rows:,} for training{measured}"
    if made.labels:
        shown = list(made.labels.items())
        more = f" and {len(shown) - 12} more" if len(shown) > 12 else ""
        yield "labels     " + ", ".join(f"{visible(name)} {count:,}" for name, count in shown[:12]) + more
    if made.baseline is not None:
        yield f"baseline   {made.baseline:.3f} accuracy by always saying the most frequent label"
    for what, text in made.example:
        yield f"{what:<11}{visible(text)[:100]}"
    if made.lengths is not None:
        one = made.lengths
        cut = f"; {one.cut:.1%} are cut" if one.cut else ""
        yield f"tokens     {one.least} to {one.most} a row, half of them up to {one.median}, 95% up to {one.p95}{cut}"
    warmup = f", {steps.warmup_steps:,} of them to warm up" if steps.warmup_steps else ""
    yield f"steps      {steps.steps:,} of {steps.effective_batch:,} rows, {steps.steps_an_epoch:,} an epoch{warmup}"
    yield f"weights    {made.trainable:,} of {made.parameters:,} are trained"
    yield f"device     {made.device}, {made.precision}"
    yield f"memory     about {size_text(made.memory)}, {size_text(made.memory_free)} are free"
    yield f"disk       about {size_text(made.disk)}, {size_text(made.disk_free)} are free"
    yield from (f"note       {visible(note.text(language))}" for note in made.notes)
    yield from (f"warning:   {visible(warning.text(language))}" for warning in made.warnings)


def _checked(made: Plan, recipe: Recipe, language: str) -> dict[str, Any]:
    """A plan for programs: its warnings are beside it, as with every answer."""
    plan = for_programs(asdict(made), language)
    return {"warnings": plan.pop("warnings"), "plan": plan, "recipe": asdict(recipe)}


def confirm(question: str, *, yes: bool) -> None:
    """Ask before what cannot be undone. Raises `Stopped` for a no, `UsageError` where nobody can be asked."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise UsageError("cli.not-confirmed", question=question)
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise Stopped("cli.nothing-done")


def _json(plain: dict[str, Any]) -> list[str]:
    from tui.runs.events import strict_json

    return [strict_json(plain)]


def _print(lines: Iterator[str] | list[str], out: TextIO) -> None:
    for line in lines:
        print(line, file=out, flush=True)
