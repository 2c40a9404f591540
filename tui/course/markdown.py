"""Markdown to blocks, by markdown-it-py. Raises only for a page that is too large to be read as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin

from tui.course.blocks import (
    Block,
    Code,
    Heading,
    Item,
    List,
    Paragraph,
    Quote,
    Rule,
    Span,
    Spans,
    Table,
    plain,
)
from tui.errors import LessonError
from tui.text.characters import closes_up

MOST_ELEMENTS = 30_000
"""Lines, table cells and inline marks of one page: about 60 MB while it is read. Our longest lesson has 1,227."""
_MARKS = re.compile(r"[*_~`\[\]!<&\\]")
_COUNTED = "elements"
"""Where the parser's environment keeps their number."""


def parse(text: str, *, myst: bool) -> tuple[str | None, tuple[Block, ...]]:
    """(front matter as written or None, the blocks in order). `myst` reads `(name)=` targets as anchors.

    Raises `LessonError` for more elements than a page may have; markdown-it-py itself stops at 20 levels of blocks.
    """
    try:
        tokens = _parser(myst).parse(text)
        front = next((token.content for token in tokens if token.type == "front_matter"), None)
        return front, _with_anchors(tuple(_blocks(iter(tokens))))
    except RecursionError:  # images within the text of images, each parsed within the other
        raise LessonError("course.nested-too-deeply") from None


@cache
def _parser(myst: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
    everywhere: RuleOptionsType = {"alt": ["blockquote", "list", "paragraph", "reference", "table"]}
    parser.block.ruler.before("table", "count", _count_lines, everywhere)
    parser.inline.ruler.before("text", "count", _count_marks)
    return parser.use(myst_block_plugin) if myst else parser


def _count_lines(state: StateBlock, line: int, _end: int, _silent: bool) -> bool:
    """A rule that never matches: markdown-it tries it wherever a block may begin or end."""
    _count(state.env, 1 + state.src.count("|", state.bMarks[line], state.eMarks[line]))
    return False


def _count_marks(state: StateInline, silent: bool) -> bool:
    """The same for the text of a block, at its beginning."""
    if state.pos == 0 and not silent:
        _count(state.env, 1 + len(_MARKS.findall(state.src)))
    return False


def _count(env: EnvType, elements: int) -> None:
    env[_COUNTED] = env.get(_COUNTED, 0) + elements
    if env[_COUNTED] > MOST_ELEMENTS:
        raise LessonError("course.too-many-elements", most=MOST_ELEMENTS)


def _blocks(tokens: Iterator[Token]) -> Iterator[Block]:
    """The blocks up to the end of what they are in."""
    target = ""
    for token in tokens:
        line = token.map[0] + 1 if token.map else 0
        match token.type:
            case "heading_open":
                yield Heading(line, int(token.tag[1:]), _spans(next(tokens)), target)
                target = ""
            case "paragraph_open":
                yield Paragraph(line, _spans(next(tokens)))
            case "fence" | "code_block":
                yield Code(line, token.content.rstrip("\n"), token.info.strip() if token.type == "fence" else "")
            case "bullet_list_open":
                yield List(line, tuple(_items(tokens, 0)))
            case "ordered_list_open":
                yield List(line, tuple(_items(tokens, int(token.attrs.get("start", 1)))))
            case "blockquote_open":
                yield Quote(line, tuple(_blocks(tokens)))
            case "blockquote_close" | "list_item_close":
                return
            case "table_open":
                yield _table(tokens, line)
            case "hr" | "myst_block_break":
                yield Rule(line)
            case "html_block":
                if text := token.content.strip("\n"):
                    yield Code(line, text, "html")
            case "myst_target":
                target = token.content
            case _:  # ends of headings and paragraphs, front matter, comments: nothing to show
                pass


def _items(tokens: Iterator[Token], number: int) -> Iterator[Item]:
    for token in tokens:
        if token.type != "list_item_open":
            return
        yield Item(f"{number}." if number else "•", tuple(_blocks(tokens)))
        number += bool(number)


def _table(tokens: Iterator[Token], line: int) -> Table:
    rows: list[tuple[Spans, ...]] = []
    row: list[Spans] = []
    aligns: list[str] = []
    for token in tokens:
        match token.type:
            case "th_open":
                aligns.append(str(token.attrs.get("style", "")).removeprefix("text-align:") or "left")
            case "inline":
                row.append(_spans(token))
            case "tr_close":
                rows.append(tuple(row))
                row = []
            case "table_close":
                break
    return Table(line, rows[0] if rows else (), tuple(rows[1:]), tuple(aligns))


def _spans(inline: Token) -> Spans:
    children = inline.children or []
    spans: list[Span] = []
    styles = [Span("")]
    for index, token in enumerate(children):
        style = styles[-1]
        match token.type:
            case "text" | "text_special" | "html_inline":
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
                alt = plain(_spans(token)) or token.content
                spans.append(replace(style, text=f"[{alt}]", link=str(token.attrs.get("src", ""))))
            case _ if token.nesting < 0:
                styles.pop()
    return tuple(spans)


def _soft_break(before: Sequence[Span], tokens: Sequence[Token], index: int) -> str:
    """A line break in the source is a space, except where Chinese has none."""
    left = before[-1].text if before else ""
    after = index + 1
    while after < len(tokens) - 1 and not tokens[after].content:
        after += 1
    right = tokens[after].content if after < len(tokens) else ""
    return "" if closes_up(left[-1:], right[:1]) else " "


def slug(text: str) -> str:
    """The anchor that GitHub would give a heading."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _with_anchors(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give every heading an anchor of its own: the one written before it, else its slug, numbered when taken."""
    last: dict[str, int] = {}
    """The last number that each anchor was given."""
    named = []
    for block in blocks:
        if isinstance(block, Heading):
            anchor = base = block.anchor or slug(plain(block.spans)) or "section"
            while anchor in last:
                last[base] += 1
                anchor = f"{base}-{last[base]}"
            last[anchor] = 0
            block = replace(block, anchor=anchor)
        named.append(block)
    return tuple(named)


def inline(text: str) -> Spans:
    """The spans of one line of Markdown: for the texts inside directives."""
    spans: list[Span] = []
    for block in parse(text, myst=False)[1]:
        if isinstance(block, Paragraph):
            spans += ([Span("\n")] if spans else []) + list(block.spans)
        else:
            return (Span(text),)
    return tuple(spans)
