"""What is wrong with a course: every finding names the file, the line and what to do."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tui.course.blocks import Block, Cell, Claim, Heading, Item, Quiz, Span, Try, plain
from tui.course.book import LANGUAGES, Course, Entry, entries
from tui.course.lesson import read_lesson
from tui.course.page import Page
from tui.errors import LessonError, UsageError

CheckTry = Callable[[str, Mapping[str, Any]], object]
"""Reads the Spec of a {try}; raises `UsageError`. Handed in, so that the course needs no laboratory."""

_LINE = re.compile(r"line (\d+)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend."""

    file: str
    line: int
    what: str
    do: str


def check(folder: Path, check_try: CheckTry) -> list[Finding]:
    """All findings of a course, in order of file and line. Empty means that it is sound."""
    try:
        course = Course.open(folder)
    except LessonError as error:
        return [Finding(str(folder / "course.toml"), 1, str(error.title), error.detail or error.next_step)]
    findings: list[Finding] = []
    pages: dict[Path, Page] = {}
    for entry in entries(course):
        for language, file in entry.files.items():
            try:
                pages[file] = read_lesson(file, language, file.read_bytes())
            except LessonError as error:
                number = _LINE.search(error.title.lower())
                findings.append(Finding(str(file), int(number[1]) if number else 1, error.title, error.next_step))
            except OSError as error:
                findings.append(Finding(str(file), 1, f"It cannot be read: {error.strerror}.", "Mend its permissions."))
    findings += _duplicate_ids(entries(course))
    for entry in entries(course):
        findings += _entry(entry, pages)
    for file, page in pages.items():
        findings += _page(file, page, pages, check_try)
    if not pages and not findings:
        findings.append(
            Finding(str(folder), 1, "There are no lessons here.", "Add NN-name.en.md to a chapter's folder.")
        )
    return sorted(findings, key=lambda f: (f.file, f.line, f.what))


def _duplicate_ids(found: list[Entry]) -> Iterator[Finding]:
    seen: dict[str, Path] = {}
    for entry in found:
        file = next(iter(entry.files.values()))
        if entry.id in seen:
            yield Finding(str(file), 1, f"The id {entry.id!r} is taken by {seen[entry.id].name}.", "Choose another id.")
        seen.setdefault(entry.id, file)


def _entry(entry: Entry, pages: dict[Path, Page]) -> Iterator[Finding]:
    """Twins: the same lesson in every language, in step."""
    for language in LANGUAGES:
        if language not in entry.files:
            file = next(iter(entry.files.values()))
            wanted = file.name.replace(f".{file.stem.rpartition('.')[2]}.", f".{language}.")
            yield Finding(str(file), 1, f"The twin in {language!r} is missing.", f"Write {wanted}.")
    twins = [(file, pages[file]) for _, file in sorted(entry.files.items()) if file in pages]
    if len(twins) == 2:
        yield from _out_of_step(*twins[0], *twins[1])


def _out_of_step(file: Path, page: Page, other_file: Path, other: Page) -> Iterator[Finding]:
    assert page.front is not None
    assert other.front is not None
    for name in ("id", "section", "minutes", "topic", "url", "covers", "claims"):
        if getattr(page.front, name) != getattr(other.front, name):
            yield Finding(
                str(other_file),
                1,
                f"Its {name} differs from {file.name}.",
                "Make the front matter of both agree.",
            )
    ours, theirs = ([b for b in p.blocks if isinstance(b, Heading | Try | Cell | Claim | Quiz)] for p in (page, other))
    for one, two in zip(ours, theirs, strict=False):
        difference = _difference(one, two)
        if difference:
            yield Finding(
                str(other_file),
                two.line,
                f"{difference} than in {file.name}, line {one.line}.",
                "Bring the twins in step.",
            )
            return  # everything after the first difference only repeats it
    if len(ours) != len(theirs):
        longer, lines = (file, ours) if len(ours) > len(theirs) else (other_file, theirs)
        line = lines[min(len(ours), len(theirs))].line
        yield Finding(str(longer), line, "From here on its twin has nothing.", "Bring the twins in step.")


def _difference(one: Block, two: Block) -> str:
    if type(one) is not type(two):
        return f"Here stands a {type(two).__name__.lower()}, not a {type(one).__name__.lower()} as would fit, other"
    match one, two:
        case Heading(), Heading() if (one.level, one.anchor) != (two.level, two.anchor):
            return f"The heading has another level or anchor ({two.anchor!r}, not {one.anchor!r})"
        case Try(), Try() if (one.instrument, one.values) != (two.instrument, two.values):
            return "The {try} asks for something else"
        case Cell(), Cell() if (one.code, one.prints) != (two.code, two.prints):
            return "The code of the cell is another"
        case Claim(), Claim() if (one.id, one.code, one.prints) != (two.id, two.code, two.prints):
            return "The claim has another id or code"
        case Quiz(), Quiz() if _key(one) != _key(two):
            return "The question has another id, kind or key"
    return ""


def _key(quiz: Quiz) -> tuple[Any, ...]:
    return quiz.id, quiz.kind, tuple(choice.right for choice in quiz.choices), quiz.answer, quiz.code


def _page(file: Path, page: Page, pages: dict[Path, Page], check_try: CheckTry) -> Iterator[Finding]:
    assert page.front is not None
    stands = set()
    asked: dict[str, int] = {}
    for block in page.blocks:
        if isinstance(block, Try):
            try:
                check_try(block.instrument, block.values)
            except UsageError as error:
                yield Finding(str(file), block.line, error.title, error.next_step)
        elif isinstance(block, Claim):
            stands.add(block.id)
            if block.id not in page.front.claims:
                yield Finding(
                    str(file),
                    block.line,
                    f"The claim {block.id} is not in the front matter.",
                    "List it there.",
                )
        elif isinstance(block, Quiz):
            if block.id in asked:
                yield Finding(
                    str(file),
                    block.line,
                    f"The quiz id {block.id!r} is taken (line {asked[block.id]}).",
                    "Choose another.",
                )
            asked.setdefault(block.id, block.line)
            for choice in block.choices:
                if not choice.why and not block.why:
                    what = f"The choice {plain(choice.text)!r} has no 'why'."
                    yield Finding(str(file), block.line, what, "Explain it.")
    for claim in page.front.claims:
        if claim not in stands:
            yield Finding(str(file), 1, f"The front matter names {claim}, but no claim has that id.", "Add {claim}.")
    for line, link in _links(page.blocks):
        if problem := _dead(link, file, page, pages):
            yield Finding(
                str(file),
                line,
                f"The link {link!r} leads nowhere: {problem}.",
                "Mend the link or the anchor.",
            )


def _links(blocks: tuple[Block, ...]) -> Iterator[tuple[int, str]]:
    for block in blocks:
        for link in _links_in(block):
            yield block.line, link


def _links_in(thing: object) -> Iterator[str]:
    if isinstance(thing, Span):
        if thing.link:
            yield thing.link
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from _links_in(inner)
    elif isinstance(thing, Block | Item):
        for name in ("spans", "blocks", "items", "header", "rows"):
            yield from _links_in(getattr(thing, name, ()))


def _dead(link: str, file: Path, page: Page, pages: dict[Path, Page]) -> str:
    """Why a link within the course leads nowhere, or ''. Addresses on the network are not asked."""
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target, target_page = file, page
    if parts.path:
        target = (file.parent / unquote(parts.path)).resolve()
        if not target.exists():
            return "there is no such file"
        found = {known.resolve(): known_page for known, known_page in pages.items()}.get(target)
        if found is None:
            return "" if not parts.fragment else "that file is no lesson, so it has no anchors"
        target_page = found
    if parts.fragment and unquote(parts.fragment) not in target_page.anchors:
        return f"{target.name} has no anchor {parts.fragment!r}"
    return ""
