"""The scratch cell of the free bench: code of the reader's own, kept from one time to the next."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from tui.console.app_protocol import Console
from tui.console.cell_runs import CellRuns
from tui.console.error_window import show_whole_error
from tui.console.typeset import State
from tui.course.cells import SCRATCH
from tui.errors import HeadnotesError
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.widgets.cell_desk import CellDesk

SPACE = "free-bench"
"""The names of its own, and the entry of the progress file in which it is kept."""


class ScratchCell:
    """One cell on one screen."""

    def __init__(self, app: Console, add_desk: Callable[[CellDesk], Awaitable[None]]) -> None:
        self._app = app
        self._add_desk = add_desk
        self._desk: CellDesk | None = None
        self._state: State = None
        self.runs = CellRuns(app, self._put_state)

    @property
    def is_open(self) -> bool:
        return self._desk is not None and self._desk.display

    @property
    def _code(self) -> str:
        return self._app.progress.cells(SPACE).get(SCRATCH, "")

    async def open(self) -> None:
        """Let the reader write in it."""
        if self._desk is None:
            from tui.console.widgets.cell_desk import CellDesk

            self._desk = CellDesk(id="cell-desk")
            await self._add_desk(self._desk)
        self._desk.display = True
        title = translate(self._app.language, "console.cell.scratch")
        self._desk.open(-1, title, self._code, SPACE, self._state)

    def focus(self) -> None:
        """Back to the code that is being written."""
        if self._desk is not None:
            self._desk.input.focus()

    def close(self) -> None:
        """Put the editor away; what was written is kept."""
        if self._desk is not None:
            self._desk.display = False

    def keep(self, code: str) -> None:
        """The reader has changed it."""
        self._app.progress.keep_cell(SPACE, SCRATCH, code)

    def act(self, what: str) -> None:
        """What a key asks for."""
        if what in ("run", "to_here"):
            self.runs.start(-1, self._code, SPACE)
        elif what == "whole":
            show_whole_error(self._app, self._state)

    async def forget(self) -> None:
        """Forget its names."""
        try:
            await self._app.engine.ask("reset", space=SPACE)
        except HeadnotesError as error:
            self._app.say_error(error)
            return
        self._put_state(-1, None)
        self._app.notify(translate(self._app.language, "console.cell.forgotten"))

    def clear(self) -> None:
        """It has another model: nothing that it gave is true any more."""
        self._app.engine.ask("reset", space=SPACE)
        self._put_state(-1, None)

    def translate(self) -> None:
        """The language has changed."""
        if self._desk is not None:
            self._desk.translate(translate(self._app.language, "console.cell.scratch"))

    def _put_state(self, block: int, state: State) -> None:
        self._state = state
        if self._desk is not None:
            self._desk.show(state)
