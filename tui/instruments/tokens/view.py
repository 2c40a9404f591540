"""`tokens` on the bench: the text with the token's span marked, and the table of tokens."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widget import Widget

from tui.console.keys import bindings
from tui.console.typeset import plain_lines
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.console.widgets.table import Column, Table
from tui.instruments.tokens.compute import TokensResult
from tui.models.text_warnings import clean
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible_with_positions
from tui.text.wrap import breaks

AROUND = 240
"""Characters shown on either side of the marked token."""

COLUMNS = (
    Column("#", 4, "right"), Column("token", 0), Column("id", 6, "right"), Column("word", 4, "right"),
    Column("type", 4, "right"), Column("mask", 4, "right"), Column("span", 9, "right"), Column("special", 7),
)  # fmt: skip


class TokenTable(Table):
    """One row a token; moving through it tells which one."""

    SCOPES = ("tokens", "scroll", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("tokens")

    DEFAULT_CSS = """
    TokenTable { height: 1fr; min-height: 6; margin: 1 0 0 0; }
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
        self.query_one(TokenTable).put(COLUMNS, result.listed, lambda row: _cells(result, row))
        self._draw_facts(result)
        self.mark_span()

    def _draw_facts(self, result: TokensResult) -> None:
        width = max(20, self.size.width - 2)
        language = self.app.language
        counts = translate(language, "instruments.tokens.counted", count=result.length)
        if result.listed < result.length:
            counts += translate(language, "instruments.tokens.listed", n=f"{result.listed:,}")
        limit = f"{result.limit:,}" if result.limit else "-"
        counts += translate(language, "instruments.tokens.limits", limit=limit, vocabulary=f"{result.vocabulary:,}")
        decoded = result.decoded if len(result.decoded) <= 300 else result.decoded[:300] + "…"
        lines: list[Line] = [
            *plain_lines(counts, width, "dim"),
            *plain_lines(f"decode  {decoded}", width)[:3],
        ]
        self._fit("#facts", lines)

    def on_token_table_moved(self) -> None:
        self.mark_span()

    def on_resize(self) -> None:
        if self.result is not None:
            self.draw(self.result)

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


def _cells(result: TokensResult, row: int) -> tuple[tuple[str, str], ...]:
    special, masked = bool(result.special[row]), not result.attention_mask[row]
    look = "dim" if masked else "accent" if special else "text"
    word = result.word_ids[row] if result.word_ids else None
    span = "" if special or not result.starts else f"{result.starts[row]}-{result.ends[row]}"
    return (
        (str(row), "dim"),
        (result.tokens[row], look),
        (str(result.input_ids[row]), look),
        ("" if word is None else str(word), look),
        (str(result.token_type_ids[row]) if result.token_type_ids else "", look),
        (str(result.attention_mask[row]), look),
        (span, look),
        ("special" if special else "", look),
    )


def span_lines(result: TokensResult, at: int, texts: tuple[str, str], width: int) -> list[Line]:
    """The text that the token comes from, wrapped, with the token's characters marked."""
    if not 0 <= at < result.listed:
        return []
    sequence = result.sequence_ids[at] if result.sequence_ids else None
    text = texts[sequence or 0]
    start, end = (result.starts[at], result.ends[at]) if sequence is not None else (0, 0)
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    shown, positions = visible_with_positions(text[first:last])
    lead = "…" if first else ""
    shown = lead + shown + ("…" if last < len(text) else "")
    a, b = (positions[start - first] + len(lead), positions[end - first] + len(lead)) if end > start else (0, 0)
    lines: list[Line] = []
    points = [0, *breaks(shown, width), len(shown)]
    for begin, stop in pairwise(points):
        cuts = sorted({begin, stop, *(p for p in (a, b) if begin < p < stop)})
        lines.append(tuple((shown[i:j], "match" if a <= i < b else "text") for i, j in pairwise(cuts)))
    marked = next((y for y, line in enumerate(lines) if any(look == "match" for _, look in line)), 0)
    return lines[max(0, marked - 2) : max(0, marked - 2) + 4]
