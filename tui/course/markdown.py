"""Markdown to blocks, by markdown-it-py. Raises only for a page that is too large to be read as Markdown."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.ruler import RuleOptionsType
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.utils import EnvType
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin

from tui.course.block_reader import BlockReader
from tui.course.blocks import Block, Heading, Paragraph, Span, Spans, plain
from tui.errors import LessonError

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
        return front, with_anchors(BlockReader().blocks(iter(tokens)))
    except RecursionError:  # images within the text of images, each parsed within the other
        raise LessonError("course.nested-too-deeply") from None


@cache
def _parser(myst: bool) -> MarkdownIt:
    parser = bounded_parser()
    return parser.use(myst_block_plugin) if myst else parser


def bounded_parser() -> MarkdownIt:
    """A parser of CommonMark with tables that refuses a page of too many elements."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
    everywhere: RuleOptionsType = {"alt": ["blockquote", "list", "paragraph", "reference", "table"]}
    parser.block.ruler.before("table", "count", _count_lines, everywhere)
    parser.inline.ruler.before("text", "count", _count_marks)
    return parser


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


def slug(text: str) -> str:
    """The anchor that GitHub would give a heading."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def with_anchors(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
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
