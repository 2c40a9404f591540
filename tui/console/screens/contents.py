"""The contents: chapters and lessons with progress, search, and the way back to where the reader was."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui.console.keys import bindings
from tui.console.screens.base import ConsoleScreen
from tui.console.widgets.chrome import KeyLine, Prompt, TopLine
from tui.console.widgets.lines import Lines
from tui.course import review
from tui.course.book import Entry, entries
from tui.course.search import Hit, in_book
from tui.errors import sentence
from tui.record import record
from tui.text.catalog import translate
from tui.text.lines import Line, one_line
from tui.text.wrap import cells, fill

MOST_HITS = 200
WIDEST = 100
"""Columns of the list at most."""
MARGIN = 14
"""Columns of a lesson's line that are neither its title nor its facts."""


@record
class Row:
    """A line of the contents, and where enter leads from it; None for a line that only divides."""

    line: Line
    entry: Entry | None = None
    block: int | None = None


class ContentsList(Lines):
    """Lines, of which some can be opened."""

    SCOPES = ("contents", "scroll")

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.rows: list[Row] = []
        self.cursor = 0

    def put(self, rows: list[Row], cursor: int = 0) -> None:
        """Show rows with the cursor on the first that can be opened from `cursor` on."""
        self.rows = rows
        self.set_lines([row.line for row in rows])
        self.cursor = next((i for i in range(cursor, len(rows)) if rows[i].entry), 0)
        self._follow()

    def _follow(self) -> None:
        first = 0 if all(row.entry is None for row in self.rows[: self.cursor]) else self.cursor
        self.show(min(first, self.cursor), self.cursor)
        self.refresh()

    @property
    def text_width(self) -> int:
        """Columns for text: short enough to be read across, and never under the thumb."""
        return max(MARGIN, min(self.size.width - self.THUMB, WIDEST))

    @property
    def chosen(self) -> Row | None:
        row = self.rows[self.cursor] if self.cursor < len(self.rows) else None
        return row if row is not None and row.entry is not None else None

    def decorated(self, y: int) -> Line:
        line = self.rows[y].line
        if y != self.cursor or self.rows[y].entry is None:
            return line
        marked = tuple((text, f"{look}.here.strong") for text, look in line)
        room = self.size.width - sum(cells(text) for text, _ in marked)
        return (("▌", "bar.here"), *_from_second_cell(marked), (" " * room, "here"))

    def action_line(self, by: int) -> None:
        open_ones = [i for i, row in enumerate(self.rows) if row.entry]
        ahead = [i for i in open_ones if (i > self.cursor if by > 0 else i < self.cursor)]
        if ahead:
            self.cursor = ahead[0] if by > 0 else ahead[-1]
            self._follow()

    def action_page(self, by: int) -> None:
        for _ in range(max(1, self.size.height // 2)):
            self.action_line(by)

    def action_end(self, which: str) -> None:
        open_ones = [i for i, row in enumerate(self.rows) if row.entry]
        if open_ones:
            self.cursor = open_ones[0 if which == "top" else -1]
            self._follow()

    async def on_click(self, event: events.Click) -> None:
        y = event.y + round(self.scroll_y)
        if y < len(self.rows) and self.rows[y].entry is not None:
            if y == self.cursor:
                await self.run_action("screen.open")
            else:
                self.cursor = y
                self.refresh()


class Contents(ConsoleScreen[None]):
    """Where the console begins."""

    SCOPES = ("contents",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("contents")
    AUTO_FOCUS = "#contents"

    DEFAULT_CSS = """
    Contents #contents { padding: 1 0; }
    """

    def __init__(self, *, coming_back: bool = False) -> None:
        super().__init__()
        self._words = ""
        self._hits: list[Hit] = []
        self._due = 0
        """Questions and exercises to be reviewed today."""
        self._coming_back = coming_back
        """Begin at the lesson that was read last, not at the top."""

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield ContentsList(id="contents")
        yield Prompt()
        yield KeyLine()

    @property
    def list(self) -> ContentsList:
        return self.query_one(ContentsList)

    def on_mount(self) -> None:
        self.query_one(TopLine).put(self.app.book.name)

    def on_screen_resume(self) -> None:
        if self.list.size.width:
            self._coming_back = not self._words
            self.fill(self.list.cursor)

    def on_resize(self) -> None:
        # The list learns its own width only after this screen has laid it out.
        self.call_after_refresh(self._fill_first)

    def _fill_first(self) -> None:
        self.fill(self.list.cursor)
        self.app.paint()
        self.set_timer(0.05, self.app.begin)

    def translate(self) -> None:
        """The language has changed."""
        self._words = ""
        self.fill(self.list.cursor)
        super().translate()

    def fill(self, cursor: int = 0) -> None:
        """Lay out the contents, or what was found in them."""
        if self._words:
            if self._hits:  # else they are still looked for
                self._fill_found(cursor)
            return
        book, language, width = self.app.book, self.app.language, self.list.text_width
        rows: list[Row] = []
        last = next((entry for entry in entries(book) if entry.id == self.app.progress.last), None)
        if last is not None:
            text = f"  {translate(language, 'console.reader.continue')}   {last.number} {last.title(language)}"
            rows += [Row(((fill(one_line(text, width), width), "accent"),), last), Row(())]
        progress = self.app.progress
        self._due = len(review.due(progress, review.lesson_ids(book), progress.now))
        if self._due:
            words = translate(language, "console.review.due", count=self._due)
            rows += [Row((("  " + one_line(words, width - 2), "good"),)), Row(())]
        for chapter in book.chapters:
            title = f"  {chapter.number} {chapter.title(language)}".rstrip()
            if title.strip():
                rows.append(Row(((one_line(title, width), "heading"),)))
            rows += [Row(self._line(entry, width), entry) for entry in chapter.entries]
            rows.append(Row(()))
        if not any(row.entry for row in rows):
            rows = [Row((("  " + translate(language, "console.reader.empty_book"), "dim"),))]
        if self._coming_back and last is not None:
            self._coming_back = False
            cursor = next(i for i, row in enumerate(rows) if i and row.entry is last)  # its own, not "continue"
        self.list.put(rows, cursor)

    def _line(self, entry: Entry, width: int) -> Line:
        language = self.app.language
        read, sections, right, questions = self.app.progress.summary(entry.id)
        parts = [translate(language, "console.reader.minutes", n=entry.minutes) if entry.minutes else ""]
        if sections:
            parts.append(translate(language, "console.reader.sections", done=min(read, sections), all=sections))
        if questions:
            parts.append(translate(language, "console.reader.quiz", done=right, all=questions))
        passed, exercises = self.app.progress.exercises_passed(entry.id)
        if exercises:
            parts.append(translate(language, "console.reader.exercises", done=passed, all=exercises))
        facts = "   ".join(part for part in parts if part)
        room = width - cells(facts) - MARGIN
        done = sections and read >= sections
        number = fill(entry.number, 6)
        look = "warn" if entry.trouble else "text"
        title = (
            entry.title(language)
            if not entry.trouble
            else f"{entry.title(language)}: {sentence(language, entry.trouble)}"
        )
        mark = ("✓ " if done else "  ", "good")
        return (
            ("    ", "text"),
            mark,
            (number, "dim"),
            (fill(one_line(title, room), room), look),
            ("  " + facts, "dim"),
        )

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        row = self.list.chosen
        if row is not None and row.entry is not None:
            self.app.open_entry(row.entry, block=row.block)

    def action_continue(self) -> None:
        last = next((entry for entry in entries(self.app.book) if entry.id == self.app.progress.last), None)
        self.app.open_entry(last or next(iter(entries(self.app.book)), None))

    def action_review(self) -> None:
        from tui.console.screens.review import Review

        self.app.go_to(Review())

    async def action_find(self) -> None:
        await self.query_one(Prompt).open("find", translate(self.app.language, "console.find"))

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        if self.list.chosen is None:
            labels["contents.open"] = None
        if not self.app.progress.last:
            labels["contents.continue"] = None
        if not self._words:
            labels["contents.escape"] = None
        if not self._due:
            labels["contents.review"] = None
        return labels

    def action_end_search(self) -> None:
        if self._words:
            self._words = ""
            self.fill()

    @on(Prompt.Closed)
    def back(self) -> None:
        self.list.focus()

    @on(Prompt.Answered)
    def search(self, event: Prompt.Answered) -> None:
        self.list.focus()
        self._words, self._hits = event.text.strip(), []
        if self._words:
            self.run_worker(self._search(self._words), exclusive=True, group="search")
        else:
            self.fill()

    async def _search(self, words: str) -> None:
        book, language = self.app.book, self.app.language

        def collect() -> list[Hit]:
            hits: list[Hit] = []
            for hit in in_book(book, language, words):
                hits.append(hit)
                if len(hits) >= MOST_HITS:
                    break
            return hits

        hits = await asyncio.to_thread(collect)
        if words != self._words:
            return
        if not hits:
            self._words = ""
            self.fill()
            self.app.notify(translate(language, "console.nothing_found", words=words))
            return
        self._hits = hits
        self._fill_found()

    def _fill_found(self, cursor: int = 0) -> None:
        words, language, width = self._words, self.app.language, self.list.text_width
        rows = [Row((("  " + one_line(words, width - 12), "heading"), (f"   {len(self._hits)}", "dim"))), Row(())]
        for hit in self._hits:
            head = f"    {fill(hit.entry.number, 6)}{one_line(hit.entry.title(language), 24)}  "
            rows.append(
                Row(
                    ((head, "dim"), (one_line(hit.excerpt, max(8, width - cells(head))), "text")),
                    hit.entry,
                    hit.block,
                )
            )
        self.list.put(rows, cursor)


def _from_second_cell(line: Line) -> Line:
    """The line without its first cell, which is a space in every line that can be opened."""
    (text, look), *rest = line
    return ((text[1:], look), *rest)
