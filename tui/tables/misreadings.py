"""What may have been misread: in the files behind a table, and in the table itself. Each check is cheap and bounded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.errors import ResultWarning, phrase, warning
from tui.tables import csv_misreadings, json_misreadings, raw
from tui.tables.raw import Head
from tui.tables.source import Call
from tui.tables.values import exact_texts

HEAD_ROWS = 200
"""Rows at the beginning of a table that are looked at."""
MOST_EACH = 3
"""Warnings of one kind that are given; the others are counted."""


def in_files(how: Call, parts: dict[str, Any], *, stream: bool) -> list[ResultWarning]:
    """What reading the files may have changed; `parts` are the splits that came of them.

    Of several files of a split, the first one is looked into.
    """
    warnings: list[ResultWarning] = []
    for split, files in raw.local_files(how).items():
        head = raw.read_head(files[0], str(how.options.get("encoding") or "")) if files and split in parts else None
        if head is not None:
            found = _few(list(_in_file(how, files, head, None if stream else parts[split])))
            where = split if len(parts) > 1 else ""
            warnings += _named(f"{where} {Path(files[0]).name}".strip() if len(files) > 1 else where, found)
    return warnings


def in_table(parts: dict[str, Any]) -> list[ResultWarning]:
    """What looks wrong in a table: one column only, nothing in a column, mixed types, row numbers."""
    several = len(parts) > 1
    return [w for name, part in parts.items() for w in _named(name if several else "", _few(list(_in_part(part))))]


def _in_file(how: Call, files: list[str], head: Head, part: Any) -> Iterator[ResultWarning]:
    kind = how.arguments[0] if how.function == "load_dataset" else how.function
    if kind in ("csv", "read_csv", "read_table"):
        options = {"sep": "\t", **how.options} if kind == "read_table" else how.options
        yield from csv_misreadings.check(files, head, options, part)
    elif kind == "json" and part is not None:
        yield from json_misreadings.check(head, str(how.options.get("field") or ""), part)
    elif kind == "text":
        yield from _table_in_text(head)


def _table_in_text(head: Head) -> Iterator[ResultWarning]:
    lines = [line for line in head.text.splitlines() if line.strip()][:1_000]
    for sign, called in (("\t", "\\t"), ("|", "|"), (";", ";")):
        counts = [line.count(sign) for line in lines]
        if len(lines) > 1 and counts[0] and sum(count == counts[0] for count in counts) >= 0.9 * len(lines):
            shown: Any = phrase("tables.tabs") if sign == "\t" else sign
            yield warning("tables.table-in-text", count=counts[0], sign=shown, delimiter=called)
            return


def _in_part(part: Any) -> Iterator[ResultWarning]:
    names, features = part.column_names, part.features  # features are read anew each time they are asked for
    head = part.with_format("arrow")[: min(HEAD_ROWS, part.num_rows)]
    if part.num_rows == 0:
        yield warning("tables.no-rows")
        return
    if len(names) == 1 and str(head.schema.types[0]) in ("string", "large_string") and names[0] != "text":
        lines = [names[0], *(text or "" for text in exact_texts(head.column(0).slice(0, 20)))]
        for sign, called in (("\t", "\\t"), (";", ";"), ("|", "|"), (",", ",")):
            if sum(sign in line for line in lines) > len(lines) * 0.8:
                yield warning("tables.one-column", delimiter=called)
                break
    if part.num_rows == 1:
        yield from _rows_in_a_row(head)
    for name in names:
        feature = features[name]
        if type(feature).__name__ == "Json":
            yield warning("tables.mixed-types", name=name)
        elif str(getattr(feature, "dtype", "")) == "null":
            yield warning("tables.empty-column", name=name)
        if re.fullmatch(r"Unnamed: \d+", name):
            is_numbers = str(getattr(feature, "dtype", "")).startswith("int")
            yield warning("tables.row-numbers" if is_numbers else "tables.unnamed-column", name=name)
    yield from _missing(part, names, features)


def _rows_in_a_row(head: Any) -> Iterator[ResultWarning]:
    """Rows under a key, and an object of objects."""
    kinds = [str(column.type) for column in head.columns]
    for name, kind, column in zip(head.column_names, kinds, head.columns, strict=True):
        if kind.startswith(("list<item: struct", "large_list<item: struct")) and column[0].is_valid:
            yield warning("tables.rows-under-a-key", name=name, rows=len(column[0]))
    if len(kinds) > 1 and len(set(kinds)) == 1 and kinds[0].startswith("struct"):
        yield warning("tables.rows-under-keys", columns=len(kinds))


def _missing(part: Any, names: list[str], features: Any) -> Iterator[ResultWarning]:
    """Columns with missing values. Counts are kept in Arrow's files; with an index over them none are taken."""
    if getattr(part, "_indices", None) is not None:
        return
    table = part.data
    empty = {name: table.column(name).null_count for name in names[:200]}
    some = [(name, count) for name, count in empty.items() if 0 < count < part.num_rows]
    if some:
        counts: list[Any] = [phrase("tables.missing-in", name=name, count=count) for name, count in some[:5]]
        yield warning("tables.missing-values", rows=part.num_rows, counts=counts + ["..."] * (len(some) > 5))
    for name, count in empty.items():
        if count == part.num_rows and str(getattr(features[name], "dtype", "")) != "null":
            yield warning("tables.empty-column", name=name)


def _few(warnings: list[ResultWarning]) -> list[ResultWarning]:
    """The first of each kind, and how many more there are."""
    by_code: dict[str, list[ResultWarning]] = {}
    for one in warnings:
        by_code.setdefault(one.code, []).append(one)
    few = []
    for code, alike in by_code.items():
        few += alike[:MOST_EACH]
        if len(alike) > MOST_EACH:
            few.append(warning("tables.more-columns", code=code, count=len(alike) - MOST_EACH))
    return few


def _named(where: str, warnings: list[ResultWarning]) -> list[ResultWarning]:
    named = (warning("tables.where", code=one.code, where=where, message=one.phrase) for one in warnings)
    return list(named) if where else warnings
