"""What happens when the reader does something at a stop of the notes: run a cell or a proof, answer a question."""

from __future__ import annotations

import asyncio

from tui.console.app_protocol import Console
from tui.console.phases import phase_name
from tui.console.typeset import Outcome
from tui.console.widgets.notes import Notes
from tui.course.blocks import Quiz
from tui.course.quizzes import Answering
from tui.engine.client import Request
from tui.errors import HeadnotesError, Stopped
from tui.text.catalog import translate


class StopActions:
    """The requests and answers of one open page."""

    def __init__(self, app: Console, notes: Notes) -> None:
        self._app = app
        self._notes = notes
        self._requests: dict[int, Request] = {}
        """What runs, by the block that it runs for."""

    def run(self, block: int, code: str, space: str | None) -> None:
        """Run a piece of code; its place in the notes says what it waits for, and then what it printed."""
        if block in self._requests:
            return
        request = self._app.engine.ask("cell", space=space, code=code)
        self._requests[block] = request
        language, phase = self._app.language, self._app.engine.phase
        name = phase_name(language, phase)
        busy = translate(language, "console.reader.working")
        self._notes.set_state(block, busy if phase.name == "ready" else f"{busy}: {name}")
        self._notes.run_worker(self._show(block, request), group="cells")

    async def _show(self, block: int, request: Request) -> None:
        language = self._app.language
        state: Outcome | str
        try:
            result = await asyncio.shield(request.answer)
            more = f"\n{translate(language, 'console.reader.more_output', n=result['cut'])}" if result["cut"] else ""
            state = Outcome(result["output"] + more, result["failed"])
        except Stopped:
            state = translate(language, "console.stopped")
        except HeadnotesError as error:
            state = Outcome(str(error.message(self._app.language)), failed=True)
        if self._requests.get(block) is request:  # else the page has been left
            del self._requests[block]
            self._notes.set_state(block, state)

    @property
    def is_running(self) -> bool:
        return bool(self._requests)

    def stop(self) -> bool:
        """The reader stops whatever runs. False when nothing does."""
        for request in list(self._requests.values()):
            self._app.engine.stop(request)
        return bool(self._requests)

    def leave(self) -> None:
        """The page is being left: nobody waits for its requests any more."""
        for request in self._requests.values():
            self._app.engine.drop(request)
        self._requests.clear()

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
