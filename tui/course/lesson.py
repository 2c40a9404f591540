"""Files to pages: a lesson with front matter and directives, or any other Markdown file read as notes.

Imports what reads Markdown and YAML, which takes a while; `book` comes here only for pages that it does not remember.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tui.course import directives, markdown
from tui.course.blocks import Block, Code, Heading, Paragraph, Span, plain
from tui.course.files import MOST_BYTES, MOST_LINES, decode, split_front_matter
from tui.course.front_matter import FrontMatter
from tui.course.mdx.reader import parse_notes
from tui.course.notebook_pages import markdown_of
from tui.course.page import Page
from tui.errors import HeadnotesError, LessonError, Phrase, phrase, sentence
from tui.text.catalog import LANGUAGES, translate
from tui.text.sizes import size_text

MOST_TITLE = 300
"""Characters of a title that are kept: it is drawn whenever the reader moves on."""


def read_front_matter(text: str, path: Path) -> FrontMatter:
    """What stands between the `---` lines. Raises `LessonError` with the line and what to do."""
    raw = split_front_matter(text)
    if raw is None:
        raise LessonError("course.no-front-matter", file=path.name)
    values = directives.read_yaml(raw, phrase("course.front-matter"), 2)
    for name in ("id", "section", "title"):
        if not str(values.get(name) or "").strip():
            raise LessonError("course.front-matter-lacks", where=_line_of_file(path, 1), name=name)
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


def read_lesson(path: Path, language: str, data: bytes, size: int = 0) -> Page:
    """A lesson of the course. Raises `LessonError` for anything that does not fit the format."""
    if size > len(data):
        raise LessonError("course.lesson-too-long", file=path.name, bytes=MOST_BYTES, lines=MOST_LINES)
    text = decode(data)
    front = read_front_matter(text, path)
    _, blocks = markdown.parse(text, myst=True)
    read = []
    for block in blocks:
        try:
            read.append(directives.read(block) if isinstance(block, Code) else block)
        except LessonError as error:
            where = _line_of_file(path, error.values["where"]["values"]["line"])
            raise LessonError(error.code, **{**error.values, "where": where}) from None
    return Page(front.id, front.title, language, path, tuple(read), front)


def _line_of_file(path: Path, line: int) -> Phrase:
    return phrase("course.line-of-file", file=path.name, line=line)


def read_notes(path: Path, data: bytes, size: int = 0, language: str = LANGUAGES[0], framework: str = "pt") -> Page:
    """Any Markdown file. Never raises for what is in it; `trouble` says what could not be read as it was meant.

    `language` is that of the few words that are not the file's. Of a file larger than `data` (`size` bytes), only these
    first bytes are shown, at once: as plain text.
    """
    text = decode(data)
    if size > len(data):
        cut = phrase("course.cut", file=path.name, size=size_text(size), part=size_text(len(data)))
        note = Paragraph(text.count("\n") + 1, (Span(sentence(language, cut), italic=True),))
        return _plain_page(path, text, cut, note)
    try:
        kind = path.suffix.lower()
        is_mdx, text = kind == ".mdx", markdown_of(text)[:MOST_BYTES] if kind == ".ipynb" else text
        front, blocks, frameworks = parse_notes(text, framework, is_mdx=is_mdx)
    except LessonError as error:
        return _plain_page(path, text[:MOST_BYTES], phrase("course.shown-plain", file=path.name, error=error.phrase))
    title, trouble = "", None
    if front is not None:
        try:
            raw_title = directives.read_yaml(front, phrase("course.front-matter"), 2).get("title")
            title = str(raw_title) if isinstance(raw_title, str | int | float | date) else ""
        except HeadnotesError as error:
            trouble = error.phrase
            blocks = (Code(1, front, "yaml"), *blocks)
    headings = [b for b in blocks if isinstance(b, Heading)]
    title = title or (plain(headings[0].spans) if headings else path.stem)
    if not blocks:
        blocks = (Paragraph(1, (Span(translate(language, "course.empty"), italic=True),)),)
    return Page(str(path), title[:MOST_TITLE], "", path, blocks, trouble=trouble, frameworks=frameworks)


def _plain_page(path: Path, text: str, trouble: Phrase, *after: Block) -> Page:
    return Page(str(path), path.name, "", path, (Code(1, text.rstrip("\n"), ""), *after), trouble=trouble)


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
