"""The free bench: any instrument on a screen of its own, with inputs to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen
from textual.widgets import Static, TextArea

from tui.console.keys import bindings
from tui.console.scratch_cell import SPACE, ScratchCell
from tui.console.screens.with_bench import WithBench
from tui.console.verbatim import verbatim
from tui.console.widgets.bench import Bench
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.pane import Pane
from tui.instruments import registry
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.widgets.cell_desk import CellDesk


class FreeBench(WithBench):
    """One instrument at a time; those that were used before keep their inputs."""

    SCOPES = ("free",)
    PICKER_TITLE = "console.model.bench_title"
    BINDINGS: ClassVar[list[BindingType]] = bindings("free")
    AUTO_FOCUS = ""

    DEFAULT_CSS = """
    FreeBench {
        #about { padding: 0 2; color: $dim; height: auto; }
        &:ansi #about { text-style: dim; }
        #bench { padding: 0 1; }
        #bench-title { display: none; }
        Pane { margin: 1 0 0 0; }
    }
    """

    def __init__(self, instrument: str) -> None:
        super().__init__()
        self.instrument = registry.find(instrument)
        self.bench = Bench(id="bench")
        self._used: set[str] = set()
        self.scratch = ScratchCell(self.app, self._add_desk)

    def shows_same(self, other: Screen[Any]) -> bool:
        return isinstance(other, FreeBench) and other.instrument is self.instrument

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Static("", id="about")
        yield self.bench
        yield KeyLine()

    @property
    def space(self) -> str:
        return SPACE

    def model_changed(self) -> None:
        self._describe()
        self.scratch.clear()
        key = "console.model.bench" if self.model else "console.model.bench_default"
        self.app.notify(translate(self.app.language, key, model=self.model))

    async def on_mount(self) -> None:
        self.bench.model = self.model
        self.app.begin()
        await self.put(self.instrument.name)

    async def _add_desk(self, desk: CellDesk) -> None:
        await self.mount(desk, before=self.query_one(KeyLine))

    async def put(self, name: str) -> None:
        """Bring an instrument to the front: as it was left, or with its own example."""
        self.instrument = registry.find(name)
        self._close_scratch()
        self.set_focus(None)
        self._describe()
        await self.bench.show(name, self.instrument.example, again=name not in self._used)
        self._used.add(name)
        self.bench.reveal()
        self._focus_answer()

    def _describe(self) -> None:
        language = self.app.language
        self.query_one(TopLine).put(
            translate(language, "console.free_bench"), self.instrument.name, model=self.model_line
        )
        self.query_one("#about", Static).update(verbatim(self.instrument.summary(language)))

    def translate(self) -> None:
        """The language has changed."""
        self._describe()
        self.scratch.translate()
        super().translate()

    @on(Pane.Settled)
    def _focus_answer(self) -> None:
        """Where no key is typed, if there is such a field: a letter is a command here until the reader edits."""
        if self.focused is None:
            calm = [one for one in self.bench_fields if not isinstance(one, TextArea) and one.id != "options"]
            if calm:
                calm[0].focus()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        stop: str | None = "console.keys.now.stop" if self.is_running_something else None
        labels: dict[str, str | None] = {"bench.next": "console.keys.now.next_instrument", "free.escape": stop}
        labels["cell.to_here"] = None  # there is nothing above
        if stop is not None:
            labels |= dict.fromkeys(("edit.done", "cell.leave"), stop)
        if self.bench.pane is None or self.focused is self.bench.pane.first_field:
            labels["free.edit"] = None
        if len(self.bench_fields) < (2 if self.is_on_bench else 1):
            labels |= {"free.switch": None, "bench.switch": None}
        return labels

    @property
    def is_running_something(self) -> bool:
        return super().is_running_something or self.scratch.runs.is_running

    def stop(self) -> bool:
        return super().stop() or self.scratch.runs.stop()

    def on_unmount(self) -> None:
        self.scratch.runs.leave()

    async def on_cell_desk_pressed(self, event: CellDesk.Pressed) -> None:
        self.scratch.act(event.what)

    def on_cell_desk_typed(self, event: CellDesk.Typed) -> None:
        self.scratch.keep(event.code)

    def _close_scratch(self) -> None:
        self.scratch.close()
        self.bench.display = True

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_switch(self, by: int) -> None:
        """To the next field of the bench; after the last one, to the first."""
        fields = self.bench_fields
        if self.scratch.is_open:
            self.scratch.focus()
        elif fields:
            at = fields.index(self.focused) + by if self.focused in fields else 0 if by > 0 else -1
            fields[at % len(fields)].focus()

    def action_edit(self) -> None:
        if self.bench.pane is not None:
            self.bench.pane.edit()

    async def action_scratch(self) -> None:
        """Open the scratch cell of the free bench."""
        self.bench.display = False
        await self.scratch.open()

    async def action_forget(self) -> None:
        """Forget the names of the scratch cell."""
        await self.scratch.forget()

    async def action_copy(self) -> None:
        await self.copy_from_bench()

    async def action_next_stop(self) -> None:
        """The next instrument."""
        names = list(registry.instruments())
        await self.put(names[(names.index(self.instrument.name) + 1) % len(names)])

    def action_leave(self) -> None:
        """Stop what runs; else leave the text, else the bench."""
        if self.stop():
            return
        if self.scratch.is_open:
            self._close_scratch()
            self._focus_answer()
        elif isinstance(self.focused, TextArea):
            self.set_focus(None)
            self._focus_answer()
        else:
            self.action_close()

    def action_close(self) -> None:
        self.dismiss()
