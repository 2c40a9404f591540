"""The pages of one run as widgets: each keeps its own cursor and draws what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.runs.curves import AXES, Curves
from tui.ui.keys import bindings
from tui.ui.widgets.lines import Line, Lines, line_text
from tui.ui.widgets.matrix import cell_width, label_width
from tui.ui.widgets.runs import pages, panels
from tui.ui.widgets.runs.pages import Predicted
from tui.ui.widgets.runs.panels import PANELS, SMOOTHINGS, View

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


class EvaluationPage(Lines):
    """Evaluations, one of them chosen; the cursor is a cell of its matrix."""

    SCOPES = ("evaluations", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("evaluations")

    @dataclass
    class Wanted(Message):
        """The rows behind another cell are asked for."""

        file: str
        truth: str
        prediction: str

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.curves: Curves | None = None
        self.cell = (0, 0)
        self._chosen: int | None = None
        """The index of an evaluation; None follows the latest."""
        self._asked: tuple[str, str, str] | None = None
        self._behind: dict[tuple[str, str, str], list[Predicted] | None] = {}

    @property
    def chosen(self) -> int:
        """The evaluation that is shown."""
        count = len(self.curves.evaluations) if self.curves is not None else 0
        return count - 1 if self._chosen is None else min(self._chosen, count - 1)

    @property
    def behind(self) -> list[Predicted] | None:
        """The rows behind the cell, where they are there already."""
        return self._behind.get(self._asked) if self._asked else None

    def draw(self, curves: Curves) -> None:
        """Show what was measured so far."""
        self.curves = curves
        if not self.size.width:
            return
        self._ask()
        self.set_lines(
            pages.evaluation_lines(
                curves, self.chosen, self.cell, self.behind, max(20, self.size.width - 1), self.app.language
            )
        )

    def on_resize(self) -> None:
        if self.curves is not None:
            self.draw(self.curves)

    def _ask(self) -> None:
        """Ask for the rows behind the cell, once."""
        if self.curves is None or not self.curves.evaluations:
            return
        shown = self.curves.evaluations[self.chosen]
        size = len(shown.confusion)
        if not size:
            self._asked = None
            return
        self.cell = (min(self.cell[0], size - 1), min(self.cell[1], size - 1))
        labels = [shown.labels[at] if at < len(shown.labels) else str(at) for at in range(size)]
        asked = (shown.file, labels[self.cell[0]], labels[self.cell[1]])
        self._asked = asked
        if asked not in self._behind:
            self._behind[asked] = None
            self.post_message(self.Wanted(*asked))

    def take(self, asked: tuple[str, str, str], rows: list[Predicted] | None) -> None:
        """The rows behind a cell have come."""
        if len(self._behind) > 64:
            self._behind.clear()
        self._behind[asked] = rows
        if asked == self._asked and self.curves is not None:
            self.draw(self.curves)

    def action_cell(self, rows: int, columns: int) -> None:
        if self.curves is None or not self.curves.evaluations:
            return
        size = len(self.curves.evaluations[self.chosen].confusion)
        if not size:
            self.action_line(rows)
            return
        self.cell = (max(0, min(self.cell[0] + rows, size - 1)), max(0, min(self.cell[1] + columns, size - 1)))
        self.draw(self.curves)
        self.show(0 if self.cell[0] == 0 else MATRIX_AT + self.cell[0])

    def action_choose(self, by: int) -> None:
        if self.curves is not None and self.curves.evaluations:
            last = len(self.curves.evaluations) - 1
            at = max(0, min(self.chosen + by, last))
            self._chosen = None if at == last else at
            self.draw(self.curves)

    def on_click(self, event: events.Click) -> None:
        if self.curves is None or not self.curves.evaluations:
            return
        shown = self.curves.evaluations[self.chosen]
        size, row = len(shown.confusion), event.y + round(self.scroll_y) - MATRIX_AT
        if 0 <= row < size:
            labels = shown.labels or [""]
            column = (event.x - label_width(labels, self.app.language)) // cell_width(labels)
            self.cell = (row, max(0, min(column, size - 1)))
            self.draw(self.curves)


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
        wanted = self.words.casefold()
        return [at for at, line in enumerate(self.lines) if wanted and wanted in line_text(line).casefold()]

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
