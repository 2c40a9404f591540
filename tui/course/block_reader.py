"""The tokens of markdown-it-py to blocks. What other dialects of Markdown have more, a subclass reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from markdown_it.token import Token

from tui.course.blocks import Block, Code, Heading, Item, List, Paragraph, Quote, Rule, Span, Spans, Table, plain
from tui.text.characters import closes_up


class BlockReader:
    """Reads plain CommonMark with tables and the targets of MyST; HTML is shown as it stands."""

    def blocks(self, tokens: Iterator[Token]) -> tuple[Block, ...]:
        """The blocks up to the end of what they are in."""
        return tuple(self._blocks(tokens))

    def other_block(self, token: Token, line: int, tokens: Iterator[Token]) -> Iterator[Block]:
        """The blocks of a token that plain CommonMark does not have, and of HTML."""
        if token.type == "html_block" and (text := token.content.strip("\n")):
            yield Code(line, text, "html")

    def other_span(self, token: Token, styles: list[Span]) -> Iterator[Span]:
        """The same within a text; `styles` are those that hold here, the innermost last."""
        if token.type == "html_inline":
            yield replace(styles[-1], text=token.content)

    def item(self, marker: str, blocks: tuple[Block, ...]) -> Item:
        """An entry of a list."""
        return Item(marker, blocks)

    def quote(self, line: int, blocks: tuple[Block, ...]) -> Block:
        """A quotation."""
        return Quote(line, blocks)

    def heading(self, line: int, level: int, spans: Spans, anchor: str) -> Heading:
        """A heading."""
        return Heading(line, level, spans, anchor)

    def _blocks(self, tokens: Iterator[Token]) -> Iterator[Block]:
        target = ""
        for token in tokens:
            line = token.map[0] + 1 if token.map else 0
            match token.type:
                case "heading_open":
                    yield self.heading(line, int(token.tag[1:]), self.spans(next(tokens)), target)
                    target = ""
                case "paragraph_open":
                    yield Paragraph(line, self.spans(next(tokens)))
                case "fence" | "code_block":
                    yield Code(line, token.content.rstrip("\n"), token.info.strip() if token.type == "fence" else "")
                case "bullet_list_open":
                    yield List(line, tuple(self._items(tokens, 0)))
                case "ordered_list_open":
                    yield List(line, tuple(self._items(tokens, int(token.attrs.get("start", 1)))))
                case "blockquote_open":
                    yield self.quote(line, self.blocks(tokens))
                case "blockquote_close" | "list_item_close" | "footnote_close":
                    return
                case "table_open":
                    yield self._table(tokens, line)
                case "hr" | "myst_block_break":
                    yield Rule(line)
                case "myst_target":
                    target = token.content
                case _:  # with ends of headings and paragraphs, front matter, comments: nothing to show
                    yield from self.other_block(token, line, tokens)

    def _items(self, tokens: Iterator[Token], number: int) -> Iterator[Item]:
        for token in tokens:
            if token.type != "list_item_open":
                return
            yield self.item(f"{number}." if number else "•", self.blocks(tokens))
            number += bool(number)

    def _table(self, tokens: Iterator[Token], line: int) -> Table:
        rows: list[tuple[Spans, ...]] = []
        row: list[Spans] = []
        aligns: list[str] = []
        for token in tokens:
            match token.type:
                case "th_open":
                    aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:") or "left")
                case "inline":
                    row.append(self.spans(token))
                case "tr_close":
                    rows.append(tuple(row))
                    row = []
                case "table_close":
                    break
        return Table(line, rows[0] if rows else (), tuple(rows[1:]), tuple(aligns))

    def spans(self, inline: Token) -> Spans:
        """The text of a block, in runs of one style."""
        children = inline.children or []
        spans: list[Span] = []
        styles = [Span("")]
        for index, token in enumerate(children):
            style = styles[-1]
            match token.type:
                case "text" | "text_special":
                    spans.append(replace(style, text=token.content))
                case "code_inline":
                    spans.append(replace(style, text=token.content, code=True))
                case "softbreak":
                    spans.append(replace(style, text=_soft_break(spans, children, index)))
                case "hardbreak":
                    spans.append(replace(style, text="\n"))
                case "strong_open":
                    styles.append(replace(style, bold=True))
                case "em_open":
                    styles.append(replace(style, italic=True))
                case "s_open":
                    styles.append(replace(style, struck=True))
                case "link_open":
                    styles.append(replace(style, link=str(token.attrs.get("href", ""))))
                case "image":
                    spans.append(self.image(token, style))
                case _ if token.nesting < 0 and len(styles) > 1:
                    styles.pop()
                case _:
                    spans += self.other_span(token, styles)
        return tuple(spans)

    def image(self, token: Token, style: Span) -> Span:
        """A picture, as a link that is never followed by itself."""
        alt = plain(self.spans(token)) or token.content
        return replace(style, text=f"[{alt}]", link=str(token.attrs.get("src", "")))


def _soft_break(before: Sequence[Span], tokens: Sequence[Token], index: int) -> str:
    """A line break in the source is a space, except where Chinese has none."""
    left = before[-1].text if before else ""
    after = index + 1
    while after < len(tokens) - 1 and not tokens[after].content:
        after += 1
    right = tokens[after].content if after < len(tokens) else ""
    return "" if closes_up(left[-1:], right[:1]) else " "
