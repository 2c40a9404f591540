"""What reading a CSV file may have changed: the file's own fields against the columns that came of them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from pathlib import Path
from typing import Any

from tui.errors import ResultWarning
from tui.lab.tables.raw import Head, Record, count_lines, records

MOST_RECORDS = 20_000
MULTILINE_ROWS = 200_000
"""Rows whose texts are searched for line breaks."""
MISSING_WORDS = {
    "NA", "N/A", "n/a", "<NA>", "#N/A", "#N/A N/A", "#NA", "null", "NULL", "None", "nan", "NaN", "-nan", "-NaN",
    "1.#IND", "1.#QNAN", "-1.#IND", "-1.#QNAN",
}  # fmt: skip
"""Words that pandas reads as missing."""
AS_TEXT = "try format=pandas with the option dtype=str"
_LEADING_ZERO = re.compile(r"[+-]?0\d+|\+\d+")
_EXPONENT = re.compile(r"\d+[eE]\d+")
_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a column, with the line that its row begins on."""

    line: int
    text: str


def check(files: list[str], head: Head, options: dict[str, Any], part: Any) -> Iterator[ResultWarning]:
    """What is suspicious in these files of one split; `part` is the table of it, None for a stream."""
    delimiter = options.get("delimiter") or options.get("sep") or ("\t" if head.file.endswith(".tsv") else ",")
    quotes = options.get("quoting") != csv.QUOTE_NONE
    if len(delimiter) != 1 or options.get("skiprows"):
        return
    rows = list(islice(records(head, delimiter, quotes=quotes), MOST_RECORDS))
    if comment := options.get("comment"):
        rows = [row for row in rows if not row.fields[0].startswith(comment)]
    names = None if part is None else [name for name in part.column_names if not name.startswith("__index_level_")]
    has_heading = options.get("header", "infer") == "infer" and "names" not in options
    lines = list(_lines_and_rows(files, delimiter, int(has_heading), part)) if part is not None and quotes else []
    yield from lines
    if quotes and '"' in head.text and not lines:
        yield from _stray_quotes(head, delimiter)
    if not rows or (len(rows[0].fields) == 1 and len(rows) > 1 and not (names and len(names) > 1)):
        return
    heading, rows = (rows[0], rows[1:]) if has_heading else (None, rows)
    moved = 0
    if heading is not None:
        yield from _heading(heading, rows)
        moved = max(0, len(rows[0].fields) - len(heading.fields)) if rows and "index_col" not in options else 0
        if moved:
            yield from _moved(heading, rows, names)
    width = (len(heading.fields) if heading else max((len(row.fields) for row in rows), default=0)) + moved
    yield from _odd_rows(rows, width, comment)
    types = (
        {} if part is None else {name: str(kind) for name, kind in zip(part.column_names, _types(part), strict=True)}
    )
    for place, name in enumerate(names or (heading.fields if heading else ())):
        fields = [Field(row.line, row.fields[place + moved]) for row in rows if len(row.fields) > place + moved]
        for warning in _column(name, fields, types.get(name, ""), options):
            yield ResultWarning(warning.code, warning.message + head.extent)


def _types(part: Any) -> Sequence[Any]:
    return list(part.features.arrow_schema.types)


def _stray_quotes(head: Head, delimiter: str) -> Iterator[ResultWarning]:
    reader = csv.reader(io.StringIO(head.text, newline=""), delimiter=delimiter, strict=True)
    try:
        for _ in reader:
            pass
    except csv.Error as error:
        if "expected after" in str(error):
            yield ResultWarning(
                "stray-quotes",
                f"Line {reader.line_num}: a quotation ends inside a field, so quotation marks were taken away there. "
                f"If they belong to the text, try the option quoting=3 (--no-quotes).",
            )


def _lines_and_rows(files: list[str], delimiter: str, headings: int, part: Any) -> Iterator[ResultWarning]:
    """Lines that are not rows: within quotations, where they look like rows that were swallowed; empty ones."""
    breaks, swallowed, where = _line_breaks(part, delimiter)
    if swallowed:
        yield ResultWarning(
            "quotes-swallow-rows",
            f"Row {where[0]:,}, column {where[1]}: a quotation holds {swallowed:,} more lines that look like rows"
            f"{' in this and other rows' if where[2] else ''}. "
            f"If quotation marks belong to the text, try the option quoting=3 (--no-quotes).",
        )
        return
    lines = count_lines(files)
    if lines is None or part.num_rows > MULTILINE_ROWS:
        return
    missing = lines - headings * len(files) - part.num_rows - breaks
    if missing:
        empty = _empty_lines(files) if missing > 0 else 0
        if missing != empty:
            yield ResultWarning(
                "lines-and-rows-differ",
                f"{lines:,} lines gave {part.num_rows:,} rows, which headings, empty lines ({empty:,}) and line breaks "
                f"within texts ({breaks:,}) do not account for. Look at quotation marks and comment lines in the file.",
            )


def _line_breaks(part: Any, delimiter: str) -> tuple[int, int, tuple[int, str, bool]]:
    """Line breaks within texts, how many of them begin what looks like a row, and where the first is."""
    import pyarrow
    import pyarrow.compute as compute

    breaks = swallowed = 0
    where: tuple[int, str, bool] = (0, "", False)
    if getattr(part, "_indices", None) is not None:
        return 0, 0, where
    table = part.data.slice(0, MULTILINE_ROWS)
    numbers = [place for place, kind in enumerate(_types(part)) if pyarrow.types.is_integer(kind)]
    width = len(part.column_names)
    for name, kind in zip(part.column_names, _types(part), strict=True):
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


def _empty_lines(files: list[str]) -> int:
    return sum(not line.strip() for file in files for line in Path(file).read_bytes().split(b"\n")[:-1])


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


def _moved(heading: Record, rows: list[Record], names: list[str] | None) -> Iterator[ResultWarning]:
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


def _odd_rows(rows: list[Record], width: int, comment: str | None) -> Iterator[ResultWarning]:
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


def _column(name: str, fields: list[Field], kind: str, options: dict[str, Any]) -> Iterator[ResultWarning]:
    filled = [field for field in fields if field.text.strip()]
    words = [field for field in filled if field.text in MISSING_WORDS]
    values = [field for field in filled if field.text not in MISSING_WORDS]
    as_text = options.get("dtype") in ("str", str)
    numeric = bool(values) and all(_NUMBER.fullmatch(field.text.strip()) for field in values)
    reads_words = options.get("keep_default_na", True) and options.get("na_filter", True)
    if words and reads_words and not numeric:
        others = sorted({field.text for field in words} - {words[0].text})
        more = f", and so {'were' if len(others) > 1 else 'was'} {', '.join(others[:4])}" if others else ""
        yield ResultWarning(
            "missing-value-words",
            f"{name}, line {words[0].line}: {words[0].text} was read as missing{more}. "
            f"If these are texts, try the option keep_default_na=False.",
        )
    if numeric and not as_text and not kind.endswith("string"):
        yield from _numbers(name, fields, values, kind)
    elif values and not numeric:
        yield from _number_texts(name, values)


def _numbers(name: str, fields: list[Field], values: list[Field], kind: str) -> Iterator[ResultWarning]:
    """A column of numbers: were the fields numbers?"""
    texts = [Field(field.line, field.text.strip()) for field in values]
    if zero := next((field for field in texts if _LEADING_ZERO.fullmatch(field.text)), None):
        number = zero.text.lstrip("+0") or "0"
        yield ResultWarning(
            "leading-zeros",
            f"{name}, line {zero.line}: {zero.text} was read as the number {number}. If it is a code, {AS_TEXT}.",
        )
    if not kind or kind in ("double", "float"):
        power = next((field for field in texts if _EXPONENT.fullmatch(field.text)), None)
        if power and not any("." in field.text for field in texts):
            yield ResultWarning(
                "codes-as-numbers",
                f"{name}, line {power.line}: {power.text} was read as the number {float(power.text):.15g}. "
                f"If it is a code, {AS_TEXT}.",
            )
            return
    if kind not in ("double", "float"):
        return
    if changed := next((field for field in texts if len(field.text) > 15 and _is_rounded(field.text)), None):
        yield ResultWarning(
            "numbers-rounded",
            f"{name}, line {changed.line}: {changed.text} became {Decimal(float(changed.text)).normalize():f}, since a "
            f"float keeps 15 to 17 digits. To keep all of them, {AS_TEXT}.",
        )
    elif all(_INTEGER.fullmatch(field.text) for field in texts) and len(texts) < len(fields):
        filled = {field.line for field in values}
        gap = next(field.line for field in fields if field.line not in filled)
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


def _number_texts(name: str, values: list[Field]) -> Iterator[ResultWarning]:
    """A column of texts: are they numbers in another way of writing?"""
    texts = [field.text.strip() for field in values]
    if not any("," in text for text in texts):
        return
    if all(_THOUSANDS.fullmatch(text) or _NUMBER.fullmatch(text) for text in texts):
        new = f"float(row[{name!r}].replace(',', ''))"
    elif all(_DECIMAL_COMMA.fullmatch(text) or _NUMBER.fullmatch(text) for text in texts):
        new = f"float(row[{name!r}].replace(',', '.'))"
    else:
        return
    example = next(field for field in values if "," in field.text)
    yield ResultWarning(
        "numbers-as-text",
        f"{name}, line {example.line}: {example.text} is a text, not a number. To have numbers: "
        f"map(lambda row: {{{name!r}: {new}}})",
    )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
