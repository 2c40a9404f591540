"""What reading a CSV file may have changed: the file's own fields against the columns that came of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from tui.errors import ResultWarning, phrase, warning
from tui.tables import csv_quotes
from tui.tables.raw import Head, Record, records

MISSING_WORDS = {
    "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "null", "NULL", "None", "nan", "NaN", "-nan", "-NaN",
    "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN",
}  # fmt: skip
"""Words that pandas reads as missing."""

_LEADING_ZERO = re.compile(r"[+-]?0\d+|\+\d+")
_EXPONENT = re.compile(r"\d+[eE]\d+")
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?((\d+\.?\d*|\.\d+)(e[+-]?\d+)?|inf(inity)?)", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def check(files: list[str], head: Head, options: dict[str, Any], part: Any) -> Iterator[ResultWarning]:
    """What is suspicious in these files of one split; `part` is the table of it, None for a stream."""
    delimiter = options.get("delimiter") or options.get("sep") or ","
    quotes = options.get("quoting") != csv.QUOTE_NONE
    if len(delimiter) != 1 or options.get("skiprows"):
        return
    rows = list(records(head, delimiter, quotes=quotes))
    comment = str(options.get("comment") or "")
    if comment:
        rows = [row for row in rows if not row.fields[0].startswith(comment)]
    names = None if part is None else [name for name in part.column_names if not name.startswith("__index_level_")]
    header = options.get("header", None if "names" in options else "infer")
    if quotes:
        yield from csv_quotes.check(files, head, delimiter, int(header is not None), comment, part)
    if header not in ("infer", None):
        rows = rows[int(header) + 1 :]
    if not rows or (len(rows[0].fields) == 1 and re.search(r"[;|\t]", rows[0].fields[0])):
        return  # another delimiter, which the table itself tells
    heading, rows = (rows[0], rows[1:]) if header == "infer" else (None, rows)
    moved = 0
    if heading is not None:
        yield from _heading(heading, rows)
        moved = max(0, len(rows[0].fields) - len(heading.fields)) if rows and "index_col" not in options else 0
        if moved:
            yield from _moved(heading, rows)
    width = len(heading.fields) + moved if heading else max((len(row.fields) for row in rows), default=0)
    yield from _odd_rows(rows, width, comment)
    types = {} if part is None else {field.name: str(field.type) for field in part.features.arrow_schema}
    for place, name in enumerate(names or (heading.fields if heading else ())):
        column = [row for row in rows if len(row.fields) > place + moved]
        fields = [row.fields[place + moved].strip() for row in column]
        for one in _column(name, [row.line for row in column], fields, types.get(name, ""), options):
            yield head.qualified(one)


def _heading(heading: Record, rows: list[Record]) -> Iterator[ResultWarning]:
    names = heading.fields
    filled = [name for name in names if name.strip()]
    numeric = bool(filled) and all(_NUMBER.fullmatch(name.strip()) for name in filled)
    repeated = [
        name for place, name in enumerate(names)
        if name and len(rows) > 3 and len({r.fields[place] for r in rows if len(r.fields) > place}) <= len(rows) // 2
        and any(len(row.fields) > place and row.fields[place] == name for row in rows)
    ]  # fmt: skip
    if numeric or repeated:
        why = phrase("tables.fields-are-numbers") if numeric else phrase("tables.fields-are-values", value=repeated[0])
        yield warning("tables.no-heading", line=heading.line, why=why)
    if twice := next((name for place, name in enumerate(names) if name and name in names[:place]), None):
        yield warning("tables.repeated-columns", name=twice)


def _moved(heading: Record, rows: list[Record]) -> Iterator[ResultWarning]:
    first, width = rows[0], len(heading.fields)
    if all(len(row.fields) <= width or row.fields[-1] == "" for row in rows):
        yield warning("tables.trailing-delimiter", line=first.line, field=_short(first.fields[0]))
        return
    new = ["row_name", *heading.fields]
    names = f"{new[:6]!r}{'...' if len(new) > 6 else ''}"
    field = _short(first.fields[0])
    yield warning("tables.row-names", line=first.line, fields=len(first.fields), width=width, field=field, names=names)


def _odd_rows(rows: list[Record], width: int, comment: str) -> Iterator[ResultWarning]:
    short = next((row for row in rows if len(row.fields) < width), None)
    remark = next((row for row in rows if row.fields[0].startswith("#") and len(row.fields) < width), None)
    if remark is not None and not comment:
        yield warning("tables.comment-lines", line=remark.line, field=_short(remark.fields[0]))
    elif short is not None:
        yield warning("tables.short-lines", line=short.line, fields=len(short.fields), width=width)


def _column(
    name: str, lines: list[int], fields: list[str], kind: str, options: dict[str, Any]
) -> Iterator[ResultWarning]:
    """`lines` are those on which the rows of the fields begin."""
    words = {field for field in fields if field in MISSING_WORDS}
    values = [field for field in fields if field and field not in words]
    numeric = bool(values) and all(map(_NUMBER.fullmatch, values))
    reads_words = options.get("keep_default_na", True) and options.get("na_filter", True)
    if words and reads_words and not numeric:
        place = next(place for place, field in enumerate(fields) if field in words)
        others = sorted(words - {fields[place]})
        more = phrase("tables.also-missing", words=others[:4]) if others else ""
        yield warning("tables.missing-value-words", name=name, line=lines[place], word=fields[place], more=more)
    if numeric and options.get("dtype") not in ("str", str) and not kind.endswith("string"):
        yield from _numbers(name, lines, fields, values, kind)
    elif values and not numeric and (not kind or kind.endswith("string")):
        yield from _number_texts(name, lines, fields, values)


def _numbers(name: str, lines: list[int], fields: list[str], values: list[str], kind: str) -> Iterator[ResultWarning]:
    """A column of numbers: were the fields numbers?"""
    code = next((value for value in values if value[0] in "0+-" and _LEADING_ZERO.fullmatch(value)), "")
    if code:
        number = code.lstrip("+0") or "0"
        yield warning("tables.leading-zeros", name=name, line=lines[fields.index(code)], value=code, number=number)
    if kind not in ("", "double", "float"):
        return
    if infinite := next((value for value in values if "inf" in value.lower()), ""):
        yield warning("tables.numbers-not-finite", name=name, line=lines[fields.index(infinite)], value=infinite)
        return
    power = next((value for value in values if _EXPONENT.fullmatch(value)), "")
    if power and not any("." in value for value in values):
        line, number = lines[fields.index(power)], f"{float(power):.15g}"
        yield warning("tables.codes-as-numbers", name=name, line=line, value=power, number=number)
        return
    if changed := next((value for value in values if kind and len(value) > 15 and _is_rounded(value)), ""):
        line, number = lines[fields.index(changed)], f"{Decimal(float(changed)).normalize():f}"
        yield warning("tables.numbers-rounded", name=name, line=line, value=changed, number=number)
        return
    gap = next((line for line, field in zip(lines, fields, strict=True) if not field or field in MISSING_WORDS), 0)
    if kind and gap and all(map(_INTEGER.fullmatch, values)):
        yield warning("tables.integers-as-floats", name=name, line=gap)


def _is_rounded(text: str) -> bool:
    try:
        return Decimal(text) != Decimal(repr(float(text)))
    except (InvalidOperation, ValueError):
        return False


def _number_texts(name: str, lines: list[int], fields: list[str], values: list[str]) -> Iterator[ResultWarning]:
    """A column of texts: are they numbers in another way of writing?"""
    example = next((value for value in values if "," in value), "")
    if not example:
        return
    if all(_THOUSANDS.fullmatch(value) or _NUMBER.fullmatch(value) for value in values):
        new = f"float(row[{name!r}].replace(',', ''))"
    elif all(_DECIMAL_COMMA.fullmatch(value) or _NUMBER.fullmatch(value) for value in values):
        new = f"float(row[{name!r}].replace(',', '.'))"
    else:
        return
    step, line = f"map(lambda row: {{{name!r}: {new}}})", lines[fields.index(example)]
    yield warning("tables.numbers-as-text", name=name, line=line, value=example, step=step)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
