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
from tui.text.wrap import cells

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
    for name, text in _plan_facts(made, language):
        head = translate(language, f"cli.plan.{name}") if name.startswith("head.") else visible(name)
        yield f"{head}{' ' * max(1, 11 - cells(head))}{text}"


def _plan_facts(made: Plan, language: str) -> Iterator[tuple[str, str]]:
    """Names of facts, or of an example's columns, with their sentences."""

    def words(key: str, **values: object) -> str:
        return translate(language, f"cli.plan.{key}", **values)

    steps = made.arithmetic
    yield "head.rows", words("rows-evaluated" if made.eval_rows else "rows", rows=made.rows, eval_rows=made.eval_rows)
    if made.labels:
        labels = words("comma").join(f"{visible(name)} {count:,}" for name, count in list(made.labels.items())[:12])
        more = len(made.labels) - 12
        yield "head.labels", labels + (words("more-labels", count=more) if more > 0 else "")
    if made.baseline is not None:
        yield "head.baseline", words("baseline", accuracy=made.baseline)
    yield from ((what, visible(text)[:100]) for what, text in made.example)
    if made.lengths is not None:
        lengths = words("lengths", **asdict(made.lengths))
        yield "head.tokens", lengths + (words("cut", share=made.lengths.cut) if made.lengths.cut else "")
    warmup = words("warmup", steps=steps.warmup_steps) if steps.warmup_steps else ""
    yield (
        "head.steps",
        words("steps", steps=steps.steps, batch=steps.effective_batch, epoch=steps.steps_an_epoch) + warmup,
    )
    yield "head.weights", words("weights", trainable=made.trainable, parameters=made.parameters)
    yield "head.device", words("device", device=made.device, precision=made.precision)
    yield "head.memory", words("space", size=size_text(made.memory), free=size_text(made.memory_free))
    yield "head.disk", words("space", size=size_text(made.disk), free=size_text(made.disk_free))
    yield from (("head.note", visible(note.text(language))) for note in made.notes)
    yield from (("head.warning", visible(warning.text(language))) for warning in made.warnings)


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
