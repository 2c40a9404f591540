"""A column in figures: missing, distinct, the most frequent values, quantiles, lengths in characters and tokens."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from tui.errors import UsageError
from tui.tables import figures
from tui.tables.cells import Column, number_text, texts
from tui.tables.table_store import DESK, Come
from tui.tables.values import exact_texts

COUNTED = 12
"""Values of a column that are listed with their number."""
MOST_ROWS = 1_000_000
"""Rows that are counted one by one; of more, a sample of blocks spread evenly over them."""
BLOCKS = 100
TOKENISED = 2_000
"""Texts whose tokens are counted: a sample spread evenly over the rows."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values fall between `edges[i]` and `edges[i + 1]`; edges between whole numbers are whole."""

    edges: list[float]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of texts or lists."""

    unit: str
    """`characters`, `tokens` or `items`."""
    of: int
    """How many were measured."""
    least: float
    median: float
    p95: float
    most: float
    histogram: Histogram


@dataclass(frozen=True, slots=True)
class Summary:
    """What is in a column."""

    column: str
    type: str
    rows: int
    looked_at: int
    """Rows behind the figures: all of them, or a sample."""
    missing: int
    distinct: int | None
    duplicates: int | None
    """Rows whose value stood in a row before."""
    values: list[tuple[str, int]] = field(default_factory=list)
    """The most frequent values."""
    numbers: dict[str, str] = field(default_factory=dict)
    """least, 25 %, median, 75 %, most, mean, standard deviation, written out: an id of 64 bits fits into no float."""
    histogram: Histogram | None = None
    lengths: list[Lengths] = field(default_factory=list)


def summarise(handle: str, split: str, name: str, *, tokens: bool = True) -> Summary:
    """Sum a column up. Raises `UsageError` when there is none of this name."""
    held = DESK.find(handle)
    column = next((one for one in held.table.columns if one.name == name), None)
    if column is None:
        raise UsageError("tables.no-such-column", column=name, columns=[])
    view = DESK.view(handle, split)
    values, rows = _values(view, name)
    missing = values.null_count
    values = values.drop_null()
    distinct, frequent = _frequent(values, column)
    numbers, histogram = _numbers(values) if column.kind == "number" else ({}, None)
    lengths: list[Lengths] = []
    if column.kind == "text" and len(values):
        lengths.append(_lengths(values, "characters"))
        if tokens:
            lengths.append(_tokens(values))
    elif column.type.startswith("list of") and len(values):
        lengths.append(_lengths(values, "items"))
    counted = len(values)
    return Summary(
        name, column.type, rows, counted + missing, missing, distinct,
        None if distinct is None else counted - distinct, frequent, numbers, histogram, lengths,
    )  # fmt: skip


def _values(view: Any, name: str) -> tuple[Any, int]:
    if isinstance(view, Come):
        return view.rows.column(name), view.num_rows
    rows = view.num_rows
    chosen = view.select_columns([name])
    if rows > MOST_ROWS:
        import pyarrow

        size = MOST_ROWS // BLOCKS
        starts = [i * (rows - size) // (BLOCKS - 1) for i in range(BLOCKS)]
        return pyarrow.concat_tables([chosen[start : start + size] for start in starts]).column(name), rows
    return chosen[:].column(name), rows


def _frequent(values: Any, column: Column) -> tuple[int | None, list[tuple[str, int]]]:
    import pyarrow
    import pyarrow.compute as compute

    if not len(values):
        return 0, []
    try:
        counted = compute.value_counts(values)
    except (pyarrow.ArrowNotImplementedError, pyarrow.ArrowInvalid):  # lists and structs have no order
        return None, []
    if compute.max(counted.field("counts")).as_py() == 1:
        return len(counted), []  # every value once: none is more frequent than another
    order = compute.select_k_unstable(counted.field("counts"), COUNTED, [("", "descending")])
    top = counted.take(order)
    shown = zip(_shown(top.field("values"), column), top.field("counts").to_pylist(), strict=True)
    return len(counted), sorted(shown, key=lambda pair: -pair[1])


def _shown(values: Any, column: Column) -> list[str]:
    """Numbers in full, other values as cells show them."""
    import pyarrow

    if column.kind == "number":
        return [text or "" for text in exact_texts(values)]
    return [row[0] or "" for row in texts(pyarrow.table({column.name: values}), [column])]


def _numbers(values: Any) -> tuple[dict[str, str], Histogram | None]:
    numbers = figures.finite(values)
    if not len(numbers):
        return {}, None
    return figures.describe(numbers), Histogram(*figures.histogram(numbers))


def _lengths(values: Any, unit: str) -> Lengths:
    import numpy as np
    import pyarrow.compute as compute

    count = compute.utf8_length if unit == "characters" else compute.list_value_length
    return _measured(np.asarray(count(values).to_numpy(zero_copy_only=False), dtype=np.int64), unit)


def _tokens(values: Any) -> Lengths:
    import numpy as np

    from tui.models import loading

    step = max(1, math.ceil(len(values) / TOKENISED))
    chosen = [values[i].as_py() for i in range(0, len(values), step)]
    tokenizer = loading.tokenizer()
    counts: list[int] = []
    for first in range(0, len(chosen), 100):  # in portions: one huge call could not be stopped
        batch = [text[:100_000] for text in chosen[first : first + 100]]
        counts += [len(ids) for ids in tokenizer(batch, verbose=False)["input_ids"]]
    return _measured(np.asarray(counts, dtype=np.int64), "tokens")


def _measured(lengths: Any, unit: str) -> Lengths:
    import numpy as np

    least, median, p95, most = (float(n) for n in np.quantile(lengths, (0, 0.5, 0.95, 1)))
    return Lengths(unit, len(lengths), least, median, p95, most, Histogram(*figures.histogram(lengths)))


def said(number: float | str) -> str:
    """A figure of a summary for people, shortened where it is long."""
    exact = number if isinstance(number, str) else str(number)
    return number_text(exact, 0 if "." not in exact or exact.endswith(".0") else 2)
