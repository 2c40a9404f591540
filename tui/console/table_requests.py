"""One screen's questions to the engine about tables: one at a time, progress and trouble told in a status line."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from textual.widget import Widget

from tui.console.app_protocol import Console
from tui.console.widgets.status import Status
from tui.engine.client import Request
from tui.errors import HeadnotesError, Stopped, TableGone
from tui.text.catalog import translate

Then = Callable[[Any], Any]


class TableRequests:
    """Asks, waits, tells. A new question drops the one before."""

    def __init__(self, app: Console, owner: Widget, reopen: Callable[[], Awaitable[str | None]]) -> None:
        """`reopen` opens the table again when the engine has lost it, and gives its new handle, or None."""
        self._app, self._owner, self._reopen = app, owner, reopen
        self._request: Request | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being waited for."""
        return self._request is not None

    @property
    def _status(self) -> Status:
        return self._owner.query_one(Status)

    def ask(
        self,
        call: str,
        values: dict[str, Any],
        then: Then,
        on_partial: Then | None = None,
        on_failure: Callable[[], None] = lambda: None,
    ) -> None:
        """Ask for some work on a table; `then` gets the answer as plain data."""
        self.drop()
        request = self._put(call, values, on_partial)
        waiting = self._wait(request, call, values, then, on_partial, on_failure)
        self._owner.run_worker(waiting, group="ask", exclusive=True)

    async def answer(self, call: str, values: dict[str, Any]) -> Any:
        """Ask and wait here; None when it failed, which has been told."""
        self.drop()
        request = self._put(call, values, None)
        try:
            return await asyncio.shield(request.answer)
        except HeadnotesError as error:
            if request is self._request:
                self.show_error(error)
            return None
        finally:
            if request is self._request:
                self._request = None

    def reopen(self) -> None:
        """The engine has lost the table: open it again."""
        if not self.busy:
            self._owner.run_worker(self._reopen(), group="ask", exclusive=True)

    def stop(self) -> bool:
        """The reader stops what is waited for. False when nothing is."""
        if self._request is None:
            return False
        request, self._request = self._request, None
        self._app.engine.stop(request)
        return True

    def drop(self) -> None:
        """Nobody waits for it any more."""
        request, self._request = self._request, None
        if request is not None:
            self._app.engine.drop(request)

    def show_error(self, error: HeadnotesError) -> None:
        """What went wrong and what to do."""
        if isinstance(error, Stopped) and not error.detail:
            self._status.hint(translate(self._app.language, "console.stopped"))
        else:
            self._status.error(error)

    def look(self, call: str, values: dict[str, Any], then: Then) -> None:
        """Ask for something that the engine answers at any time."""
        self._owner.run_worker(self._look(call, values, then), group="look")

    def _put(self, call: str, values: dict[str, Any], on_partial: Then | None) -> Request:
        def take(fields: dict[str, Any]) -> None:
            if on_partial is not None and request is self._request:  # else its whole answer has been taken
                on_partial(fields)

        request = self._app.engine.ask(
            "data",
            call=call,
            values=values,
            on_progress=partial(self._owner.call_later, self._status.progress),
            on_partial=partial(self._owner.call_later, take),
        )
        self._request = request
        self._status.wait(request)
        return request

    async def _wait(
        self,
        request: Request,
        call: str,
        values: dict[str, Any],
        then: Then,
        on_partial: Then | None,
        on_failure: Callable[[], None],
    ) -> None:
        try:
            plain = await asyncio.shield(request.answer)
        except TableGone:
            if request is self._request and (handle := await self._reopen()) is not None:
                self.ask(call, {**values, "handle": handle}, then, on_partial)
            return
        except HeadnotesError as error:
            if request is self._request:
                self._request = None
                on_failure()
                self.show_error(error)
            return
        if request is self._request:
            self._request = None
            self._status.hint("")
            then(plain)

    async def _look(self, call: str, values: dict[str, Any], then: Then) -> None:
        try:
            then(await self._app.engine.ask("look", call=call, values=values))
        except TableGone:
            self.reopen()
        except HeadnotesError as error:
            self.show_error(error)
