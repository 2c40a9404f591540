"""The review: what is due today, one question at a time."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType

from tui.console.keys import bindings
from tui.console.screens.base import ConsoleScreen
from tui.console.typeset import Answering, Setting, plain_lines, prose, set_block
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.lines import Lines
from tui.course import review
from tui.course.blocks import Quiz
from tui.course.cards import day_of
from tui.course.quizzes import NUMBER_CHARACTERS, display_order
from tui.course.recall import ReviewTask, due_tasks
from tui.text.catalog import translate
from tui.text.dates import describe_day
from tui.text.lines import Line


class ReviewCard(Lines):
    """The question; digits are typed into one that asks for a number."""

    screen: Review  # type: ignore[assignment]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        is_typed = key == "backspace" or bool(character and character in NUMBER_CHARACTERS)
        return is_typed and self.screen.wants_number

    def on_key(self, event: events.Key) -> None:
        if self.check_consume_key(event.key, event.character):
            event.stop()
            event.prevent_default()
            self.screen.type_number("" if event.key == "backspace" else event.character or "")


class Review(ConsoleScreen[None]):
    """A sitting of at most `SITTING_SIZE` questions; the first answer to each counts."""

    SCOPES = ("review",)
    GIVES_WAY_TO_CONTENTS = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("review")
    AUTO_FOCUS = "#card"

    DEFAULT_CSS = """
    Review #card { padding: 1 0 0 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.tasks: list[ReviewTask] | None = None
        """What is asked in this sitting; None while it is read."""
        self.place = 0
        self.answering = Answering()
        self.known = 0
        """How many of them the reader knew."""
        self._is_counted = False
        """Whether the present question has had its first answer."""
        self._card = ReviewCard(id="card")

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield self._card
        yield KeyLine()

    def on_mount(self) -> None:
        self.run_worker(self._read(), exclusive=True, group="review")

    async def _read(self) -> None:
        app = self.app
        self.tasks = await asyncio.to_thread(due_tasks, app.book, app.progress, app.language)
        self.place, self.known = 0, 0
        self._ask()

    def _ask(self) -> None:
        """The next question, its choices mixed anew."""
        self._is_counted, self.answering = False, Answering()
        if (task := self.present) is not None and isinstance(task.content, Quiz):
            seed = f"{self.app.progress.seed}:{task.item.card.times}"
            self.answering = Answering(order=display_order(task.content, seed))
        self._draw()
        self._card.scroll_home(animate=False)

    @property
    def present(self) -> ReviewTask | None:
        """What is asked; None before and after."""
        return self.tasks[self.place] if self.tasks is not None and self.place < len(self.tasks) else None

    @property
    def quiz(self) -> Quiz | None:
        """What is asked, if it is a question."""
        content = self.present.content if self.present is not None else None
        return content if isinstance(content, Quiz) else None

    @property
    def wants_number(self) -> bool:
        return self.quiz is not None and self.quiz.kind == "number" and not self.answering.is_over

    # -- drawing --------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self._draw)

    def translate(self) -> None:
        """The language has changed: the questions are read in it, and the present one goes on."""
        self.run_worker(self._translate(), exclusive=True, group="review")
        super().translate()

    async def _translate(self) -> None:
        for index, task in enumerate(self.tasks or ()):
            page = await asyncio.to_thread(self.app.book.read, task.entry, self.app.language)
            assert self.tasks is not None
            if task.block < len(page.blocks) and type(page.blocks[task.block]) is type(task.content):
                self.tasks[index] = ReviewTask(task.item, task.entry, page, task.block)
        self._draw()

    def _draw(self) -> None:
        language, tasks = self.app.language, self.tasks
        count = "" if self.present is None else f"{self.place + 1}/{len(tasks or ())}"
        self.query_one(TopLine).put(self.app.book.name, translate(language, "console.review.title"), done=count)
        if tasks is None or not self._card.size.width:
            return
        setting = Setting(self._card.size.width - 2, language, False)
        task = self.present
        if task is None:
            self._card.set_lines(self._end(setting))
            return
        lines: list[Line] = [((f"{task.entry.number} {task.page.title}".strip(), "dim"),), ()]
        if isinstance(task.content, Quiz):
            lines += set_block(task.content, setting, self.answering)
            if self.answering.is_over:
                lines += [(), *plain_lines(translate(language, "console.review.go_on"), setting.prose, "dim")]
        else:
            lines += prose(task.content.task, setting.prose)
            lines += [(), *plain_lines(translate(language, "console.review.exercise"), setting.prose, "dim")]
        self._card.set_lines(lines)

    def _end(self, setting: Setting) -> list[Line]:
        """What was known, and when there is something to do again."""
        language, progress, lessons = self.app.language, self.app.progress, review.lesson_ids(self.app.book)
        lines: list[Line] = []
        count = sum(isinstance(task.content, Quiz) for task in self.tasks or ())
        if count:
            known = translate(language, "console.review.known", known=self.known, count=count)
            lines += [*plain_lines(known, setting.prose, "title"), ()]
        left, day = len(review.due(progress, lessons, progress.now)), review.next_day(progress, lessons, progress.now)
        if left and count:
            words = translate(language, "console.review.more", count=left)
        elif left:
            words = translate(language, "console.review.exercises_left", count=left)
        elif day is None:
            words = translate(language, "course.review.nothing")
        else:
            until = describe_day(day, day_of(progress.now), language)
            words = translate(language, "course.review.nothing_until", day=until)
        return [*lines, *plain_lines(words, setting.prose)]

    # -- keys -----------------------------------------------------------------------------------------------------

    def type_number(self, character: str) -> None:
        """A character of a number, or the last one less."""
        self.answering = self.answering.type(character)
        self._draw()

    def action_pick(self, place: int) -> None:
        if self.quiz is not None:
            self.answering = self.answering.pick(self.quiz, place)
            self._draw()

    def action_submit(self) -> None:
        """Judge the answer; once it is known, go on."""
        task, quiz = self.present, self.quiz
        if task is None:
            if self.tasks and review.due(self.app.progress, review.lesson_ids(self.app.book), self.app.progress.now):
                self.on_mount()
        elif quiz is None or self.answering.is_over:
            self.place += 1
            self._ask()
        elif (answering := self.answering.submit(quiz)) is None:
            key = "choose_first" if quiz.kind != "number" else "no_number_yet"
            self.app.notify(translate(self.app.language, f"console.reader.{key}"))
        elif self.answering.judged is None:
            self._count(answering)

    def action_reveal(self) -> None:
        if self.quiz is not None and not self.answering.is_over:
            self._count(self.answering.reveal())

    def _count(self, answering: Answering) -> None:
        """Show what became of an answer; the first one decides when the question returns."""
        self.answering, task = answering, self.present
        if task is not None and not self._is_counted:
            self._is_counted = True
            self.known += answering.judged is True
            is_known = answering.judged is True
            self.app.progress.mark_quiz(task.item.lesson, task.content.id, is_known, answering.plain())
        self._draw()

    def action_lesson(self) -> None:
        """Open the lesson at the question."""
        if (task := self.present) is not None:
            self.app.open_entry(task.entry, block=task.block)

    def action_close(self) -> None:
        self.app.show_contents()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        quiz, is_over = self.quiz, self.answering.is_over
        if quiz is None or is_over or quiz.kind == "number":
            labels["review.pick"] = None
        if quiz is None or is_over:
            labels |= {"review.reveal": None, "review.submit": "console.keys.now.go_on"}
        if self.present is None:
            labels |= {"review.submit": None, "review.lesson": None}
        return labels

    def key_counts(self) -> dict[str, int]:
        """How many keys of a range do something."""
        return {"review.pick": len(self.quiz.choices)} if self.quiz is not None and self.quiz.choices else {}
