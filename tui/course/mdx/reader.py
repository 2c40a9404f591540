"""The blocks of a page of notes: Markdown, with HTML and the dialect of the courses of Hugging Face."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from markdown_it.token import Token

from tui.course.block_reader import BlockReader
from tui.course.blocks import Block, Cell, Code, Heading, Item, List, Paragraph, Span, Spans, plain
from tui.course.markdown import with_anchors
from tui.course.mdx.components import Marker, callout, links_of_tag, name_questions, resolve_tags
from tui.course.mdx.formulas import formula
from tui.course.mdx.fragments import STYLES, fragment
from tui.course.mdx.rules import parser
from tui.course.mdx.selection import select
from tui.course.mdx.tags import Tag, is_known, read_tag
from tui.errors import LessonError

_ANCHOR = re.compile(r"\s*\[\[([^\[\]]+)\]\]\s*$")
_TASK = re.compile(r"\[([ xX])\]\s+")
_MOVED = {
    "sub": str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ"),
    "sup": str.maketrans("0123456789+-=()nixyT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱˣʸᵀ"),
}
_PYTHON = re.compile(r"(?:python|py|python3)\s*$")


def parse_notes(text: str, framework: str, *, is_mdx: bool) -> tuple[str | None, tuple[Block, ...], tuple[str, ...]]:
    """(front matter as written or None, the blocks in order, the frameworks that one can choose between).

    Raises `LessonError` for more elements than a page may have.
    """
    text, frameworks = select(text, framework, is_mdx=is_mdx)
    try:
        tokens = parser(is_mdx).parse(text)
        front = next((token.content for token in tokens if token.type == "front_matter"), None)
        blocks = name_questions(NotesReader().blocks(iter(tokens)))
    except RecursionError:  # images within the text of images, each parsed within the other
        raise LessonError("course.nested-too-deeply") from None
    return front, with_anchors(tuple(map(_cell, blocks))), frameworks


def inline_of_notes(text: str) -> Spans:
    """The spans of a line of Markdown within a tag."""
    spans: list[Span] = []
    for block in NotesReader().blocks(iter(parser(True).parse(text))):
        if isinstance(block, Paragraph):
            spans += ([Span("\n")] if spans else []) + list(block.spans)
        else:
            return (Span(text),)
    return tuple(spans)


def _cell(block: Block) -> Block:
    """Python between the paragraphs of a page can be run; within a list or a quotation it is shown."""
    is_program = isinstance(block, Code) and _PYTHON.match(block.language)
    return Cell(block.line, block.text, "") if is_program and isinstance(block, Code) and block.text.strip() else block


class NotesReader(BlockReader):
    """Reads HTML and tags, formulas, footnotes, tasks and callouts, too."""

    def blocks(self, tokens: Iterator[Token]) -> tuple[Block, ...]:
        return resolve_tags(super().blocks(tokens), inline_of_notes)

    def other_block(self, token: Token, line: int, tokens: Iterator[Token]) -> Iterator[Block]:
        match token.type:
            case "tag":
                yield Marker(line, token.meta["tag"])
            case "fragment" | "html_block":
                yield from fragment(token.content, line)
            case "formula_block":
                if text := formula(token.content):
                    yield Paragraph(line, (Span(text),))
            case "footnote_block_open":
                yield List(line, tuple(self._footnotes(tokens)))

    def _footnotes(self, tokens: Iterator[Token]) -> Iterator[Item]:
        for token in tokens:
            if token.type == "footnote_block_close":
                return
            if token.type == "footnote_open":
                yield Item(f"[{_number(token)}]", self.blocks(tokens))

    def spans(self, inline: Token) -> Spans:
        inline.children = list(_with_moved(inline.children or []))
        spans = super().spans(inline)
        return tuple(span for span in spans if span.text)

    def other_span(self, token: Token, styles: list[Span]) -> Iterator[Span]:
        style = styles[-1]
        match token.type:
            case "formula":
                yield replace(style, text=formula(token.content).replace("\n", "; "))
            case "footnote_ref":
                yield replace(style, text=f"[{_number(token)}]")
            case "html_inline":
                result = read_tag(token.content, 0)
                if result is None:  # a comment, or an instruction
                    return
                yield from self._inline_tag(result[0], token.content, styles)

    def _inline_tag(self, tag: Tag, source: str, styles: list[Span]) -> Iterator[Span]:
        style = styles[-1]
        if not is_known(tag):
            yield replace(style, text=source)
        elif tag.name == "br":
            yield replace(style, text="\n")
        elif tag.is_close:
            if tag.name in STYLES or tag.name == "a":
                styles[1:] = styles[1:-1]
        elif tag.name in STYLES:
            styles.append(STYLES[tag.name](style))
        elif tag.name == "a":
            styles.append(replace(style, link=tag.text("href")))
        else:
            yield from (replace(style, text=span.text, link=style.link or span.link) for span in links_of_tag(tag))

    def image(self, token: Token, style: Span) -> Span:
        span = super().image(token, style)
        return span if span.text != "[]" else replace(span, text=f"[{span.link.rsplit('/', 1)[-1]}]")

    def heading(self, line: int, level: int, spans: Spans, anchor: str) -> Heading:
        match = _ANCHOR.search(plain(spans))
        if match is None:
            return Heading(line, level, spans, anchor)
        shortened, room = [], match.start()
        for span in spans:
            shortened.append(replace(span, text=span.text[: max(0, room)]))
            room -= len(span.text)
        return Heading(line, level, tuple(span for span in shortened if span.text), match[1])

    def item(self, marker: str, blocks: tuple[Block, ...]) -> Item:
        first = blocks[0] if blocks else None
        if isinstance(first, Paragraph) and first.spans and (match := _TASK.match(first.spans[0].text)):
            head = replace(first.spans[0], text=first.spans[0].text[match.end() :])
            done = "☐" if match[1] == " " else "☑"
            return Item(done, (Paragraph(first.line, (head, *first.spans[1:])), *blocks[1:]))
        return Item(marker, blocks)

    def quote(self, line: int, blocks: tuple[Block, ...]) -> Block:
        return callout(line, blocks) or super().quote(line, blocks)


def _number(token: Token) -> int:
    return int(token.meta.get("id", 0)) + 1


def _with_moved(tokens: list[Token]) -> Iterator[Token]:
    """The tokens, with what is between <sub> or <sup> and its end lowered or raised where Unicode can."""
    moved = ""
    for token in tokens:
        result = read_tag(token.content, 0) if token.type == "html_inline" else None
        if result is not None and result[0].name in _MOVED:
            moved = "" if result[0].is_close else result[0].name
            continue
        if moved and token.type == "text":
            table = _MOVED[moved]
            is_whole = all(ord(character) in table for character in token.content)
            sign = "_" if moved == "sub" else "^"
            token.content = token.content.translate(table) if is_whole else f"{sign}{token.content}"
        yield token
