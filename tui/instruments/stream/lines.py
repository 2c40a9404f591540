"""What `stream` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.stream.compute import StreamResult
from tui.text.catalog import translate
from tui.text.grid import grid
from tui.text.lines import Line, plain_lines
from tui.text.sizes import size_text


def stream_lines(result: StreamResult, width: int, language: str) -> list[Line]:
    """The figures, the rows, and what a break did."""
    read = "?" if result.bytes_read is None else size_text(result.bytes_read)
    said = translate(
        language,
        "instruments.stream.summary",
        first=_seconds(result.first_row),
        whole=_seconds(result.all_rows),
        bytes=read,
        shards=result.shards,
    )
    lines: list[Line] = [*plain_lines(said, width, "dim"), ()]
    columns = [(translate(language, "instruments.stream.place"), True)]
    columns += [(column.name, column.kind == "number") for column in result.columns]
    rows = [[f"{at:,}", *row] for at, row in zip(result.places, result.rows, strict=True)]
    lines += grid(columns, rows, width)
    if result.resumed_alike is not None:
        lines.append(())
        lines += (
            plain_lines(translate(language, "instruments.stream.resumed_alike"), width, "good")
            if result.resumed_alike
            else []
        )
        lines += plain_lines(translate(language, "instruments.stream.state", state=str(result.state)), width, "dim")
    return lines


def _seconds(value: float) -> str:
    return f"{1000 * value:.0f} ms" if value < 1 else f"{value:.1f} s"
