"""Books: the course with its chapters, or any folder of Markdown. Opening one reads only what a contents page needs."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from tui.course.cache import remembered
from tui.course.files import decode, split_front_matter
from tui.course.page import FrontMatter, Page
from tui.errors import LessonError, UsageError

LANGUAGES = ("en", "zh")
MARKDOWN = (".md", ".markdown", ".mdx", ".rst.md")
MOST_FILES = 5000


@dataclass(frozen=True)
class Entry:
    """A line of the contents: a lesson with its twins, or one file of notes."""

    id: str
    number: str
    titles: dict[str, str]
    files: dict[str, Path]
    minutes: int = 0
    trouble: str = ""

    def title(self, language: str) -> str:
        return self.titles.get(language) or next(iter(self.titles.values()), self.id)


@dataclass(frozen=True)
class Chapter:
    """A chapter of the course, or a folder of notes."""

    number: str
    titles: dict[str, str]
    entries: tuple[Entry, ...]

    def title(self, language: str) -> str:
        return self.titles.get(language) or next(iter(self.titles.values()), "")


class Book(Protocol):
    """What the reader's screens need of a course or a folder."""

    name: str
    chapters: tuple[Chapter, ...]

    def read(self, entry: Entry, language: str) -> Page: ...


def entries(book: Book) -> list[Entry]:
    """All entries in reading order."""
    return [entry for chapter in book.chapters for entry in chapter.entries]


def find(book: Book, wanted: str) -> Entry:
    """The entry with that id or number; a unique beginning of an id will do. Raises `UsageError`."""
    known = entries(book)
    for entry in known:
        if wanted in (entry.id, entry.number):
            return entry
    begins = [entry for entry in known if entry.id.startswith(wanted)]
    if len(begins) == 1:
        return begins[0]
    listed = ", ".join(f"{entry.number} {entry.id}" for entry in known[:12])
    raise UsageError(f"There is no lesson {wanted!r}.", next_step=f"There are: {listed}.")


@dataclass
class Course:
    """The lessons of a folder laid out as `lessons/` is: chapters in `course.toml`, one Markdown file a language."""

    folder: Path
    name: str = "Headnotes"
    chapters: tuple[Chapter, ...] = field(default=())

    @classmethod
    def open(cls, folder: Path) -> Course:
        """Raises `LessonError` when the folder holds no course."""
        plan = folder / "course.toml"
        try:
            chapters = tomllib.loads(plan.read_text("utf-8")).get("chapter", [])
        except (OSError, ValueError) as error:
            raise LessonError(
                f"{folder} is not a course.",
                f"{plan.name}: {error}",
                "For a folder of Markdown: headnotes notes DIR",
            ) from error
        made = []
        for chapter in chapters:
            inside = folder / str(chapter.get("folder", ""))
            titles = {language: str(title) for language, title in dict(chapter.get("title", {})).items()}
            made.append(Chapter(str(chapter.get("number", "")), titles, tuple(_lessons(inside))))
        return cls(folder, chapters=tuple(made))

    def read(self, entry: Entry, language: str) -> Page:
        """The lesson in that language, or in one it has. Raises `LessonError`."""
        for wanted in (language, *LANGUAGES):
            if wanted in entry.files:
                return _page(entry.files[wanted], wanted)
        raise LessonError(entry.trouble or f"The lesson {entry.id} has no file.")


@dataclass
class Folder:
    """Any folder of Markdown files, read as notes."""

    folder: Path
    name: str
    chapters: tuple[Chapter, ...]

    @classmethod
    def open(cls, path: Path) -> Folder:
        """A folder, or one file. Raises `UsageError` when there is no Markdown in it."""
        if not path.exists():
            raise UsageError(f"There is no {path}.", next_step="headnotes notes DIR takes a folder of Markdown files.")
        files = [path] if path.is_file() else sorted(_markdown_files(path), key=_natural)
        if not files:
            raise UsageError(
                f"There are no Markdown files in {path}.", next_step="It looks for *.md, *.markdown, *.mdx."
            )
        root = path.parent if path.is_file() else path
        by_folder: dict[Path, list[Entry]] = {}
        for file in files:
            where = file.relative_to(root)
            by_folder.setdefault(where.parent, []).append(Entry(str(where), "", {"": where.stem}, {"": file}))
        chapters = tuple(
            Chapter("", {"": "" if where == Path() else str(where)}, tuple(found)) for where, found in by_folder.items()
        )
        return cls(root, root.resolve().name or str(root), chapters)

    def read(self, entry: Entry, language: str) -> Page:
        """Raises `LessonError` only when the file itself cannot be read."""
        return _page(entry.files[""], "")


def _lessons(folder: Path) -> Iterator[Entry]:
    stems: dict[str, dict[str, Path]] = {}
    for file in sorted(folder.glob("*.md"), key=_natural):
        stem, _, language = file.stem.rpartition(".")
        if stem and language in LANGUAGES:
            stems.setdefault(stem, {})[language] = file
    for stem, files in stems.items():
        front: FrontMatter | None = None
        titles, trouble = {}, ""
        for language, file in files.items():
            try:
                front = _front_matter(file)
                titles[language] = front.title
            except LessonError as error:
                trouble = str(error)
        if front is None:
            yield Entry(stem, "", {"": stem}, files, trouble=trouble)
        else:
            yield Entry(front.id, front.section, titles, files, front.minutes, trouble)


def _page(file: Path, language: str) -> Page:
    """A lesson in a language, or a page of notes; from memory when it was read before. Raises `LessonError`."""
    data = _bytes(file)

    def read() -> Page:
        from tui.course.lesson import read_lesson, read_notes

        return read_lesson(file, language, data) if language else read_notes(file, data)

    return remembered(f"page {file} {language}\0".encode() + data, Page, read)


def _front_matter(file: Path) -> FrontMatter:
    text = decode(_bytes(file))

    def read() -> FrontMatter:
        from tui.course.lesson import read_front_matter

        return read_front_matter(text, file)

    return remembered(f"front {file}\0{split_front_matter(text)}".encode("utf-8", "replace"), FrontMatter, read)


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise LessonError(f"{file} cannot be read: {error.strerror or error}.") from error


def _markdown_files(folder: Path) -> Iterator[Path]:
    found = 0
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "node_modules", "__pycache__"))]
        for name in names:
            if name.lower().endswith(MARKDOWN):
                yield Path(root, name)
                found += 1
                if found >= MOST_FILES:
                    return


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Sort key: chapter2 before chapter10."""
    parts = re.split(r"(\d+)", str(path).lower())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]
