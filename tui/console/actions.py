"""What happens when the reader does something at a stop of the notes: run a cell or a proof, answer a question."""

from __future__ import annotations

import asyncio

from tui.console.app_protocol import Console
from tui.console.phases import phase_name
from tui.console.typeset import Answering, Outcome
from tui.console.widgets.notes import Notes
from tui.course.blocks import Quiz
from tui.course.quizzes import Answer, display_order, is_right
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
        if quiz.kind == "number" or place > len(quiz.choices):
            return
        state = self._notes.states.get(block)
        picked = state.picked if isinstance(state, Answering) and state.judged is None else ()
        index = display_order(quiz)[place - 1]
        if index in picked:
            picked = tuple(i for i in picked if i != index)
        else:
            picked = (index,) if quiz.kind == "single" else (*picked, index)
        self._notes.set_state(block, Answering(picked))

    def submit(self, block: int, quiz: Quiz) -> None:
        """Judge what was picked."""
        state = self._notes.states.get(block)
        picked = state.picked if isinstance(state, Answering) else ()
        if picked:
            self._judge(block, quiz, Answering(picked, judged=is_right(quiz, picked)))
        else:
            self._app.notify(translate(self._app.language, "console.reader.choose_first"))

    def submit_number(self, block: int, quiz: Quiz, text: str) -> None:
        """Judge a number that was typed."""
        try:
            number: Answer = float(text.replace(",", "").replace("，", ""))
        except ValueError:
            self._app.notify(translate(self._app.language, "console.no_number", text=text))
            return
        self._judge(block, quiz, Answering(number=text.strip(), judged=is_right(quiz, number)))

    def _judge(self, block: int, quiz: Quiz, answering: Answering) -> None:
        self._notes.set_state(block, answering)
        if self._notes.page is not None:
            self._app.progress.mark_quiz(self._notes.page.id, quiz.id, answering.judged is True)
