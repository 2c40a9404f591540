"""What is due: the questions and exercises of all lessons, by the cards that progress keeps of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from tui.course.book import Book, entries
from tui.course.cards import Card, day_of
from tui.course.progress import Progress
from tui.record import record

SITTING_SIZE = 8
"""Questions in a row: about two minutes."""


@record
class ReviewItem:
    """Something that returns: the question or exercise of a lesson."""

    lesson: str
    name: str
    """`quiz:id` or `exercise:id`."""
    card: Card


def items(progress: Progress, lessons: Iterable[str]) -> list[ReviewItem]:
    """Everything that returns, the earliest first; of what is due on one day, what was forgotten more often."""
    returning = [ReviewItem(lesson, name, card) for lesson in lessons for name, card in progress.cards(lesson).items()]
    return sorted(returning, key=lambda item: (day_of(item.card.due), -item.card.lapses, item.card.due, item.name))


def due(progress: Progress, lessons: Iterable[str], now: float) -> list[ReviewItem]:
    """What is to be asked today, in order."""
    return [item for item in items(progress, lessons) if item.card.is_due(now)]


def next_day(progress: Progress, lessons: Iterable[str], now: float) -> date | None:
    """The first day after today on which something returns; None when nothing ever does."""
    later = [item.card.day(now) for item in items(progress, lessons) if not item.card.is_due(now)]
    return min(later, default=None)


def lesson_ids(book: Book) -> list[str]:
    """The ids by which progress knows the lessons."""
    return [entry.id for entry in entries(book)]
