"""One run, live or over: its curves, its evaluations, its recipe and its log; and the orders it takes."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.worker import Worker

from tui.console.keys import bindings
from tui.console.run_actions import read_only_error
from tui.console.screens.ordering import OrderingScreen
from tui.console.screens.windows import TextWindow, code_window
from tui.console.typeset import fold, plain_lines
from tui.console.widgets.chrome import KeyLine, Prompt, TopLine
from tui.console.widgets.lines import Lines
from tui.console.widgets.runs import evaluated, facts, pages
from tui.console.widgets.runs.evaluation_page import EvaluationPage
from tui.console.widgets.runs.views import CurvesPage, LogPage
from tui.course import book
from tui.errors import UsageError
from tui.runs import console_lock, diagnostics, folder, predictions
from tui.runs.curves import Curves
from tui.runs.diagnostics import Diagnosis
from tui.runs.event_messages import message_of
from tui.runs.folder import Run
from tui.runs.run_status import ENDED
from tui.text.catalog import translate
from tui.text.lines import Line, line_text
from tui.text.visible import visible
from tui.text.wrap import shorten

POLL = 0.25
"""Seconds between two looks at the files."""
PAINT = 1.0
"""Seconds between two drawings of the numbers of a run that goes on."""
PAINT_CURVES = 5.0
"""Seconds between two drawings of its curves: with PAINT, less than 2 kB a second."""
PAGES = ("curves", "evaluations", "recipe", "log")
MOST_WARNINGS = 3
LAST_WORDS = 4
WIDE = 100
"""Columns from which the names of all pages are shown."""
ROW = 2000
"""Cells of a row in a window."""
PRINTED = 400
"""Lines of what the worker printed."""


class RunScreen(OrderingScreen):
    """Follows a run by its files alone, so that any number of consoles can, wherever it was started.

    The first of them gives the orders; the others say that they only read, and take over when it is gone.
    """

    SCOPES = ("run",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("run")
    AUTO_FOCUS = "#curves"

    DEFAULT_CSS = """
    RunScreen {
        #head { height: 3; padding: 0 1; }
        CurvesPage, EvaluationPage, LogPage, #recipe { padding: 0 1; }
    }
    """

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run_ = run
        self.curves = Curves(run)
        self.diagnoses: list[Diagnosis] = []
        self._recipe: list[Line] = []
        """Its page before long lines are folded: what is copied is a recipe again."""
        self._page = "curves"
        self._opened = False
        self._paused = False
        self._seated = False
        self._stale = False
        self._drawn = self._counted = 0.0

    def shows_same(self, other: Screen[Any]) -> bool:
        return isinstance(other, RunScreen) and other.run_ == self.run_

    def compose(self) -> ComposeResult:
        yield TopLine()
        head = Lines(id="head")
        head.can_focus = False
        yield head
        yield CurvesPage(id="curves")
        yield EvaluationPage(id="evaluations")
        yield Lines(id="recipe")
        yield LogPage(id="log")
        yield Prompt()
        yield KeyLine()

    # -- following ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._show_page("curves")
        self.translate()
        self.run_worker(self._open(), group="follow")

    async def _open(self) -> None:
        await asyncio.to_thread(self.curves.read)  # the whole log of a run; everything after it comes in small bits
        self._opened = True
        self._seated = console_lock.take(self.run_)
        self._draw()
        self.poll_every(POLL, self._poll)

    def on_unmount(self) -> None:
        if self._seated:
            console_lock.leave(self.run_)

    def on_resize(self) -> None:
        self._put_top()
        self.call_after_refresh(self._draw)

    def _poll(self) -> None:
        if self._paused:
            return
        if not self._seated and (seated := console_lock.take(self.run_)):
            self._seated = self._stale = seated
        before = self.curves.status.state
        self._stale = self.curves.read() or self._stale
        now = monotonic()
        if self._stale and (now - self._drawn >= PAINT_CURVES or self.curves.status.state != before):
            self._draw()
        elif self._stale and now - self._counted >= PAINT:
            self._draw_head()

    def _draw(self) -> None:
        if not self.is_mounted or not self._opened:
            return
        self._stale, self._drawn = False, monotonic()
        self.diagnoses = diagnostics.diagnose(self.curves)
        self._draw_head()
        match self._page:
            case "curves":
                self.query_one(CurvesPage).draw(self.curves)
            case "evaluations":
                self.query_one(EvaluationPage).draw(self.curves)
            case "recipe" | "log":
                # not a coroutine: the next drawing may come before this one has begun
                _: Worker[None] = self.run_worker(self._draw_from_files, group="pages", exclusive=True)

    async def _draw_from_files(self) -> None:
        language, page = self.app.language, self._page
        width = max(30, self.size.width - 4)
        if page == "recipe":
            view = self.query_one("#recipe", Lines)
            self._recipe = await asyncio.to_thread(pages.recipe_lines, self.run_, self.curves, width, language)
            view.set_lines([row for line in self._recipe for row in fold(line, width)])
        elif page == "log":
            printed = await asyncio.to_thread(folder.last_words, self.run_, PRINTED)
            self.query_one(LogPage).put(pages.log_lines(self.run_, self.curves, printed, language))

    def _draw_head(self) -> None:
        self._counted = monotonic()
        language, width = self.app.language, max(20, self.size.width - 2)
        progress = facts.progress_line(self.curves, language)
        if self._paused:
            progress = (*progress, (f"   {translate(language, 'console.runs.display_paused')}", "warn"))
        lines: list[Line] = fold(progress, width)
        lines += facts.fact_lines(self.curves, width, language) or [()]
        if not self._seated:
            why = read_only_error(self.run_).message(language)
            lines += plain_lines(visible(f"{why.title} {why.detail}"), width, "warn")[:MOST_WARNINGS]
        trouble = self.curves.status.trouble
        if trouble is not None:
            message = message_of(trouble, language)
            text = f"{message.title} {message.next_step}".strip()
            look = "bad" if trouble.kind == "error" else "warn"
            lines += plain_lines(visible(text), width, look)[:MOST_WARNINGS]
        if self.curves.status.state == "dead":
            lines += plain_lines(translate(language, "console.runs.run_is_dead"), width, "bad")
            lines += [((shorten(visible(row), width), "dim"),) for row in folder.last_words(self.run_, LAST_WORDS)]
        for one in self.diagnoses[:MOST_WARNINGS]:
            lesson = translate(language, "console.see_lesson", number=one.lesson)
            said = f"{facts.diagnosis_text(one, language)}   {lesson}"
            lines += plain_lines(said, width, "bad" if one.bad else "warn")[:2]
        head = self.query_one("#head", Lines)
        head.set_lines(lines)
        height = min(len(lines), max(3, self.size.height // 3))
        if head.styles.height is None or head.styles.height.value != height:
            head.styles.height = height
            self.call_after_refresh(self._fit_page)

    def _fit_page(self) -> None:
        if self._page == "curves":
            self.query_one(CurvesPage).redraw()

    def translate(self) -> None:
        """The language has changed."""
        self._put_top()
        self._draw()
        super().translate()

    def _put_top(self) -> None:
        language = self.app.language
        names = [f"{place} {translate(language, f'console.page.{name}')}" for place, name in enumerate(PAGES, 1)]
        at = PAGES.index(self._page)
        names[at] = f"[{names[at]}]"
        done = (
            "  ".join(names)
            if self.size.width >= WIDE
            else translate(language, f"console.page.{self._page}") + f" {at + 1}/4"
        )
        self.query_one(TopLine).put(translate(language, "console.runs.title"), self.run_.name, done=done)

    # -- pages ----------------------------------------------------------------------------------------------------

    def _show_page(self, name: str) -> None:
        self._page = name
        for one in PAGES:
            self.query_one(f"#{one}").display = one == name
        self.query_one(f"#{name}").focus()
        self._put_top()
        self.call_after_refresh(self._draw)

    def action_page_of(self, number: int) -> None:
        self._show_page(PAGES[number - 1])

    def action_turn(self, by: int) -> None:
        self._show_page(PAGES[(PAGES.index(self._page) + by) % len(PAGES)])

    @on(EvaluationPage.Wanted)
    def fetch_rows(self, event: EvaluationPage.Wanted) -> None:
        self.run_worker(self._fetch_rows((event.file, event.truth, event.prediction)), group="rows")

    async def _fetch_rows(self, asked: tuple[str, str, str]) -> None:
        shown = next((one for one in self.curves.evaluations if one.file == asked[0]), None)
        if shown is not None:
            rows = await asyncio.to_thread(predictions.rows_behind, self.run_, shown, asked[1], asked[2])
            self.query_one(EvaluationPage).take(asked, rows)

    @on(EvaluationPage.Compared)
    def fetch_changes(self, event: EvaluationPage.Compared) -> None:
        self.run_worker(self._fetch_changes(event.before, event.after), group="rows")

    async def _fetch_changes(self, *places: int) -> None:
        before, after = (self.curves.evaluations[at] for at in places)
        found = await asyncio.to_thread(predictions.changes, (self.run_, before), (self.run_, after))
        self.query_one(EvaluationPage).take_changes((before.step, after.step), found)

    def action_rows(self) -> None:
        """All rows behind the cell in a window."""
        behind = self.query_one(EvaluationPage).behind
        self._list("rows_behind", [evaluated.predicted_line(row, ROW) for row in behind or ()])

    def action_changes(self) -> None:
        """All rows that changed in a window."""
        found = self.query_one(EvaluationPage).changes
        self._list("changed_rows", [evaluated.changed_line(row, ROW) for row in (found.changed if found else ())])

    def _list(self, title: str, lines: list[Line]) -> None:
        if not lines:
            self.app.notify(translate(self.app.language, "console.runs.nothing_to_list"))
        else:
            text = "\n".join(line_text(line) for line in lines)
            self.app.push_screen(
                TextWindow(translate(self.app.language, f"console.title.{title}"), lines, what="page", text=text)
            )

    async def action_find(self) -> None:
        await self.query_one(Prompt).open(
            "find", translate(self.app.language, "console.find"), self.query_one(LogPage).words
        )

    @on(Prompt.Answered)
    def take_answer(self, event: Prompt.Answered) -> None:
        self.query_one(f"#{self._page}").focus()
        if event.purpose == "find":
            count = self.query_one(LogPage).find(event.text)
            if event.text and not count:
                self.app.notify(translate(self.app.language, "console.nothing_found", words=event.text))

    @on(Prompt.Closed)
    def back_to_page(self) -> None:
        self.query_one(f"#{self._page}").focus()

    # -- orders ---------------------------------------------------------------------------------------------------

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        no: dict[str, str | None] = {}
        if not self._opened or not self._seated or self.curves.status.state in ENDED:
            no |= dict.fromkeys(("run.stop", "run.save", "run.evaluate"))
        if not self.diagnoses:
            no["run.lesson"] = None
        return no

    def ordered(self) -> Run:
        return self.run_

    def order_given(self) -> None:
        self._stale = True

    async def take_fork(self, made: Run) -> None:
        await self.app.switch_screen(RunScreen(made))

    def action_pause(self) -> None:
        self._paused = not self._paused
        self._draw_head()

    def action_lesson(self) -> None:
        """The lesson of the first diagnosis."""
        if not self.diagnoses:
            self.app.notify(translate(self.app.language, "console.runs.no_diagnoses"))
            return
        number = self.diagnoses[0].lesson
        try:
            entry = book.find(self.app.book, number)
        except UsageError:
            self.app.notify(
                translate(self.app.language, "console.runs.no_such_lesson", number=number), severity="warning"
            )
            return
        self.app.open_entry(entry)

    def action_script(self) -> None:
        try:
            text = self.run_.script_file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.app.say_error(UsageError("runs.cannot-do", reason=str(error)))
            return
        self.app.push_screen(code_window(text, self.app.language, "run_script"))

    def action_copy(self) -> None:
        lines = self._recipe if self._page == "recipe" else self.query_one(f"#{self._page}", Lines).lines
        self.app.copy("page", "\n".join(line_text(line).rstrip() for line in lines))

    def action_close(self) -> None:
        self.dismiss()
