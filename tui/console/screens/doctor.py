"""The doctor: versions, device, models and paths, fit to paste into a bug report."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType

from tui import doctor
from tui.console.keys import bindings
from tui.console.screens.base import ConsoleScreen
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.lines import Lines
from tui.errors import HeadnotesError, explain
from tui.instruments import registry
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines


class Doctor(ConsoleScreen[None]):
    """The report; the engine's part arrives when the engine can give it."""

    SCOPES = ("window", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")
    AUTO_FOCUS = "#report"

    DEFAULT_CSS = """
    Doctor #report { padding: 1 0 0 2; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._engine: dict[str, Any] | None = None
        self._rejected: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Lines(id="report")
        yield KeyLine()

    def on_mount(self) -> None:
        self.translate()
        self.run_worker(self._ask())

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    async def _ask(self) -> None:
        self._rejected = await asyncio.to_thread(registry.rejection_reasons, self.app.language)
        self._draw()
        try:
            self._engine = await self.app.engine.ask("about")
        except HeadnotesError as error:
            self._engine = explain(error).as_dict()
        self._draw()

    def translate(self) -> None:
        """The language has changed."""
        self.query_one(TopLine).put(self.app.book.name, translate(self.app.language, "console.doctor"))
        self._draw()
        super().translate()

    def _report(self) -> doctor.Report:
        engine = self._engine or {"state": translate(self.app.language, "console.not_known_yet")}
        return doctor.report(engine, self._rejected)

    def _draw(self) -> None:
        width = max(30, self.query_one("#report", Lines).size.width - 2)
        lines: list[Line] = []
        for title, facts in self._report().items():
            lines += [()] if lines else []
            lines.append(((title, "heading"),))
            for name, value in facts.items():
                for row, line in enumerate(plain_lines(value, width - 21)):
                    lines.append(((f"  {name if row == 0 else '':18} ", "dim"), *line))
        trouble = self.app.engine.phase.trouble
        if trouble is not None:
            lines += [(), *plain_lines(str(trouble.message(self.app.language)), width, "bad")]
        self.query_one("#report", Lines).set_lines(lines)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        self.app.copy("report", doctor.as_text(self._report()))
