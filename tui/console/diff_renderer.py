"""Sends only what has changed: for terminals at the far end of a line.

Textual writes every region that was drawn again, changed or not; one press of tab is 10 kB. This remembers the cells
that the terminal shows and writes, of each line, the stretch from the first changed cell to the last.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import repeat

from rich.cells import get_character_cell_size
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from tui.console.textual_internals import ChopsUpdate, CompositorUpdate, LayoutUpdate

Cell = tuple[str, "Style | None"]
"""A character with what combines with it, and its style; the second half of a wide character is empty."""
Part = tuple[int, int, Strip]
"""A strip and where it goes: y, x."""


class TerminalCells:
    """The cells that the terminal shows; None where that is not known."""

    def __init__(self) -> None:
        self._lines: list[list[Cell | None]] = []
        self._size = (0, 0)

    def forget(self) -> None:
        """The terminal may show anything now: everything is written anew."""
        self._size = (0, 0)

    def changes(self, update: CompositorUpdate, size: tuple[int, int]) -> CompositorUpdate:
        """The update without what is there already. Updates of kinds not known here go through as they are."""
        if size != self._size:
            self._lines = [[None] * size[0] for _ in range(size[1])]
            self._size = size
        parts = _parts(update)
        if parts is None:
            self.forget()
            return update
        return Changes(list(self._stretches(parts)))

    def _stretches(self, parts: Iterable[Part]) -> Iterator[Part]:
        width, height = self._size
        for y, x, strip in parts:
            cells = _cells(strip)
            if not 0 <= y < height or x < 0 or x + len(cells) > width or len(cells) != strip.cell_length:
                if 0 <= y < height:
                    self._lines[y] = [None] * width  # not understood to the cell: write it, and trust nothing of it
                yield y, x, strip
                continue
            current = self._lines[y]
            old = current[x : x + len(cells)]
            if old == cells:
                continue
            first = next(i for i, (a, b) in enumerate(zip(old, cells, strict=True)) if a != b)
            last = len(cells) - next(
                i for i, (a, b) in enumerate(zip(reversed(old), reversed(cells), strict=True)) if a != b
            )
            first, last = _whole(cells, old, first, last)
            current[x : x + len(cells)] = cells
            self._heal(current, x + first, x + last)
            yield y, x + first, _strip(cells[first:last])

    def _heal(self, line: list[Cell | None], first: int, last: int) -> None:
        """A wide character of which only one half was written over is gone: nothing is known of its other half."""
        if first > 0 and (before := line[first - 1]) is not None and _is_head(before):
            line[first - 1] = None
        if last < len(line) and (after := line[last]) is not None and after[0] == "":
            line[last] = None


class Changes(CompositorUpdate):
    """Strips at their places."""

    def __init__(self, parts: list[Part]) -> None:
        self.parts = parts

    def render_segments(self, console: Console) -> str:
        return "".join(f"\x1b[{y + 1};{x + 1}H{strip.render(console)}" for y, x, strip in self.parts)


def _parts(update: CompositorUpdate) -> list[Part] | None:
    """The strips of an update at their places; None for an update that is not known here."""
    if isinstance(update, LayoutUpdate):
        parts: list[Part] = []
        for y, line in enumerate(update.strips, update.region.y):
            x = update.region.x
            for strip in line:
                parts.append((y, x, strip))
                x += strip.cell_length
        return parts
    if isinstance(update, ChopsUpdate):
        parts = []
        for y, first, last in update.spans:
            for end, (x, chop) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                if chop is None or x > last or end <= first:
                    continue
                inside = first <= x < last and end <= last
                parts.append((y, x, chop if inside else chop.crop(0, min(end, last) - x)))
        return parts
    return None


def _cells(strip: Strip) -> list[Cell | None]:
    cells: list[Cell | None] = []
    for text, style, control in strip:
        if control:
            continue
        if text.isascii():
            cells += zip(text, repeat(style))
            continue
        for character in text:
            size = get_character_cell_size(character)
            if size == 0 and cells and (before := cells[-1]) is not None:
                cells[-1] = (before[0] + character, before[1])
            else:
                cells += [(character, style)] + [("", style)] * (size - 1)
    return cells


def _whole(cells: list[Cell | None], old: list[Cell | None], first: int, last: int) -> tuple[int, int]:
    """The stretch, widened so that it cuts no wide character in two, neither a new one nor one that is there."""
    while first > 0 and (_is_tail(cells[first]) or _is_tail(old[first])):
        first -= 1
    while last < len(cells) and (_is_tail(cells[last]) or _is_tail(old[last])):
        last += 1
    return first, last


def _is_tail(cell: Cell | None) -> bool:
    return cell is not None and cell[0] == ""


def _is_head(cell: Cell) -> bool:
    return bool(cell[0]) and get_character_cell_size(cell[0][0]) == 2


def _strip(cells: list[Cell | None]) -> Strip:
    """Cells as a strip again, one segment for each run of a style."""
    segments: list[Segment] = []
    run, style = "", None
    for cell in cells:
        assert cell is not None
        if run and cell[1] is not style:
            segments.append(Segment(run, style))
            run = ""
        run += cell[0]
        style = cell[1]
    if run:
        segments.append(Segment(run, style))
    return Strip(segments, len(cells))
