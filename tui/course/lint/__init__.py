"""What is wrong with a course: every finding names the file, the line and what to do."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tui.course.book import Course, Entry, entries
from tui.course.files import read_file
from tui.course.lesson import read_lesson
from tui.course.lint.finding import Finding
from tui.course.lint.one_page import CheckTry, check_page
from tui.course.lint.questions import check_quizzes
from tui.course.lint.twins import compare, programs
from tui.course.page import Page
from tui.errors import LessonError

__all__ = ["CheckTry", "Finding", "Run", "check"]

Run = Callable[[Page], Iterator[tuple[int, str, str]]]
"""Runs the code of a page: (line, what is wrong, what to do). Handed in, so that the course needs no engine."""

_LINE = re.compile(r"line (\d+)")


def check(folder: Path, check_try: CheckTry, run: Run | None = None) -> list[Finding]:
    """All findings of a course, in order of file and line; empty when there are none. With `run`, its code is run."""
    try:
        course = Course.open(folder)
    except LessonError as error:
        return [Finding(str(folder / "course.toml"), 1, str(error.title), error.detail or error.next_step)]
    findings: list[Finding] = []
    pages: dict[Path, Page] = {}
    for entry in entries(course):
        for language, file in entry.files.items():
            page = _read(file, language, findings)
            if page is not None:
                pages[file] = page
    inventory = _inventory(folder, findings)
    findings += _duplicate_ids(entries(course))
    for entry in entries(course):
        findings += _twins(entry, pages, course.languages)
        if run is not None:
            findings += _run(entry, pages, run)
    for page in pages.values():
        findings += check_page(page, pages, check_try)
        findings += _unknown_ids(page, inventory)
    findings += check_quizzes(pages.values())
    if not pages and not findings:
        findings.append(
            Finding(str(folder), 1, "There are no lessons here.", "Add NN-name.en.md to a chapter's folder.")
        )
    return sorted(findings, key=lambda f: (f.file, f.line, f.what))


def _read(file: Path, language: str, findings: list[Finding]) -> Page | None:
    """The page, or None when it cannot be read; what is wrong is added to the findings."""
    try:
        data, size = read_file(file)
        try:
            data.decode("utf-8")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            findings.append(Finding(str(file), line, "Here it is not UTF-8.", "Save the file as UTF-8."))
            return None
        return read_lesson(file, language, data, size)
    except LessonError as error:
        number = _LINE.search(error.title.lower())
        findings.append(Finding(str(file), int(number[1]) if number else 1, error.title, error.next_step))
        return None


def _duplicate_ids(lessons: list[Entry]) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for entry in lessons:
        file = next(iter(entry.files.values()))
        if entry.id in seen:
            yield Finding(str(file), 1, f"The id {entry.id!r} is taken by {seen[entry.id].name}.", "Choose another id.")
        seen.setdefault(entry.id, file)


def _twins(entry: Entry, pages: dict[Path, Page], languages: tuple[str, ...]) -> Iterator[Finding]:
    """The same lesson in every language, in step."""
    for language in languages:
        if language not in entry.files:
            file = next(iter(entry.files.values()))
            twin = file.name.replace(f".{file.stem.rpartition('.')[2]}.", f".{language}.")
            yield Finding(str(file), 1, f"The twin in {language!r} is missing.", f"Write {twin}.")
    twins = [pages[file] for _, file in sorted(entry.files.items()) if file in pages]
    if len(twins) == 2:
        yield from compare(*twins)


def _run(entry: Entry, pages: dict[Path, Page], run: Run) -> Iterator[Finding]:
    """What is wrong with the code of a lesson; twins with the same code run once."""
    done: list[Any] = []
    for file in entry.files.values():
        if file in pages and programs(pages[file]) not in done:
            done.append(programs(pages[file]))
            yield from (Finding(str(file), *failure) for failure in run(pages[file]))


def _inventory(folder: Path, findings: list[Finding]) -> Mapping[str, Any] | None:
    """The ids that lessons may cover and claim, by section; None when the course has no list of them."""
    file = folder / "inventory.toml"
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        findings.append(Finding(str(file), 1, f"The inventory cannot be read: {error}.", "Write it as TOML."))
        return None


def _unknown_ids(page: Page, inventory: Mapping[str, Any] | None) -> Iterator[Finding]:
    assert page.front is not None
    if inventory is None:
        return
    for name, key in (("covers", "items"), ("claims", "errata")):
        names = {id_ for section in inventory.values() for id_ in section.get(key, ())}
        for id_ in getattr(page.front, name):
            if id_ not in names:
                what = f"The front matter's {name} has {id_}, which is not in inventory.toml."
                yield Finding(str(page.path), 1, what, "Mend the id, or add it to the inventory.")
