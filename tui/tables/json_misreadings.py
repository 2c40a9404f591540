"""What reading a JSON file may have changed: the file's own values against the rows that came of them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from tui.errors import ResultWarning, phrase, warning
from tui.tables.raw import Head
from tui.tables.values import plain_values

Place = dict[str, Any]
"""A phrase: the line or row that a sentence names."""
MOST_ROWS = 2_000

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
        yield warning("tables.keys-changed", place=keys[lost[0]], key=lost[0], columns=names[:5])
    table = part.with_format("arrow")[: min(len(rows), part.num_rows)]
    for name in names[:200]:
        column = table.column(name)
        pairs = [
            (place, row[name], stored)
            for (place, row), stored in zip(rows, plain_values(column), strict=False)
            if isinstance(row, dict) and row.get(name) is not None
        ]
        for one in _column(name, str(column.type), pairs, table.num_rows):
            yield head.qualified(one)


def _keys(head: Head, part: Any) -> Iterator[ResultWarning]:
    names, schema = part.column_names, part.features.arrow_schema
    for name in names:
        if _DATE_NAME.fullmatch(name) and f'"{name}"' not in head.text:
            key = next((key for key in (name[:4], name[:7], name[:10]) if f'"{key}"' in head.text), "a key")
            yield warning("tables.date-like-keys", name=name, key=key)
            return
    if part.num_rows == 1 and names and all(_DATE_KEY.fullmatch(name) for name in names):
        is_list = str(schema.types[0]).startswith(("list", "large_list"))
        key = "tables.date-like-lists" if is_list else "tables.date-like-objects"
        yield warning(key, code="date-like-keys", name=names[0])


def _rows(head: Head, field: str) -> list[tuple[Place, Any]]:
    """Rows with the place that a sentence names; none when the beginning alone cannot be parsed."""
    if head.text.lstrip().startswith("{") and not field:
        lines = list(islice(((n, line) for n, line in enumerate(head.text.split("\n"), 1) if line.strip()), MOST_ROWS))
        try:
            return [(phrase("tables.line-number", line=number), json.loads(line)) for number, line in lines]
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
    return [(phrase("tables.row-number", row=number), row) for number, row in enumerate(rows[:MOST_ROWS])]


def _column(name: str, kind: str, pairs: list[tuple[Place, Any, Any]], rows: int) -> Iterator[ResultWarning]:
    seen: set[str] = set()
    for place, written, stored in pairs:
        for one in _changes(name, kind, place, written, stored):
            if one.code not in seen:
                seen.add(one.code)
                yield one
    whole = [type(written) is int for _, written, _ in pairs]
    if kind in ("double", "float") and whole and all(whole) and len(pairs) < rows and "numbers-rounded" not in seen:
        yield warning("tables.integers-as-floats-json", code="integers-as-floats", name=name)


def _changes(name: str, kind: str, place: Place, written: Any, stored: Any) -> Iterator[ResultWarning]:
    """What a value of the file became, the values within it, too."""
    at: dict[str, Any] = {"name": name, "place": place, "stored": stored}
    if isinstance(written, dict) and isinstance(stored, dict):
        for key, value in written.items():
            yield from _changes(f"{name}.{key}", kind, place, value, stored.get(key))
    elif isinstance(written, list) and isinstance(stored, list):
        for value, became in zip(written, stored, strict=False):
            yield from _changes(name, kind, place, value, became)
    elif isinstance(written, float) and not math.isfinite(written):
        key = "tables.not-finite-json-missing" if stored is None else "tables.not-finite-json"
        yield warning(key, code="numbers-not-finite", value=_json_name(written), **at)
    elif isinstance(written, str) and _is_number(stored):
        yield warning("tables.texts-as-numbers", code="texts-converted", value=written[:40], **at)
    elif isinstance(written, str) and isinstance(stored, str) and written != stored and "timestamp" in kind:
        yield warning("tables.texts-as-times", code="texts-converted", value=written[:40], **at)
    elif _is_number(written) and isinstance(stored, str) and "timestamp" in kind:
        yield warning("tables.numbers-as-times", value=written, **at)
    elif _is_number(written) and _is_number(stored) and Decimal(written) != Decimal(stored):
        yield warning("tables.numbers-rounded-json", code="numbers-rounded", value=written, **at)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json_name(number: float) -> str:
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"
