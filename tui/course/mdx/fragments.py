"""HTML that is read as a whole, such as a table: blocks of it, and the styles that its tags have within a text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

from tui.course.blocks import Block, Code, Item, List, Paragraph, Span, Spans, Table
from tui.course.mdx.components import links_of_tag
from tui.course.mdx.selection import without_comments
from tui.course.mdx.tags import BLOCKS, INLINE, OTHERS, Tag

STYLES: dict[str, Callable[[Span], Span]] = {
    **dict.fromkeys(("b", "strong", "th", "dt"), lambda span: replace(span, bold=True)),
    **dict.fromkeys(("i", "em", "cite", "var"), lambda span: replace(span, italic=True)),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), lambda span: replace(span, code=True)),
    **dict.fromkeys(("del", "strike"), lambda span: replace(span, struck=True)),
}
MOST_CHARACTERS = 100_000
"""The parser of the standard library looks through all that is left for some ends."""
_DECLARATION = re.compile(r"<[!?][^>]*>?")
MOST_STYLES = 50
"""Within each other."""
_UNSEEN = frozenset(("script", "style", "svg", "select", "template"))
_ENDS = BLOCKS - {"tr", "td", "th", "thead", "tbody", "tfoot", "html", "body"}
"""Tags at which a paragraph ends."""


def fragment(text: str, line: int) -> tuple[Block, ...]:
    """The blocks of a piece of HTML, or one that is too long as it stands. Never raises."""
    if len(text) > MOST_CHARACTERS:
        return (Code(line, text.strip("\n"), "html"),)
    parser = _Fragment(line)
    parser.feed(_DECLARATION.sub("", without_comments(text)))
    parser.close()
    parser.end_paragraph()
    return tuple(parser.blocks)


class _Fragment(HTMLParser):
    """Tables, lists, programs, and paragraphs for everything else."""

    def __init__(self, line: int) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self._line = line
        self._spans: list[Span] = []
        self._styles: list[tuple[str, Span]] = [("", Span(""))]
        self._rows: list[tuple[Spans, ...]] | None = None
        self._row: list[Spans] = []
        self._items: list[Item] | None = None
        self._lists: list[str] = []
        self._pre: list[str] | None = None
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSEEN:
            self._hidden += 1
        if self._hidden:
            return
        values = {name: value or "" for name, value in attrs}
        self._divide(tag)
        if tag in STYLES or tag == "a":
            style = self._styles[-1][1]
            if len(self._styles) < MOST_STYLES:
                styled = STYLES[tag](style) if tag in STYLES else replace(style, link=values.get("href", ""))
                self._styles.append((tag, styled))
        elif tag == "br":
            self._spans.append(Span("\n"))
        elif links := links_of_tag(Tag(tag, dict(values))):
            self._spans += links
        elif tag not in BLOCKS and tag not in INLINE and tag not in OTHERS:
            self.handle_data(self.get_starttag_text() or "")  # a placeholder such as <your_name>

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._hidden = max(0, self._hidden - 1)
        names = [name for name, _ in self._styles]
        if tag in names:
            del self._styles[len(names) - 1 - names[::-1].index(tag) :]
        if tag in ("td", "th") and self._rows is not None:
            self._row.append(self._take())
        elif tag == "tr" and self._rows is not None:
            self._end_row()
        elif tag == "table" and self._rows is not None:
            self._end_row()
            rows, self._rows = self._rows, None
            self.blocks.append(Table(self._line, rows[0] if rows else (), tuple(rows[1:]), ()))
        elif tag == "pre" and self._pre is not None:
            self.blocks.append(Code(self._line, "".join(self._pre).strip("\n"), ""))
            self._pre = None
        elif tag == "li" or (tag in ("ul", "ol") and self._items is not None):
            self._end_item()
            if tag != "li" and self._lists:
                self._lists.pop()
            if not self._lists and self._items is not None:
                items, self._items = self._items, None
                self.blocks.append(List(self._line, tuple(items)))
        elif tag in _ENDS:
            self.end_paragraph()

    def handle_data(self, data: str) -> None:
        if self._hidden:
            return
        if self._pre is not None:
            self._pre.append(data)
        else:
            words = " ".join(data.split())
            spaced = f"{' ' * data[:1].isspace()}{words}{' ' * (bool(words) and data[-1:].isspace())}"
            if words or (spaced and self._spans):
                self._spans.append(replace(self._styles[-1][1], text=spaced))

    def _divide(self, tag: str) -> None:
        """What begins here ends what was before."""
        if tag == "table" and self._rows is None:
            self.end_paragraph()
            self._rows, self._row = [], []
        elif tag in ("td", "th", "tr") and self._rows is not None:
            if tag == "tr":
                self._end_row()
            elif last := self._take():
                self._row.append(last)
        elif tag == "pre" and self._rows is None and self._items is None:
            self.end_paragraph()
            self._pre = []
        elif tag in ("ul", "ol"):
            self._end_item() if self._items is not None else self.end_paragraph()
            if self._rows is None:
                self._items = self._items or []
                self._lists.append(tag)
        elif tag in _ENDS and tag != "li":
            self.end_paragraph()

    def _end_row(self) -> None:
        if self._rows is not None and (last := self._take()):
            self._row.append(last)  # a cell without an end
        if self._rows is not None and self._row:
            self._rows.append(tuple(self._row))
        self._row = []

    def _end_item(self) -> None:
        if self._items is not None and (spans := self._take()):
            ordered = self._lists[-1:] == ["ol"]
            marker = f"{len(self._items) + 1}." if ordered else "•"
            self._items.append(Item(marker, (Paragraph(self._line, spans),)))

    def _take(self) -> Spans:
        spans, self._spans = self._spans, []
        while spans and not spans[-1].text.strip():
            spans.pop()
        return tuple(spans)

    def end_paragraph(self) -> None:
        """What was read so far is a paragraph, unless it belongs to a cell or an item."""
        if self._rows is None and self._items is None and (spans := self._take()):
            self.blocks.append(Paragraph(self._line, spans))
        elif self._spans and not self._spans[-1].text.isspace():
            self._spans.append(Span(" "))
