"""Several runs over each other: one chart, a legend, their last metrics, where their recipes differ. Pure."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from tui.console.widgets.runs.facts import state_piece, steps_said
from tui.console.widgets.runs.panels import EPOCH_OR_TIME, View, nearest
from tui.errors import UsageError
from tui.recipes import recipe
from tui.recipes.recipe import Recipe
from tui.runs import run_status
from tui.runs.comparing import Duel, evaluation_of_model
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.runs.series import smooth
from tui.text.catalog import translate
from tui.text.chart import STYLES, Series, chart, figure
from tui.text.lines import Line, Piece, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

MOST = 8
MARKS = "ABCDEFGH"
"""A letter for each run, which also tells them apart without colors."""
NAME = 24


def names_of(all_curves: Sequence[Curves]) -> list[str]:
    """Series that any of the runs has."""
    return list(dict.fromkeys(name for one in all_curves for name in one.names))


def overlay_lines(
    all_curves: Sequence[Curves], name: str, view: View, width: int, height: int, language: str,
    hidden: Container[int] = (),
) -> list[Line]:  # fmt: skip
    """The chart of one series of all runs, and a legend with the value of each at the cursor or at its end.

    Places in `hidden` are in the legend alone.
    """
    found = [([], []) if place in hidden else one.series(name, view.axis) for place, one in enumerate(all_curves)]
    smooth_it = view.smoothing and not name.startswith("eval/") and name != "lr"
    series = []
    for place, (xs, ys) in enumerate(found):
        shown = smooth(ys, view.smoothing) if smooth_it else ys
        series.append(Series(xs, shown, STYLES[place % len(STYLES)], MARKS[place]))
    x_title = {
        "step": translate(language, "console.step_axis"),
        "epoch": translate(language, "console.runs.epoch_axis"),
        "time": "s",
    }[view.axis]
    drawn = chart(series, width, height, log=view.log, x_title=x_title, y_title=name, cursor=view.cursor)
    lines = drawn or [((translate(language, "console.runs.no_points"), "dim"),)]
    legend: list[Piece] = []
    room = width
    for place, (one, (xs, _)) in enumerate(zip(all_curves, found, strict=True)):
        value = ""
        if xs:
            at = len(xs) - 1 if view.cursor is None else nearest(xs, view.cursor)
            value = f" {figure(series[place].ys[at])}"
        value = f" {translate(language, 'console.runs.run_hidden')}" if place in hidden else value
        text = f"{MARKS[place]} {shorten(visible(one.run.name), NAME)}{value}   "
        if cells(text) > room:
            lines.append(tuple(legend))
            legend, room = [], width
        legend.append((text, "dim" if place in hidden else STYLES[place % len(STYLES)]))
        room -= cells(text)
    return [*lines, tuple(legend)]


def last_metrics_lines(all_curves: Sequence[Curves], width: int, language: str) -> list[Line]:
    """The metrics of the model of every run, before there is one the last ones; the best of each marked."""
    latest = [found.metrics if (found := evaluation_of_model(one)) else {} for one in all_curves]
    names = [name for name in dict.fromkeys(name for one in latest for name in one)
             if name == "loss" or name not in EPOCH_OR_TIME]  # fmt: skip
    wide = max([10, *(cells(visible(name)) + 3 for name in names)])
    names = names[: max(1, (width - NAME - 32) // wide)]
    head = (
        fill("", NAME + 3)
        + fill(translate(language, "console.runs.column.state"), 12)
        + fill(translate(language, "console.runs.column.steps"), 16, "right")
    )
    lines: list[Line] = [
        ((translate(language, "console.runs.final_metrics"), "heading"),),
        ((head + "".join(fill(visible(name), wide, "right") for name in names), "dim"),),
    ]
    for place, (one, metrics) in enumerate(zip(all_curves, latest, strict=True)):
        state, look = state_piece(language, one.status.state)
        pieces: list[Piece] = [
            (f"{MARKS[place]} ", STYLES[place % len(STYLES)]),
            (fill(visible(one.run.name), NAME) + " ", "text"),
            (fill(state, 12), look),
            (fill(steps_said(one.status), 16, "right"), "text"),
        ]
        for name in names:
            value = metrics.get(name)
            others = [other[name] for other in latest if name in other]
            wins = (
                value is not None and len(others) > 1 and not any(run_status.is_better(name, o, value) for o in others)
            )
            pieces.append((fill(("* " if wins else "") + figure(value), wide, "right"), "good" if wins else "text"))
        lines.append(tuple(pieces))
    return lines


def duel_lines(duels: Sequence[Duel], width: int, language: str) -> list[Line]:
    """The first run against each of the others, row by row."""
    lines: list[Line] = []
    for one in duels:
        said = translate(
            language,
            "console.runs.duel",
            one=one.one,
            other=one.other,
            n=f"{one.rows:,}",
            only_one=f"{one.only_one:,}",
            only_other=f"{one.only_other:,}",
            p=f"{one.p:.2g}",
        )
        lines += plain_lines(visible(said), width)
    return [((translate(language, "console.runs.row_by_row"), "heading"),), *lines] if lines else []


def difference_lines(runs: Sequence[Run], width: int, language: str) -> list[Line]:
    """Fields of the recipes that are not the same in all. Reads their recipes."""
    recipes: list[Recipe | None] = []
    for run in runs:
        try:
            recipes.append(run.recipe())
        except UsageError:
            recipes.append(None)
    read = [one for one in recipes if one is not None]
    lines: list[Line] = [((translate(language, "console.runs.recipes_differ"), "heading"),)]
    found: dict[str, list[Any]] = recipe.differences(read)
    if not found:
        return [*lines, ((translate(language, "console.runs.no_differences"), "dim"),)]
    wide = max(8, (width - 20) // max(1, len(runs)))
    marks = "".join(fill(MARKS[place], wide) for place in range(len(runs)))
    lines.append(((fill("", 20) + marks, "dim"),))
    for name, values in found.items():
        left = iter(values)
        texts = [str(next(left)) if one is not None else "?" for one in recipes]
        shown = "".join(fill(visible(shorten(text, wide - 2)), wide) for text in texts)
        lines.append(((fill(name, 20), "name"), (shown, "text")))
    return lines
