"""Books: the course with its chapters, or any folder of Markdown. Opening one reads only what a contents page needs."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from tui import paths
from tui.course.cache import remembered
from tui.course.files import FIRST_FRONT, MOST_FRONT, decode, read_file, split_front_matter
from tui.course.front_matter import FrontMatter
from tui.course.plan import contents_files, course_name, id_from, read_plan
from tui.errors import LessonError, Phrase, UsageError, phrase, quoted
from tui.record import record
from tui.text.catalog import LANGUAGES

if TYPE_CHECKING:
    from tui.course.page import Page

MARKDOWN = (".md", ".markdown", ".mdx", ".rst.md", ".ipynb")
MOST_NOTES = 20_000
"""Files of Markdown in a folder of notes; found and sorted in half a second."""
MOST_NOTEBOOK = 50_000_000
"""Bytes of a notebook: nearly all of a large one are pictures, which are not shown."""
MOST_LESSONS = 2_000
"""Files of a chapter: each is opened for its title."""
MOST_LOOKED_AT, MOST_LEVELS = 200_000, 40
"""Files and levels of folders that are looked at for them: somebody's whole home may be meant, and `/` by mistake."""


@record
class Entry:
    """A line of the contents: a lesson with its twins, or one file of notes."""

    id: str
    number: str
    titles: dict[str, str]
    files: dict[str, Path]
    minutes: int = 0
    trouble: Phrase | None = None

    def title(self, language: str) -> str:
        return self.titles.get(language) or next(iter(self.titles.values()), self.id)


@record
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
    folder: Path
    course_id: str
    """Names the file of its progress; empty for our own course and for notes, which share one."""
    is_bundled: bool
    """Whether it came with Headnotes: the code of any other book runs only where the reader has allowed it."""
    chapters: tuple[Chapter, ...]
    trouble: Phrase | None
    """What of it is not shown."""

    def read(self, entry: Entry, language: str) -> Page: ...


def entries(book: Book) -> list[Entry]:
    """All entries in reading order."""
    return [entry for chapter in book.chapters for entry in chapter.entries]


def find_exactly(book: Book, reference: str) -> Entry | None:
    """The entry with that id or number."""
    return next((entry for entry in entries(book) if reference in (entry.id, entry.number)), None)


def find(book: Book, reference: str) -> Entry:
    """The entry with that id or number; a unique beginning of an id will do. Raises `UsageError`."""
    lessons = entries(book)
    if (exact := find_exactly(book, reference)) is not None:
        return exact
    begins = [entry for entry in lessons if entry.id.startswith(reference)]
    if len(begins) == 1:
        return begins[0]
    listed = [f"{entry.number} {entry.id}" for entry in lessons[:12]]
    raise UsageError("course.no-such-lesson", name=quoted(reference), lessons=listed)


@dataclass
class Course:
    """The lessons of a folder laid out as `lessons/` is: chapters in `course.toml`, one Markdown file a language."""

    folder: Path
    name: str = "Headnotes"
    chapters: tuple[Chapter, ...] = field(default=())
    trouble: Phrase | None = None
    course_id: str = ""
    languages: tuple[str, ...] = LANGUAGES
    """In which every lesson is there."""
    is_bundled: bool = True

    @classmethod
    def open(cls, folder: Path, language: str = LANGUAGES[0]) -> Course:
        """Our course, or somebody's, with its name in a language. Raises `LessonError` when the folder holds none."""
        plan = read_plan(folder)
        chapters = tuple(
            Chapter(number, titles, tuple(_lessons(folder / inside))) for number, titles, inside in plan.chapters
        )
        if folder == paths.lessons_dir():
            return cls(folder, chapters=chapters)
        name = plan.titles.get(language) or next(iter(plan.titles.values()), folder.resolve().name)
        return cls(folder, name, chapters, None, plan.id, plan.languages, is_bundled=False)

    def read(self, entry: Entry, language: str) -> Page:
        """The lesson in that language, or in one it has. Raises `LessonError`."""
        for candidate in (language, *LANGUAGES):
            if candidate in entry.files:
                return _page(entry.files[candidate], candidate, candidate)
        raise LessonError("course.lesson-without-file", id=entry.id)


@dataclass
class Folder:
    """Any folder of Markdown files, read as notes; in the order of its table of contents where it has one."""

    folder: Path
    name: str
    chapters: tuple[Chapter, ...]
    trouble: Phrase | None = None
    course_id: str = ""
    is_bundled: bool = False
    framework: str = "pt"
    """What is shown where a page is written for several."""

    @classmethod
    def open(cls, path: Path) -> Folder:
        """A folder, or one file, by its names alone. Raises `UsageError` when there is no Markdown in it."""
        trouble = None
        if any(file.is_file() for file in contents_files(path)):
            from tui.course.toctree import chapters_of

            try:
                if contents := chapters_of(path):
                    name = course_name(path)
                    chapters = tuple(
                        Chapter("", titles, tuple(Entry(page.place, "", page.titles, page.files) for page in pages))
                        for titles, pages in contents
                    )
                    return cls(path, name, chapters, course_id=f"{id_from(name)}-{_digest(path)}")
            except LessonError as error:
                trouble = error.phrase
        if path.is_file():
            files = [path]
        elif path.is_dir():
            files, is_whole = _markdown_files(path)
            if not is_whole:
                trouble = phrase("course.more-files", folder=str(path), count=len(files))
        elif os.path.lexists(path):
            raise UsageError("course.no-folder-nor-file", path=str(path))
        else:
            raise UsageError("course.no-such-path", path=str(path))
        if not files:
            raise UsageError("course.no-markdown", path=str(path))
        root = path.parent if path.is_file() else path
        by_folder: dict[Path, list[Entry]] = {}
        for file in files:
            where = file.relative_to(root)
            by_folder.setdefault(where.parent, []).append(Entry(str(where), "", {"": where.stem}, {"": file}))
        chapters = tuple(
            Chapter("", {"": "" if where == Path() else str(where)}, tuple(pages)) for where, pages in by_folder.items()
        )
        return cls(root, root.resolve().name or str(root), chapters, trouble)

    def read(self, entry: Entry, language: str) -> Page:
        """Raises `LessonError` only when the file itself cannot be read."""
        file = entry.files.get("") or entry.files.get(language) or next(iter(entry.files.values()), None)
        if file is None:
            raise LessonError("course.no-page", page=quoted(entry.id), folder=str(self.folder))
        page = _page(file, "", language, self.framework)
        return replace(page, id=entry.id) if self.course_id else page


def _lessons(folder: Path) -> Iterator[Entry]:
    stems: dict[str, dict[str, Path]] = {}
    for file in sorted(islice(folder.glob("*.md"), MOST_LESSONS), key=_natural):
        stem, _, language = file.stem.rpartition(".")
        if stem and language in LANGUAGES:
            stems.setdefault(stem, {})[language] = file
    for stem, files in stems.items():
        front: FrontMatter | None = None
        titles, trouble = {}, None
        for language, file in files.items():
            try:
                front = _front_matter(file)
                titles[language] = front.title
            except LessonError as error:
                trouble = error.phrase
        if front is None:
            yield Entry(stem, "", {"": stem}, files, trouble=trouble)
        else:
            yield Entry(front.id, front.section, titles, files, front.minutes, trouble)


def _digest(path: Path) -> str:
    """Tells folders of the same name apart."""
    return hashlib.sha256(str(path.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:8]


def _page(file: Path, lesson_language: str, language: str, framework: str = "") -> Page:
    """A lesson in a language, or a page of notes; from memory when it was read before. Raises `LessonError`."""
    from tui.course.page import Page

    is_notebook = file.suffix.lower() == ".ipynb"
    data, size = read_file(file, MOST_NOTEBOOK, MOST_NOTEBOOK) if is_notebook else read_file(file)

    def read() -> Page:
        from tui.course.lesson import read_lesson, read_notes

        if lesson_language:
            return read_lesson(file, lesson_language, data, size)
        return read_notes(file, data, size, language, framework)

    key = f"page {file} {lesson_language} {language} {framework} {size}\0"
    return remembered(key.encode("utf-8", "surrogateescape") + data, Page, read)


def _front_matter(file: Path) -> FrontMatter:
    for most in (FIRST_FRONT, MOST_FRONT):
        text = decode(read_file(file, most)[0])
        if split_front_matter(text) is not None:
            break

    def read() -> FrontMatter:
        from tui.course.lesson import read_front_matter

        return read_front_matter(text, file)

    return remembered(f"front {file}\0{split_front_matter(text)}".encode("utf-8", "replace"), FrontMatter, read)


def _markdown_files(folder: Path) -> tuple[list[Path], bool]:
    """(regular files of Markdown in natural order, whether these are all). Links to folders are not followed."""
    files: list[Path] = []
    seen, is_whole = 0, True
    for root, folders, names in os.walk(folder):
        if os.path.relpath(root, folder).count(os.sep) >= MOST_LEVELS:
            is_whole = is_whole and not folders
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith((".", "node_modules", "__pycache__")))
        markdown = (Path(root, name) for name in sorted(names) if name.lower().endswith(MARKDOWN))
        files += [file for file in markdown if file.is_file()]
        seen += len(names) + len(folders)
        if len(files) > MOST_NOTES or seen > MOST_LOOKED_AT:
            is_whole = False
            break
    return sorted(files[:MOST_NOTES], key=_natural), is_whole


def _natural(path: Path) -> list[tuple[int, int | str]]:
    """Sort key: chapter2 before chapter10."""
    parts = re.split(r"(\d+)", str(path).lower())
    return [(0, int(part)) if part.isdecimal() else (1, part) for part in parts]
