"""A table of which only the visible rows exist. The header stays; the cursor is a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import overload

from textual.geometry import Size
from textual.strip import Strip

from tui.console.widgets.lines import Lines
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import fill


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in cells (0: what is left), and its side."""

    title: str
    width: int
    align: str = "left"


class LazyRows(Sequence[Line]):
    """Rows that are made when they are drawn."""

    def __init__(self, count: int, make: Callable[[int], Line]) -> None:
        self._count = count
        self._make = make

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, index: int) -> Line: ...
    @overload
    def __getitem__(self, index: slice) -> list[Line]: ...
    def __getitem__(self, index: int | slice) -> Line | list[Line]:
        if isinstance(index, slice):
            return [self._make(i) for i in range(*index.indices(self._count))]
        if not -self._count <= index < self._count:
            raise IndexError(index)
        return self._make(index % self._count)


class Table(Lines):
    """Rows under a header."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._columns: tuple[Column, ...] = ()
        self._cells: Callable[[int], tuple[tuple[str, str], ...]] = lambda row: ()
        self._count = 0
        self.cursor = 0

    def put(
        self, columns: Sequence[Column], count: int, cells_of: Callable[[int], tuple[tuple[str, str], ...]]
    ) -> None:
        """Show `count` rows; `cells_of(row)` gives (text, look) for each column."""
        self._columns, self._count, self._cells = tuple(columns), count, cells_of
        self.cursor = max(0, min(self.cursor, count - 1))
        self._lines = LazyRows(count, self._row)
        self.virtual_size = Size(0, count + 1)
        self.refresh()

    @property
    def count(self) -> int:
        return self._count

    def on_resize(self) -> None:
        self.virtual_size = Size(0, self._count + 1)

    def _widths(self) -> list[int]:
        gaps = len(self._columns) - 1
        room = self.size.width - 2 - gaps - sum(column.width for column in self._columns)
        open_ones = sum(column.width == 0 for column in self._columns)
        return [column.width or max(6, room // max(1, open_ones)) for column in self._columns]

    def _row(self, row: int) -> Line:
        pieces: list[tuple[str, str]] = [(" ", "text")]
        for column, width, (text, look) in zip(self._columns, self._widths(), self._cells(row), strict=True):
            pieces += [(fill(visible(text), width, column.align), look), (" ", "text")]
        return tuple(pieces)

    def _header(self) -> Line:
        pieces: list[tuple[str, str]] = [(" ", "text")]
        for column, width in zip(self._columns, self._widths(), strict=True):
            pieces += [(fill(column.title, width, column.align), "dim"), (" ", "text")]
        return tuple(pieces)

    def render_line(self, y: int) -> Strip:
        row = y - 1 + round(self.scroll_y)
        if y == 0 and self._columns:
            line = self._header()
        elif 0 <= row < self._count:
            line = self._row(row)
            if row == self.cursor:
                mark = "cursor" if self.has_focus else "here"
                line = tuple((text, f"{look}.{mark}") for text, look in line)
        else:
            line = ()
        return self.fitted(line, y)

    def move(self, by: int) -> None:
        """Move the cursor and keep it in view."""
        self.go_to(self.cursor + by)

    def go_to(self, row: int) -> None:
        """Put the cursor on a row."""
        self.cursor = max(0, min(row, self._count - 1))
        body = max(1, self.size.height - 1)
        if self.cursor < self.scroll_y:
            self.scroll_to(y=self.cursor, animate=False, immediate=True)
        elif self.cursor >= self.scroll_y + body:
            self.scroll_to(y=self.cursor - body + 1, animate=False, immediate=True)
        self.refresh()
        self.moved()

    def moved(self) -> None:
        """The cursor is on another row."""

    def action_page(self, by: int) -> None:
        self.move(by * max(1, self.size.height - 2))

    def action_end(self, which: str) -> None:
        self.go_to(0 if which == "top" else self._count - 1)

    def text(self) -> str:
        """The whole table, tab-separated, with its header."""
        rows = [[column.title for column in self._columns]]
        rows += [[text for text, _ in self._cells(row)] for row in range(self._count)]
        return "\n".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) for row in rows) + "\n"
