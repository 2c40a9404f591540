"""What becomes of a tag: a question, a callout, a link. Nothing is fetched, and nothing of it is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import urlsplit

from tui.course.blocks import Block, Callout, Choice, Heading, Item, List, Paragraph, Quiz, Rule, Span, Spans, plain
from tui.course.mdx.tags import Tag
from tui.record import record

MOST_OPEN = 20
"""Tags within tags; deeper ones are left out, their contents are not."""
_KINDS = {"warning": "warning", "caution": "warning", "important": "important", "note": "note"}
_CALLOUT = re.compile(r"\s*\[!(\w+)\]\s*")
_SOURCES = ("src", "href", "url", "data")
Inline = Callable[[str], Spans]
"""Reads a line of Markdown."""


@record
class Marker(Block):
    """A tag between the blocks of a page, until `resolve_tags` has made of it what it stands for."""

    tag: Tag


def resolve_tags(blocks: tuple[Block, ...], read_inline: Inline) -> tuple[Block, ...]:
    """The blocks with every tag resolved. What is never closed ends with its first block."""
    if not any(isinstance(block, Marker) for block in blocks):
        return blocks
    open_tags: list[tuple[Marker | None, list[Block]]] = [(None, [])]
    for block in blocks:
        if not isinstance(block, Marker):
            open_tags[-1][1].append(block)
        elif block.tag.is_close:
            names = [marker.tag.name for marker, _ in open_tags if marker]
            if block.tag.name in names:
                while (closed := _close(open_tags, is_whole=True)) != block.tag.name:
                    assert closed
        elif block.tag.is_void:
            open_tags[-1][1].extend(void(block.tag, block.line, read_inline))
        elif len(open_tags) <= MOST_OPEN:
            open_tags.append((block, []))
    while len(open_tags) > 1:
        _close(open_tags, is_whole=False)
    return tuple(open_tags[0][1])


def _close(open_tags: list[tuple[Marker | None, list[Block]]], *, is_whole: bool) -> str:
    """Close the innermost tag; returns its name."""
    marker, inside = open_tags.pop()
    assert marker is not None
    first = len(inside) if is_whole else 1
    open_tags[-1][1].extend([*_contents(marker.tag, marker.line, tuple(inside[:first])), *inside[first:]])
    return marker.tag.name


def _contents(tag: Tag, line: int, blocks: tuple[Block, ...]) -> Iterator[Block]:
    """What an element shows."""
    match tag.name:
        case "tip":
            is_warning = tag.attributes.get("warning") not in (None, False, "false")
            yield Callout(line, "warning" if is_warning else "tip", blocks)
        case "blockquote":
            yield Callout(line, "", blocks)
        case "summary" | "figcaption" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6":
            is_caption = tag.name == "figcaption"
            for block in blocks:
                if isinstance(block, Paragraph):
                    spans = tuple(replace(s, bold=not is_caption, italic=is_caption) for s in block.spans)
                    block = replace(block, spans=spans)
                yield block
        case "hfoption":
            yield Paragraph(line, (Span(tag.text("id") or "", bold=True),))
            yield from blocks
        case "question":
            yield from blocks
        case _:
            yield from void(tag, line, None)
            yield from blocks


def void(tag: Tag, line: int, read_inline: Inline | None) -> Iterator[Block]:
    """What a tag without contents shows."""
    if tag.name == "question" and read_inline is not None:
        yield from _question(tag, line, read_inline)
    elif tag.name == "hr":
        yield Rule(line)
    elif links := links_of_tag(tag):
        yield Paragraph(line, links)


def links_of_tag(tag: Tag) -> Spans:
    """The addresses that a tag would have shown or fetched, as links."""
    if tag.name == "youtube" and (video := tag.text("id")):
        return (Span(f"▶ youtube.com/watch?v={video}", link=f"https://www.youtube.com/watch?v={video}"),)
    if tag.name == "img":
        source = tag.text("src")
        return (Span(f"[{tag.text('alt') or _short(source)}]", link=source),) if source else ()
    listed: list[Span] = []
    for value in tag.attributes.values():
        for entry in value if isinstance(value, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("value"), str) and "/" in entry["value"]:
                label = str(entry.get("label") or _short(entry["value"]))
                listed += [*([Span("  ")] if listed else []), Span(label, link=entry["value"])]
    if listed:
        return tuple(listed)
    source = next((source for name in _SOURCES if (source := tag.text(name))), "")
    return (Span(f"▶ {_short(source)}", link=source),) if source and tag.name not in ("a", "script", "link") else ()


def _short(address: str) -> str:
    """An address without what one need not read."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    return (parts.netloc.removeprefix("www.") + parts.path).rstrip("/") if parts.netloc else address


def callout(line: int, blocks: tuple[Block, ...]) -> Block | None:
    """The callout that a quotation is when it begins with [!TIP] or another word; None for any other."""
    first = blocks[0] if blocks else None
    if not isinstance(first, Paragraph) or not (match := _CALLOUT.match(plain(first.spans))):
        return None
    spans, cut = list(first.spans), match.end()
    while spans and cut:
        length = min(cut, len(spans[0].text))
        cut -= length
        spans[0] = replace(spans[0], text=spans[0].text[length:])
        if not spans[0].text:
            spans.pop(0)
    rest = (Paragraph(first.line, tuple(spans)), *blocks[1:]) if spans else blocks[1:]
    return Callout(line, _KINDS.get(match[1].lower(), "tip"), rest)


def _question(tag: Tag, line: int, read_inline: Inline) -> Iterator[Block]:
    """The quiz in a `<Question choices={[{text, explain, correct}]}/>`; without a right answer, a list."""
    raw = tag.attributes.get("choices")
    entries = [entry for entry in raw if isinstance(entry, dict)] if isinstance(raw, list) else []
    choices = tuple(
        Choice(
            read_inline(str(entry.get("text") or "?")),
            entry.get("correct") in (True, "true"),
            read_inline(str(entry.get("explain") or "")),
        )
        for entry in entries
    )
    right = sum(choice.right for choice in choices)
    if len(choices) > 1 and right:
        yield Quiz(line, "", "multiple" if right > 1 else "single", (), choices, None, (), "")
    elif choices:
        yield List(line, tuple(Item("•", (Paragraph(line, choice.text),)) for choice in choices))


def name_questions(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Give each question of a page its text, from the heading above it, and an id of its own."""
    named: list[Block] = []
    ask: Spans = ()
    numbers: dict[str, int] = {}
    for block in blocks:
        if isinstance(block, Heading):
            ask = block.spans if block.level > 2 else ()
        if isinstance(block, Quiz) and not block.id:
            if named and isinstance(named[-1], Heading) and ask:
                named.pop()
            words = plain(ask) or plain(block.choices[0].text)
            base = re.sub(r"\W+", "-", words.lower()).strip("-")[:60] or "question"
            numbers[base] = numbers.get(base, 0) + 1
            block = replace(block, id=base if numbers[base] == 1 else f"{base}-{numbers[base]}", ask=ask)
        named.append(block)
    return tuple(named)
