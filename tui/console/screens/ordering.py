"""A screen with keys that do something to a run: the orders to its worker, kill, go on from a checkpoint, fork."""

from __future__ import annotations

import asyncio

from textual import on

from tui.console.run_actions import ask_and_kill, ask_and_resume, forked, give
from tui.console.screens.base import ConsoleScreen
from tui.console.widgets.chrome import Prompt
from tui.errors import HeadnotesError, UsageError
from tui.runs.folder import Run
from tui.text.catalog import translate


class OrderingScreen(ConsoleScreen[None]):
    """The list of runs and the screen of one have these keys in common."""

    SHOWS_RUNS = True

    _forking: Run | None = None

    def ordered(self) -> Run | None:
        """The run that keys act on; None when there is none."""
        raise NotImplementedError

    def order_given(self) -> None:
        """Something was done to the run: what is shown of it may be old."""

    async def take_fork(self, made: Run) -> None:
        """A new run was made of the one that keys act on, and has begun."""

    def action_order(self, order: str) -> None:
        if (run := self.ordered()) is not None:
            self.run_worker(self._order(run, order), group="orders")

    async def _order(self, run: Run, order: str) -> None:
        language = self.app.language
        try:
            await asyncio.to_thread(give, run, order, language)
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        self.app.notify(translate(language, f"console.ordered.{order}", name=run.name))
        self.order_given()

    def action_kill(self) -> None:
        if (run := self.ordered()) is not None:
            self.run_worker(self._kill(run), group="orders")

    async def _kill(self, run: Run) -> None:
        await ask_and_kill(self.app, run)
        self.order_given()

    def action_resume(self) -> None:
        if (run := self.ordered()) is not None:
            self.run_worker(self._resume(run), group="orders")

    async def _resume(self, run: Run) -> None:
        await ask_and_resume(self.app, run)
        self.order_given()

    async def action_fork(self) -> None:
        """Ask what the new run does otherwise."""
        self._forking = self.ordered()
        if self._forking is not None:
            await self.query_one(Prompt).open(
                "fork", translate(self.app.language, "console.runs.fork_with"), "learning_rate="
            )

    @on(Prompt.Answered)
    def fork_as_answered(self, event: Prompt.Answered) -> None:
        if event.purpose == "fork" and self._forking is not None:
            self.run_worker(self._fork(self._forking, event.text), group="orders")

    async def _fork(self, run: Run, text: str) -> None:
        language = self.app.language
        self.app.notify(translate(language, "console.runs.forking", name=run.name))
        try:
            made = await asyncio.to_thread(forked, run, text, language)
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        except OSError as error:
            self.app.say_error(UsageError("runs.cannot-do", reason=str(error)))
            return
        self.app.notify(translate(language, "console.runs.started", name=made.name))
        await self.take_fork(made)
