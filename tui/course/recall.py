"""The questions and exercises behind what is to be reviewed, read from their lessons."""

from __future__ import annotations

from collections.abc import Iterable

from tui.course import review
from tui.course.blocks import Exercise, Quiz
from tui.course.book import Book, Entry, entries
from tui.course.page import Page
from tui.course.progress import Progress
from tui.course.review import ReviewItem
from tui.errors import HeadnotesError
from tui.record import record


@record
class ReviewTask:
    """Something to review, where it is."""

    item: ReviewItem
    entry: Entry
    page: Page
    block: int
    """Its index in the page."""

    @property
    def content(self) -> Quiz | Exercise:
        content = self.page.blocks[self.block]
        assert isinstance(content, Quiz | Exercise)
        return content


def due_tasks(book: Book, progress: Progress, language: str, most: int = review.SITTING_SIZE) -> list[ReviewTask]:
    """What is to be asked now, at most so many. What is not in its lesson any more is retired."""
    tasks: list[ReviewTask] = []
    pages: dict[str, Page | None] = {}
    for item in review.due(progress, review.lesson_ids(book), progress.now):
        if len(tasks) == most:
            break
        entry = next(entry for entry in entries(book) if entry.id == item.lesson)
        if item.lesson not in pages:
            try:
                pages[item.lesson] = book.read(entry, language)
            except HeadnotesError:  # the lesson itself says what is wrong with it
                pages[item.lesson] = None
        page = pages[item.lesson]
        if page is None:
            continue
        block = next((index for index, name in _names(page) if name == item.name), None)
        if block is None:
            progress.retire(item.lesson, item.name)
        else:
            tasks.append(ReviewTask(item, entry, page, block))
    return tasks


def _names(page: Page) -> Iterable[tuple[int, str]]:
    for index, block in enumerate(page.blocks):
        if isinstance(block, Quiz | Exercise):
            yield index, f"{'quiz' if isinstance(block, Quiz) else 'exercise'}:{block.id}"
