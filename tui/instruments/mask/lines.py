"""What `mask` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.mask.compute import ALONE, YOUR_MASK, MaskResult, Reading
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

WIDEST_CELL = 10
HEAD = 6
"""Cells before the first column of the grid."""
LINES = 4
"""Lines of the grid for each text, with the empty one between two."""


def mask_lines(result: MaskResult, width: int, language: str) -> list[Line]:
    """The batch as a picture, then what the model reads."""
    return [*grid_lines(result, None, language), (), *reading_lines(result, width, language)]


def column_widths(result: MaskResult) -> list[int]:
    """Cells of each column: its widest token, and a space."""
    return [
        min(WIDEST_CELL, max(5, *(cells(visible(row[c])) for row in result.tokens))) + 1
        for c in range(len(result.tokens[0]))
    ]


def grid_lines(result: MaskResult, cursor: tuple[int, int] | None, language: str) -> list[Line]:
    """For every text its tokens, their ids, and its mask; a cell that was turned over is marked."""
    widths = column_widths(result)
    ids_title, mask_title = (
        fill(translate(language, f"instruments.mask.row.{name}"), HEAD - 1, "right") + " " for name in ("ids", "mask")
    )
    lines: list[Line] = []
    for row, (tokens, mask, given) in enumerate(
        zip(result.tokens, result.your_mask, result.attention_mask, strict=True)
    ):
        if row:
            lines.append(())
        top: list[tuple[str, str]] = [(f"{row + 1:>3}   ", "dim")]
        ids: list[tuple[str, str]] = [(ids_title, "dim")]
        below: list[tuple[str, str]] = [(mask_title, "dim")]
        for column, (token, cell) in enumerate(zip(tokens, mask, strict=True)):
            width, padding = widths[column], result.input_ids[row][column] == result.pad_id
            look = "dim" if padding else "text" if cell else "struck.dim"
            top.append((fill("·" if padding else visible(token), width - 1, "center") + " ", look))
            ids.append((fill(str(result.input_ids[row][column]), width - 1, "center") + " ", "dim"))
            flipped = cell != given[column]
            state = "warn.strong" if flipped else "text" if cell else "dim"
            if cursor == (row, column):
                state = "cursor"
            below.append((fill(str(cell), width - 1, "center"), state))
            below.append((" ", "text"))
        lines += [tuple(top), tuple(ids), tuple(below)]
    return lines


def reading_lines(result: MaskResult, width: int, language: str) -> list[Line]:
    """For every text how the model read it each way, and how far that is from the text alone."""
    left = max(cells(translate(language, f"instruments.mask.way.{_key(r.way)}")) for r in result.readings) + 6
    labels = "".join(f"{visible(label):>10}" for label in result.labels)
    difference = translate(language, "instruments.mask.difference")
    lines: list[Line] = [((" " * left + fill(difference, 12, "right") + labels, "dim"),)]
    for row, text in enumerate(result.texts):
        lines.append(((shorten(f" {row + 1}  {visible(text)}", width), "strong"),))
        lines += [_reading_line(reading, left, language) for reading in result.readings if reading.row == row]
    lines.append(())
    lines += [
        ((" ", "text"), *line)
        for line in plain_lines(translate(language, "instruments.mask.difference_is"), width - 2, "dim")
    ]
    return lines


def _reading_line(reading: Reading, way_width: int, language: str) -> Line:
    way = fill("    " + translate(language, f"instruments.mask.way.{_key(reading.way)}"), way_width)
    if reading.hidden_difference is None:
        return ((way, "text"), ("   " + translate(language, "instruments.mask.nothing_left"), "warn"))
    moved = reading.way != ALONE and reading.hidden_difference >= 0.001
    difference = "0" if reading.way == ALONE else f"{reading.hidden_difference:.4f}"
    numbers = [value if value is not None else float("-inf") for value in reading.logits]
    logits = [(f"{value:10.4f}", "strong" if value == max(numbers) else "dim") for value in numbers]
    look = "warn" if moved else "text" if reading.way == ALONE else "good"
    return (
        (way, "strong" if reading.way == YOUR_MASK else "text"),
        (f"{difference:>12}", look),
        *logits,
    )


def _key(way: str) -> str:
    return way.replace(",", "").replace(" ", "_")
