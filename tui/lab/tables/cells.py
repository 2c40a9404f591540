"""Arrow values as the texts of a table's cells: no more of a value is decoded than a cell can show.

Everything here works on the few rows that are on screen, cut out of a memory-mapped table before they come here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

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


def whole(value: Any, column: Column) -> str:
    """One value in full, an Arrow scalar; nested ones as indented JSON."""
    if not value.is_valid:
        return ""
    if column.kind == "nested":
        return json.dumps(_plain(value), ensure_ascii=False, indent=2, default=str)[:WHOLE]
    if column.kind == "bytes":
        return str(value.as_buffer().to_pybytes()[: WHOLE // 3].hex(" "))
    if column.kind == "text":
        return _decoded(value)[:WHOLE]
    return _one(value, column)


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
        both = [one.to_pylist() for one in (table, part)]
        return pyarrow.table(
            {name: _array([row.get(name) for some in both for row in some]) for name in part.schema.names}
        )


def _array(values: list[Any]) -> Any:
    import pyarrow

    try:
        return pyarrow.array(values)
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, pyarrow.ArrowNotImplementedError, OverflowError):
        return pyarrow.array([None if value is None else str(value) for value in values], pyarrow.string())


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
        decimals = _decimals(sample.column(one.name).to_pylist())
    return Column(one.name, type_name(feature, one.type), made, decimals)


def _decimals(values: list[Any]) -> int:
    """Digits after the point that the values of a sample need, at most six."""
    needed = 0
    for value in values:
        if value is not None and math.isfinite(value):
            tail = f"{float(value):.6f}".rstrip("0").partition(".")[2]
            needed = max(needed, len(tail))
    return needed


def _texts(values: Any, column: Column) -> list[str | None]:
    if column.kind == "text" and str(values.type) != "null":
        return _strings(values)
    return [_one(value, column) if value.is_valid else None for value in values]


def _strings(values: Any) -> list[str | None]:
    import pyarrow
    import pyarrow.compute as compute

    try:
        cut = compute.utf8_slice_codeunits(values, 0, SHOWN + 1)
        return [text if text is None or len(text) <= SHOWN else text[:SHOWN] + "…" for text in cut.to_pylist()]
    except (pyarrow.ArrowInvalid, pyarrow.ArrowNotImplementedError, UnicodeDecodeError):  # bytes that are no UTF-8
        return [_decoded(value)[:SHOWN] if value.is_valid else None for value in values]


def _decoded(value: Any) -> str:
    text: bytes = value.as_buffer().to_pybytes()
    return text.decode("utf-8", "backslashreplace")


def _one(value: Any, column: Column) -> str:
    match column.kind:
        case "label":
            number: int = value.as_py()
            return column.labels[number] if 0 <= number < len(column.labels) else str(number)
        case "flag":
            return "true" if value.as_py() else "false"
        case "number":
            return number_text(value.as_py(), column.decimals)
        case "bytes":
            size = value.as_buffer().size
            return f"{size:,} bytes  {value.as_buffer().to_pybytes()[:16].hex(' ')}" + (" …" if size > 16 else "")
        case "nested":
            return preview(value)
        case _:
            return str(value.as_py())


def number_text(value: Any, decimals: int) -> str:
    """A number with thousands set apart from five digits on, so that years stay years."""
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    if not math.isfinite(value):
        return str(value)
    if value and not 1e-6 <= abs(value) < 1e15:
        return f"{value:.4g}"
    return f"{value:,.{decimals}f}" if abs(value) >= 10_000 else f"{value:.{decimals}f}"


def preview(value: Any, room: int = SHOWN) -> str:
    """The beginning of a nested value, as JSON would begin it; reads no more of it than is shown."""
    made: list[str] = []
    for piece in _pieces(value, DEEPEST):
        made.append(piece)
        room -= len(piece)
        if room <= 0:
            made.append("…")
            break
    return "".join(made)


def _pieces(value: Any, depth: int) -> Iterator[str]:
    if not value.is_valid:
        yield "null"
    elif hasattr(value, "keys") and hasattr(value, "items"):  # a struct
        yield "{"
        for number, (name, inner) in enumerate(value.items()) if depth else ():
            yield f"{', ' if number else ''}{name}: "
            yield from _pieces(inner, depth - 1)
        yield "}" if depth else "…}"
    elif hasattr(value, "values") and value.values is not None:  # a list
        yield "["
        for number in range(len(value.values)) if depth else ():
            yield ", " if number else ""
            yield from _pieces(value.values[number], depth - 1)
        yield "]" if depth else "…]"
    else:
        yield str(_plain(value, SHOWN))


def _plain(value: Any, limit: int = WHOLE) -> Any:
    """A value that JSON can say; long bytes are counted, not shown."""
    try:
        plain = value.as_py()
    except (UnicodeDecodeError, ValueError, OverflowError) as error:
        return f"({type(error).__name__})"
    return _speakable(plain, limit)


def _speakable(plain: Any, limit: int) -> Any:
    if isinstance(plain, bytes):
        return f"({len(plain):,} bytes)"
    if isinstance(plain, str):
        return plain[:limit]
    if isinstance(plain, list):
        return [_speakable(one, limit) for one in plain]
    if isinstance(plain, dict):
        return {name: _speakable(one, limit) for name, one in plain.items()}
    if isinstance(plain, float) and not math.isfinite(plain):
        return str(plain)
    return plain
