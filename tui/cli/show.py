"""Runs as lines and tables for people, and as JSON for programs: all of them, one, several side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

from tui.cli.follow import diagnosis_text, metrics_line, score_line, sentences
from tui.errors import ResultWarning, for_programs
from tui.recipes import recipe
from tui.runs import comparing, diagnostics, folder, run_status
from tui.runs.curves import Curves
from tui.runs.events import strict_json
from tui.runs.folder import Run
from tui.runs.run_status import Status
from tui.runs.run_warnings import recorded_warnings
from tui.text.catalog import has_message, translate
from tui.text.durations import duration
from tui.text.sizes import size_text
from tui.text.visible import visible


def list_runs(language: str, *, as_json: bool) -> int:
    """All runs, the latest first."""
    rows = [(one, run_status.look(one)) for one in folder.all_runs()]
    if as_json:
        print(strict_json([_plain(one, status) for one, status in rows]))
        return 0
    if not rows:
        print(translate(language, "cli.show.none"))
        return 0
    heads = ("run", "state", "step", "best", "at-step", "last", "begun")
    table: list[tuple[str, ...]] = [tuple(translate(language, f"cli.show.head.{head}") for head in heads)]
    for one, status in rows:
        history = status.history
        best = f"{history.metric} {history.best.value:.3f}" if history.best else "-"
        best_step = f"{history.best.step:,}" if history.best else "-"
        last = f"{history.last.value:.3f}" if history.last else "-"
        step = f"{status.step:,}/{status.steps:,}" if status.steps else "-"
        state = _state(language, status.state)
        table.append((visible(one.name), state, step, visible(best), best_step, last, _age(language, one)))
    for line in _columns(table):
        print(line)
    return 0


def show_run(one: Run, language: str, *, as_json: bool) -> int:
    """A run: state, recipe, evaluations, checkpoints, and its last words when it came to a bad end."""
    status, about, kept = run_status.look(one), one.about(), folder.checkpoints(one)
    curves = Curves(one)
    curves.read()
    evaluations = curves.evaluations
    words = folder.last_words(one) if status.state in ("failed", "dead") else []
    if as_json:
        print(strict_json({
            **_plain(one, status),
            "recipe": asdict(one.recipe()),
            "evaluations": [
                {"step": ev.step, "epoch": ev.epoch, "metrics": ev.metrics, "asked": ev.asked} for ev in evaluations
            ],
            "checkpoints": [{"step": ck.step, "folder": str(ck.folder), "bytes": ck.bytes} for ck in kept],
            "model": str(one.model) if one.model.is_dir() else None,
            "trouble": status.trouble.fields if status.trouble else None,
            "last_words": words,
            "warnings": for_programs([asdict(warning) for warning in warnings_of(one, status)], language),
            "about": about,
        }))  # fmt: skip
        return 0
    of = {"step": status.step, "steps": status.steps or 0}
    step = translate(language, "cli.show.step-of", **of) if status.steps else f"{status.step:,}"
    state, age = _state(language, status.state), _age(language, one)
    _print(language, "run", name=visible(one.name), state=state, step=step, age=age)
    _print(language, "folder", folder=visible(str(one.folder)))
    if parent := about.get("parent"):
        _print(language, "parent", run=visible(str(parent.get("run"))), step=parent.get("step"))
    _print(language, "recipe")
    for line in recipe.text(one.recipe()).splitlines():
        print(f"  {visible(line.partition(' # ')[0])}")
    if evaluations:
        _print(language, "evaluations")
        for ev in evaluations[-10:]:
            key = "evaluation-by-order" if ev.asked else "evaluation"
            _print(language, key, step=ev.step, epoch=ev.epoch, metrics=metrics_line(ev.metrics))
    if scores := score_line(status.history.fields["best"], status.history.fields["last"], language):
        print(scores)
    if kept:
        _print(language, "checkpoints", checkpoints=", ".join(f"{ck.step} ({size_text(ck.bytes)})" for ck in kept))
    if one.model.is_dir():
        key = "model-of-step" if status.model_step else "model"
        _print(language, key, folder=visible(str(one.model)), step=status.model_step or 0)
    for warning in warnings_of(one, status, language):
        print(translate(language, "cli.follow.warning", text=visible(warning.text(language))))
    if status.trouble is not None and status.trouble.kind == "error":
        for line in sentences(status.trouble, language):
            print(line)
    if words:
        _print(language, "last-output")
        for line in words:
            print(f"  {visible(line)}")
    return 0


def compare_runs(some: list[Run], language: str, *, as_json: bool) -> int:
    """What differs in recipes, and the last figures of each; the best has a star. Raises `UsageError` for one alone."""
    made = comparing.compare(some)
    if as_json:
        print(strict_json(for_programs(asdict(made), language)))
        return 0
    table = [("", *(visible(one.name) for one in made.outcomes))]
    head = partial(translate, language)
    table.append((head("cli.show.head.state"), *(_state(language, one.state) for one in made.outcomes)))
    table.append((head("cli.show.head.step"), *(f"{one.step:,}" for one in made.outcomes)))
    for name, values in made.differences.items():
        table.append((name, *(visible(str(value)) or "-" for value in values)))
    for name, figures in made.metrics.items():
        stars = made.best[name]
        cells = ["-" if figure is None else f"{figure:.4f}{' *' if place in stars else ''}"
                 for place, figure in enumerate(figures)]  # fmt: skip
        table.append((visible(name), *cells))
    if any(one.baseline is not None for one in made.outcomes):
        shown = (one.baseline for one in made.outcomes)
        table.append((head("cli.show.baseline"), *("-" if value is None else f"{value:.4f}" for value in shown)))
    for line in _columns(table):
        print(line)
    for duel in made.duels:
        names = {"one": visible(duel.one), "other": visible(duel.other)}
        counts = {"rows": duel.rows, "only_one": duel.only_one, "only_other": duel.only_other, "p": duel.p}
        _print(language, "duel", **names, **counts)
    for warning in made.warnings:
        print(translate(language, "cli.follow.warning", text=visible(warning.text(language))))
    return 0


def warnings_of(one: Run, status: Status, language: str = "en") -> list[ResultWarning]:
    """What the plan warned of, what the worker warned of, and what the curves show."""
    diagnoses = (ResultWarning(shown.kind.replace("_", "-"), diagnosis_text(shown, language))
                 for shown in diagnostics.read(status.diagnoses))  # fmt: skip
    return [*recorded_warnings(one, status), *diagnoses]


def _plain(one: Run, status: Status) -> dict[str, Any]:
    return {
        "name": one.name,
        "folder": str(one.folder),
        "state": status.state,
        "alive": status.alive,
        "step": status.step,
        "steps": status.steps,
        "loss": status.loss,
        **status.history.fields,
        "model_step": status.model_step,
        "created": one.about().get("created"),
    }


def _columns(table: list[tuple[str, ...]]) -> Iterator[str]:
    """Rows as lines, aligned; wide characters count as two."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[place]) for row in table) for place in range(len(table[0]))]
    for row in table:
        yield "  ".join(cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()


def _print(language: str, key: str, **values: object) -> None:
    print(translate(language, f"cli.show.{key}", **values))


def _state(language: str, state: str) -> str:
    """The state in words; one that only a later version knows stays as it is."""
    key = f"console.state.{state}"
    return translate(language, key) if has_message(key) else visible(state)


def _age(language: str, one: Run) -> str:
    try:
        seconds = time.time() - float(one.about()["created"])
    except (KeyError, TypeError, ValueError):
        return "?"
    return translate(language, "cli.show.ago", duration=duration(language, seconds))
