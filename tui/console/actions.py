"""What happens when the reader does something at a stop of the notes: run a cell or a proof, answer a question."""

from __future__ import annotations

from tui.console.app_protocol import Console
from tui.console.cell_runs import CellRuns
from tui.console.widgets.notes import Notes
from tui.course.blocks import Quiz
from tui.course.quizzes import Answering
from tui.text.catalog import translate


class StopActions:
    """The requests and answers of one open page."""

    def __init__(self, app: Console, notes: Notes, runs: CellRuns) -> None:
        self._app = app
        self._notes = notes
        self._runs = runs

    def run(self, block: int, code: str, space: str | None, guess: str = "") -> None:
        """Run a piece of code; its place in the notes says what it waits for, and then what it printed."""
        self._runs.start(block, code, space, guess)

    @property
    def is_running(self) -> bool:
        return self._runs.is_running

    def stop(self) -> bool:
        """The reader stops whatever runs. False when nothing does."""
        return self._runs.stop()

    def leave(self) -> None:
        """The page is being left: nobody waits for its requests any more."""
        self._runs.leave()

    def pick(self, block: int, quiz: Quiz, place: int) -> None:
        """Choose, or take back, the n-th choice as shown."""
        self._put(block, self._answering(block).pick(quiz, place))

    def type(self, block: int, character: str) -> None:
        """Add a character to the number of a question, or take one away."""
        self._put(block, self._answering(block).type(character))

    def submit(self, block: int, quiz: Quiz) -> None:
        """Judge what was picked or typed."""
        before = self._answering(block)
        answering = before.submit(quiz)
        if answering is None:
            number = before.number
            key = "choose_first" if quiz.kind != "number" else "no_number_yet" if not number else "not_a_number"
            self._app.notify(translate(self._app.language, f"console.reader.{key}", text=number))
        elif before.judged is None:
            self._judge(block, quiz, answering)

    def reveal(self, block: int, quiz: Quiz) -> None:
        """Show the answer, which counts as not known."""
        answering = self._answering(block)
        if not answering.is_over:
            self._judge(block, quiz, answering.reveal())

    def _answering(self, block: int) -> Answering:
        state = self._notes.states.get(block)
        return state if isinstance(state, Answering) else Answering()

    def _put(self, block: int, answering: Answering) -> None:
        if answering != self._answering(block):
            self._notes.set_state(block, answering)

    def _judge(self, block: int, quiz: Quiz, answering: Answering) -> None:
        self._notes.set_state(block, answering)
        if self._notes.page is not None:
            self._app.progress.mark_quiz(self._notes.page.id, quiz.id, answering.judged is True, answering.plain())
