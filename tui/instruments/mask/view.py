"""`mask` on the bench: the padded batch as a picture, its mask to turn over, and what the model then reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.instruments.mask.compute import MaskResult
from tui.instruments.mask.lines import HEAD, LINES, column_widths, grid_lines, reading_lines


class MaskGrid(Lines):
    """Tokens above their mask, row by row; the cursor is a cell."""

    SCOPES = ("mask", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("mask")

    DEFAULT_CSS = """
    MaskGrid { height: auto; max-height: 60%; overflow-x: auto; }
    """

    class Flipped(Message):
        """The cell under the cursor should be turned over."""

    class Cleared(Message):
        """The tokenizer's own mask should come back."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.result: MaskResult | None = None
        self.row = self.column = 0

    def put(self, result: MaskResult) -> None:
        """Show a batch; the cursor stays where it was as far as it can."""
        self.result = result
        self.row = min(self.row, len(result.input_ids) - 1)
        self.column = min(self.column, len(result.input_ids[0]) - 1)
        self._draw()

    def _draw(self) -> None:
        if self.result is None:
            return
        lines = grid_lines(self.result, (self.row, self.column) if self.has_focus else None, self.app.language)
        self.set_lines(lines, scroll_wide=True)
        self.styles.height = len(lines) + 1

    def on_focus(self) -> None:
        self._draw()

    def on_blur(self) -> None:
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def action_cell(self, rows: int, columns: int) -> None:
        if self.result is None:
            return
        self.row = max(0, min(self.row + rows, len(self.result.input_ids) - 1))
        self.column = max(0, min(self.column + columns, len(self.result.input_ids[0]) - 1))
        self._draw()
        widths = column_widths(self.result)
        left = HEAD + sum(widths[: self.column])
        if left < self.scroll_x + HEAD:
            self.scroll_to(x=left - HEAD, animate=False, immediate=True)
        elif left + widths[self.column] > self.scroll_x + self.size.width:
            self.scroll_to(x=left + widths[self.column] - self.size.width, animate=False, immediate=True)
        self.show(LINES * self.row, LINES * self.row + LINES - 2)

    def action_flip(self) -> None:
        self.post_message(self.Flipped())

    def action_clear(self) -> None:
        self.post_message(self.Cleared())

    def on_click(self, event: events.Click) -> None:
        if self.result is None:
            return
        x, row = event.x + round(self.scroll_x) - HEAD, (event.y + round(self.scroll_y)) // LINES
        edge = 0
        for column, width in enumerate(column_widths(self.result)):
            edge += width
            if 0 <= x < edge and row < len(self.result.input_ids):
                self.row, self.column = row, column
                self._draw()
                return


class MaskPane(Pane):
    """A batch, its mask, and the model's readings."""

    TEXTS: ClassVar[tuple[str, ...]] = ("texts",)
    SEVERAL: ClassVar[tuple[str, ...]] = ("texts",)

    DEFAULT_CSS = """
    MaskPane #readings { height: 1fr; margin: 1 0 0 0; }
    """

    def __init__(self, instrument: Any) -> None:
        super().__init__(instrument)
        self._flips: set[tuple[int, int]] = set()

    def compose_answer(self) -> Iterator[Widget]:
        yield MaskGrid(id="grid")
        yield Lines(id="readings")

    def put_extra(self, values: Mapping[str, Any]) -> None:
        self._flips = {(int(row), int(column)) for row, column in values.get("flip") or ()}

    def extra_values(self) -> dict[str, Any]:
        return {"flip": sorted(self._flips)} if self._flips else {}

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        return {} if self._flips else {"mask.clear": None}

    def on_sentence_edited(self) -> None:
        self._flips.clear()  # another batch has other cells

    def on_mask_grid_flipped(self) -> None:
        grid = self.query_one(MaskGrid)
        self._flips ^= {(grid.row, grid.column)}
        self.ask()

    def on_mask_grid_cleared(self) -> None:
        self._flips.clear()
        self.ask()

    def draw(self, result: MaskResult) -> None:
        self.query_one(MaskGrid).put(result)
        lines = reading_lines(result, self.text_width, self.app.language)
        self.query_one("#readings", Lines).set_lines(lines, scroll_wide=True)
