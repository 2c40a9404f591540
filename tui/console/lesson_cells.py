"""The cells of an open lesson: running, guessing, writing, and the scratch cell at its end."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Protocol

from tui import paths
from tui.console.app_protocol import Console
from tui.console.cell_runs import CellRuns, Hint
from tui.console.error_window import show_whole_error
from tui.console.typeset import State
from tui.console.widgets.notes import Notes
from tui.course.blocks import Cell
from tui.course.book import Entry
from tui.course.cells import SCRATCH, cells_of, defines, key_of, original_code, with_block, with_code
from tui.course.notebooks import export
from tui.course.page import Page
from tui.errors import HeadnotesError
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.widgets.cell_desk import CellDesk

SCRATCH_BLOCK = -1
"""The place of the scratch cell, which is no block of the page."""


class LessonScreen(Protocol):
    """What the cells need of the screen that shows them."""

    app: Console
    page: Page | None
    notes: Notes
    runs: CellRuns

    @property
    def space(self) -> str: ...
    def entries_of_space(self) -> list[Entry]: ...
    async def add_desk(self, desk: CellDesk) -> None: ...
    def show_panes(self) -> None: ...
    async def ask_for_guess(self, block: int, question: str) -> None: ...


class LessonCells:
    """What the reader does with the cells of one screen."""

    def __init__(self, screen: LessonScreen) -> None:
        self._screen = screen
        self._desk: CellDesk | None = None
        self._scratch: State = None
        self._guesses: dict[int, str] = {}

    @property
    def is_open(self) -> bool:
        """Whether a cell is being written in."""
        return self._desk is not None and self._desk.block is not None

    def focus(self) -> None:
        """Back to the code that is being written."""
        if self._desk is not None:
            self._desk.input.focus()

    def leave(self) -> None:
        """Another page is coming."""
        self.close()
        self._scratch = None
        self._guesses.clear()

    def translate(self) -> None:
        """The language has changed."""
        if self._desk is not None and self._desk.block is not None:
            self._desk.translate(self._title(self._desk.block))

    # -- running -------------------------------------------------------------------------------------------------

    async def run(self, block: int) -> None:
        """Run a cell; one that asks for a guess is answered first."""
        cell = self._cell(block)
        if cell is not None and cell.predict and block not in self._guesses and self._state(block) is None:
            await self._screen.ask_for_guess(block, cell.predict)
        else:
            self._screen.runs.start(block, self._code(block), self._screen.space, self._guesses.get(block, ""))

    def take_guess(self, block: int, guess: str) -> None:
        """The reader has guessed, or has left it out; now the cell runs."""
        self._guesses[block] = guess
        self._screen.runs.start(block, self._code(block), self._screen.space, guess)

    def put_state(self, block: int, state: State) -> None:
        """A cell has come this far."""
        if block == SCRATCH_BLOCK:
            self._scratch = state
        if self._desk is not None and self._desk.block == block:
            self._desk.show(state)

    async def forget(self) -> None:
        """Forget the names of the chapter."""
        screen = self._screen
        try:
            await screen.app.engine.ask("reset", space=screen.space)
        except HeadnotesError as error:
            screen.app.say_error(error)
            return
        self._clear_outputs()
        screen.app.notify(translate(screen.app.language, "console.cell.forgotten"))

    def clear(self) -> None:
        """The cells have another model: nothing that they gave is true any more."""
        self._screen.app.engine.ask("reset", space=self._screen.space)
        self._clear_outputs()

    def _clear_outputs(self) -> None:
        self._screen.notes.forget()
        self._scratch = None
        if self._desk is not None:
            self._desk.show(None)

    async def who_defines(self, name: str) -> Hint | None:
        """The cell of this page, or else the lesson of this chapter, that gives a value to a name."""
        screen = self._screen
        page = screen.page
        if page is None:
            return None
        for number, (block, cell) in enumerate(cells_of(page).items(), 1):
            if block not in screen.notes.states and defines(cell.code, name):
                return "engine.explain.defined_by", {"number": number}
        language = screen.app.language
        for entry in screen.entries_of_space():
            with suppress(HeadnotesError):
                other = await asyncio.to_thread(screen.app.book.read, entry, language)
                if other.id != page.id and any(defines(cell.code, name) for cell in cells_of(other).values()):
                    return "engine.explain.defined_in", {"lesson": f"{entry.number} {entry.title(language)}".strip()}
        return None

    # -- writing -------------------------------------------------------------------------------------------------

    async def open(self, block: int) -> None:
        """Write in a cell of the page, or in the scratch cell."""
        screen = self._screen
        if screen.page is None:
            return
        if self._desk is None:
            from tui.console.widgets.cell_desk import CellDesk

            self._desk = CellDesk(id="cell-desk")
            await screen.add_desk(self._desk)
        self._desk.display = True
        self._desk.open(block, self._title(block), self._code(block), screen.space, self._state(block))
        screen.show_panes()

    def close(self) -> None:
        """Put the editor away; what was written is kept."""
        if self._desk is not None and self._desk.block is not None:
            self._desk.block = None
            self._desk.display = False
            self._screen.show_panes()

    def keep(self, block: int, code: str) -> None:
        """The reader has changed a cell."""
        screen = self._screen
        if screen.page is None:
            return
        if (cell := self._cell(block)) is None:
            screen.app.progress.keep_cell(screen.page.id, SCRATCH, code)
            return
        screen.app.progress.keep_cell(screen.page.id, key_of(cell), "" if code == original_code(cell) else code)
        changed = with_code(cell, code)
        screen.page = with_block(screen.page, block, changed)
        screen.notes.set_block(block, changed)

    async def act(self, block: int, what: str) -> None:
        """What a key asks for: `run`, `to_here`, `original`, `whole`."""
        screen = self._screen
        if screen.page is None:
            return
        cell = self._cell(block)
        if what == "whole":
            show_whole_error(screen.app, self._state(block))
        elif cell is None and block != SCRATCH_BLOCK:
            return
        elif what == "run":
            await self.run(block)
        elif what == "to_here":
            codes = {place: above.code for place, above in cells_of(screen.page).items()}
            if cell is None:
                codes[SCRATCH_BLOCK] = self._code(SCRATCH_BLOCK)
            screen.runs.start_to_here(codes, block, screen.space, self._guesses.get(block, ""))
        elif what == "original" and cell is not None and cell.original is not None:
            if self.is_open and self._desk is not None:
                self._desk.rewrite(cell.original)
            else:
                self.keep(block, cell.original)
            screen.app.notify(translate(screen.app.language, "console.cell.original_back"))

    async def export(self, file: str) -> None:
        """Write the cells as they are now to a program or a notebook."""
        screen, page = self._screen, self._screen.page
        if page is None:
            return
        target = paths.expanded(file).absolute()
        try:
            scratch = self._code(SCRATCH_BLOCK)
            code = "\n".join([*(cell.code for cell in cells_of(page).values()), scratch])
            setup = await self.setup(code, screen.app.progress.model(screen.space))
            await asyncio.to_thread(partial(export, page, target, setup=setup, scratch=scratch))
        except HeadnotesError as error:
            screen.app.say_error(error)
        else:
            screen.app.notify(translate(screen.app.language, "console.cell.exported", file=str(target)))

    def _state(self, block: int) -> State:
        return self._scratch if block == SCRATCH_BLOCK else self._screen.notes.states.get(block)

    async def setup(self, code: str, model: str) -> str:
        """The lines that load what a piece of code needs, with the reader's model or the lessons' own."""
        from tui.models.setup_code import cell_setup, needed

        names = needed(code)
        if not names:
            return ""
        if model:  # to check it takes libraries
            return str(await self._screen.app.engine.ask("setup", model=model, names=names))
        return await asyncio.to_thread(cell_setup, *names)

    def _cell(self, block: int) -> Cell | None:
        page = self._screen.page
        cell = page.blocks[block] if page is not None and block >= 0 else None
        return cell if isinstance(cell, Cell) else None

    def _code(self, block: int) -> str:
        page, cell = self._screen.page, self._cell(block)
        if cell is not None:
            return cell.code
        return self._screen.app.progress.cells(page.id).get(SCRATCH, "") if page is not None else ""

    def _title(self, block: int) -> str:
        language, page = self._screen.app.language, self._screen.page
        if block == SCRATCH_BLOCK or page is None:
            return translate(language, "console.cell.scratch")
        return translate(language, "console.cell.title", number=list(cells_of(page)).index(block) + 1)
