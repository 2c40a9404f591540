"""The prose of a block: what a translator translates."""

from __future__ import annotations

from collections.abc import Iterator

from tui.course.blocks import (
    Block,
    Cell,
    Claim,
    Exercise,
    Figure,
    Heading,
    List,
    Paragraph,
    Quiz,
    Quote,
    Span,
    Spans,
    Table,
    plain,
)


def spans_of(block: Block) -> Iterator[Spans]:
    """Every text of a block, in order."""
    match block:
        case Heading() | Paragraph():
            yield block.spans
        case List():
            for item in block.items:
                for inner in item.blocks:
                    yield from spans_of(inner)
        case Quote():
            for inner in block.blocks:
                yield from spans_of(inner)
        case Table():
            for row in (block.header, *block.rows):
                yield tuple(span for cell in row for span in (*cell, Span(" ")))
        case Claim():
            yield from (block.myth, block.fact)
        case Cell() if block.predict:
            yield (Span(block.predict),)
        case Exercise():
            yield from (block.task, *block.hints, block.after)
        case Figure():
            yield block.alt
        case Quiz():
            yield from (block.ask, block.why)
            for choice in block.choices:
                yield (*choice.text, Span(" "), *choice.why)


def texts(block: Block) -> list[str]:
    """The same without styles."""
    return [plain(spans) for spans in spans_of(block)]
