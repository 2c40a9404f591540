"""The pages of one run as widgets: each keeps its own cursor and draws what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import BindingType

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.runs import panels
from tui.console.widgets.runs.panels import PANELS, SMOOTHINGS, View
from tui.runs.curves import AXES, Curves
from tui.text.lines import Line, line_text

MARGIN = 10
"""Cells beside a chart that belong to its axis, about."""
MATRIX_AT = 4
"""The line of the first row of a matrix on the page of evaluations."""


class CurvesPage(Lines, inherit_bindings=False):
    """Charts, and a cursor that reads their values."""

    SCOPES = ("curves",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("curves")

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.view = View()
        self.curves: Curves | None = None

    def draw(self, curves: Curves) -> None:
        """Show what the curves are now."""
        self.curves = curves
        width, height = self.size
        if width < 16 or height < 4:
            return
        language = self.app.language
        lines: list[Line] = [panels.view_line(curves, self.view, language)]
        self.set_lines([*lines, *panels.panels(curves, self.view, width, height - 1, language)])

    def redraw(self) -> None:
        """The same curves, looked at otherwise."""
        if self.curves is not None:
            self.draw(self.curves)

    def on_resize(self) -> None:
        self.redraw()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        return {} if self.has_points else dict.fromkeys(("curves.right", "curves.axis", "curves.panel"))

    @property
    def has_points(self) -> bool:
        """Whether there is anything for a cursor to read."""
        return self.curves is not None and bool(self.curves.series("loss", self.view.axis)[0])

    def action_cursor(self, by: int) -> None:
        if self.curves is not None:
            across = 1 if self.view.panel is not None else 2
            columns = max(8, self.size.width // across - MARGIN)
            self.view.cursor = panels.moved(self.curves, self.view, by, columns)
            self.redraw()

    def action_cursor_end(self, which: str) -> None:
        if self.curves is not None and (xs := self.curves.series("loss", self.view.axis)[0]):
            self.view.cursor = xs[0 if which == "first" else -1]
            self.redraw()

    def action_no_cursor(self) -> None:
        self.view.cursor = None
        self.redraw()

    def action_axis(self) -> None:
        self.view.axis = AXES[(AXES.index(self.view.axis) + 1) % len(AXES)]
        self.view.cursor = None
        self.redraw()

    def action_log(self) -> None:
        self.view.log = not self.view.log
        self.redraw()

    def action_smooth(self, by: int) -> None:
        at = SMOOTHINGS.index(self.view.smoothing) + by
        self.view.smoothing = SMOOTHINGS[max(0, min(at, len(SMOOTHINGS) - 1))]
        self.redraw()

    def action_panel(self) -> None:
        """All panels, or the next one alone."""
        at = -1 if self.view.panel is None else self.view.panel
        self.view.panel = at + 1 if at + 1 < len(PANELS) else None
        self.redraw()


class LogPage(Lines):
    """The log; it stays at its end while it is there. Finding marks whole lines."""

    SCOPES = ("log", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("log")

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.words = ""
        """What is looked for."""
        self._at = -1

    def put(self, lines: Sequence[Line]) -> None:
        """Show a log that has grown."""
        if [line_text(line) for line in lines] == [line_text(line) for line in self.lines]:
            return
        follow = self.scroll_y >= self.max_scroll_y - 1
        self.set_lines(lines, scroll_wide=True)
        if follow:
            self.call_after_refresh(self.scroll_end, animate=False)

    @property
    def hits(self) -> list[int]:
        """Lines in which the words stand."""
        needle = self.words.casefold()
        return [at for at, line in enumerate(self.lines) if needle and needle in line_text(line).casefold()]

    def find(self, words: str) -> int:
        """Look for words and go to the last line with them, the nearest to what happened just now; gives how many."""
        self.words = words
        hits = self.hits
        self._at = hits[-1] if hits else -1
        self._go()
        return len(hits)

    def action_hit(self, by: int) -> None:
        hits = self.hits
        if hits:
            ahead = [at for at in hits if (at > self._at if by > 0 else at < self._at)]
            self._at = (ahead or hits)[0 if by > 0 else -1]
            self._go()

    def _go(self) -> None:
        if self._at >= 0:
            self.show(self._at)
        self.refresh()

    def decorated(self, y: int) -> Line:
        line = self.lines[y]
        if y == self._at:
            return tuple((text, f"{look}.match") for text, look in line)
        return line
