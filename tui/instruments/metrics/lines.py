"""What `metrics` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.console.widgets.matrix import grid_lines, label_width
from tui.instruments.metrics.compute import MetricsResult
from tui.recipes.intervals import RESAMPLES, Interval
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill

COLUMNS = {"precision": 10, "recall": 9, "f1": 8, "rows": 7, "predicted": 10}
"""Of the table of scores, with their cells."""


def metrics_lines(result: MetricsResult, width: int, language: str) -> list[Line]:
    """The matrix over its scores."""
    return [*grid_lines(result.labels, result.matrix, None, language), (), *score_lines(result, width, language)]


def score_lines(result: MetricsResult, width: int, language: str) -> list[Line]:
    """The scores with their intervals, each class, the averages, and what is to be said of them."""
    left = label_width(result.labels, language)
    f1_name = (
        translate(language, "instruments.metrics.f1_of", label=result.f1_of)
        if result.f1_of
        else translate(language, "instruments.metrics.macro_f1")
    )
    chief = [(translate(language, "instruments.metrics.accuracy"), result.accuracy, result.accuracy_interval),
             (f1_name, result.f1, result.f1_interval)]  # fmt: skip
    names = min(20, max(cells(visible(name)) for name, _, _ in chief)) + 2
    lines = [_chief(name, score, interval, names, width) for name, score, interval in chief]
    if result.accuracy_interval is not None:
        said = translate(
            language,
            "instruments.metrics.interval",
            share=f"{100 * result.confidence:g} %",
            n=f"{RESAMPLES:,}",
            rows=f"{result.rows:,}",
        )
        lines += plain_lines(said, width, "dim")
    majority = translate(
        language,
        "instruments.metrics.majority",
        label=result.majority,
        accuracy=f"{result.majority_accuracy:.3f}",
        f1=f1_name,
        score=f"{result.majority_f1:.3f}",
    )
    lines += plain_lines(majority, width, "dim")
    heads = "".join(
        fill(translate(language, f"instruments.metrics.column.{name}"), width, "right")
        for name, width in COLUMNS.items()
    )
    lines += [(), ((" " * left + heads, "dim"),)]
    for one in result.classes:
        scores = _scores(one.precision, one.recall, one.f1)
        numbers = f"{one.rows:>{COLUMNS['rows']},}{one.predicted:>{COLUMNS['predicted']},}"
        lines.append(((fill(visible(one.label), left - 2) + "  ", "heading"), (scores, "text"), (numbers, "dim")))
    for average in result.averages:
        scores = _scores(average.precision, average.recall, average.f1)
        lines.append(((fill(translate(language, f"console.average.{average.name}"), left), "dim"), (scores, "text")))
    return lines


def _scores(precision: float, recall: float, f1: float) -> str:
    named = {"precision": precision, "recall": recall, "f1": f1}
    return "".join(f"{score:>{COLUMNS[name]}.3f}" for name, score in named.items())


def _chief(name: str, score: float, interval: Interval | None, names: int, width: int) -> Line:
    """A score, its interval in numbers, and both on a line from 0 to 1."""
    head: Line = ((fill(visible(name), names), "text"), (f"{score:.3f}  ", "strong"))
    if interval is None:
        return head
    room = max(0, width - names - 7 - 18)
    signs = ["·"] * room
    for place in range(round(interval.low * (room - 1)), round(interval.high * (room - 1)) + 1):
        signs[place : place + 1] = "━"
    signs[round(score * (room - 1)) : round(score * (room - 1)) + 1] = "┃"
    return (*head, (f"[{interval.low:.3f}, {interval.high:.3f}]  ", "dim"), ("".join(signs[:room]), "accent"))
