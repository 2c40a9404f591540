"""Files to pages: a lesson with front matter and directives, or any other Markdown file read as notes.

Imports what reads Markdown and YAML, which takes a while; `book` comes here only for pages that it does not remember.
"""

from __future__ import annotations

from pathlib import Path

from tui.course import directives, markdown
from tui.course.blocks import Code, Heading, Paragraph, Span, plain
from tui.course.files import decode, split_front_matter
from tui.course.page import FrontMatter, Page
from tui.errors import HeadnotesError, LessonError

PLAIN_FROM = 1_000_000
"""Characters from which a foreign file is shown as it is, without reading it as Markdown."""


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


def read_lesson(path: Path, language: str, data: bytes) -> Page:
    """A lesson of the course. Raises `LessonError` for anything that does not fit the format."""
    text = decode(data)
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


def read_notes(path: Path, data: bytes) -> Page:
    """Any Markdown file. Never raises for what is in it; `trouble` says what could not be read as it was meant."""
    text = decode(data)
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


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list) else ()
