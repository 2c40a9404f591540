"""`metrics` on the bench: a confusion matrix to edit cell by cell, and the scores that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from tui.console.widgets.lines import Lines
from tui.console.widgets.option_bar import Options
from tui.console.widgets.pane import Pane
from tui.errors import UsageError
from tui.instruments.metrics.compute import MATRIX, MetricsResult
from tui.instruments.metrics.grid import MatrixGrid
from tui.instruments.metrics.lines import score_lines
from tui.recipes import confusion
from tui.text.catalog import translate


class MetricsPane(Pane):
    """A matrix and its scores."""

    BESIDE: ClassVar[int] = 4
    TEXTS: ClassVar[tuple[str, ...]] = ()
    ANSWER: ClassVar[str] = "scores"
    LEFT_OUT: ClassVar[tuple[str, ...]] = ("matrix",)

    DEFAULT_CSS = """
    MetricsPane #scores { padding: 0 1; }
    """

    def __init__(self, instrument: Any) -> None:
        super().__init__(instrument)
        self._matrix = ""
        """As text; empty: the Spec's own."""

    def compose(self) -> Iterator[Widget]:  # the matrix stays in sight when it makes no scores
        for widget in super().compose():
            yield widget
            if isinstance(widget, Options):
                yield MatrixGrid(id="matrix")

    @property
    def grid(self) -> MatrixGrid:
        return self.query_one(MatrixGrid)

    @property
    def first_field(self) -> Widget:
        return self.grid

    def translate(self) -> None:
        super().translate()
        self.grid.translate()

    def put_extra(self, values: Mapping[str, Any]) -> None:
        self._matrix = str(values.get("matrix") or "")
        try:
            found = confusion.from_text(self._matrix or MATRIX, str(values.get("labels") or ""))
        except UsageError:
            return  # said by ask(), whose engine reads the same text
        self.grid.put(found.labels, found.matrix)

    def extra_values(self) -> dict[str, Any]:
        return {"matrix": self._matrix} if self._matrix else {}

    def values(self) -> dict[str, Any]:
        """What is set, without what has no meaning for this matrix."""
        return {name: value for name, value in super().values().items() if name == "matrix" or name in self._used()}

    def _used(self) -> tuple[str, ...]:
        binary = ("positive",) if len(self.grid.matrix) <= 2 else ()
        of_data = ("split", "references", "predictions") if self.query_one(Options).values["data"] else ()
        return ("labels", *binary, "confidence", "data", *of_data)

    def ask(self) -> None:
        self.query_one(Options).show_only(self._used())
        super().ask()

    @on(MatrixGrid.Changed)
    def _take_matrix(self, event: MatrixGrid.Changed) -> None:
        event.stop()
        self._put_matrix(self.grid.labels, self.grid.matrix)
        if event.typed:
            self._ask_soon()
        else:
            self.ask()

    @on(MatrixGrid.Resized)
    def _resize_matrix(self, event: MatrixGrid.Resized) -> None:
        event.stop()
        size, labels = len(self.grid.matrix), self.grid.labels
        if size == (confusion.MOST_CLASSES if event.without is None else confusion.LEAST_CLASSES):
            least, most = confusion.LEAST_CLASSES, confusion.MOST_CLASSES
            self.app.notify(translate(self.app.language, "instruments.metrics.few_classes", least=least, most=most))
        elif event.without is None:
            matrix = [*([*row, 0] for row in self.grid.matrix), [0] * (size + 1)]
            self._put_matrix([*labels, str(size)], matrix)
        elif size:
            kept = [place for place in range(size) if place != event.without]
            matrix = [[self.grid.matrix[row][column] for column in kept] for row in kept]
            self._put_matrix([labels[place] for place in kept], matrix)
        self.ask()

    def _put_matrix(self, labels: list[str], matrix: list[list[int]]) -> None:
        """From now on this matrix is asked for, whatever it came from."""
        own = [str(number) for number in range(len(labels))]
        named = len(set(labels)) == len(labels) and not any("," in label for label in labels)
        options = self.query_one(Options)
        options.put({**options.values, "data": "", "labels": ", ".join(labels) if named and labels != own else ""})
        self._matrix = confusion.written(matrix)
        self.grid.put(labels if named else own, matrix)

    def draw(self, result: MetricsResult) -> None:
        newer = not self.query_one(Options).values["data"] and len(self.grid.matrix) == len(result.matrix)
        self.grid.put(result.labels, self.grid.matrix if newer else result.matrix)  # digits may have come since
        lines = score_lines(result, self.text_width, self.app.language)
        self.query_one("#scores", Lines).set_lines(lines)
