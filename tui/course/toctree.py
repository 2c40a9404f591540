"""The table of contents that the courses of Hugging Face keep beside their pages: chapters and sections in order.

- title: 1. Transformer models
  sections:
  - local: chapter1/1               # chapter1/1.mdx, or .md
    title: Introduction
  - title: Attention
    local_fw: { pt: chapter1/2, tf: chapter1/2_tf }
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from textwrap import indent
from typing import Any

from tui.course.directives import read_yaml
from tui.course.files import decode, read_file
from tui.course.mdx.selection import FRAMEWORKS
from tui.course.plan import CONTENTS, LANGUAGE_FOLDERS, contents_files
from tui.errors import LessonError

MOST_PAGES, MOST_LEVELS = 5_000, 5

Tree = list[tuple[str, list[tuple[str, str]]]]
"""(title, pages) of each chapter; of a page (where it is, without the ending of its file; its title)."""


@dataclass
class ListedPage:
    """A page that a table of contents names: its titles and its files, by language."""

    place: str
    titles: dict[str, str]
    files: dict[str, Path]


def chapters_of(folder: Path) -> list[tuple[dict[str, str], list[ListedPage]]]:
    """(titles by language, pages) of the chapters of a folder, or of a checkout with a folder for each language.

    Raises `LessonError`.
    """
    trees = {code: (place, _read(place)) for code, place in _find(folder).items()}
    listed: dict[str, ListedPage] = {}
    titles: dict[str, dict[str, str]] = {}
    """Titles of a chapter by language, under its first page."""
    for code, (place, tree) in trees.items():
        for title, pages in tree:
            titles.setdefault(pages[0][0], {})[code] = title
            for page, name in pages:
                entry = listed.setdefault(page, ListedPage(page, {}, {}))
                entry.titles[code] = name
                if (file := _file(place, page)) is not None:
                    entry.files[code] = file
    listed_before: dict[str, None] = {}
    chapters = []
    for _, tree in trees.values():
        for _, pages in tree:
            if new := [page for page, _ in pages if page not in listed_before]:
                listed_before.update(dict.fromkeys(new))
                chapters.append((titles[pages[0][0]], [listed[page] for page in new]))
    return chapters


def _find(folder: Path) -> dict[str, Path]:
    """The folders with a table of contents, by language: this one with its twin beside it, or those of a checkout."""
    here = folder.resolve()
    languages = {name: code for code, names in LANGUAGE_FOLDERS.items() for name in names}
    if (here / CONTENTS).is_file():
        if here.name not in languages:
            return {"": here}
        beside = (here.parent / name for name in languages)
        folders = {languages[here.name]: here}
    else:
        beside = (file.parent for file in contents_files(here)[1:])
        folders = {}
    for place in beside:
        if (place / CONTENTS).is_file():
            folders.setdefault(languages[place.name], place)
    return folders


def _read(folder: Path) -> Tree:
    file = folder / CONTENTS
    text = indent(decode(read_file(file)[0]), "  ")
    chapters = read_yaml(f"contents:\n{text}", CONTENTS, 0)["contents"]
    if not isinstance(chapters, list):
        raise LessonError("course.no-contents", file=str(file))
    tree: Tree = []
    left = MOST_PAGES
    for chapter in chapters:
        if isinstance(chapter, Mapping) and (pages := list(_pages(chapter, 0))[:left]):
            left -= len(pages)
            tree.append((str(chapter.get("title") or ""), pages))
    return tree


def _file(folder: Path, place: str) -> Path | None:
    """The file of a page; None when there is none inside the folder."""
    path = PurePosixPath(place)
    if path.is_absolute() or ".." in path.parts or "\0" in place or len(place) > 200:
        return None
    return next((file for ending in (".mdx", ".md") if (file := folder / f"{place}{ending}").is_file()), None)


def _pages(entry: Mapping[str, Any], level: int) -> Iterator[tuple[str, str]]:
    title = str(entry.get("title") or "")
    choices = entry.get("local_fw")
    if isinstance(choices, Mapping):
        for framework, place in choices.items():
            yield str(place), f"{title} ({FRAMEWORKS.get(str(framework), framework)})"
    elif place := entry.get("local"):
        yield str(place), title or str(place)
    sections = entry.get("sections")
    if isinstance(sections, list) and level < MOST_LEVELS:
        for section in sections:
            if isinstance(section, Mapping):
                yield from _pages(section, level + 1)
