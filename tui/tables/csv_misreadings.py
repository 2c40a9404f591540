"""What reading a CSV file may have changed: the file's own fields against the columns that came of them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from tui.errors import ResultWarning
from tui.tables import csv_quotes
from tui.tables.raw import Head, Record, records

MISSING_WORDS = {
    "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "null", "NULL", "None", "nan", "NaN", "-nan", "-NaN",
    "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN",
}  # fmt: skip
"""Words that pandas reads as missing."""
AS_TEXT = "try format=pandas with the option dtype=str"
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
        for warning in _column(name, [row.line for row in column], fields, types.get(name, ""), options):
            yield ResultWarning(warning.code, warning.message + head.extent)


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
        why = "are numbers" if numeric else f"occur as values ({repeated[0]})"
        yield ResultWarning(
            "no-heading",
            f"Line {heading.line} was taken as the heading, but its fields {why}. "
            f"If it is a row, try the option header=None.",
        )
    if twice := next((name for place, name in enumerate(names) if name and name in names[:place]), None):
        yield ResultWarning(
            "repeated-columns",
            f"The heading has {twice} more than once; the second is called {twice}.1 here. Rename it: "
            f"rename_column('{twice}.1', ...)",
        )


def _moved(heading: Record, rows: list[Record]) -> Iterator[ResultWarning]:
    first, width = rows[0], len(heading.fields)
    if all(len(row.fields) <= width or row.fields[-1] == "" for row in rows):
        yield ResultWarning(
            "trailing-delimiter",
            f"Line {first.line} ends with a delimiter: its first field, {_short(first.fields[0])}, became an index, "
            f"and every value stands one column too far left. Try the option index_col=False.",
        )
        return
    new = ["row_name", *heading.fields]
    yield ResultWarning(
        "row-names",
        f"Line {first.line} has {len(first.fields)} fields under {width} names: the first, {_short(first.fields[0])}, "
        f"was taken as the row's name. Try the options header=0 and names={new[:6]!r}{'...' if len(new) > 6 else ''}.",
    )


def _odd_rows(rows: list[Record], width: int, comment: str) -> Iterator[ResultWarning]:
    short = next((row for row in rows if len(row.fields) < width), None)
    remark = next((row for row in rows if row.fields[0].startswith("#") and len(row.fields) < width), None)
    if remark is not None and not comment:
        yield ResultWarning(
            "comment-lines",
            f"Line {remark.line} begins with # and was read as a row: {_short(remark.fields[0])}. "
            f"If it is a comment, try the option comment=#.",
        )
    elif short is not None:
        yield ResultWarning(
            "short-lines",
            f"Line {short.line} has {len(short.fields)} of {width} fields; the others were taken as missing. "
            f"Look for a line break or a quotation mark that does not belong there.",
        )


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
        more = f", and so {'were' if len(others) > 1 else 'was'} {', '.join(others[:4])}" if others else ""
        yield ResultWarning(
            "missing-value-words",
            f"{name}, line {lines[place]}: {fields[place]} was read as missing{more}. "
            f"If these are texts, try the option keep_default_na=False.",
        )
    if numeric and options.get("dtype") not in ("str", str) and not kind.endswith("string"):
        yield from _numbers(name, lines, fields, values, kind)
    elif values and not numeric and (not kind or kind.endswith("string")):
        yield from _number_texts(name, lines, fields, values)


def _numbers(name: str, lines: list[int], fields: list[str], values: list[str], kind: str) -> Iterator[ResultWarning]:
    """A column of numbers: were the fields numbers?"""
    code = next((value for value in values if value[0] in "0+-" and _LEADING_ZERO.fullmatch(value)), "")
    if code:
        number = code.lstrip("+0") or "0"
        yield ResultWarning(
            "leading-zeros",
            f"{name}, line {lines[fields.index(code)]}: {code} was read as the number {number}. "
            f"If it is a code, {AS_TEXT}.",
        )
    if kind not in ("", "double", "float"):
        return
    if infinite := next((value for value in values if "inf" in value.lower()), ""):
        yield ResultWarning(
            "numbers-not-finite",
            f"{name}, line {lines[fields.index(infinite)]}: {infinite} was read as an infinite number. "
            f"Means and sums suffer from it; if it is a text, {AS_TEXT}.",
        )
        return
    power = next((value for value in values if _EXPONENT.fullmatch(value)), "")
    if power and not any("." in value for value in values):
        yield ResultWarning(
            "codes-as-numbers",
            f"{name}, line {lines[fields.index(power)]}: {power} was read as the number {float(power):.15g}. "
            f"If it is a code, {AS_TEXT}.",
        )
        return
    if changed := next((value for value in values if kind and len(value) > 15 and _is_rounded(value)), ""):
        yield ResultWarning(
            "numbers-rounded",
            f"{name}, line {lines[fields.index(changed)]}: {changed} became {Decimal(float(changed)).normalize():f}, "
            f"since a float keeps 15 to 17 digits. To keep all of them, {AS_TEXT}.",
        )
        return
    gap = next((line for line, field in zip(lines, fields, strict=True) if not field or field in MISSING_WORDS), 0)
    if kind and gap and all(map(_INTEGER.fullmatch, values)):
        yield ResultWarning(
            "integers-as-floats",
            f"{name}: whole numbers became floats, because line {gap} has none. "
            f"To have whole numbers again: cast_column({name!r}, Value('int64'))",
        )


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
    yield ResultWarning(
        "numbers-as-text",
        f"{name}, line {lines[fields.index(example)]}: {example} is a text, not a number. To have numbers: "
        f"map(lambda row: {{{name!r}: {new}}})",
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
