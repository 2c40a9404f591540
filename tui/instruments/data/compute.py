"""`data`: a data set opened through the library, steps done on it, and what came out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.instruments.instrument import Result
from tui.options import option
from tui.tables import steps
from tui.tables.source import FORMATS, Source, call, shipped
from tui.tables.table_store import DESK, Changed, Table


@dataclass(frozen=True, slots=True)
class DataSpec:
    """A source and steps."""

    path: str = option(
        help="a file, a glob, a folder, an address, an id on the Hub, or data that ships with the lessons"
    )
    steps: tuple[str, ...] = option(
        default=(), help="what is done to it, a call each: filter(lambda row: row['n'] > 3)"
    )
    format: str = option(default="", choices=FORMATS, help="the format, when the name does not say it")
    split: str = option(default="", help="only this split; empty: all of them")
    field: str = option(default="", help="json: the key under which the rows are")
    delimiter: str = option(default="", help=r"csv: what stands between two fields; \t for a tab")
    encoding: str = option(default="", help="of text files; utf-8 when not said")
    streaming: bool = option(default=False, help="true or false: rows as they come")
    options: tuple[str, ...] = option(
        default=(), help="csv, json, pandas: options of the library's reader, NAME=VALUE each: header=None"
    )
    rows: int = option(default=20, least=0, help="a whole number: how many rows the answer lists")


@dataclass(frozen=True, slots=True)
class DataResult(Result):
    """The table as it is after the last step."""

    table: Table
    split: str
    """The one whose rows are listed."""
    rows: list[list[Any]]
    """The first rows as JSON values, as they are stored, in the order of the table's columns."""
    before: Table | None
    """The table before the last step."""
    changed: Changed | None
    """What the last step did."""


def source(spec: DataSpec) -> Source:
    """The source of a Spec."""
    return Source(
        (shipped(spec.path),), spec.format, spec.split, "", spec.field, spec.delimiter, spec.encoding, spec.streaming,
        options=spec.options,
    )  # fmt: skip


def run(spec: DataSpec) -> DataResult:
    """Open it and do the steps. Raises `UsageError` and `DataError`."""
    table = opened = DESK.open(source(spec))
    before, changed = None, None
    for text in spec.steps:
        if text.strip():
            before, changed = table, DESK.step(table.handle, text)
            table = changed.table
    split = table.splits[0].name
    if table.stream:
        DESK.more(table.handle, split, spec.rows)
    rows = DESK.values(table.handle, split, 0, max(0, spec.rows))
    return DataResult(table, split, rows, before, changed, warnings=opened.warnings)


def code(spec: DataSpec) -> str:
    """A script that makes the same table."""
    made = steps.script(call(source(spec)).code(), [steps.parse(text) for text in spec.steps if text.strip()])
    return made + "print(dataset)\n"
