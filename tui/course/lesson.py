"""A lesson: one Markdown file with front matter and directives; or any other Markdown file, read as a page of notes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tui.course import directives, markdown
from tui.course.blocks import Block, Cell, Claim, Code, Heading, Paragraph, Quiz, Span, Try, plain
from tui.errors import HeadnotesError, LessonError

PLAIN_FROM = 1_000_000
"""Characters from which a foreign file is shown as it is, without reading it as Markdown."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """The lines between `---` at the top of a lesson."""

    id: str
    section: str
    """Its number in the course: 2.2"""
    title: str
    minutes: int
    topic: str
    """The page of the Hugging Face course on the same topic; by name, because the numbers there move."""
    url: str
    covers: tuple[str, ...]
    claims: tuple[str, ...]


@dataclass(frozen=True)
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
    trouble: str = ""
    """What could not be read as it was meant, in a sentence."""

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        starts = [i for i, b in enumerate(self.blocks) if isinstance(b, Heading) and b.level <= 2]
        if not starts or starts[0] != 0:
            starts.insert(0, 0)
        ends = [*starts[1:], len(self.blocks)]
        made = []
        for first, last in zip(starts, ends, strict=True):
            head = self.blocks[first] if first < len(self.blocks) else None
            if isinstance(head, Heading):
                made.append(Section(head.anchor, plain(head.spans), first, last))
            else:
                made.append(Section("", self.title, first, last))
        return tuple(made)

    @property
    def quizzes(self) -> tuple[Quiz, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Quiz))

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
            return f"{block.said}\n{block.so}\n{block.code}"
        case Quiz():
            return "\n".join([block.ask, *(choice.text for choice in block.choices)])
        case Try():
            return block.instrument
    parts = [block_text(inner) for inner in getattr(block, "blocks", ())]
    for item in getattr(block, "items", ()):
        parts += [block_text(inner) for inner in item.blocks]
    for row in (getattr(block, "header", ()), *getattr(block, "rows", ())):
        parts.append(" ".join(plain(cell) for cell in row))
    return "\n".join(parts)


def decode(data: bytes) -> str:
    """The text of a file in whatever encoding it says it has; what is no text is shown as U+FFFD."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def split_front_matter(text: str) -> str | None:
    """The front matter without reading the rest, or None: enough for a table of contents."""
    if not text.startswith("---\n"):
        return None
    end = text.find("\n---\n", 3)
    return None if end < 0 else text[4 : end + 1]


def read_front_matter(text: str, path: Path) -> FrontMatter:
    """What stands between the `---` lines. Raises `LessonError` with the line and what to do."""
    raw = split_front_matter(text)
    if raw is None:
        raise LessonError(
            f"{path.name} has no front matter.",
            next_step="Begin the file with --- lines that hold id, section, title.",
        )
    values = directives.read_yaml(raw, "the front matter", 2)
    for name in ("id", "section", "title"):
        if not str(values.get(name) or "").strip():
            raise LessonError(f"{path.name}, line 1: the front matter lacks '{name}'.")
    course = values.get("course")
    course = course if isinstance(course, dict) else {}
    minutes = values.get("minutes")
    return FrontMatter(
        id=str(values["id"]).strip(),
        section=str(values["section"]).strip(),
        title=str(values["title"]).strip(),
        minutes=minutes if isinstance(minutes, int) and not isinstance(minutes, bool) and minutes > 0 else 0,
        topic=str(course.get("topic") or ""),
        url=str(course.get("url") or ""),
        covers=_names(values.get("covers")),
        claims=_names(values.get("claims")),
    )


def read_lesson(path: Path, language: str, data: bytes | None = None) -> Page:
    """A lesson of the course. Raises `LessonError` for anything that does not fit the format."""
    text = _text(path, data)
    front = read_front_matter(text, path)
    _, blocks = markdown.parse(text, myst=True)
    read = []
    for block in blocks:
        try:
            read.append(directives.read(block) if isinstance(block, Code) else block)
        except LessonError as error:
            raise LessonError(
                f"{path.name}, {error.title[0].lower()}{error.title[1:]}", error.detail, error.next_step
            ) from None
    return Page(front.id, front.title, language, path, tuple(read), front)


def read_notes(path: Path, data: bytes | None = None) -> Page:
    """Any Markdown file. Never raises for what is in it; `trouble` says what could not be read as it was meant."""
    text = _text(path, data)
    if len(text) > PLAIN_FROM:
        trouble = f"{path.name} is {len(text):,} characters long and is shown as plain text."
        return Page(str(path), path.name, "", path, (Code(1, text, ""),), trouble=trouble)
    front, blocks = markdown.parse(text, myst=False)
    title, trouble = "", ""
    if front is not None:
        try:
            title = str(directives.read_yaml(front, "the front matter", 2).get("title") or "")
        except HeadnotesError as error:
            trouble = error.title
            blocks = (Code(1, front, "yaml"), *blocks)
    headings = [b for b in blocks if isinstance(b, Heading)]
    title = title or (plain(headings[0].spans) if headings else path.stem)
    if not blocks:
        blocks = (Paragraph(1, (Span("This file is empty.", italic=True),)),)
    return Page(str(path), title, "", path, blocks, trouble=trouble)


def _text(path: Path, data: bytes | None) -> str:
    try:
        return decode(path.read_bytes() if data is None else data).replace("\r\n", "\n")
    except OSError as error:
        raise LessonError(f"{path} cannot be read: {error.strerror or error}.") from error


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
