"""The pages of one run besides its curves: evaluations, recipe, log. Pure: lines of pieces."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tui.errors import UsageError
from tui.runs import folder
from tui.runs.curves import Curves, Evaluation
from tui.runs.events import Event
from tui.runs.folder import Run
from tui.sizes import size_said
from tui.ui.chart import figure
from tui.ui.typeset import highlighted, plain_lines
from tui.ui.verbatim import visible
from tui.ui.widgets.lines import Line, Piece
from tui.ui.widgets.matrix import grid_lines
from tui.ui.widgets.runs.facts import state_said
from tui.ui.words import known, say
from tui.ui.wrap import cells, fill, shorten

NARROW = 10
MOST_OF_CELL = 500
"""Rows behind a cell that are shown."""
SHOWN_OF_CELL = 8
LONGEST_FILE = 64 << 20


@dataclass(frozen=True, slots=True)
class Predicted:
    """A row of an evaluation."""

    row: int
    truth: str
    prediction: str
    score: float | None
    text: str


def evaluation_lines(
    curves: Curves, chosen: int, cell: tuple[int, int], behind: Sequence[Predicted] | None, width: int, language: str
) -> list[Line]:
    """Matrix of the chosen evaluation with the rows behind one cell, the metrics of all, the fixed examples."""
    if not curves.evaluations:
        return [((say(language, "no_evaluation"), "dim"),)]
    shown = curves.evaluations[chosen]
    lines: list[Line] = [_head(shown, chosen, len(curves.evaluations), language), ()]
    if shown.confusion:
        lines += grid_lines(_labels(shown), shown.confusion, cell, language)
        lines += [(), *_behind(shown, cell, behind, width, language), ()]
    lines += [*metric_table(curves, chosen, width, language), ()]
    return lines + example_lines(curves, width, language)


def _labels(shown: Evaluation) -> list[str]:
    return [shown.labels[at] if at < len(shown.labels) else str(at) for at in range(len(shown.confusion))]


def _head(shown: Evaluation, chosen: int, count: int, language: str) -> Line:
    which = say(language, "evaluation_of", at=chosen + 1, all=count)
    where = say(language, "rate_at", n=f"{shown.step:,}")
    asked = f"   {say(language, 'asked_for')}" if shown.asked else ""
    return ((which, "heading"), (f"   {where}   {say(language, 'epoch_axis')} {figure(shown.epoch)}{asked}", "text"))


def _behind(
    shown: Evaluation, cell: tuple[int, int], behind: Sequence[Predicted] | None, width: int, language: str
) -> list[Line]:
    """The rows that one cell counts."""
    labels = _labels(shown)
    truth, prediction = labels[cell[0]], labels[cell[1]]
    count = shown.confusion[cell[0]][cell[1]]
    title = say(language, "behind_cell", truth=visible(truth), prediction=visible(prediction), n=f"{count:,}")
    lines: list[Line] = [((title, "heading"),)]
    if behind is None:
        return [*lines, ((say(language, "no_rows_kept"), "dim"),)]
    lines += [predicted_line(row, width) for row in behind[:SHOWN_OF_CELL]]
    if len(behind) > SHOWN_OF_CELL:
        lines.append(((say(language, "more_rows", n=len(behind) - SHOWN_OF_CELL), "dim"),))
    return lines


def predicted_line(row: Predicted, width: int) -> Line:
    """Its number, its score, its text."""
    score = f"{row.score:.3f}" if row.score is not None else ""
    head = f"{row.row:>6}  {score:>5}  "
    return ((head, "dim"), (shorten(visible(row.text), max(8, width - cells(head))), "text"))


def rows_behind(run: Run, shown: Evaluation, truth: str, prediction: str) -> list[Predicted] | None:
    """The rows that one cell counts, out of the run's folder; None when predictions are not kept. Reads files."""
    if not shown.file:
        return None
    texts = {row.get("row"): str(row.get("text", "")) for row in _json_lines(run, "evaluations/rows.jsonl")}
    found = []
    for row in _json_lines(run, shown.file):
        if str(row.get("truth")) == truth and str(row.get("prediction")) == prediction:
            number, score = row.get("row"), row.get("score")
            at = number if isinstance(number, int) else 0
            share = score if isinstance(score, float) else None
            found.append(Predicted(at, truth, prediction, share, texts.get(number, "")))
            if len(found) == MOST_OF_CELL:
                break
    return found


def _json_lines(run: Run, name: str) -> list[dict[str, Any]]:
    """Rows of a file of the run; never one outside its folder, whatever the log says."""
    rows: list[dict[str, Any]] = []
    with suppress(OSError, ValueError):  # names that no file system takes are ValueErrors
        file = (run.folder / name).resolve()
        if not file.is_relative_to(run.folder.resolve()) or file.stat().st_size > LONGEST_FILE:
            return []
        for line in file.read_text("utf-8", "replace").splitlines():
            with suppress(ValueError):
                if isinstance(row := json.loads(line), dict):
                    rows.append(row)
    return rows


def metric_table(curves: Curves, chosen: int, width: int, language: str) -> list[Line]:
    """A line for each evaluation; the best value of every metric stands out."""
    names = list(dict.fromkeys(name for one in curves.evaluations for name in one.metrics))
    wide = max(NARROW, *(cells(visible(name)) + 2 for name in names)) if names else NARROW
    names = names[: max(1, (width - 20) // wide)]
    best = {}
    for name in names:
        values = [one.metrics[name] for one in curves.evaluations if name in one.metrics]
        best[name] = values[0]
        for other in values[1:]:
            best[name] = other if folder.is_better(name, other, best[name]) else best[name]
    head = fill(say(language, "step_axis"), 10, "right") + fill(say(language, "epoch_axis"), 8, "right")
    lines: list[Line] = [
        ((say(language, "all_evaluations"), "heading"),),
        ((head + "".join(fill(visible(name), wide, "right") for name in names), "dim"),),
    ]
    for at, one in enumerate(curves.evaluations):
        here = ".here" if at == chosen else ""
        pieces: list[Piece] = [(f"{one.step:>10,}{figure(one.epoch):>8}", f"text{here}")]
        for name in names:
            value = one.metrics.get(name)
            is_best = value is not None and value == best[name] and len(curves.evaluations) > 1
            text = ("* " if is_best else "") + figure(value)
            pieces.append((fill(text, wide, "right"), f"good{here}" if is_best else f"text{here}"))
        lines.append(tuple(pieces))
    return lines


def example_lines(curves: Curves, width: int, language: str) -> list[Line]:
    """Each fixed example with what was predicted for it, evaluation by evaluation."""
    histories = curves.examples
    if not histories:
        return []
    lines: list[Line] = [((say(language, "fixed_examples"), "heading"),)]
    for history in histories:
        last = history[-1][1]
        truth = visible(str(last.get("truth", "")))
        lines.append((("  ", "text"), (shorten(visible(str(last.get("text", ""))), max(8, width - 2)), "text")))
        pieces: list[Piece] = [(f"    {say(language, 'true_class')} {shorten(truth, 40)}", "dim"), ("   ", "text")]
        room = width - cells(pieces[0][0]) - 4
        for step, row in _fitting(history, room):
            said = shorten(visible(str(row.get("prediction", ""))), 40)
            score = row.get("score")
            text = f"{step:,}: {said}" + (f" {score:.2f}" if isinstance(score, float) else "")
            right = str(row.get("prediction")) == str(row.get("truth"))
            pieces += [(f"{'+' if right else '-'} {text}", "good" if right else "bad"), ("   ", "text")]
        lines.append(tuple(pieces))
    return lines


def _fitting(history: list[tuple[int, dict[str, Any]]], room: int) -> list[tuple[int, dict[str, Any]]]:
    """The latest of a history that fit on a line, the first one always among them."""
    longest = max(len(f"{step:,}") + min(40, len(str(row.get("prediction", "")))) for step, row in history) + 12
    count = max(1, room // longest)
    return history if len(history) <= count else [history[0], *history[len(history) - count + 1 :]][:count]


def recipe_lines(run: Run, curves: Curves, width: int, language: str) -> list[Line]:
    """Where the run comes from, its recipe, and its checkpoints. Reads files."""
    about = run.about()
    lines: list[Line] = []
    versions, parent = (plain if isinstance(plain := about.get(name), dict) else {} for name in ("libraries", "parent"))
    facts = {
        "run_folder": str(run.folder),
        "made_at": _clock(about.get("created"), "%Y-%m-%d %H:%M"),
        "forked_from": " ".join(str(value) for value in parent.values()),
        "versions": "  ".join(f"{name} {version}" for name, version in versions.items() if version),
        "rows_to_learn": _counts(curves.status.prepared),
    }
    for word, text in facts.items():
        if text:
            lines += [((fill(say(language, word), 16), "dim"), *line) if number == 0 else ((" " * 16, "dim"), *line)
                      for number, line in enumerate(plain_lines(visible(text), max(20, width - 16)))]  # fmt: skip
    lines += [(), ((say(language, "checkpoints"), "heading"),)]
    kept = folder.checkpoints(run)
    lines += [((f"  checkpoint-{one.step}   {size_said(one.bytes)}", "text"),) for one in kept]
    lines += [] if kept else [((f"  {say(language, 'none_yet')}", "dim"),)]
    lines += [(), ((say(language, "recipe"), "heading"),)]
    try:
        lines += highlighted(run.recipe_file.read_text("utf-8").rstrip("\n"), "toml")
    except (OSError, UnicodeDecodeError, UsageError) as error:
        lines += plain_lines(visible(str(error)), width, "bad")
    return lines


def _counts(prepared: dict[str, Any]) -> str:
    names = ("rows", "eval_rows", "steps", "effective_batch", "parameters", "trainable")
    return "  ".join(f"{name} {prepared[name]:,}" for name in names if isinstance(prepared.get(name), int))


def log_lines(run: Run, curves: Curves, printed: Sequence[str], language: str) -> list[Line]:
    """What happened, then what the worker printed last. Reads the orders, to say who gave them."""
    lines: list[Line] = [((say(language, "what_happened"), "heading"),)]
    by = orderers(run)
    for event in curves.log:
        look = {"error": "bad", "warning": "warn", "done": "good", "stopped": "warn"}.get(event.kind, "text")
        lines.append(((f"{_clock(event.time, '%H:%M:%S')}  ", "dim"), (event_said(event, by, language), look)))
        for part in ("detail", "next_step") if event.kind in ("error", "warning") else ():
            text = str(event.fields.get(part) or "")
            lines += [((f"          {visible(row)}", "dim"),) for row in text.splitlines()]
    if printed:
        lines += [(), ((say(language, "what_was_printed"), "heading"),)]
        lines += [((visible(row), "text"),) for row in printed]
    return lines


def event_said(event: Event, by: dict[str, str], language: str) -> str:
    """An event in words."""
    fields = event.fields
    match event.kind:
        case "stage":
            return state_said(language, str(fields.get("stage")))
        case "evaluation":
            plain = fields.get("metrics")
            metrics = plain if isinstance(plain, dict) else {}
            values = "  ".join(f"{name} {figure(Event(0, 0, '', metrics).number(name))}" for name in metrics)
            return visible(f"{say(language, 'event_evaluation')}  {_step(event, language)}  {values}")
        case "checkpoint":
            size = size_said(event.number("bytes") or 0)
            took = f"{event.number('seconds') or 0:.1f} s"
            return f"{say(language, 'event_checkpoint')}  {_step(event, language)}  {size}  {took}"
        case "order":
            who = by.get(str(fields.get("id")), "?")
            state, order = str(fields.get("state")), str(fields.get("order"))
            shown = say(language, f"order_{state}") if known(f"order_{state}") else state
            named = say(language, f"order_{order}") if known(f"order_{order}") else order
            return visible(f"{say(language, 'event_order', order=named, who=who)}: {shown}")
        case "error" | "warning":
            return visible(str(fields.get("title", "")))
        case "stopped" | "done":
            why = f"  {fields['why']}" if fields.get("why") else ""
            return visible(f"{state_said(language, event.kind)}  {_step(event, language)}{why}")
        case "epoch":
            return visible(f"{say(language, 'event_epoch', n=fields.get('epoch'))}  {fields.get('rows')}")
        case "resumed":
            return f"{say(language, 'event_resumed')}  {_step(event, language)}"
        case "prepared":
            return visible(f"{say(language, 'event_prepared')}  {_counts(fields)}")
    return visible(f"{event.kind}  {json.dumps(fields, ensure_ascii=False)[:200]}")


def orderers(run: Run) -> dict[str, str]:
    """Who gave each order, by the order's id."""
    return {str(row.get("id")): str(row.get("by", "?")) for row in _json_lines(run, run.orders_file.name)}


def _step(event: Event, language: str) -> str:
    step = event.number("step")
    return say(language, "rate_at", n=f"{step:,.0f}") if step is not None else ""


def _clock(at: Any, shape: str) -> str:
    try:
        return time.strftime(shape, time.localtime(float(at)))
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
