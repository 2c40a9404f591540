"""`stream` on the bench: rows as they came, with their places in the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from textual.widget import Widget

from tui.console.typeset import plain_lines
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.instruments.stream.compute import StreamResult
from tui.tables.cells import Column
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, fill

WIDEST = 30


class StreamPane(Pane):
    """A stream and what is done on the fly."""

    TEXTS: ClassVar[tuple[str, ...]] = ("path", "steps")
    WAITING: ClassVar[tuple[str, ...]] = ("path",)
    SEVERAL: ClassVar[tuple[str, ...]] = ("steps",)
    DELAY: ClassVar[float] = 0.7

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="streamed")

    def values(self) -> dict[str, Any]:
        values = super().values()
        if not values.get("steps"):
            values.pop("steps", None)
        return values

    def draw(self, result: StreamResult) -> None:
        width = max(30, self.size.width - 2)
        self.query_one("#streamed", Lines).set_lines(stream_lines(result, width, self.app.language))

    def on_resize(self) -> None:
        if self.result is not None:
            self.draw(self.result)


def stream_lines(result: StreamResult, width: int, language: str) -> list[Line]:
    """The figures, the rows, and what a break did."""
    read = "?" if result.bytes_read is None else f"{result.bytes_read / 1e3:,.0f} kB"
    said = translate(
        language,
        "instruments.stream.summary",
        first=_seconds(result.first_row),
        whole=_seconds(result.all_rows),
        bytes=read,
        shards=result.shards,
    )
    lines: list[Line] = [*plain_lines(said, width, "dim"), ()]
    place = Column(translate(language, "instruments.stream.place"), "int64", "number")
    rows = [[f"{at:,}", *row] for at, row in zip(result.places, result.rows, strict=True)]
    lines += grid([place, *result.columns], rows, width)
    if result.resumed_alike is not None:
        lines.append(())
        lines += (
            plain_lines(translate(language, "instruments.stream.resumed_alike"), width, "good")
            if result.resumed_alike
            else []
        )
        lines += plain_lines(translate(language, "instruments.stream.state", state=str(result.state)), width, "dim")
    return lines


def grid(columns: Sequence[Column], rows: Sequence[Sequence[str | None]], width: int) -> list[Line]:
    """A small table of texts, as many columns as fit."""
    sizes = []
    for place, column in enumerate(columns):
        widest = max([cells(visible(row[place] or "")) for row in rows], default=0)
        sizes.append(min(WIDEST, max(cells(visible(column.name)), widest)))
    shown, room = 0, width
    for size in sizes:
        if shown and room < min(size, 8):
            break
        shown, room = shown + 1, room - size - 2

    def line(values: Sequence[str | None], look: str) -> Line:
        pieces: list[tuple[str, str]] = []
        left = width
        for column, size, value in zip(columns[:shown], sizes, values, strict=False):
            side = "right" if column.kind == "number" else "left"
            pieces.append((fill(visible("" if value is None else value), min(size, left), side), look))
            pieces.append(("  ", "text"))
            left = max(0, left - size - 2)
        return tuple(pieces)

    return [line([column.name for column in columns], "dim"), *(line(row, "text") for row in rows)]


def _seconds(value: float) -> str:
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.1f} s"
