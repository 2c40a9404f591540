"""What a run measured on the way, as rows of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tui.text.chart import figure
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, fill

COLUMN = 11
"""Cells of a metric at least."""


def evaluation_lines(
    evaluations: Sequence[tuple[int, Mapping[str, float | None]]], most: int, width: int, axis: str
) -> list[Line]:
    """The last evaluations, (step, metrics), a row each, with as many metrics as there is room for."""
    names = list(dict.fromkeys(name for _, metrics in evaluations for name in metrics))
    sizes = {name: max(COLUMN, cells(visible(name)) + 2) for name in names}
    while len(sizes) > 1 and 8 + sum(sizes.values()) > width:
        sizes.popitem()
    head = "".join(fill(visible(name), size, "right") for name, size in sizes.items())
    lines: list[Line] = [((fill(axis, 8, "right") + head, "dim"),)] if evaluations else []
    for step, metrics in evaluations[-most:]:
        values = "".join(fill(figure(metrics.get(name)), size, "right") for name, size in sizes.items())
        lines.append(((f"{step:>8,}", "dim"), (values, "text")))
    return lines
