"""The shelf: for every task our stand-in with its score, the course's checkpoint, and what is on this machine."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui.errors import HeadnotesError
from tui.lab import stock
from tui.lab.instrument import revive
from tui.lab.shelf import SHELF
from tui.lab.stock import Stock
from tui.ui.keys import bindings
from tui.ui.screens.base import ConsoleScreen
from tui.ui.typeset import plain_lines
from tui.ui.widgets.chrome import KeyLine, TopLine
from tui.ui.widgets.lines import Line, Lines, line_text
from tui.ui.words import say


class Models(ConsoleScreen[None]):
    """What can do each task. The engine looks into the cache; until it has, the table alone is shown."""

    SCOPES = ("window", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")
    AUTO_FOCUS = "#shelf"

    DEFAULT_CSS = """
    Models #shelf { padding: 1 0 0 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._stock: list[Stock] = []
        self._trouble = ""

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Lines(id="shelf")
        yield KeyLine()

    def on_mount(self) -> None:
        self.translate()
        self.run_worker(self._ask())

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    async def _ask(self) -> None:
        try:
            self._stock = revive(list[Stock], await self.app.engine.ask("stock"))
        except HeadnotesError as error:
            self._trouble = str(error)
        self._draw()

    def translate(self) -> None:
        """The language has changed."""
        self.query_one(TopLine).put(self.app.book.name, say(self.app.language, "models"))
        self._draw()
        super().translate()

    def _draw(self) -> None:
        width = max(30, self.query_one("#shelf", Lines).size.width - 4)
        lines: list[Line] = [*plain_lines(say(self.app.language, "shelf_note"), min(width, 76), "dim")]
        if self._trouble:
            lines += [(), *plain_lines(self._trouble, width, "bad")]
        elif not self._stock:
            lines += [(), ((say(self.app.language, "looking"), "dim"),)]
        for at, row in zip(SHELF, self._stock, strict=False):
            lines += [(), ((", ".join([at.task, *at.aliases]), "heading"),)]
            for text in stock.sentences(at, row):
                head, rest = text[:10], text[10:]
                for number, line in enumerate(plain_lines(rest, width - 12)):
                    lines.append(((f"  {head if number == 0 else '':10}", "dim"), *line))
        self.query_one("#shelf", Lines).set_lines(lines)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        self.app.copy("table", "\n".join(line_text(line) for line in self.query_one("#shelf", Lines).lines))
