"""Runs as lines and tables for people, and as JSON for programs: all of them, one, several side by side."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import asdict
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
from tui.text.durations import duration
from tui.text.sizes import size_text
from tui.text.visible import visible


def list_runs(*, as_json: bool) -> int:
    """All runs, the latest first."""
    rows = [(one, run_status.look(one)) for one in folder.all_runs()]
    if as_json:
        print(strict_json([_plain(one, status) for one, status in rows]))
        return 0
    if not rows:
        print("There are no runs. `headnotes train --help` names recipes to begin with.")
        return 0
    table: list[tuple[str, ...]] = [("run", "state", "step", "best", "at step", "last", "begun")]
    for one, status in rows:
        history = status.history
        best = f"{history.metric} {history.best.value:.3f}" if history.best else "-"
        best_step = f"{history.best.step:,}" if history.best else "-"
        last = f"{history.last.value:.3f}" if history.last else "-"
        step = f"{status.step:,}/{status.steps:,}" if status.steps else "-"
        table.append((visible(one.name), visible(status.state), step, visible(best), best_step, last, _age(one)))
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
    of = f" of {status.steps:,}" if status.steps else ""
    print(f"{visible(one.name)}: {visible(status.state)}, step {status.step:,}{of}, begun {_age(one)}")
    print(f"folder: {visible(str(one.folder))}")
    if parent := about.get("parent"):
        print(f"forked from: {visible(str(parent.get('run')))}, step {parent.get('step')}")
    print("recipe:")
    for line in recipe.text(one.recipe()).splitlines():
        print(f"  {visible(line.partition(' # ')[0])}")
    if evaluations:
        print("evaluations:")
        for ev in evaluations[-10:]:
            print(f"  step {ev.step:,}, epoch {ev.epoch:g}: {metrics_line(ev.metrics)}{' (asked for)' * ev.asked}")
    if scores := score_line(status.history.fields["best"], status.history.fields["last"], language):
        print(scores)
    if kept:
        print("checkpoints: " + ", ".join(f"{ck.step} ({size_text(ck.bytes)})" for ck in kept))
    if one.model.is_dir():
        of_step = f", of step {status.model_step:,}" if status.model_step else ""
        print(f"model: {visible(str(one.model))}{of_step}")
    for warning in warnings_of(one, status, language):
        print(f"warning: {visible(warning.text(language))}")
    if status.trouble is not None and status.trouble.kind == "error":
        for line in sentences(status.trouble, language):
            print(line)
    if words:
        print("last output:")
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
    table.append(("state", *(visible(one.state) for one in made.outcomes)))
    table.append(("step", *(f"{one.step:,}" for one in made.outcomes)))
    for name, values in made.differences.items():
        table.append((name, *(visible(str(value)) or "-" for value in values)))
    for name, figures in made.metrics.items():
        stars = made.best[name]
        cells = ["-" if figure is None else f"{figure:.4f}{' *' if place in stars else ''}"
                 for place, figure in enumerate(figures)]  # fmt: skip
        table.append((visible(name), *cells))
    if any(one.baseline is not None for one in made.outcomes):
        shown = (one.baseline for one in made.outcomes)
        table.append(("most frequent label", *("-" if value is None else f"{value:.4f}" for value in shown)))
    for line in _columns(table):
        print(line)
    for duel in made.duels:
        print(
            f"row by row, {duel.rows:,} rows: {visible(duel.one)} alone is right in {duel.only_one:,}, "
            f"{visible(duel.other)} alone in {duel.only_other:,}; by chance as far apart with p = {duel.p:.2g}"
        )
    for warning in made.warnings:
        print(f"warning: {visible(warning.text(language))}")
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


def _age(one: Run) -> str:
    try:
        seconds = time.time() - float(one.about()["created"])
    except (KeyError, TypeError, ValueError):
        return "?"
    return f"{duration('en', seconds)} ago"
