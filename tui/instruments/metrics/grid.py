"""The confusion matrix of `metrics`, to be edited cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.matrix import HEAD, cell_width, grid_lines, label_width
from tui.recipes import confusion


class MatrixGrid(Lines):
    """Counts: a row for each true class, a column for each predicted one; the cursor is a cell."""

    SCOPES = ("metrics", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("metrics")

    DEFAULT_CSS = """
    MatrixGrid { height: auto; max-height: 50%; margin: 1 0 0 0; padding: 0 1; }
    """

    @dataclass
    class Changed(Message):
        """The matrix is another one."""

        typed: bool
        """More digits may be on their way."""

    @dataclass
    class Resized(Message):
        """A class more, or without the one of that number."""

        without: int | None

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.labels: list[str] = []
        self.matrix: list[list[int]] = []
        self.row = self.column = 0
        self._typing = False

    def put(self, labels: Sequence[str], matrix: Sequence[Sequence[int]]) -> None:
        """Show a matrix; the cursor stays where it was as far as it can."""
        self.labels, self.matrix = list(labels), [list(row) for row in matrix]
        self.row, self.column = min(self.row, len(matrix) - 1), min(self.column, len(matrix) - 1)
        self._draw()

    def _draw(self) -> None:
        lines = grid_lines(
            self.labels, self.matrix, (self.row, self.column) if self.has_focus else None, self.app.language
        )
        self.set_lines(lines, scroll_wide=True)
        self.styles.height = len(lines)

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._typing = False
        self._draw()

    def translate(self) -> None:
        """The language has changed."""
        self._draw()

    def action_cell(self, rows: int, columns: int) -> None:
        if not self.matrix:
            return
        self._typing = False
        self.row = max(0, min(self.row + rows, len(self.matrix) - 1))
        self.column = max(0, min(self.column + columns, len(self.matrix) - 1))
        self._draw()
        width = cell_width(self.labels)
        left = label_width(self.labels, self.app.language) + width * self.column
        if not self.column or left < self.scroll_x:
            self.scroll_to(x=left if self.column else 0, animate=False, immediate=True)
        elif left + width > self.scroll_x + self.size.width:
            self.scroll_to(x=left + width - self.size.width, animate=False, immediate=True)
        self.show(self.row + HEAD)

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        count = self.matrix[self.row][self.column] if self.matrix else 0
        no: dict[str, str | None] = {}
        if not self.matrix or count >= confusion.MOST_ROWS:
            no["metrics.more"] = None
        if not count:
            no["metrics.less"] = None
        if len(self.matrix) >= confusion.MOST_CLASSES:
            no["metrics.grow"] = None
        return no

    def action_add(self, by: int) -> None:
        if self.matrix:
            self._set(self.matrix[self.row][self.column] + by, typed=False)

    def action_digit(self, digit: int) -> None:
        if self.matrix:
            before = self.matrix[self.row][self.column] if self._typing else 0
            self._set(10 * before + digit, typed=True)

    def action_erase(self) -> None:
        if self.matrix:
            self._set(self.matrix[self.row][self.column] // 10, typed=True)

    def _set(self, count: int, *, typed: bool) -> None:
        self._typing = typed
        count = min(max(0, count), confusion.MOST_ROWS)
        if count != self.matrix[self.row][self.column]:
            self.matrix[self.row][self.column] = count
            self._draw()
            self.post_message(self.Changed(typed))

    def action_grow(self) -> None:
        self.post_message(self.Resized(None))

    def action_shrink(self) -> None:
        self.post_message(self.Resized(self.row))

    def on_click(self, event: events.Click) -> None:
        row = event.y + round(self.scroll_y) - HEAD
        left = label_width(self.labels, self.app.language) + 1
        column = (event.x + round(self.scroll_x) - left) // cell_width(self.labels)
        if 0 <= row < len(self.matrix) and 0 <= column < len(self.matrix):
            self.row, self.column, self._typing = row, column, False
            self._draw()
