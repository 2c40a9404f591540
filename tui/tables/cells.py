"""Arrow values as the texts of a table's cells: no more of a value is decoded than a cell can show.

Everything here works on the few rows that are on screen, cut out of a memory-mapped table before they come here. A text
that is shorter than the value has a `…` where something is missing; any other gives the stored value back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from tui.tables.values import decoded, exact_texts, json_text, plain_values

SHORTENED = "…"
"""Stands in a cell where something of the value is left out."""
LONGEST_NUMBER = 12
"""Characters of a number that is shown in full though its column has fewer decimals."""
SHOWN = 240
"""Characters of a cell that leave the engine with a page; the whole cell is fetched when it is opened."""
DEEPEST = 8
"""Levels of nesting that a cell shows."""
WHOLE = 4_000_000
"""Characters of one cell that are shown when it is opened."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    name: str
    type: str
    """As the library names it: `string`, `int64`, `class label of 2`, `list of int32` ..."""
    kind: str
    """`text`, `number`, `label`, `flag`, `time`, `nested` or `bytes`: how its cells are set."""
    decimals: int = 0
    """number: digits after the point, the same in every row, so that the points stand in one line."""
    labels: list[str] = field(default_factory=list)
    """label: what each number stands for."""
    widest: int = 0
    """Terminal cells of the widest value in a sample of the rows."""


def columns_of(schema: Any, features: Any, sample: Any = None) -> list[Column]:
    """The columns of an Arrow schema; `features` are the library's, `sample` rows that tell decimals and widths."""
    made = [_column(one, (features or {}).get(one.name), sample) for one in schema]
    if sample is None:
        return made
    from rich.cells import cell_len

    columns = [_texts(sample.column(column.name), column) for column in made]
    return [
        replace(column, widest=max((cell_len(text) for text in texts if text), default=0))
        for column, texts in zip(made, columns, strict=True)
    ]


def texts(table: Any, columns: list[Column]) -> list[list[str | None]]:
    """The cells of a small table, row by row; None where a value is missing."""
    by_column = [_texts(table.column(column.name), column) for column in columns]
    return [list(row) for row in zip(*by_column, strict=True)]


def whole(value: Any, column: Column, *, indent: int | None = 2) -> str:
    """One value in full, an Arrow scalar; nested ones as JSON. Empty where it is missing."""
    if not value.is_valid:
        return ""
    if column.kind == "nested":
        return _cut(json_text(_plain(value), indent), WHOLE)
    if column.kind == "bytes":
        return _cut(value.as_buffer()[:WHOLE].to_pybytes().hex(" "), WHOLE)
    if column.kind == "label":
        return _label(value.as_py(), column)
    return _cut(_exact(value), WHOLE)


def joined(table: Any, rows: list[dict[str, Any]]) -> Any:
    """A table with these rows below it; a column whose types do not go together becomes text."""
    import pyarrow

    names = list(dict.fromkeys(name for row in rows for name in row))
    part = pyarrow.table({name: _array([row.get(name) for row in rows]) for name in names})
    if table is None:
        return part
    try:
        return pyarrow.concat_tables([table, part], promote_options="permissive")
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError):
        names = list(dict.fromkeys([*table.schema.names, *names]))
        both = [_column_values(one, name) for name in names for one in (table, part)]
        return pyarrow.table({name: _array(both[2 * i] + both[2 * i + 1]) for i, name in enumerate(names)})


def _column_values(table: Any, name: str) -> list[Any]:
    return plain_values(table.column(name)) if name in table.schema.names else [None] * table.num_rows


def _array(values: list[Any]) -> Any:
    """An Arrow array of Python values; values of several types become a column of JSON, as the library makes it."""
    import pyarrow

    try:
        return pyarrow.array(values)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError, OverflowError):
        texts = [None if value is None else json.dumps(value, ensure_ascii=False, default=str) for value in values]
        return pyarrow.ExtensionArray.from_storage(pyarrow.json_(), pyarrow.array(texts, pyarrow.string()))


def type_name(feature: Any, arrow: Any) -> str:
    """What a column holds, in the library's words."""
    kind = type(feature).__name__
    if kind == "ClassLabel":
        return f"class label of {feature.num_classes}"
    if kind == "Json":
        return "json (mixed types)"
    if kind in ("List", "LargeList", "Sequence") and hasattr(feature, "feature"):
        inner = type_name(feature.feature, getattr(arrow, "value_type", None))
        return f"list of {inner}"
    if isinstance(feature, dict):
        return "struct of " + ", ".join(list(feature)[:6]) + (" ..." if len(feature) > 6 else "")
    if kind in ("Audio", "Image", "Video", "Pdf", "Nifti", "Mesh", "Translation", "Array2D", "Array3D"):
        return kind.lower()
    dtype = str(getattr(feature, "dtype", "") or arrow)
    return {"large_string": "string", "large_binary": "binary"}.get(dtype, dtype)[:80]


def _column(one: Any, feature: Any, sample: Any) -> Column:
    import pyarrow.types as t

    labels = list(getattr(feature, "names", None) or [])
    kind = type(feature).__name__
    if kind == "ClassLabel":
        return Column(one.name, type_name(feature, one.type), "label", labels=labels)
    if t.is_boolean(one.type):
        made = "flag"
    elif t.is_integer(one.type) or t.is_floating(one.type) or t.is_decimal(one.type):
        made = "number"
    elif t.is_string(one.type) or t.is_large_string(one.type) or str(one.type) == "string_view":
        made = "text"
    elif t.is_temporal(one.type):
        made = "time"
    elif t.is_binary(one.type) or t.is_large_binary(one.type) or t.is_fixed_size_binary(one.type):
        made = "bytes"
    elif t.is_nested(one.type) or t.is_dictionary(one.type) or hasattr(one.type, "storage_type"):
        made = "nested"
    else:
        made = "text" if t.is_null(one.type) else "nested"
    decimals = 0
    if made == "number" and not t.is_integer(one.type) and sample is not None:
        decimals = _decimals(exact_texts(sample.column(one.name)))
    return Column(one.name, type_name(feature, one.type), made, decimals)


def _decimals(texts: list[str | None]) -> int:
    """Digits after the point that the numbers of a sample need, at most six."""
    needed = 0
    for text in texts:
        if text is not None and (number := Decimal(text)).is_finite() and _is_plain(text, number):
            needed = max(needed, len(f"{number:f}".partition(".")[2].rstrip("0")))
    return min(needed, 6)


def _texts(values: Any, column: Column) -> list[str | None]:
    import pyarrow.types as t

    if column.kind == "text" and not t.is_null(values.type):
        return _strings(values)
    if column.kind == "number":
        return [None if text is None else number_text(text, column.decimals) for text in exact_texts(values)]
    if column.kind == "time":
        return exact_texts(values)
    return [_one(value, column) if value.is_valid else None for value in values]


def _strings(values: Any) -> list[str | None]:
    import pyarrow
    import pyarrow.compute as compute

    try:
        cut = compute.utf8_slice_codeunits(values, 0, SHOWN + 1)
        return [text if text is None else _cut(text, SHOWN) for text in cut.to_pylist()]
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, UnicodeDecodeError):  # bytes that are not UTF-8
        return [_cut(decoded(value), SHOWN) if value.is_valid else None for value in values]


def _one(value: Any, column: Column) -> str:
    match column.kind:
        case "label":
            return _label(value.as_py(), column)
        case "flag":
            return "true" if value.as_py() else "false"
        case "bytes":
            size = value.as_buffer().size
            shown = value.as_buffer()[:16].to_pybytes().hex(" ")
            return f"{size:,} bytes  {shown}" + (f" {SHORTENED}" if size > 16 else "")
        case "nested":
            return preview(value)
        case _:
            return _exact(value)


def _label(number: int, column: Column) -> str:
    return column.labels[number] if 0 <= number < len(column.labels) else str(number)


def _exact(value: Any) -> str:
    import pyarrow

    return exact_texts(pyarrow.repeat(value, 1))[0] or ""


def _plain(value: Any) -> Any:
    """A scalar as a JSON value."""
    import pyarrow

    return plain_values(pyarrow.repeat(value, 1))[0]


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + SHORTENED


def number_text(exact: str, decimals: int) -> str:
    """A number, written out exactly, as a cell shows it: with so many decimals when that is the number, too.

    Thousands are set apart from five digits on, so that years stay years.
    """
    number = Decimal(exact)
    if not number.is_finite():
        return exact
    if not _is_plain(exact, number):
        digits, _, power = exact.lower().partition("e")
        return exact if len(exact) <= LONGEST_NUMBER else f"{digits[:7]}{SHORTENED}{'e' if power else ''}{power}"
    full = f"{number:f}"
    whole, point, digits = full.partition(".")
    digits = digits.rstrip("0")
    grouped = f"{int(whole):,}" if abs(number) >= 10_000 else whole
    if len(digits) <= decimals:
        return f"{grouped}.{digits:0<{decimals}}" if decimals else grouped
    if len(whole) + len(digits) < LONGEST_NUMBER:
        return f"{grouped}.{digits}"
    return f"{grouped}{point}{digits[: max(decimals, 2)]}{SHORTENED}"


def _is_plain(exact: str, number: Decimal) -> bool:
    """Whether it is shown without a power of ten."""
    return "e" not in exact.lower() or Decimal("1e-6") <= abs(number) < Decimal("1e15")


def preview(value: Any, room: int = SHOWN) -> str:
    """The beginning of a nested value as JSON; reads no more of it than is shown."""
    pieces: list[str] = []
    for piece in _pieces(value, DEEPEST, room):
        pieces.append(piece)
        room -= len(piece)
        if room < 0:
            break
    return _cut("".join(pieces), sum(map(len, pieces)) + min(room, 0))


def _pieces(value: Any, depth: int, room: int) -> Iterator[str]:
    import pyarrow.types as t

    kind = value.type
    if not value.is_valid:
        yield "null"
    elif t.is_struct(kind):
        yield "{"
        for number, (name, inner) in enumerate(value.items()) if depth else ():
            yield f"{', ' if number else ''}{json_text(name)}: "
            yield from _pieces(inner, depth - 1, room)
        yield "}" if depth or not len(value) else f"{SHORTENED}}}"
    elif t.is_list(kind) or t.is_large_list(kind) or t.is_fixed_size_list(kind) or "list_view" in str(kind):
        yield "["
        for number in range(len(value.values)) if depth else ():
            yield ", " if number else ""
            yield from _pieces(value.values[number], depth - 1, room)
        yield "]" if depth or not len(value.values) else f"{SHORTENED}]"
    elif t.is_string(kind) or t.is_large_string(kind):
        yield json_text(decoded(value)[: room + 1])
    elif t.is_binary(kind) or t.is_large_binary(kind):
        yield json_text(value.as_buffer()[: room + 1].to_pybytes().hex())
    else:
        yield json_text(_plain(value))
