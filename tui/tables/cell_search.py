"""Finding a text or a pattern in the cells of a table of any length; hits are told as they come."""

from __future__ import annotations

import re
from dataclasses import dataclass
from time import monotonic
from typing import Any

from tui.errors import UsageError
from tui.partial_results import report
from tui.tables.cells import SHOWN, Column
from tui.tables.table_store import DESK, Come
from tui.tables.values import decoded, exact, json_text, plain_values

AT_A_TIME = 20_000
"""Rows looked through between two looks at the clock; a stop is heard after so many."""
FIRST = 2_000
"""The first few rows are looked through alone, so that the first hits are there at once."""
MOST = 10_000
"""Hits that are kept; the rest is counted."""
TELL_EVERY = 0.1
_THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?")
"""A number as a cell shows it, with its thousands set apart."""


@dataclass(frozen=True, slots=True)
class Found:
    """Rows in which something was found, in the order of the search."""

    rows: list[int]
    columns: list[str]
    """Of each hit, the first column that has it."""
    count: int
    """Hits in all; more than are listed when there are very many."""
    searched: int
    total: int


def find(handle: str, split: str, pattern: str, *, regex: bool = False, names: list[str] | None = None,
         start: int = 0) -> Found:  # fmt: skip
    """Search some columns (or all) from row `start` on and around. Capitals count only when the pattern has one.

    Raises `UsageError` for a pattern that is none.
    """
    import pyarrow
    import pyarrow.compute as compute

    if not pattern:
        raise UsageError("tables.find-nothing")
    held = DESK.find(handle)
    view = DESK.view(handle, split)
    columns = [column for column in held.table.columns if not names or column.name in names]
    lower = pattern == pattern.lower() != pattern.upper()  # no need to fold where nothing has a capital
    match = compute.match_substring_regex if regex else compute.match_substring
    try:
        match(pyarrow.array(["x"]), pattern, ignore_case=lower)
    except pyarrow.ArrowInvalid as error:
        raise UsageError("tables.not-a-pattern", reason=str(error).splitlines()[0]) from error
    total = view.num_rows
    hits: list[int] = []
    where: list[str] = []
    count = searched = 0
    told = monotonic()
    for first, last in _spans(total, min(max(start, 0), total)):
        part = _rows(view, first, last, [column.name for column in columns])
        masks = [_mask(part.column(column.name), column, match, pattern, lower) for column in columns]
        for row in _any(masks):
            count += 1
            if len(hits) < MOST:
                hits.append(first + row)
                where.append(next(c.name for c, mask in zip(columns, masks, strict=True) if mask[row].as_py()))
        searched += last - first
        if monotonic() - told >= TELL_EVERY or (hits and told and searched <= FIRST):
            told = monotonic()
            report({"rows": hits[:50], "columns": where[:50], "count": count, "searched": searched, "total": total})
    return Found(hits, where, count, searched, total)


def _spans(total: int, start: int) -> list[tuple[int, int]]:
    """Rows in portions: from `start` to the end, then from the beginning to `start`."""
    made = []
    for begin, end in ((start, total), (0, start)):
        first, size = begin, FIRST
        while first < end:
            made.append((first, min(first + size, end)))
            first += size
            size = AT_A_TIME
    return made


def _rows(view: Any, first: int, last: int, names: list[str]) -> Any:
    if isinstance(view, Come):
        return view.rows.slice(first, last - first).select(names)
    return view.select_columns(names)[first:last] if len(names) < len(view.column_names) else view[first:last]


def _mask(values: Any, column: Column, match: Any, pattern: str, lower: bool) -> Any:
    """True where a cell has it, its whole stored value; a chunked array of booleans."""
    import pyarrow
    import pyarrow.compute as compute

    if str(values.type) == "null":
        return pyarrow.chunked_array([pyarrow.array([False] * len(values))])
    if column.kind == "label":
        fits = [_in(label, pattern, match, lower) for label in column.labels]
        return compute.is_in(values, value_set=pyarrow.array([i for i, fit in enumerate(fits) if fit], values.type))
    if column.kind == "nested":
        values = _texts(values)
    elif column.kind == "number" and _THOUSANDS.fullmatch(pattern):
        values, pattern = exact(values), pattern.replace(",", "")
    elif column.kind != "bytes":
        values = exact(values)
    try:
        return compute.fill_null(match(values, pattern, ignore_case=lower), False)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError):  # bytes that are not UTF-8
        is_regex = match is compute.match_substring_regex
        search = re.compile(pattern if is_regex else re.escape(pattern), re.I * lower)
        plain = [search.search(decoded(value)) is not None if value.is_valid else False for value in values]
        return pyarrow.chunked_array([pyarrow.array(plain)])


def _texts(values: Any) -> Any:
    """Nested values as the JSON that a cell shows, all of it but the bytes of pictures and sounds."""
    import pyarrow

    texts = [None if plain is None else json_text(plain) for plain in plain_values(values, most_bytes=SHOWN)]
    return pyarrow.array(texts, pyarrow.large_string())


def _in(label: str, pattern: str, match: Any, lower: bool) -> bool:
    import pyarrow

    return bool(match(pyarrow.array([label]), pattern, ignore_case=lower)[0].as_py())


def _any(masks: list[Any]) -> list[int]:
    """Numbers of the rows in which one of the masks is true."""
    import functools

    import pyarrow.compute as compute

    if not masks:
        return []
    joined = functools.reduce(compute.or_, masks)
    return [int(n) for n in compute.indices_nonzero(joined).to_pylist()]
