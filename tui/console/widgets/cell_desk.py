"""A cell to write in, and what it printed under it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from tui.console.app_protocol import Console
from tui.console.keys import bindings
from tui.console.typeset import Outcome, Setting, State, outcome_lines
from tui.console.verbatim import verbatim
from tui.console.widgets.code_editor import CodeEditor
from tui.console.widgets.lines import Lines
from tui.engine.client import Request
from tui.errors import HeadnotesError
from tui.text.catalog import translate
from tui.text.fullwidth import fullwidth_marks
from tui.text.wrap import shorten

COMPLETE_WITHIN = 1.5
"""Seconds that the engine has for a completion: while a cell runs it has none."""
_COMPLETABLE = re.compile(r"[\w.]$|\[['\"]\w*$|\($")


class CellInput(CodeEditor):
    """The code of a cell."""

    SCOPES = ("cell",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("cell")

    @dataclass
    class Pressed(Message):
        """A key that acts on the whole cell: `run`, `run_to_here`, `original`, `whole`, `complete`, `output`."""

        what: str

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "tab" and self.selection.is_empty and _COMPLETABLE.search(self.before_cursor):
            event.stop()
            event.prevent_default()
            self.action_press("complete")
        else:
            await super()._on_key(event)

    @property
    def before_cursor(self) -> str:
        """The program up to the cursor."""
        return self.document.get_text_range((0, 0), self.cursor_location)

    def action_press(self, what: str) -> None:
        self.post_message(self.Pressed(what))


class CellDesk(Vertical):
    """One cell at a time, with a line on what there is to know, and its result."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    DEFAULT_CSS = """
    CellDesk {
        padding: 1 1 0 1;
        #cell-title { height: 1; color: $accent; text-style: bold; }
        #cell-note { height: auto; max-height: 3; color: $warning; &.-dim { color: $dim; } }
        #cell-output { height: 1fr; padding: 1 0 0 0; }
        CellInput { height: auto; min-height: 4; max-height: 60%; }
    }
    """

    @dataclass
    class Typed(Message):
        """The reader has changed the code."""

        block: int
        code: str

    @dataclass
    class Pressed(Message):
        """The reader wants something done with the cell."""

        block: int
        what: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.block: int | None = None
        """The cell that is open, by the index of its block; -1 is the scratch cell."""
        self.space = ""
        """The chapter whose names are completed."""
        self.state: State = None
        self._title = ""
        self._candidates: list[str] = []
        self._candidate = 0
        self._begin = (0, 0)
        """Where the candidates begin in the text."""
        self._is_completing = False
        self._checking: Timer | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="cell-title")
        yield CellInput(id="cell-input")
        yield Static("", id="cell-note")
        yield Lines(id="cell-output")

    @property
    def input(self) -> CellInput:
        """Where the code is written."""
        return self.query_one(CellInput)

    def open(self, block: int, title: str, code: str, space: str, state: State) -> None:
        """Show a cell and let the reader write in it."""
        self.block, self.space, self._title = block, space, title
        self.input.put(code)
        self.query_one("#cell-title", Static).update(verbatim(title))
        self.show(state)
        self._note()
        self.input.focus()

    def rewrite(self, code: str) -> None:
        """Replace the code as an edit: undo brings back what was there."""
        self.input.rewrite(code)

    def show(self, state: State) -> None:
        """What has become of the cell."""
        self.state = state
        view = self.query_one("#cell-output", Lines)
        setting = Setting(max(24, view.size.width or 60), self.app.language, highlight=True)
        lines = [] if state is None else outcome_lines(setting, state)
        view.set_lines(lines, scroll_wide=True)

    def translate(self, title: str) -> None:
        """The language has changed."""
        self._title = title
        self.query_one("#cell-title", Static).update(verbatim(title))
        self.show(self.state)
        self._note()

    def on_resize(self) -> None:
        self.call_after_refresh(self.show, self.state)

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        if not fullwidth_marks(self.input.text):
            labels["cell.punctuation"] = None
        if not (isinstance(self.state, Outcome) and self.state.whole):
            labels["cell.whole"] = None
        if self.block is not None and self.block < 0:
            labels["cell.original"] = None
        return labels

    def on_code_editor_edited(self, event: CodeEditor.Edited) -> None:
        event.stop()
        if not self._is_completing:
            self._candidates = []
        if self._checking is not None:
            self._checking.stop()
        self._checking = self.set_timer(0.2, self._note)
        if self.block is not None:
            self.post_message(self.Typed(self.block, self.input.text))

    def _note(self) -> None:
        """Candidates, or what Python would stumble over."""
        language = self.app.language
        note = ""
        if self._candidates:
            texts = [f"[{item}]" if at == self._candidate else item for at, item in enumerate(self._candidates)]
            note = shorten("  ".join(texts[max(0, self._candidate - 2) :]), max(20, self.size.width - 2))
        elif marks := fullwidth_marks(self.input.text):
            mark = marks[0]
            values = {"character": mark.character, "plain": mark.plain, "line": mark.line + 1}
            note = translate(language, "console.cell.fullwidth", count=len(marks), **values)
        self._write_note(note, is_warning=not self._candidates)

    def _write_note(self, note: str, *, is_warning: bool = False) -> None:
        line = self.query_one("#cell-note", Static)
        line.set_class(not is_warning, "-dim")
        line.update(verbatim(note))

    # -- keys ----------------------------------------------------------------------------------------------------

    def on_cell_input_pressed(self, event: CellInput.Pressed) -> None:
        event.stop()
        if event.what == "complete":
            self._complete()
        elif event.what == "output":
            self.query_one("#cell-output", Lines).focus()
        elif self.block is not None:
            self.post_message(self.Pressed(self.block, event.what))

    def _complete(self) -> None:
        """The next candidate; the engine is asked for the first one."""
        if len(self._candidates) > 1:
            self._put((self._candidate + 1) % len(self._candidates))
        elif not self._is_completing:
            request = self.app.engine.ask("complete", space=self.space, code=self.input.before_cursor)
            self.run_worker(self._show_completions(request, self.input.before_cursor), group="complete")

    async def _show_completions(self, request: Request, before: str) -> None:
        try:
            result = await asyncio.wait_for(asyncio.shield(request.answer), COMPLETE_WITHIN)
        except (TimeoutError, HeadnotesError):
            self.app.engine.drop(request)
            return
        if before != self.input.before_cursor:
            return  # the reader has gone on
        items, length = result["items"], result["length"]
        row, column = self.input.cursor_location
        self._begin, self._candidate = (row, column - length), 0
        common = _common_beginning(items)
        if len(items) > 1 and len(common) > length:
            self._insert(common)
        self._candidates = items
        if len(items) == 1:
            self._put(0)
            self._candidates = []
        elif not items:
            self._write_note(translate(self.app.language, "console.cell.no_completion"))
            return
        else:
            self._candidate = -1
        self._note()

    def _put(self, at: int) -> None:
        self._candidate = at
        self._insert(self._candidates[at])
        self._note()

    def _insert(self, text: str) -> None:
        self._is_completing = True
        try:
            self.input.replace(text, self._begin, self.input.cursor_location)
        finally:
            self.call_after_refresh(self._end_completing)

    def _end_completing(self) -> None:
        self._is_completing = False


def _common_beginning(items: list[str]) -> str:
    """What all of them begin with."""
    first, last = min(items, default=""), max(items, default="")
    return first[
        : next((at for at, pair in enumerate(zip(first, last, strict=False)) if len(set(pair)) > 1), len(first))
    ]
