"""`tokens` on the bench: the text with the token's span marked, and the table of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.console.widgets.table import Column, Table
from tui.instruments.tokens.compute import TokensResult
from tui.instruments.tokens.lines import NUMBERS, fact_lines, row_cells, span_lines, title_of
from tui.models.text_warnings import clean
from tui.text.lines import Line

WIDTHS = {"number": 4, "token": 0, "id": 6, "word": 4, "type": 4, "mask": 4, "span": 9, "special": 7}
"""Cells of each column; the one with 0 has what is left."""


class TokenTable(Table):
    """One row a token; moving through it tells which one."""

    SCOPES = ("tokens", "scroll", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("tokens")

    DEFAULT_CSS = """
    TokenTable { height: 1fr; min-height: 5; margin: 1 0 0 0; }
    """

    class Moved(Message):
        """Another token is marked."""

    def action_token(self, by: int) -> None:
        self.move(by)

    def moved(self) -> None:
        self.post_message(self.Moved())

    def on_click(self, event: events.Click) -> None:
        row = event.y - 1 + round(self.scroll_y)
        if event.y > 0 and 0 <= row < self.count:
            self.go_to(row)


class TokensPane(Pane):
    """The tokenizer's answer, re-encoded as the text is typed."""

    TEXTS: ClassVar[tuple[str, ...]] = ("text", "pair")
    LEFT_OUT: ClassVar[tuple[str, ...]] = ("rows",)
    DELAY: ClassVar[float] = 0.05

    DEFAULT_CSS = """
    TokensPane {
        #span { height: auto; max-height: 6; padding: 0 1; }
        #facts { height: auto; max-height: 5; padding: 0 1; margin: 1 0 0 0; }
    }
    """

    def compose_answer(self) -> Iterator[Widget]:
        marked = Lines(id="span")
        marked.can_focus = False
        yield marked
        yield TokenTable(id="tokens")
        facts = Lines(id="facts")
        facts.can_focus = False
        yield facts

    def draw(self, result: TokensResult) -> None:
        language = self.app.language
        columns = [
            Column(title_of(name, language), width, "right" if name in NUMBERS else "left")
            for name, width in WIDTHS.items()
        ]
        self.query_one(TokenTable).put(columns, result.listed, lambda row: row_cells(result, row, language))
        self._fit("#facts", fact_lines(result, self.text_width, language))
        self.mark_span()

    def on_token_table_moved(self) -> None:
        self.mark_span()

    def mark_span(self) -> None:
        """Mark the characters of the token under the cursor."""
        if isinstance(self.result, TokensResult):
            at = self.query_one(TokenTable).cursor
            texts = (clean(self.values().get("text", "")), clean(self.values().get("pair", "")))
            self._fit("#span", span_lines(self.result, at, texts, max(20, self.size.width - 2)))

    def _fit(self, which: str, lines: list[Line]) -> None:
        view = self.query_one(which, Lines)
        view.set_lines(lines)
        view.styles.height = min(len(lines), 6)

    async def copied(self) -> tuple[str, str]:
        return "table", self.query_one(TokenTable).text()
