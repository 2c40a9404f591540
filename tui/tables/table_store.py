"""The tables that are open in this process, by handle: opened, changed, looked into, searched, summed up, saved.

Rows and cells are asked for by another thread while a step runs, so a table never changes once it has its handle: a
step makes a new one, and undoing it is going back to the handle before.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

from tui.errors import DataError, ResultWarning, TableGone, UsageError
from tui.models.reference import BACKBONE
from tui.tables import apply, cells, load_errors, opening
from tui.tables.cells import Column
from tui.tables.opening import Split
from tui.tables.source import Source
from tui.tables.steps import Step, parse, script
from tui.tables.values import plain_values

KEPT = 60
"""Tables that stay open; the one that was not asked for longest is forgotten, and made again when it is."""
SAMPLE = 200
MOST_COPIED = 5_000
"""Rows that are copied at once."""
FETCHED = 100
"""Rows that a stream gives at a time."""
MOST_STREAMED = 20_000
"""Rows of a stream that are kept to look at."""


@dataclass(frozen=True, slots=True)
class Table:
    """A table as the console knows it."""

    handle: str
    stream: bool
    splits: list[Split]
    columns: list[Column]
    """Of the first split; the others have the same."""
    bytes: int | None
    warnings: list[ResultWarning]
    """What may have been misread; of the table as it was opened, none after a step."""
    code: str
    """A script that makes it, alone."""
    steps: list[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """What a step made of a table."""

    table: Table
    added: list[str]
    removed: list[str]
    before: int | None
    after: int | None
    seconds: float
    cache: str


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of a table."""

    first: int
    rows: list[list[str | None]]
    """Cells of the columns that were asked for; None where a value is missing."""
    known: int | None
    """stream: rows that have come so far."""
    ended: bool = True
    """stream: whether its end has been seen."""


@dataclass(slots=True)
class Held:
    """A table on the desk."""

    table: Table
    source: Source
    data: Any
    opening: str
    steps: tuple[Step, ...]
    views: dict[str, Any] = field(default_factory=dict)
    """Its splits in Arrow format, or the rows that have come of a stream."""


class Come:
    """What has come of a stream. Filled by the working thread, read by the other."""

    def __init__(self, stream: Any) -> None:
        self._rows: Generator[Any] = iter(stream)
        self.rows: Any = None
        self.ended = False

    def close(self) -> None:
        """No more will be asked for."""
        self._rows.close()
        self.ended = True

    @property
    def num_rows(self) -> int:
        return 0 if self.rows is None else int(self.rows.num_rows)

    def fetch(self, upto: int) -> None:
        """Take more rows until there are so many."""
        while self.num_rows < min(upto, MOST_STREAMED) and not self.ended:
            some = list(itertools.islice(self._rows, FETCHED))
            self.ended = len(some) < FETCHED
            if some:
                self.rows = cells.joined(self.rows, some)


class Desk:
    """Open tables."""

    def __init__(self) -> None:
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._numbers = itertools.count(1)

    # -- asked by the working thread ------------------------------------------------------------------------------

    def open(self, source: Source) -> Table:
        """Open a source. Raises `UsageError` or `DataError`."""
        opened = opening.load(source)
        return self._keep(source, opened.data, opened.code, (), opened.warnings)

    def step(self, handle: str, text: str, model: str = BACKBONE) -> Changed:
        """Do a step on a table, with the tokenizer of a model; the result is a table of its own."""
        held, step = self.find(handle), replace(parse(text), model=model)
        done = apply.apply(step, held.data)
        made = self._keep(held.source, done.data, held.opening, (*held.steps, step), [])
        return Changed(
            made, list(done.added), list(done.removed), done.before, done.after, done.seconds, done.cache
        )  # fmt: skip

    def again(self, source: Source, steps: list[str]) -> list[Table]:
        """Open a source and do these steps on it, every table on the way; what was made before is in the cache."""
        tables = [self.open(source)]
        for text in steps:
            tables.append(self.step(tables[-1].handle, text).table)
        return tables

    def put(self, data: Any, code: str, source: Source | None = None) -> Table:
        """Lay a data set that was made elsewhere on the desk."""
        return self._keep(source or Source(("",)), data, code, (), opening.warnings(data))

    def more(self, handle: str, split: str, upto: int) -> Page:
        """Let a stream come until so many rows are there."""
        held = self.find(handle)
        come = self._view(held, split)
        if isinstance(come, Come):
            with load_errors.explained(held.source):
                come.fetch(upto)
        return Page(0, [], come.num_rows, getattr(come, "ended", True))

    # -- asked at any time ----------------------------------------------------------------------------------------

    def rows(self, handle: str, split: str, first: int, count: int, names: list[str]) -> Page:
        """Some rows of some columns."""
        held = self.find(handle)
        view = self._view(held, split)
        known = view.num_rows
        first, last = max(0, min(first, known)), max(0, min(first + count, known))
        by_name = {column.name: column for column in held.table.columns}
        columns = [by_name[name] for name in names if name in by_name]
        part = _part(view, first, last, [column.name for column in columns])
        made = cells.texts(part, columns) if part is not None and columns else [[] for _ in range(last - first)]
        stream = isinstance(view, Come)
        return Page(first, made, known if stream else None, view.ended if stream else True)

    def values(self, handle: str, split: str, first: int, count: int) -> list[list[Any]]:
        """Some rows of all columns as JSON values, exactly as they are stored; a class label is its number."""
        held = self.find(handle)
        view = self._view(held, split)
        first, last = max(0, min(first, view.num_rows)), max(0, min(first + count, view.num_rows))
        names = [column.name for column in held.table.columns]
        part = _part(view, first, last, names)
        if part is None or not names:
            return [[] for _ in range(last - first)]
        return [list(row) for row in zip(*(plain_values(part.column(name)) for name in names), strict=True)]

    def cell(self, handle: str, split: str, row: int, column: str) -> str:
        """One cell in full."""
        held = self.find(handle)
        view = self._view(held, split)
        meta = next((one for one in held.table.columns if one.name == column), None)
        if meta is None or not 0 <= row < view.num_rows:
            raise UsageError("tables.no-such-cell", column=column, row=row)
        return cells.whole(_part(view, row, row + 1, [column]).column(0)[0], meta)

    def lines(self, handle: str, split: str, rows: list[int]) -> str:
        """Whole rows as tab-separated lines under a header, as much as a clipboard takes.

        A field with a tab, a line break or a quotation mark in it is quoted, as spreadsheets read it.
        """
        import csv
        import io

        held = self.find(handle)
        view = self._view(held, split)
        names = [column.name for column in held.table.columns]
        text = io.StringIO()
        writer = csv.writer(text, "excel-tab", lineterminator="\n")
        writer.writerow(names)
        for row in rows[:MOST_COPIED]:
            part = _part(view, row, row + 1, names)
            writer.writerow(cells.whole(part.column(c.name)[0], c, indent=None) for c in held.table.columns)
        return text.getvalue()

    def close(self, handle: str) -> None:
        """Forget a table; a stream lets go of its file."""
        held = self._held.pop(handle, None)
        for view in held.views.values() if held else ():
            if isinstance(view, Come):
                view.close()

    def clear(self) -> None:
        """Forget all of them."""
        for handle in list(self._held):
            self.close(handle)

    def find(self, handle: str) -> Held:
        """A table by its handle. Raises `TableGone`."""
        try:
            self._held.move_to_end(handle)
            return self._held[handle]
        except KeyError:
            raise TableGone("tables.table-gone") from None

    def view(self, handle: str, split: str) -> Any:
        """A split in Arrow format: a `Dataset`, or the `Come` of a stream."""
        return self._view(self.find(handle), split)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _keep(
        self, source: Source, data: Any, code: str, steps: tuple[Step, ...], warnings: list[ResultWarning]
    ) -> Table:
        handle = f"t{next(self._numbers)}"
        parts = opening.splits(data)
        held = Held(None, source, data, code, steps)  # type: ignore[arg-type]
        first = next(iter(parts))
        stream = opening.is_stream(data)
        view = self._view(held, first)
        if stream:
            with load_errors.explained(source):
                view.fetch(1)
            head = view.rows
        else:
            head = _sample(view)
        features = parts[first].features
        held.table = Table(
            handle,
            stream,
            [Split(name, None if stream else one.num_rows) for name, one in parts.items()],
            cells.columns_of(head.schema, features, head) if head is not None else [],
            opening.bytes_on_disk(data),
            warnings,
            script(code, list(steps)),
            [step.text for step in steps],
        )
        self._held[handle] = held
        while len(self._held) > KEPT:
            self.close(next(iter(self._held)))
        return held.table

    def _view(self, held: Held, split: str) -> Any:
        if split in held.views:
            return held.views[split]
        parts = opening.splits(held.data)
        if split not in parts:
            raise UsageError("tables.no-such-split", split=split, splits=list(parts))
        part = parts[split]
        view = Come(part) if opening.is_stream(held.data) else part.with_format("arrow")
        return held.views.setdefault(split, view)


def _sample(view: Any) -> Any:
    """Some rows from the beginning, the middle and the end."""
    import pyarrow

    rows, size = view.num_rows, SAMPLE // 4
    if rows <= SAMPLE:
        return view[:rows]
    starts = [0, rows // 3, 2 * rows // 3, rows - size]
    return pyarrow.concat_tables([view[start : start + size] for start in starts])


def _part(view: Any, first: int, last: int, names: list[str]) -> Any:
    if isinstance(view, Come):
        return view.rows.slice(first, last - first).select(names) if view.rows is not None else None
    # Sliced first: `select_columns` copies the features, 100 ms at 2,000 columns against 1 ms.
    return view[first : max(first, last)].select(names) if names else None


DESK = Desk()
"""The one of this process."""


def needs_rows(view: Any) -> Any:
    """The table of a stream's rows so far, or the data set. Raises `DataError` when nothing has come."""
    if isinstance(view, Come):
        if view.rows is None:
            raise DataError("tables.stream-empty")
        return view.rows
    return view
