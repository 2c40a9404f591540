"""What reading a JSON file may have changed: the file's own values against the rows that came of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from tui.errors import ResultWarning
from tui.tables.raw import Head
from tui.tables.values import plain_values

MOST_ROWS = 2_000
BY_KEY = "try format=pandas with the option orient=index"
_DATE_NAME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_DATE_KEY = re.compile(r"\d{4}([-/]\d\d?){0,2}")


def check(head: Head, field: str, part: Any) -> Iterator[ResultWarning]:
    """What is suspicious in the first file of a split; `part` is the table of it."""
    names = part.column_names
    dates = list(_keys(head, part))
    yield from dates
    rows = _rows(head, field)
    keys = {key: place for place, row in reversed(rows) if isinstance(row, dict) for key in row}
    lost = [key for key in keys if key not in names]
    if lost and not dates:
        yield ResultWarning(
            "keys-changed",
            f"{keys[lost[0]]}: the key {lost[0]} is not a column of the table, which has {', '.join(names[:5])}.",
        )
    table = part.with_format("arrow")[: min(len(rows), part.num_rows)]
    for name in names[:200]:
        column = table.column(name)
        pairs = [
            (place, row[name], stored)
            for (place, row), stored in zip(rows, plain_values(column), strict=False)
            if isinstance(row, dict) and row.get(name) is not None
        ]
        for warning in _column(name, str(column.type), pairs, table.num_rows):
            yield ResultWarning(warning.code, warning.message + head.extent)


def _keys(head: Head, part: Any) -> Iterator[ResultWarning]:
    names, schema = part.column_names, part.features.arrow_schema
    for name in names:
        if _DATE_NAME.fullmatch(name) and f'"{name}"' not in head.text:
            key = next((key for key in (name[:4], name[:7], name[:10]) if f'"{key}"' in head.text), "a key")
            yield ResultWarning(
                "date-like-keys",
                f"The column {name} is called {key} in the file: a key that looks like a date was taken for one. "
                f"Rename it: rename_column({name!r}, {key!r})",
            )
            return
    if part.num_rows == 1 and names and all(_DATE_KEY.fullmatch(name) for name in names):
        is_list = str(schema.types[0]).startswith(("list", "large_list"))
        advice = f"The rows under one of them: field={names[0]}" if is_list else f"A row for each key: {BY_KEY}."
        yield ResultWarning(
            "date-like-keys",
            f"One row alone, and its columns are called like dates ({names[0]}), so these may belong to the data. "
            + advice,
        )


def _rows(head: Head, field: str) -> list[tuple[str, Any]]:
    """Rows with the place that a sentence names; none when the beginning alone cannot be parsed."""
    if head.text.lstrip().startswith("{") and not field:
        lines = list(islice(((n, line) for n, line in enumerate(head.text.split("\n"), 1) if line.strip()), MOST_ROWS))
        try:
            return [(f"line {number}", json.loads(line)) for number, line in lines]
        except (ValueError, RecursionError):
            pass  # one object over several lines
    if not head.complete:
        return []
    try:
        plain = json.loads(head.text)
    except (ValueError, RecursionError):
        return []
    if field:
        plain = plain.get(field) if isinstance(plain, dict) else None
    rows = plain if isinstance(plain, list) else [plain]
    return [(f"row {number}", row) for number, row in enumerate(rows[:MOST_ROWS])]


def _column(name: str, kind: str, pairs: list[tuple[str, Any, Any]], rows: int) -> Iterator[ResultWarning]:
    seen: set[str] = set()
    for place, written, stored in pairs:
        for code, message in _changes(name, kind, place, written, stored):
            if code not in seen:
                seen.add(code)
                yield ResultWarning(code, message)
    whole = [type(written) is int for _, written, _ in pairs]
    if kind in ("double", "float") and whole and all(whole) and len(pairs) < rows and "numbers-rounded" not in seen:
        yield ResultWarning(
            "integers-as-floats",
            f"{name}: whole numbers became floats, because some rows have none. "
            f"To have whole numbers again: cast_column({name!r}, Value('int64'))",
        )


def _changes(name: str, kind: str, place: str, written: Any, stored: Any) -> Iterator[tuple[str, str]]:
    """What a value of the file became, the values within it, too."""
    at = f"{name}, {place}: "
    if isinstance(written, dict) and isinstance(stored, dict):
        for key, value in written.items():
            yield from _changes(f"{name}.{key}", kind, place, value, stored.get(key))
    elif isinstance(written, list) and isinstance(stored, list):
        for value, became in zip(written, stored, strict=False):
            yield from _changes(name, kind, place, value, became)
    elif isinstance(written, float) and not math.isfinite(written):
        became = "is missing in the table" if stored is None else f"became {stored}"
        yield (
            "numbers-not-finite",
            f"{at}{_said(written)} is not strict JSON, and {became}. Means and sums suffer from it.",
        )
    elif isinstance(written, str) and _is_number(stored):
        yield "texts-converted", f"{at}the text {written[:40]} became the number {stored}."
    elif isinstance(written, str) and isinstance(stored, str) and written != stored and "timestamp" in kind:
        yield "texts-converted", f"{at}the text {written[:40]} became the time {stored}, in UTC and without its zone."
    elif _is_number(written) and isinstance(stored, str) and "timestamp" in kind:
        yield "numbers-as-times", f"{at}the number {written} became the time {stored}."
    elif _is_number(written) and _is_number(stored) and Decimal(written) != Decimal(stored):
        yield "numbers-rounded", f"{at}{written} became {stored}. If all digits count, write it as a text in the file."


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _said(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
