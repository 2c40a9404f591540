"""A page: what the reader has before them, as plain data. How files become pages is in `lesson`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tui.course.blocks import Block, Cell, Claim, Code, Exercise, Figure, Heading, Paragraph, Quiz, Try, plain
from tui.course.front_matter import FrontMatter
from tui.errors import Phrase
from tui.record import record


@record
class Section:
    """A heading of level 2 and what stands under it; the first section may have no heading."""

    anchor: str
    title: str
    first: int
    """Index of its first block."""
    last: int
    """One past its last block."""


@dataclass(frozen=True)
class Page:
    """What the reader has before them: a lesson or a page of notes."""

    id: str
    title: str
    language: str
    path: Path
    blocks: tuple[Block, ...]
    front: FrontMatter | None = None
    trouble: Phrase | None = None
    """What could not be read as it was meant, in a sentence."""
    frameworks: tuple[str, ...] = ()
    """Between which one can choose here: `pt`, `tf`."""

    @property
    def is_lesson(self) -> bool:
        """Whether it belongs to a course, which is gone on with; not so a page of loose notes, known by its file."""
        return self.front is not None or self.id != str(self.path)

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        starts = [i for i, b in enumerate(self.blocks) if isinstance(b, Heading) and b.level <= 2]
        if not starts or starts[0] != 0:
            starts.insert(0, 0)
        ends = [*starts[1:], len(self.blocks)]
        sections = []
        for first, last in zip(starts, ends, strict=True):
            head = self.blocks[first] if first < len(self.blocks) else None
            if isinstance(head, Heading):
                sections.append(Section(head.anchor, plain(head.spans), first, last))
            else:
                sections.append(Section("", self.title, first, last))
        return tuple(sections)

    @property
    def quizzes(self) -> tuple[Quiz, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Quiz))

    @property
    def exercises(self) -> tuple[Exercise, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Exercise))

    @property
    def anchors(self) -> dict[str, int]:
        """Index of the heading block behind each anchor."""
        return {b.anchor: i for i, b in enumerate(self.blocks) if isinstance(b, Heading)}

    def text(self) -> Iterator[str]:
        """Everything a search should find, block by block."""
        for block in self.blocks:
            yield block_text(block)


def block_text(block: Block) -> str:
    """The words of a block."""
    match block:
        case Heading() | Paragraph():
            return plain(block.spans)
        case Code():
            return block.text
        case Cell():
            return block.code
        case Claim():
            return f"{plain(block.myth)}\n{plain(block.fact)}\n{block.code}"
        case Quiz():
            return "\n".join([plain(block.ask), *(plain(choice.text) for choice in block.choices)])
        case Try():
            return block.instrument
        case Exercise():
            return f"{plain(block.task)}\n{block.starter}"
        case Figure():
            return f"{block.text}\n{plain(block.alt)}"
    parts = [block_text(inner) for inner in getattr(block, "blocks", ())]
    for item in getattr(block, "items", ()):
        parts += [block_text(inner) for inner in item.blocks]
    for row in (getattr(block, "header", ()), *getattr(block, "rows", ())):
        parts.append(" ".join(plain(cell) for cell in row))
    return "\n".join(parts)
