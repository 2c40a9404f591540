"""Finding words in a book, and in a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tui.course.book import Book, Entry, entries
from tui.errors import LessonError

if TYPE_CHECKING:
    from tui.course.page import Page


@dataclass(frozen=True, slots=True)
class Hit:
    """A place where the words occur."""

    entry: Entry
    block: int
    """Index of the block in its page."""
    excerpt: str


def in_page(page: Page, words: str) -> Iterator[tuple[int, str]]:
    """(block index, excerpt) of every block that holds the words; case does not matter."""
    needle = words.casefold()
    if not needle:
        return
    for index, text in enumerate(page.text()):
        at = text.casefold().find(needle)
        if at >= 0:
            yield index, _excerpt(text, at, len(needle))


def in_book(book: Book, language: str, words: str) -> Iterator[Hit]:
    """Hits through all pages, in reading order; a page that cannot be read has none."""
    for entry in entries(book):
        try:
            page = book.read(entry, language)
        except LessonError:
            continue
        for block, excerpt in in_page(page, words):
            yield Hit(entry, block, excerpt)


def _excerpt(text: str, at: int, length: int) -> str:
    start = max(0, at - 30)
    cut = text[start : at + length + 40].replace("\n", " ")
    return ("..." if start else "") + cut + ("..." if at + length + 40 < len(text) else "")
