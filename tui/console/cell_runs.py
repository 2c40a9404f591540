"""Pieces of code that run in the engine for one screen, and what becomes of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from tui.console.app_protocol import Console
from tui.console.phases import phase_name
from tui.console.typeset import Outcome, State
from tui.engine.client import Request
from tui.errors import HeadnotesError, Stopped
from tui.text.catalog import translate

Hint = tuple[str, Mapping[str, Any]]
"""A message and its values."""
UNDEFINED = ("engine.explain.name", "engine.explain.name_near")


async def _nobody(name: str) -> Hint | None:
    return None


class CellRuns:
    """The requests of one screen, by the block that each runs for."""

    def __init__(
        self,
        app: Console,
        on_state: Callable[[int, State], object],
        who_defines: Callable[[str], Awaitable[Hint | None]] = _nobody,
    ) -> None:
        self._app = app
        self._on_state = on_state
        self._who_defines = who_defines
        """Says which cell gives a value to a name."""
        self._requests: dict[int, Request] = {}

    @property
    def is_running(self) -> bool:
        return bool(self._requests)

    def start(self, block: int, code: str, space: str | None, guess: str = "") -> None:
        """Run a piece of code; its place says what it waits for, and then what it printed."""
        if block not in self._requests:
            self._app.run_worker(self._show(block, self._ask(block, code, space), guess), group="cells")

    def start_to_here(self, cells: Mapping[int, str], block: int, space: str, guess: str = "") -> None:
        """Run those of `cells` above a block that have not run in this space, one after the other, then the block."""
        if not self.is_running:
            self._app.run_worker(self._show_to_here(cells, block, space, guess), group="cells")

    def stop(self) -> bool:
        """The reader stops whatever runs. False when nothing does."""
        for request in list(self._requests.values()):
            self._app.engine.stop(request)
        return bool(self._requests)

    def leave(self) -> None:
        """Nobody waits for the requests any more."""
        for request in self._requests.values():
            self._app.engine.drop(request)
        self._requests.clear()

    def _ask(self, block: int, code: str, space: str | None, *, once: bool = False) -> Request:
        model = self._app.progress.model(space) if space is not None else ""
        request = self._app.engine.ask("cell", space=space, code=code, once=once, model=model)
        self._requests[block] = request
        if not once:
            self._on_state(block, self._busy())
        return request

    def _busy(self) -> str:
        language, phase = self._app.language, self._app.engine.phase
        busy = translate(language, "console.reader.working")
        return busy if phase.name == "ready" else f"{busy}: {phase_name(language, phase)}"

    async def _show_to_here(self, cells: Mapping[int, str], block: int, space: str, guess: str) -> None:
        self._on_state(block, self._busy())
        for number, (above, code) in enumerate(cells.items(), 1):
            if above == block:
                break
            has_run = await self._show(above, self._ask(above, code, space, once=True))
            if not has_run:
                self._on_state(block, None)
                if has_run is False:
                    message = translate(self._app.language, "console.cell.not_reached", number=number)
                    self._app.notify(message, severity="warning")
                return
        await self._show(block, self._ask(block, cells[block], space), guess)

    async def _show(self, block: int, request: Request, guess: str = "") -> bool | None:
        """Show what comes of a request; whether it ran to its end, None when it was stopped."""
        state: Outcome | str
        try:
            result = await asyncio.shield(request.answer)
            if result.get("skipped"):
                self._requests.pop(block, None)
                return True
            state = Outcome(
                result["output"],
                result["failed"],
                result["cut"],
                result.get("whole", ""),
                await self._hints(result.get("explanation")),
                guess,
            )
        except Stopped:
            state = translate(self._app.language, "console.stopped")
        except HeadnotesError as error:
            state = Outcome(str(error.message(self._app.language)), failed=True)
        if self._requests.get(block) is not request:
            return None  # the page has been left
        del self._requests[block]
        self._on_state(block, state)
        return not state.failed if isinstance(state, Outcome) else None

    async def _hints(self, explanation: Mapping[str, Any] | None) -> tuple[Hint, ...]:
        if not explanation:
            return ()
        message, values = explanation["message"], explanation["values"]
        definition = await self._who_defines(values["name"]) if message in UNDEFINED else None
        return ((message, values),) if definition is None else ((message, values), definition)
