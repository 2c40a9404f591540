"""A small table of texts, as many columns as fit."""

from __future__ import annotations

from collections.abc import Sequence

from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, fill

WIDEST = 30
"""Cells of a column at most."""


def grid(columns: Sequence[tuple[str, bool]], rows: Sequence[Sequence[str | None]], width: int) -> list[Line]:
    """Rows of texts under their columns: (name, whether it holds numbers, which stand on the right)."""
    sizes = []
    for place, (name, _) in enumerate(columns):
        widest = max([cells(visible(row[place] or "")) for row in rows], default=0)
        sizes.append(min(WIDEST, max(cells(visible(name)), widest)))
    shown, room = 0, width
    for size in sizes:
        if shown and room < min(size, 8):
            break
        shown, room = shown + 1, room - size - 2

    def line(values: Sequence[str | None], style: str) -> Line:
        pieces: list[tuple[str, str]] = []
        left = width
        for (_, is_number), size, value in zip(columns[:shown], sizes, values, strict=False):
            side = "right" if is_number else "left"
            pieces.append((fill(visible("" if value is None else value), min(size, left), side), style))
            pieces.append(("  ", "text"))
            left = max(0, left - size - 2)
        return tuple(pieces)

    return [line([name for name, _ in columns], "dim"), *(line(row, "text") for row in rows)]
