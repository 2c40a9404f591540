"""Rows as a table: what the last line of a cell shows when its value is a DataFrame, a data set, or rows of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from tui.text.grid import grid
from tui.text.lines import line_text

MOST_ROWS, MOST_COLUMNS = 20, 40
AS_WIDE_AS_NEEDED = 10_000


def show_tables(shell: Any) -> None:
    """Let a shell show rows as tables. The libraries are not imported for it."""
    plain = shell.display_formatter.formatters["text/plain"]
    plain.for_type_by_name("pandas", "DataFrame", _printer(_of_frame))
    plain.for_type_by_name("pandas.core.frame", "DataFrame", _printer(_of_frame))
    plain.for_type_by_name("datasets.arrow_dataset", "Dataset", _printer(_of_dataset))
    for kind in (list, dict):
        before = plain.lookup_by_type(kind)
        plain.for_type(kind, _printer(_of_rows, before))


def table_text(names: Sequence[str], rows: Sequence[Sequence[Any]], total: int) -> str:
    """The rows under their names; the last line counts those that are not shown."""
    rows = rows[:MOST_ROWS]
    names, more = names[:MOST_COLUMNS], len(names) - MOST_COLUMNS
    is_number = [
        bool(rows) and all(isinstance(row[place], int | float) or row[place] is None for row in rows)
        for place in range(len(names))
    ]
    texts = [[_text(value) for value in row[: len(names)]] for row in rows]
    lines = [
        line_text(line).rstrip() for line in grid(list(zip(names, is_number, strict=True)), texts, AS_WIDE_AS_NEEDED)
    ]
    if total > len(rows) or more > 0:
        lines.append(f"[{total:,} rows x {len(names) + max(0, more)} columns]")  # as pandas has it
    return "\n".join(lines)


def _printer(
    table: Callable[[Any], str | None], otherwise: Callable[[Any, Any, bool], Any] | None = None
) -> Callable[[Any, Any, bool], None]:
    def show(value: Any, printer: Any, cycle: bool) -> None:
        text = None if cycle else table(value)
        if text is None and otherwise is not None:
            otherwise(value, printer, cycle)
        else:
            printer.text(repr(value) if text is None else text)

    return show


def _of_frame(frame: Any) -> str:
    head = frame.head(MOST_ROWS).iloc[:, :MOST_COLUMNS]
    rows = [[index, *row] for index, row in zip(head.index, head.astype(object).itertuples(index=False), strict=True)]
    names = ["", *map(str, frame.columns)]
    return table_text(names, rows, len(frame))


def _of_dataset(data: Any) -> str:
    names = data.column_names
    rows = [[row[name] for name in names] for row in data.select(range(min(MOST_ROWS, len(data))))]
    return f"Dataset({data.num_rows:,} rows)\n{table_text(names, rows, data.num_rows)}"


def _of_rows(value: Any) -> str | None:
    """A list of rows with the same names, or the columns of a batch; None for anything else."""
    if isinstance(value, list):
        if len(value) < 2 or not isinstance(value[0], dict) or not value[0]:
            return None
        names = list(value[0])
        if not all(isinstance(row, dict) and list(row) == names for row in value):
            return None
        rows = [list(row.values()) for row in value[:MOST_ROWS]]
        return table_text(list(map(str, names)), rows, len(value))
    columns = list(value.values())
    if not columns or not all(isinstance(column, list) and len(column) == len(columns[0]) for column in columns):
        return None
    if len(columns[0]) < 2 or any(isinstance(item, list) for column in columns for item in column[:MOST_ROWS]):
        return None
    return table_text(list(map(str, value)), list(islice(zip(*columns, strict=True), MOST_ROWS)), len(columns[0]))


def _text(value: Any) -> str | None:
    if value is None:
        return "None"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, Mapping | list | tuple):
        return repr(value)
    return str(value)
