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
from tui.errors import HeadnotesError
from tui.instruments import registry
from tui.text.catalog import has_message, translate
from tui.text.lines import Line, plain_lines
from tui.text.wrap import fill


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
        self._error: HeadnotesError | None = None
        """Why the engine cannot give its part."""

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
            self._error = error
        self._draw()

    def translate(self) -> None:
        """The language has changed."""
        self.query_one(TopLine).put(self.app.book.name, translate(self.app.language, "console.doctor"))
        self._draw()
        super().translate()

    def _report(self) -> doctor.Report:
        """In English, as whoever reads a bug report needs it."""
        waiting = {"state": str(self._error) if self._error else translate("en", "console.not_known_yet")}
        return doctor.report(self._engine or waiting, self._rejected)

    def _draw(self) -> None:
        width = max(30, self.query_one("#report", Lines).size.width - 2)
        lines: list[Line] = []
        for title, facts in self._report().items():
            lines += [()] if lines else []
            lines.append(((self._word(title), "heading"),))
            for name, value in facts.items():
                for row, line in enumerate(plain_lines(self._value(title, value), width - 21)):
                    lines.append(((f"  {fill(self._word(name) if row == 0 else '', 18)} ", "dim"), *line))
        trouble = self.app.engine.phase.trouble
        if trouble is not None:
            lines += [(), *plain_lines(str(trouble.message(self.app.language)), width, "bad")]
        self.query_one("#report", Lines).set_lines(lines)

    def _word(self, name: str) -> str:
        """A heading or a name of the report; what is not in the catalog is the name of a package or a variable."""
        key = f"console.report.{name.replace(' ', '_')}"
        return translate(self.app.language, key) if has_message(key) else name

    def _value(self, part: str, value: str) -> str:
        if part == "engine" and self._engine is None:
            language = self.app.language
            return str(self._error.message(language)) if self._error else translate(language, "console.not_known_yet")
        return self._word(value)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        self.app.copy("report", doctor.as_text(self._report()))
