"""Where a value stands that does not fit the type which the rows before it gave its column.

The library decides a column's type from a first part of the file and fails on such a value without naming it. Looked
for only after that, so the whole file is read.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.errors import phrase
from tui.tables.csv_misreadings import MISSING_WORDS

FIRST_ROWS = 10_000
"""Rows that pandas reads at a time: they decide."""
MOST_BYTES = 1_000_000_000
_KINDS = {
    "whole-numbers": re.compile(r"[+-]?\d+"),
    "numbers": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|[+-]?inf(inity)?", re.I),
    "booleans": re.compile(r"true|false", re.I),
}


@dataclass(frozen=True, slots=True)
class LateValue:
    """A value that does not fit."""

    column: str
    line: int
    value: str
    reason: dict[str, Any]
    """A sentence (a phrase): what its column takes."""


def in_csv(file: str, delimiter: str, encoding: str) -> LateValue | None:
    """The first field that does not fit the first 10,000 rows of its column, or a number of more than 64 bits."""
    if Path(file).stat().st_size > MOST_BYTES:
        return None
    names: list[str] = []
    first: list[list[str]] = []
    expected: list[str] = []
    for line, fields in _csv_rows(file, delimiter, encoding):
        if not names:
            names = fields
            continue
        if len(first) < FIRST_ROWS:
            first.append(fields)
        for place, text in enumerate(fields[: len(names)]):
            if _INTEGER.fullmatch(text) and not -(2**63) <= int(text) < 2**64:
                return LateValue(names[place], line, text, phrase("tables.at-most-64-bits"))
        if len(first) < FIRST_ROWS:
            continue
        expected = expected or [_kind([row[p] for row in first if p < len(row)]) for p in range(len(names))]
        for place, text in enumerate(fields[: len(names)]):
            kind = expected[place]
            if kind and text.strip() and text not in MISSING_WORDS and not _KINDS[kind].fullmatch(text.strip()):
                return LateValue(names[place], line, text, _reason(kind))
    return None


def in_json_lines(file: str, encoding: str) -> LateValue | None:
    """The first value of another type than the ones before it under its key."""
    if Path(file).stat().st_size > MOST_BYTES:
        return None
    types: dict[str, str] = {}
    try:
        with Path(file).open(encoding=encoding or "utf-8") as lines:
            for number, line in enumerate(lines, 1):
                row = json.loads(line) if line.strip() else {}
                for name, value in row.items() if isinstance(row, dict) else ():
                    kind = _json_kind(value)
                    if kind and types.setdefault(name, kind) != kind:
                        return LateValue(name, number, json.dumps(value, ensure_ascii=False)[:60], _reason(types[name]))
    except (OSError, ValueError, RecursionError):
        return None
    return None


_INTEGER = re.compile(r"[+-]?\d{19,}")


def _csv_rows(file: str, delimiter: str, encoding: str) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(MOST_BYTES)
    try:
        with Path(file).open(encoding=encoding or "utf-8-sig", newline="") as opened:
            reader = csv.reader(opened, delimiter=delimiter)
            line = 1
            for fields in reader:
                if fields:
                    yield line, fields
                line = reader.line_num + 1
    except (OSError, csv.Error, UnicodeDecodeError):
        return


def _kind(texts: list[str]) -> str:
    """The narrowest kind that these fields have in common; empty for texts."""
    filled = [text.strip() for text in texts if text.strip() and text not in MISSING_WORDS]
    if not filled:
        return "numbers"  # an empty column is one of floats for pandas
    for kind, pattern in _KINDS.items():
        if all(pattern.fullmatch(text) for text in filled):
            gaps = kind == "whole-numbers" and len(filled) < len(texts)
            return "numbers" if gaps else kind
    return ""


def _reason(kind: str) -> dict[str, Any]:
    return phrase("tables.type-of-first-rows", kind=phrase(f"tables.kind.{kind}"))


def _json_kind(value: Any) -> str:
    if value is None:
        return ""
    kinds: dict[type, str] = {bool: "booleans", int: "numbers", float: "numbers", str: "texts", list: "lists"}
    return kinds.get(type(value), "objects")
