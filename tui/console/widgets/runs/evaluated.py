"""The evaluations of one run as lines: matrix, rows behind a cell, what changed, all metrics, fixed examples. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tui.console.widgets.matrix import grid_lines
from tui.runs import run_status
from tui.runs.curves import Curves, Evaluation
from tui.runs.predictions import Changed, Changes, Predicted
from tui.text.catalog import translate
from tui.text.chart import figure
from tui.text.lines import Line, Piece, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

NARROW = 10
SHOWN_OF_CELL = 8
SHOWN_CHANGES = 6


@dataclass(frozen=True, slots=True)
class View:
    """What of the evaluations is looked at."""

    chosen: int
    cell: tuple[int, int]
    behind: Sequence[Predicted] | None
    """The rows behind the cell; None when they are not here."""
    before: int | None = None
    """The step that the reader compares all others with."""
    compared: tuple[int, int] | None = None
    """Places of the two evaluations that are compared."""
    changes: Changes | None = None


def evaluation_lines(curves: Curves, view: View, width: int, language: str) -> list[Line]:
    """Matrix of the chosen evaluation with the rows behind one cell, what changed, all metrics, the fixed examples."""
    if not curves.evaluations:
        return [((translate(language, "console.runs.no_evaluation"), "dim"),)]
    shown = curves.evaluations[view.chosen]
    lines: list[Line] = [_head(shown, view.chosen, len(curves.evaluations), language), ()]
    if shown.confusion:
        lines += grid_lines(_labels(shown), shown.confusion, view.cell, language)
        lines += [(), *_behind(shown, view.cell, view.behind, width, language), ()]
    if view.compared is not None:
        step = curves.evaluations[view.compared[0]].step
        lines += [*_changes(step, view.changes, width, language), ()]
    lines += [*metric_table(curves, view.chosen, view.before, width, language), ()]
    return lines + example_lines(curves, width, language)


def _labels(shown: Evaluation) -> list[str]:
    return [shown.labels[at] if at < len(shown.labels) else str(at) for at in range(len(shown.confusion))]


def _head(shown: Evaluation, chosen: int, count: int, language: str) -> Line:
    which = translate(language, "console.runs.evaluation_of", at=chosen + 1, all=count)
    where = translate(language, "console.rate_at", n=f"{shown.step:,}")
    asked = f"   {translate(language, 'console.runs.asked_for')}" if shown.asked else ""
    return (
        (which, "heading"),
        (f"   {where}   {translate(language, 'console.runs.epoch_axis')} {figure(shown.epoch)}{asked}", "text"),
    )


def _behind(
    shown: Evaluation, cell: tuple[int, int], behind: Sequence[Predicted] | None, width: int, language: str
) -> list[Line]:
    """The rows that one cell counts."""
    labels = _labels(shown)
    truth, prediction = labels[cell[0]], labels[cell[1]]
    count = shown.confusion[cell[0]][cell[1]]
    title = translate(
        language, "console.runs.behind_cell", truth=visible(truth), prediction=visible(prediction), count=count
    )
    lines: list[Line] = [((title, "heading"),)]
    if behind is None:
        return [*lines, ((translate(language, "console.runs.no_rows_kept"), "dim"),)]
    lines += [predicted_line(row, width) for row in behind[:SHOWN_OF_CELL]]
    if len(behind) > SHOWN_OF_CELL:
        lines.append(((translate(language, "console.runs.more_rows", n=len(behind) - SHOWN_OF_CELL), "dim"),))
    return lines


def _changes(step: int, found: Changes | None, width: int, language: str) -> list[Line]:
    """What became right and wrong since another evaluation, on the same rows."""
    lines: list[Line] = [((translate(language, "console.runs.changed_since", step=f"{step:,}"), "heading"),)]
    if found is None:
        return [*lines, ((translate(language, "console.runs.no_rows_kept"), "dim"),)]
    lines += plain_lines(changes_said(found, language), width, "text")
    won = [one for one in found.changed if one.gained > 0]
    lost = [one for one in found.changed if one.gained < 0]
    shown = [*won[: SHOWN_CHANGES // 2], *lost[: SHOWN_CHANGES // 2]]
    lines += [changed_line(one, width) for one in shown]
    if len(found.changed) > len(shown):
        lines.append(((translate(language, "console.runs.all_changes", n=len(found.changed)), "dim"),))
    return lines


def changes_said(found: Changes, language: str) -> str:
    """How many rows changed, and whether that can be chance."""
    key = "console.runs.changes_counted" if found.won or found.lost else "console.runs.nothing_changed"
    return translate(language, key, won=found.won, lost=found.lost, n=f"{found.rows:,}", p=f"{found.p:.2g}")


def changed_line(row: Changed, width: int) -> Line:
    """A sign, the row's number, its prediction before and after, its text."""
    sign, look = {1: ("+", "good"), -1: ("-", "bad")}.get(row.gained, ("~", "warn"))
    head = f"{row.row:>6}  "
    said = shorten(visible(f"{row.before} > {row.after}"), max(12, width // 3)) + "  "
    room = max(8, width - cells(head) - cells(said) - 2)
    return ((f"{sign} ", look), (head, "dim"), (said, look), (shorten(visible(row.text), room), "text"))


def predicted_line(row: Predicted, width: int) -> Line:
    """Its number, its score, its text."""
    score = f"{row.score:.3f}" if row.score is not None else ""
    head = f"{row.row:>6}  {score:>5}  "
    return ((head, "dim"), (shorten(visible(row.text), max(8, width - cells(head))), "text"))


def metric_table(curves: Curves, chosen: int, before: int | None, width: int, language: str) -> list[Line]:
    """A line for each evaluation; the best value of every metric stands out, and the one that others are set beside."""
    names = list(dict.fromkeys(name for one in curves.evaluations for name in one.metrics))
    wide = max(NARROW, *(cells(visible(name)) + 2 for name in names)) if names else NARROW
    names = names[: max(1, (width - 20) // wide)]
    best = {}
    for name in names:
        values = [one.metrics[name] for one in curves.evaluations if name in one.metrics]
        best[name] = values[0]
        for other in values[1:]:
            best[name] = other if run_status.is_better(name, other, best[name]) else best[name]
    head = fill(translate(language, "console.step_axis"), 10, "right") + fill(
        translate(language, "console.runs.epoch_axis"), 8, "right"
    )
    lines: list[Line] = [
        ((translate(language, "console.runs.all_evaluations"), "heading"),),
        ((head + "".join(fill(visible(name), wide, "right") for name in names), "dim"),),
    ]
    for at, one in enumerate(curves.evaluations):
        here = ".here" if at == chosen else ""
        marked = f"{'=' if one.step == before else ' '}{one.step:>9,}"
        pieces: list[Piece] = [(f"{marked}{figure(one.epoch):>8}", f"text{here}")]
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
    lines: list[Line] = [((translate(language, "console.runs.fixed_examples"), "heading"),)]
    for history in histories:
        last = history[-1][1]
        truth = visible(str(last.get("truth", "")))
        lines.append((("  ", "text"), (shorten(visible(str(last.get("text", ""))), max(8, width - 2)), "text")))
        pieces: list[Piece] = [
            (f"    {translate(language, 'console.true_class')} {shorten(truth, 40)}", "dim"),
            ("   ", "text"),
        ]
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
