"""`metrics` on the bench: a confusion matrix to edit cell by cell, and the scores that it makes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from tui.console.typeset import plain_lines
from tui.console.widgets.lines import Lines
from tui.console.widgets.matrix import label_width
from tui.console.widgets.option_bar import Options
from tui.console.widgets.pane import Pane
from tui.console.widgets.warnings import warning_text
from tui.errors import UsageError
from tui.instruments.metrics.compute import MATRIX, MetricsResult
from tui.instruments.metrics.grid import MatrixGrid
from tui.recipes import confusion
from tui.recipes.intervals import RESAMPLES, Interval
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, fill

COLUMNS = {"precision": 10, "recall": 9, "f1": 8, "rows": 7, "predicted": 10}
"""Of the table of scores, with their cells."""


class MetricsPane(Pane):
    """A matrix and its scores."""

    TEXTS: ClassVar[tuple[str, ...]] = ()
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

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="scores")

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

    def warning_texts(self, result: MetricsResult) -> list[str]:
        """Scores that are undefined are told with the names of their classes."""
        gaps = [
            translate(self.app.language, f"instruments.metrics.undefined.{one.score}", label=one.label)
            for one in result.undefined
        ]
        others = [one for one in result.warnings if not one.code.startswith("undefined-")]
        return [*(warning_text(one, self.app.language) for one in others), *gaps]

    def draw(self, result: MetricsResult) -> None:
        newer = not self.query_one(Options).values["data"] and len(self.grid.matrix) == len(result.matrix)
        self.grid.put(result.labels, self.grid.matrix if newer else result.matrix)  # digits may have come since
        lines = score_lines(result, max(30, self.size.width - 3), self.app.language)
        self.query_one("#scores", Lines).set_lines(lines)

    def on_resize(self) -> None:
        if self.result is not None:
            self.draw(self.result)


def score_lines(result: MetricsResult, width: int, language: str) -> list[Line]:
    """The scores with their intervals, each class, the averages, and what is to be said of them."""
    left = label_width(result.labels, language)
    f1_name = (
        translate(language, "instruments.metrics.f1_of", label=result.f1_of)
        if result.f1_of
        else translate(language, "instruments.metrics.macro_f1")
    )
    chief = [(translate(language, "instruments.metrics.accuracy"), result.accuracy, result.accuracy_interval),
             (f1_name, result.f1, result.f1_interval)]  # fmt: skip
    names = min(20, max(cells(visible(name)) for name, _, _ in chief)) + 2
    lines = [_chief(name, score, interval, names, width) for name, score, interval in chief]
    if result.accuracy_interval is not None:
        said = translate(
            language,
            "instruments.metrics.interval",
            share=f"{100 * result.confidence:g} %",
            n=f"{RESAMPLES:,}",
            rows=f"{result.rows:,}",
        )
        lines += plain_lines(said, width, "dim")
    majority = translate(
        language,
        "instruments.metrics.majority",
        label=result.majority,
        accuracy=f"{result.majority_accuracy:.3f}",
        f1=f1_name,
        score=f"{result.majority_f1:.3f}",
    )
    lines += plain_lines(majority, width, "dim")
    heads = "".join(
        fill(translate(language, f"instruments.metrics.column.{name}"), width, "right")
        for name, width in COLUMNS.items()
    )
    lines += [(), ((" " * left + heads, "dim"),)]
    for one in result.classes:
        scores = _scores(one.precision, one.recall, one.f1)
        numbers = f"{one.rows:>{COLUMNS['rows']},}{one.predicted:>{COLUMNS['predicted']},}"
        lines.append(((fill(visible(one.label), left - 2) + "  ", "heading"), (scores, "text"), (numbers, "dim")))
    for average in result.averages:
        scores = _scores(average.precision, average.recall, average.f1)
        lines.append(((fill(translate(language, f"console.average.{average.name}"), left), "dim"), (scores, "text")))
    return lines


def _scores(precision: float, recall: float, f1: float) -> str:
    named = {"precision": precision, "recall": recall, "f1": f1}
    return "".join(f"{score:>{COLUMNS[name]}.3f}" for name, score in named.items())


def _chief(name: str, score: float, interval: Interval | None, names: int, width: int) -> Line:
    """A score, its interval in numbers, and both on a line from 0 to 1."""
    head: Line = ((fill(visible(name), names), "text"), (f"{score:.3f}  ", "strong"))
    if interval is None:
        return head
    room = max(0, width - names - 7 - 18)
    signs = ["·"] * room
    for place in range(round(interval.low * (room - 1)), round(interval.high * (room - 1)) + 1):
        signs[place : place + 1] = "━"
    signs[round(score * (room - 1)) : round(score * (room - 1)) + 1] = "┃"
    return (*head, (f"[{interval.low:.3f}, {interval.high:.3f}]  ", "dim"), ("".join(signs[:room]), "accent"))
