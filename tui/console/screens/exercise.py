"""An exercise: its task and what its check says beside an editor; one below the other in a narrow window."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Vertical
from textual.screen import Screen
from textual.timer import Timer

from tui.console.keys import bindings
from tui.console.screens.base import ConsoleScreen
from tui.console.typeset import Setting, code_lines, exercise_status, output_lines, plain_lines, prose
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.code_editor import CodeEditor
from tui.console.widgets.lines import Lines
from tui.console.widgets.status import Status
from tui.course.blocks import Exercise
from tui.course.book import Entry
from tui.course.exercises import ExerciseRecord, feedback
from tui.course.page import Page
from tui.engine.client import Progress, Request
from tui.errors import HeadnotesError, Stopped
from tui.text.catalog import translate
from tui.text.fullwidth import fullwidth_marks
from tui.text.lines import Line

SIDE_BY_SIDE = 110
TIME_LIMIT = 30.0
"""Seconds that an attempt may work; the solutions take less than three."""
LOOK_EVERY = 0.25
KEEP_AFTER = 1.0
"""Seconds without a key after which what was written is kept."""


class ExerciseScreen(ConsoleScreen[None]):
    """One exercise of a lesson."""

    SCOPES = ("exercise",)
    GIVES_WAY_TO_CONTENTS = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("exercise")
    AUTO_FOCUS = "CodeEditor"

    DEFAULT_CSS = """
    ExerciseScreen {
        #halves { layout: vertical; height: 1fr; }
        #halves.-wide { layout: horizontal; }
        #about { height: 1fr; width: 1fr; padding: 1 0 0 2; }
        #work { height: 1fr; width: 1fr; padding: 1 1 0 1; }
        #status { margin: 0; }
    }
    """

    def __init__(self, entry: Entry, page: Page, exercise: Exercise, space: str) -> None:
        super().__init__()
        self.exercise = exercise
        self._entry, self._page, self._space = entry, page, space
        self.record = self.app.progress.exercises(page.id).get(exercise.id, ExerciseRecord())
        self.result: dict[str, Any] | None = None
        """Of the last attempt: what the engine answered."""
        self._sentence = ""
        """Why there is no result."""
        self.request: Request | None = None
        self._is_late = False
        self._warned = False
        """Whether the reader heard that they have not tried yet."""
        self._keeping: Timer | None = None
        self._about = Lines(id="about")
        self._editor = CodeEditor(id="editor")
        self._status = Status(id="status")

    def shows_same(self, other: Screen[Any]) -> bool:
        return isinstance(other, ExerciseScreen) and other.exercise == self.exercise

    def compose(self) -> ComposeResult:
        yield TopLine()
        with Container(id="halves"):
            yield self._about
            with Vertical(id="work"):
                yield self._editor
                yield self._status
        yield KeyLine()

    def on_mount(self) -> None:
        self._editor.put(self.record.code or self.exercise.starter)
        self._draw()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#halves").set_class(self.size.width >= SIDE_BY_SIDE, "-wide")
        self.call_after_refresh(self._draw)

    def on_unmount(self) -> None:
        if self.request is not None:
            self.app.engine.drop(self.request)
        self._keep()

    # -- drawing --------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        """The left side: task, result, hints, solution."""
        language, record = self.app.language, self.record
        setting = Setting(self._about.size.width, language, True)
        sections = [prose(self.exercise.task, setting.prose), self._verdict(setting)]
        for number, hint in enumerate(self.exercise.hints[: record.hints], 1):
            head = translate(language, "console.exercise.hint", n=number, all=len(self.exercise.hints))
            sections.append([((head, "accent"),), *prose(hint, setting.prose)])
        if record.solution_seen:
            title = translate(language, "console.exercise.solution")
            sections.append([((title, "accent"),), *code_lines(self.exercise.solution, "python", setting)])
        if record.passed or record.solution_seen:
            title = translate(language, "console.exercise.after")
            sections.append([((title, "accent"),), *prose(self.exercise.after, setting.prose)])
        lines = [line for section in sections if section for line in (*section, ())]
        self._about.set_lines(lines, scroll_wide=True)
        title = translate(language, "console.exercise.title")
        place = f"{self._entry.number} {self._page.title}".strip()
        self.query_one(TopLine).put(self.app.book.name, place, title, done=exercise_status(record, language))

    def _verdict(self, setting: Setting) -> list[Line]:
        """What the last attempt came to."""
        language, result = self.app.language, self.result
        if result is None:
            return plain_lines(self._sentence, setting.prose, "warn") if self._sentence else []
        run = result["run"]
        lines: list[Line] = []
        if result["passed"]:
            lines.append(((translate(language, "console.exercise.right"), "good"),))
        elif run["failed"]:
            lines.append(((translate(language, "console.exercise.error"), "bad"),))
        else:
            lines.append(((translate(language, "console.exercise.not_yet"), "warn"),))
            lines += plain_lines(feedback(self.exercise, result["message"], result["values"]), setting.prose)
        if output := run["output"].rstrip("\n"):
            lines += output_lines(output, "bad" if run["failed"] else "dim")
        if explanation := run.get("explanation"):
            text = translate(language, explanation["message"], **explanation["values"])
            lines += plain_lines(text, setting.prose)
        return lines

    def translate(self) -> None:
        """The language has changed."""
        self.run_worker(self._translate(), exclusive=True, group="translate")
        super().translate()

    async def _translate(self) -> None:
        try:
            page = await asyncio.to_thread(self.app.book.read, self._entry, self.app.language)
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        twin = next((exercise for exercise in page.exercises if exercise.id == self.exercise.id), None)
        if twin is not None:
            self._page, self.exercise = page, twin
            self._draw()

    # -- keeping --------------------------------------------------------------------------------------------------

    @on(CodeEditor.Edited)
    def _keep_soon(self) -> None:
        self._note()
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEEP_AFTER, self._keep)

    def _note(self) -> None:
        """What Python would stumble over, while nothing runs."""
        if self.request is None:
            marks = fullwidth_marks(self._editor.text)
            values = (
                {"character": marks[0].character, "plain": marks[0].plain, "line": marks[0].line + 1} if marks else {}
            )
            note = translate(self.app.language, "console.cell.fullwidth", count=len(marks), **values) if marks else ""
            self._status.hint(note)

    def _keep(self, **changes: Any) -> None:
        code = self._editor.text
        record = replace(self.record, code="" if code == self.exercise.starter else code, **changes)
        if record != self.record:
            self.record = record
            self.app.progress.mark_exercise(self._page.id, self.exercise.id, record)

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_check(self) -> None:
        """Run what is written, and the check."""
        if self.request is not None:
            return
        self._keep(attempts=self.record.attempts + 1)
        self._is_late = False
        request = self.app.engine.ask(
            "exercise",
            space=self._space,
            code=self._editor.text,
            check=self.exercise.check,
            on_progress=partial(self.call_later, self._progress),
        )
        self.request = request
        self._status.wait(request)
        self.run_worker(self._wait(request), group="check", exclusive=True)

    def _progress(self, progress: Progress) -> None:
        self._status.progress(progress)

    async def _wait(self, request: Request) -> None:
        begin: float | None = None
        while not (await asyncio.wait([request.answer], timeout=LOOK_EVERY))[0]:
            begin = monotonic() if request.started and begin is None else begin
            if begin is not None and monotonic() - begin > TIME_LIMIT and not self._is_late:
                self._is_late = True
                self.app.engine.stop(request)
        language = self.app.language
        self.request, self.result, self._sentence = None, None, ""
        try:
            self.result = await request.answer
        except Stopped:
            word = "console.exercise.too_long" if self._is_late else "console.stopped"
            self._sentence = translate(language, word, seconds=f"{TIME_LIMIT:.0f}")
        except HeadnotesError as error:
            self._sentence = error.message(language).lines
        self._status.hint("")
        if self.result is not None and self.result["passed"]:
            is_known = self.record.passed or not self.record.solution_seen
            self.app.progress.mark_review(self._page.id, f"exercise:{self.exercise.id}", is_known)
            self._keep(passed=True)
        self._draw()
        self._about.scroll_home(animate=False)

    def action_hint(self) -> None:
        """One more hint."""
        if self.record.hints < len(self.exercise.hints):
            self._keep(hints=self.record.hints + 1)
            self._draw()
            self._about.scroll_end(animate=False)
        else:
            self.app.notify(translate(self.app.language, "console.exercise.no_hints"))

    def action_start_again(self) -> None:
        """The starter again; undo brings back what was written."""
        self._editor.rewrite(self.exercise.starter)

    def action_solution(self) -> None:
        """Show a solution; who has not tried is asked first."""
        if not self.record.attempts and not self.record.solution_seen and not self._warned:
            self._warned = True
            self.app.notify(translate(self.app.language, "console.exercise.try_first"))
            return
        self._keep(solution_seen=True)
        self._draw()
        self._about.scroll_end(animate=False)

    def action_punctuation(self) -> None:
        self._editor.action_punctuation()

    def action_switch(self) -> None:
        """From the editor to what is beside it, and back."""
        (self._about if self._editor.has_focus else self._editor).focus()

    def action_leave(self) -> None:
        """Stop what runs; else back to the lesson."""
        if not self.stop():
            self._keep()
            self.dismiss()

    def stop(self) -> bool:
        if super().stop():
            return True
        if self.request is None:
            return False
        self.app.engine.stop(self.request)
        return True

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        if self.request is not None:
            labels |= {"exercise.check": None, "exercise.leave": "console.keys.now.stop"}
        if self.record.hints >= len(self.exercise.hints):
            labels["exercise.hint"] = None
        if self.record.solution_seen:
            labels["exercise.solution"] = None
        if not fullwidth_marks(self._editor.text):
            labels["exercise.punctuation"] = None
        if not self._editor.has_focus:
            labels["exercise.switch"] = "console.keys.now.write"
        return labels
