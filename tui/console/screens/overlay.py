"""Up to eight runs over each other: a curve of each, their metrics, where their recipes differ."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import Screen

from tui.console.keys import bindings
from tui.console.screens.base import ConsoleScreen
from tui.console.screens.run import PAINT_CURVES, POLL
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.lines import Lines
from tui.console.widgets.runs import overlay_lines, panels
from tui.console.widgets.runs.views import MARGIN, CurvesPage
from tui.runs import comparing, predictions
from tui.runs.comparing import Duel
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.text.catalog import translate
from tui.text.lines import Line, line_text, plain_lines


class OverlayChart(CurvesPage, inherit_bindings=False):
    """The chart of one series of all runs."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("curves")

    def __init__(self, runs: Sequence[Run], *, id: str) -> None:
        super().__init__(id=id)
        self.all_curves = [Curves(run) for run in runs]
        self.name_ = "loss"
        self.hidden: set[int] = set()
        """Places of runs that are not drawn."""

    @property
    def _longest(self) -> Curves:
        """The run that came farthest: the cursor stands at its points."""
        return max(self.all_curves, key=lambda one: one.status.step)

    def redraw(self) -> None:
        """Draw what the runs are now."""
        width, height = self.size
        if width >= 16 and height >= 4:
            language = self.app.language
            lines: list[Line] = [panels.view_line(self._longest, self.view, language)]
            lines += overlay_lines.overlay_lines(
                self.all_curves, self.name_, self.view, width, height - 3, language, self.hidden
            )
            self.set_lines(lines)

    @property
    def has_points(self) -> bool:
        return any(one.series("loss", self.view.axis)[0] for one in self.all_curves)

    def action_cursor(self, by: int) -> None:
        self.view.cursor = panels.moved(self._longest, self.view, by, max(8, self.size.width - MARGIN))
        self.redraw()

    def action_cursor_end(self, which: str) -> None:
        ends = [xs for one in self.all_curves if (xs := one.series("loss", self.view.axis)[0])]
        if ends:
            self.view.cursor = min(xs[0] for xs in ends) if which == "first" else max(xs[-1] for xs in ends)
            self.redraw()

    def action_panel(self) -> None:
        """The next series."""
        names = overlay_lines.names_of(self.all_curves)
        if names:
            at = names.index(self.name_) if self.name_ in names else -1
            self.name_ = names[(at + 1) % len(names)]
            self.redraw()


class Overlay(ConsoleScreen[None]):
    """Runs compared."""

    SCOPES = ("overlay",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("overlay")
    AUTO_FOCUS = "#chart"
    SHOWS_RUNS = True

    DEFAULT_CSS = """
    Overlay {
        #chart { padding: 0 1; height: 3fr; }
        #tables { padding: 0 1; height: 2fr; }
    }
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        super().__init__()
        self.runs = list(runs)[: overlay_lines.MOST]
        self.chart = OverlayChart(self.runs, id="chart")
        self._duels: list[Duel] = []
        self._same_rows = True
        self._measured: list[float] = []
        """When each run was last measured, as the duels have it."""
        self._drawn = 0.0
        self._stale = False

    def shows_same(self, other: Screen[Any]) -> bool:
        return isinstance(other, Overlay) and other.runs == self.runs

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield self.chart
        yield Lines(id="tables")
        yield KeyLine()

    def on_mount(self) -> None:
        self.translate()
        self.run_worker(self._open(), group="follow")

    async def _open(self) -> None:
        await asyncio.to_thread(lambda: [one.read() for one in self.chart.all_curves])
        self._draw()
        self.poll_every(POLL, self._poll)

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def _poll(self) -> None:
        for one in self.chart.all_curves:
            self._stale = one.read() or self._stale
        if self._stale and monotonic() - self._drawn >= PAINT_CURVES:
            self._draw()

    def _draw(self) -> None:
        if self.is_mounted:
            self._stale, self._drawn = False, monotonic()
            measured = [one.evaluations[-1].seconds if one.evaluations else -1.0 for one in self.chart.all_curves]
            if measured != self._measured:
                self._measured = measured
                self.run_worker(self._compare(), group="duels", exclusive=True)
            self.chart.redraw()
            language, width = self.app.language, max(30, self.size.width - 3)
            lines = overlay_lines.last_metrics_lines(self.chart.all_curves, width, language)
            if not self._same_rows:
                lines += plain_lines(translate(language, "console.runs.not_same_rows"), width, "warn")
            if self._duels:
                lines += [(), *overlay_lines.duel_lines(self._duels, width, language)]
            lines += [(), *overlay_lines.difference_lines(self.runs, width, language)]
            self.query_one("#tables", Lines).set_lines(lines)

    async def _compare(self) -> None:
        """The first run against the others by their latest predictions, which are files."""
        first, *others = self.chart.all_curves
        found = await asyncio.to_thread(lambda: [comparing.duel(first, other) for other in others])
        self._duels = [one for one in found if one is not None]
        digests = await asyncio.to_thread(lambda: {predictions.measured_rows(run) for run in self.runs} - {""})
        self._same_rows = len(digests) < 2
        self._draw()

    def translate(self) -> None:
        """The language has changed."""
        language = self.app.language
        self.query_one(TopLine).put(
            translate(language, "console.runs.title"), translate(language, "console.runs.overlay")
        )
        self._draw()
        super().translate()

    def key_counts(self) -> dict[str, int]:
        """How many keys of a range do something: a letter for each run."""
        return {"overlay.hide": len(self.runs)}

    def action_hide(self, letter: str) -> None:
        """Hide the curve of a run, or show it again."""
        place = overlay_lines.MARKS.index(letter)
        if place < len(self.runs):
            self.chart.hidden ^= {place}
            self.chart.redraw()

    def action_switch(self) -> None:
        """To the tables, and back to the chart."""
        self.query_one("#tables" if self.chart.has_focus else "#chart").focus()

    def action_copy(self) -> None:
        lines = [*self.chart.lines, (), *self.query_one("#tables", Lines).lines]
        self.app.copy("table", "\n".join(line_text(line).rstrip() for line in lines))

    def action_close(self) -> None:
        self.dismiss()
