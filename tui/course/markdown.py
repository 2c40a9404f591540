"""Markdown to blocks, by markdown-it-py. Never raises: whatever is written is shown in some way."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
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
from tui.course.characters import closes_up

FENCES = ("fence", "code_block")


def parse(text: str, *, myst: bool) -> tuple[str | None, tuple[Block, ...]]:
    """(front matter as written or None, the blocks in order). `myst` reads `(name)=` targets as anchors."""
    tree = SyntaxTreeNode(_parser(myst).parse(text))
    front = next((node.content for node in tree.children if node.type == "front_matter"), None)
    return front, _with_anchors(tuple(_blocks(tree)))


@cache
def _parser(myst: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).use(front_matter_plugin)
    return parser.use(myst_block_plugin) if myst else parser


def _blocks(parent: SyntaxTreeNode) -> Iterator[Block]:
    target = ""
    for node in parent.children:
        line = node.map[0] + 1 if node.map else 0
        match node.type:
            case "heading":
                yield Heading(line, int(node.tag[1:]), _inline(node), target)
                target = ""
            case "paragraph":
                yield Paragraph(line, _inline(node))
            case "fence" | "code_block":
                yield Code(line, node.content.rstrip("\n"), node.info.strip() if node.type == "fence" else "")
            case "bullet_list" | "ordered_list":
                yield List(line, tuple(_items(node)))
            case "blockquote":
                yield Quote(line, tuple(_blocks(node)))
            case "table":
                yield _table(node, line)
            case "hr" | "myst_block_break":
                yield Rule(line)
            case "html_block":
                if text := node.content.strip("\n"):
                    yield Code(line, text, "html")
            case "myst_target":
                target = node.content
            case _:  # front matter, comments, link definitions: nothing to show
                pass


def _items(node: SyntaxTreeNode) -> Iterator[Item]:
    number = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    for item in node.children:
        yield Item(f"{number}." if number else "•", tuple(_blocks(item)))
        number += bool(number)


def _table(node: SyntaxTreeNode, line: int) -> Table:
    rows: list[tuple[Spans, ...]] = []
    aligns: tuple[str, ...] = ()
    for part in node.children:  # thead, tbody
        for row in part.children:
            rows.append(tuple(_inline(cell) for cell in row.children))
            if not aligns:
                aligns = tuple(
                    str(cell.attrs.get("style", "")).removeprefix("text-align:") or "left" for cell in row.children
                )
    return Table(line, rows[0] if rows else (), tuple(rows[1:]), aligns)


def _inline(node: SyntaxTreeNode) -> Spans:
    spans: list[Span] = []
    for inline in node.children:
        _collect(inline, Span(""), spans)
    return tuple(spans)


def _collect(node: SyntaxTreeNode, style: Span, into: list[Span]) -> None:
    match node.type:
        case "text" | "html_inline":
            into.append(replace(style, text=node.content))
        case "code_inline":
            into.append(replace(style, text=node.content, code=True))
        case "softbreak":
            into.append(replace(style, text=_soft_break(node)))
        case "hardbreak":
            into.append(replace(style, text="\n"))
        case "strong":
            _each(node, replace(style, bold=True), into)
        case "em":
            _each(node, replace(style, italic=True), into)
        case "s":
            _each(node, replace(style, struck=True), into)
        case "link":
            _each(node, replace(style, link=str(node.attrs.get("href", ""))), into)
        case "image":
            alt = plain(_inline(node)) or node.content
            into.append(replace(style, text=f"[{alt}]", link=str(node.attrs.get("src", ""))))
        case _:
            _each(node, style, into)


def _each(node: SyntaxTreeNode, style: Span, into: list[Span]) -> None:
    for child in node.children:
        _collect(child, style, into)


def _soft_break(node: SyntaxTreeNode) -> str:
    """A line break in the source is a space, except where Chinese has none."""
    before, after = node.previous_sibling, node.next_sibling
    left, right = (_plain(near) if near is not None else "" for near in (before, after))
    return "" if closes_up(left[-1:], right[:1]) else " "


def _plain(node: SyntaxTreeNode) -> str:
    spans: list[Span] = []
    _collect(node, Span(""), spans)
    return plain(spans)


def slug(text: str) -> str:
    """The anchor that GitHub would give a heading."""
    return re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")


def _with_anchors(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give every heading an anchor of its own: the one written before it, else its slug, numbered when taken."""
    taken: set[str] = set()
    named = []
    for block in blocks:
        if isinstance(block, Heading):
            anchor = wanted = block.anchor or slug(plain(block.spans)) or "section"
            again = 0
            while anchor in taken:
                again += 1
                anchor = f"{wanted}-{again}"
            taken.add(anchor)
            block = replace(block, anchor=anchor)
        named.append(block)
    return tuple(named)


def inline(text: str) -> Spans:
    """The spans of one line of Markdown: for the texts inside directives."""
    spans: list[Span] = []
    for block in _blocks(SyntaxTreeNode(_parser(False).parse(text))):
        if isinstance(block, Paragraph):
            spans += ([Span("\n")] if spans else []) + list(block.spans)
        else:
            return (Span(text),)
    return tuple(spans)
