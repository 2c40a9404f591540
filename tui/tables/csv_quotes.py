"""Quotation marks of a CSV file that changed its texts or swallowed rows, and lines that are missing in the table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.errors import ResultWarning, phrase, warning
from tui.tables.raw import Head, count_lines

MULTILINE_ROWS = 100_000
"""Rows whose texts are searched for line breaks."""

_INTEGER = re.compile(r"[+-]?\d+")


def check(
    files: list[str], head: Head, delimiter: str, headings: int, comment: str, part: Any
) -> Iterator[ResultWarning]:
    """What quotation marks did in these files of one split; `part` is the table of it, None for a stream."""
    found = [] if part is None else list(_lines_and_rows(files, delimiter, headings, comment, part))
    yield from found
    if '"' in head.text and not found:
        yield from _stray_quotes(head, delimiter)


def _stray_quotes(head: Head, delimiter: str) -> Iterator[ResultWarning]:
    reader = csv.reader(io.StringIO(head.text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        if "expected after" in str(error):
            yield warning("tables.stray-quotes", line=reader.line_num)


def _lines_and_rows(
    files: list[str], delimiter: str, headings: int, comment: str, part: Any
) -> Iterator[ResultWarning]:
    """Lines that are not rows: within quotations, where they look like rows that were swallowed; empty ones."""
    breaks, swallowed, where = _line_breaks(part, delimiter)
    if swallowed:
        row, column, is_in_others = where
        others = phrase("tables.and-in-other-rows") if is_in_others else ""
        yield warning("tables.quotes-swallow-rows", row=row, column=column, lines=swallowed, others=others)
        return
    lines = count_lines(files)
    if lines is None or part.num_rows > MULTILINE_ROWS:
        return
    missing = lines - headings * len(files) - part.num_rows - breaks
    if missing:
        empty = _lines_left_out(files, comment) if missing > 0 else 0
        if missing != empty:
            rows = part.num_rows
            yield warning("tables.lines-and-rows-differ", lines=lines, rows=rows, empty=empty, breaks=breaks)


def _line_breaks(part: Any, delimiter: str) -> tuple[int, int, tuple[int, str, bool]]:
    """Line breaks within texts, how many of them begin what looks like a row, and where the first is."""
    import pyarrow
    import pyarrow.compute as compute

    breaks = swallowed = 0
    where: tuple[int, str, bool] = (0, "", False)
    if getattr(part, "_indices", None) is not None:
        return 0, 0, where
    table = part.data.slice(0, MULTILINE_ROWS)
    numbers = [place for place, kind in enumerate(part.features.arrow_schema.types) if pyarrow.types.is_integer(kind)]
    width = len(part.column_names)
    for name, kind in zip(part.column_names, part.features.arrow_schema.types, strict=True):
        if not (pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind)):
            continue
        column = table.column(name)
        counted = compute.fill_null(compute.count_substring(column, "\n"), 0)
        breaks += compute.sum(counted).as_py() or 0
        for row in compute.indices_nonzero(compute.greater(counted, 0)).to_pylist()[:1_000]:
            found = _rows_within(column[row].as_py(), delimiter, width, numbers)
            if found and swallowed:
                where = (*where[:2], True)
            elif found:
                where = (row, name, False)
            swallowed += found
    return breaks, swallowed, where


def _rows_within(text: str, delimiter: str, width: int, numbers: list[int]) -> int:
    """How many lines of a text look like rows of this table."""
    if width < 2:
        return 0
    pieces = text.split("\n")[1:]
    alike = [piece for piece in pieces if piece.count(delimiter) == width - 1]
    if numbers:
        split = [piece.split(delimiter) for piece in alike]
        return sum(all(_INTEGER.fullmatch(fields[place].strip()) for place in numbers) for fields in split)
    return len(alike) if delimiter == "\t" or (len(alike) > 1 and len(alike) >= len(pieces) - 1) else 0


def _lines_left_out(files: list[str], comment: str) -> int:
    """Empty lines and comments."""
    mark = comment.encode() or b"\n"
    lines = (line.strip() for file in files for line in Path(file).read_bytes().split(b"\n")[:-1])
    return sum(not line or line.startswith(mark) for line in lines)
