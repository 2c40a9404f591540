"""A confusion matrix as lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tui.recipes.confusion import AVERAGES
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, fill

LABEL = 12
"""Cells of a label at most."""
NARROW, WIDE, ROOM = 8, 15, 44
"""Cells of a count with the space after it: at least, at most, and of all counts of a row when they are wider."""
HEAD = 2
"""Lines over the first row of the matrix."""


def label_width(labels: Iterable[str], language: str) -> int:
    """Cells of the column with the labels, and two."""
    heads = [
        translate(language, "console.true_class"),
        *(translate(language, f"console.average.{name}") for name in AVERAGES),
    ]
    return min(LABEL, max(cells(visible(label)) for label in (*labels, *heads))) + 2


def cell_width(labels: Sequence[str]) -> int:
    """Cells of a count and the space after it: as wide as the labels want, where there is room."""
    width = min(WIDE, max(NARROW, *(cells(visible(label)) + 2 for label in labels)))
    return width if width * len(labels) <= ROOM else NARROW


def grid_lines(
    labels: Sequence[str], matrix: Sequence[Sequence[int]], cursor: tuple[int, int] | None, language: str
) -> list[Line]:
    """The matrix under its labels; right answers stand on the diagonal."""
    if not matrix:
        return []
    left, width = label_width(labels, language), cell_width(labels)
    named = [fill(visible(label), width - 1, "right") + " " for label in labels]
    lines: list[Line] = [
        ((" " * left + " " + translate(language, "console.predicted_class"), "dim"),),
        ((fill(translate(language, "console.true_class"), left), "dim"), ("".join(named), "heading")),
    ]
    for row, line in enumerate(matrix):
        pieces = [(fill(visible(labels[row]), left - 2) + "  ", "heading")]
        for column, count in enumerate(line):
            look = "good" if row == column else "text"
            look = "cursor" if (row, column) == cursor else look if count else "dim"
            pieces += [(fill(f"{count:,}", width - 1, "right"), look), (" ", "text")]
        lines.append(tuple(pieces))
    return lines
