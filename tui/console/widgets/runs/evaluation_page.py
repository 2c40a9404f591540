"""The evaluations of a run as a page: one chosen, a cell of its matrix, and another one that it is compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.matrix import cell_width, label_width
from tui.console.widgets.runs import evaluated
from tui.runs.curves import Curves
from tui.runs.predictions import Changes, Predicted

MATRIX_AT = 4
"""The line of the first row of a matrix."""


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

    @dataclass
    class Compared(Message):
        """What changed between two evaluations, by their places, is asked for."""

        before: int
        after: int

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.curves: Curves | None = None
        self.cell = (0, 0)
        self._chosen: int | None = None
        """The index of an evaluation; None follows the latest."""
        self._asked: tuple[str, str, str] | None = None
        self._behind: dict[tuple[str, str, str], list[Predicted] | None] = {}
        self._before: int | None = None
        """The step of the evaluation that others are compared with; None for the one before each."""
        self._changes: dict[tuple[int, int], Changes | None] = {}
        """By the steps of both."""
        self._measured: list[tuple[int, float]] = []
        """Step and time of every evaluation that what was fetched belongs to."""

    @property
    def chosen(self) -> int:
        """The evaluation that is shown."""
        count = len(self.curves.evaluations) if self.curves is not None else 0
        return count - 1 if self._chosen is None else min(self._chosen, count - 1)

    @property
    def behind(self) -> list[Predicted] | None:
        """The rows behind the cell, where they are there already."""
        return self._behind.get(self._asked) if self._asked else None

    @property
    def compared(self) -> tuple[int, int] | None:
        """The places of two evaluations, the second one the chosen; None where there is nothing to compare it with."""
        if self.curves is None or not self.curves.evaluations:
            return None
        steps = [one.step for one in self.curves.evaluations]
        before = steps.index(self._before) if self._before in steps else self.chosen - 1
        return (before, self.chosen) if before >= 0 and before != self.chosen else None

    @property
    def changes(self) -> Changes | None:
        """What changed, where it is here already."""
        pair = self._pair()
        return self._changes.get(pair) if pair else None

    def draw(self, curves: Curves) -> None:
        """Show what was measured so far."""
        self.curves = curves
        if not self.size.width:
            return
        self._forget_undone(curves)
        self._ask()
        self._ask_for_changes()
        view = evaluated.View(self.chosen, self.cell, self.behind, self._before, self.compared, self.changes)
        self.set_lines(evaluated.evaluation_lines(curves, view, max(20, self.size.width - 1), self.app.language))

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        no: dict[str, str | None] = {}
        if self._asked is None:
            no["evaluations.right"] = None
        if not self.behind:
            no["evaluations.rows"] = None
        if self.chosen <= 0:
            no["evaluations.earlier"] = None
        if self.changes is None or not self.changes.changed:
            no["evaluations.changes"] = None
        return no

    def on_resize(self) -> None:
        if self.curves is not None:
            self.draw(self.curves)

    def _forget_undone(self, curves: Curves) -> None:
        """A run that went back to a checkpoint measures the same steps again: what was fetched of them is void."""
        measured = [(one.step, one.seconds) for one in curves.evaluations]
        if measured[: len(self._measured)] != self._measured:
            self._behind.clear()
            self._changes.clear()
        self._measured = measured

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

    def _pair(self) -> tuple[int, int] | None:
        """The steps of the two that are compared."""
        if self.curves is None or (places := self.compared) is None:
            return None
        return self.curves.evaluations[places[0]].step, self.curves.evaluations[places[1]].step

    def _ask_for_changes(self) -> None:
        """Ask for what changed, once for each two."""
        pair, places = self._pair(), self.compared
        if pair and places and pair not in self._changes:
            self._changes[pair] = None
            self.post_message(self.Compared(*places))

    def take_changes(self, steps: tuple[int, int], found: Changes | None) -> None:
        """What changed between two steps has come."""
        if len(self._changes) > 64:
            self._changes.clear()
        self._changes[steps] = found
        if steps == self._pair() and self.curves is not None:
            self.draw(self.curves)

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

    def action_mark(self) -> None:
        """Compare the others with this one; again: each with the one before it."""
        if self.curves is not None and self.curves.evaluations:
            step = self.curves.evaluations[self.chosen].step
            self._before = None if self._before == step else step
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
