"""Rows of a table of any length, looked up in the engine as they come into view. The cursor is a cell.

Nothing here grows with the table: a few pages of cells are kept, and a move is drawn once its rows are there, so that
no empty page is ever seen on the way.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.strip import Strip
from textual.worker import Worker

from tui.console.keys import bindings
from tui.console.widgets.columns import GAP, Columns
from tui.console.widgets.lines import Lines
from tui.errors import HeadnotesError, TableGone
from tui.options import revive
from tui.tables.cells import Column
from tui.tables.table_store import Page, Table
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import fill

KEPT = 1000
"""Rows whose cells are kept."""


@dataclass(frozen=True, slots=True)
class At:
    """Where the view stands: the first row and column on the screen, and the cell with the cursor."""

    top: int = 0
    row: int = 0
    left: int = 0
    column: int = 0


class RowTable(Lines):
    """A table of the engine's."""

    SCOPES = ("rows", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("rows")

    DEFAULT_CSS = """
    RowTable { height: 1fr; min-height: 4; margin: 1 0 0 0; }
    """

    class Moved(Message):
        """The cursor is on another cell, or the table has changed."""

    @dataclass
    class Opened(Message):
        """Enter on a cell."""

        row: int
        column: str

    @dataclass
    class Trouble(Message):
        """Rows could not be had."""

        error: HeadnotesError

    @dataclass
    class WantsMore(Message):
        """The end of what has come of a stream is reached."""

        upto: int

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.table: Table | None = None
        self.split = ""
        self.at = At()
        self.columns = Columns()
        self.selected: set[int] = set()
        self.hits: dict[int, str] = {}
        """Rows in which something was found, with the column."""
        self.count = 0
        """Rows that are known."""
        self.ended = True
        """Whether all rows are known."""
        self._rows: OrderedDict[int, dict[str, str | None]] = OrderedDict()
        self._wanted: At | None = None
        """Where the view is going as soon as the rows are there."""
        self._bringing: Worker[None] | None = None
        """What fetches them."""

    def put(self, table: Table, split: str = "", *, keep: bool = False, from_top: bool = False) -> None:
        """Show a split of a table; with `keep`, at the same place and with the columns as they were set.

        With `from_top` the first rows are shown all the same: the rows are other ones.
        """
        self.columns.put(table.columns, keep=keep)
        self.table, self.split = table, split or table.splits[0].name
        self.count = next((one.rows for one in table.splits if one.name == self.split), 0) or 0
        self.ended = not table.stream
        self._rows.clear()
        self.selected.clear()
        self.hits = {}
        goal = self._goal if keep else At()
        if from_top:
            goal = At(left=goal.left, column=goal.column)
        self._wanted = self._bringing = None
        self.at = At()
        # Workers get functions: a coroutine of a worker that is cancelled before its start is never awaited.
        _: Worker[None] = self.run_worker(partial(self._begin, goal), group="rows", exclusive=True)

    async def _begin(self, goal: At) -> None:
        if self.table is not None and self.table.stream:
            await self._fetch(0, self._body, self._names(0))
        self._aim(self._placed(goal.row, goal.column, goal.top, goal.left))

    def came(self, known: int, ended: bool) -> None:
        """More of a stream has come."""
        self.count, self.ended = known, ended
        self.refresh()

    @property
    def column(self) -> Column | None:
        """The one with the cursor."""
        return self.columns.order[self.at.column] if self.at.column < len(self.columns.order) else None

    def value(self, row: int, column: str) -> str | None:
        """A cell that is at hand, as it is shown."""
        return self._rows.get(row, {}).get(column)

    # -- moving ---------------------------------------------------------------------------------------------------

    @property
    def _body(self) -> int:
        return max(1, self.size.height - 1)

    @property
    def _margin(self) -> int:
        return len(f"{max(self.count - 1, 0):,}") + 4

    @property
    def _room(self) -> int:
        return self.size.width - self._margin - 1  # the last cell is the thumb's

    @property
    def _goal(self) -> At:
        return self._wanted or self.at

    def _names(self, left: int) -> list[str]:
        return self.columns.names(left, self._room)

    def go_to(self, row: int, column: str = "") -> None:
        """Put the cursor on a row, and on a column if one is named."""
        place = self.columns.place(column)
        self._move_to(row, self._goal.column if place is None else place)

    def _move_to(self, row: int, column: int, top: int | None = None) -> None:
        if row >= self.count and not self.ended:
            self.post_message(self.WantsMore(row + self._body))
        goal = self._goal
        self._aim(self._placed(row, column, goal.top if top is None else top, goal.left))

    def _placed(self, row: int, column: int, top: int, left: int) -> At:
        """The view with this cell in it, moved as little as can be; after a jump the cell is in the middle."""
        body, last = self._body, max(0, self.count - 1)
        row = max(0, min(row, last))
        column = max(0, min(column, len(self.columns.order) - 1))
        if abs(row - self.at.row) > 2 * body and not top <= row < top + body:
            top = row - body // 2
        elif row < top:
            top = row
        elif row >= top + body:
            top = row - body + 1
        top = max(0, min(top, last + 1 - body))
        return At(top, row, self.columns.left_of(column, left, self._room), column)

    def _aim(self, goal: At) -> None:
        """Go there as soon as its cells are at hand."""
        missing = self._missing(goal)
        if not missing:
            self._wanted = None
            self.at = goal
            self.refresh()
            self.post_message(self.Moved())
            return
        self._wanted = goal
        if self._bringing is None or self._bringing.is_finished:
            self._bringing = self.run_worker(self._bring, group="rows")

    def _missing(self, goal: At) -> range:
        """The rows that have to be fetched before the view can be there, and a page ahead for the next key."""
        names = self._names(goal.left)
        rows = range(goal.top, min(goal.top + self._body, self.count))
        missing = [row for row in rows if any(name not in self._rows.get(row, ()) for name in names)]
        if not missing:
            return range(0)
        before, after = (self._body, 0) if goal.top < self.at.top else (0, self._body)
        return range(max(0, missing[0] - before), min(self.count, missing[-1] + 1 + after))

    async def _bring(self) -> None:
        """Fetch for the newest goal, one page at a time: the goals of keys that came meanwhile replace each other."""
        before: tuple[At, range] | None = None
        while (goal := self._wanted) is not None:
            rows = self._missing(goal)
            if (goal, rows) == before:
                return  # the engine has no such rows
            before = (goal, rows)
            if rows and not await self._fetch(rows.start, len(rows), self._names(goal.left)):
                return
            if (goal := self._wanted) is not None:
                self._wanted = self._placed(goal.row, goal.column, goal.top, goal.left)  # a column may be wider now
                if not self._missing(self._wanted):
                    self._aim(self._wanted)

    async def _fetch(self, first: int, count: int, names: list[str]) -> bool:
        table, split = self.table, self.split
        if table is None:
            return False
        values = {"handle": table.handle, "split": split, "first": first, "count": count, "names": names}
        try:
            plain = await asyncio.shield(self.app.engine.ask("look", call="rows", values=values).answer)
        except HeadnotesError as error:
            if table is self.table:
                if not isinstance(error, TableGone):  # else it is opened again, and the view goes where it was going
                    self._wanted = None
                self.post_message(self.Trouble(error))
            return False
        if table is not self.table or split != self.split:
            return False
        page: Page = revive(Page, plain)
        if page.known is not None:
            self.count, self.ended = page.known, page.ended
        for number, row in enumerate(page.rows, page.first):
            self._rows.setdefault(number, {}).update(zip(names, row, strict=True))
            self._rows.move_to_end(number)
        while len(self._rows) > max(KEPT, 4 * self._body):
            self._rows.popitem(last=False)
        self.columns.learn(names, page.rows)
        return bool(page.rows)

    def on_resize(self) -> None:
        if self.table is not None:
            self._stay(self._goal.column)

    def _stay(self, column: int) -> None:
        """The same place in another width or with other columns."""
        self._aim(self._placed(self._goal.row, column, self._goal.top, self._goal.left))

    # -- drawing --------------------------------------------------------------------------------------------------

    def extent(self) -> tuple[int, int, float]:
        return self.count, self._body, self.at.top

    def render_line(self, y: int) -> Strip:
        shown = self.columns.shown(self.at.left, self._room)
        row = self.at.top + y - 1
        line = self._header(shown) if y == 0 else self._line(row, shown) if row < self.count else ()
        return self.fitted(line, y)

    def _header(self, shown: list[tuple[str, int]]) -> Line:
        pieces = [(" " * self._margin, "dim")]
        for name, width in shown:
            column = self.columns.by_name(name)
            title = fill(visible(name), width, "right" if column.kind == "number" else "left")
            pieces += [(title, "accent" if column is self.column else "dim"), (" " * GAP, "text")]
        return tuple(pieces)

    def _line(self, row: int, shown: list[tuple[str, int]]) -> Line:
        here = row == self.at.row
        marked = row in self.selected or row in self.hits
        sign = "•" if row in self.selected else "›" if row in self.hits else " "
        pieces = [(f"{sign}{row:>{self._margin - 3},}  ", "accent" if marked else "dim")]
        for name, width in shown:
            column, value = self.columns.by_name(name), self._rows.get(row, {}).get(name, "")
            look = "dim" if value is None else "accent" if column.kind == "label" else "text"
            if here and column is self.column:
                look += ".cursor" if self.has_focus else ".here"
            elif here:
                look += ".here"
            elif self.hits.get(row) == name:
                look = "match"
            text = visible("null" if value is None else value)
            pieces.append((fill(text, width, "right" if column.kind == "number" else "left"), look))
            pieces.append((" " * GAP, "text.here" if here else "text"))
        return tuple(pieces)

    # -- keys and mouse -------------------------------------------------------------------------------------------

    def action_cell(self, down: int, right: int) -> None:
        self._move_to(self._goal.row + down, self._goal.column + right)

    def action_page(self, by: int) -> None:
        step = by * max(1, self._body - 1)
        self._move_to(self._goal.row + step, self._goal.column, max(0, self._goal.top + step))

    def action_end(self, which: str) -> None:
        self._move_to(0 if which == "top" else self.count - 1, self._goal.column)

    def action_column_end(self, which: str) -> None:
        self._move_to(self._goal.row, 0 if which == "first" else len(self.columns.order) - 1)

    def action_hide(self) -> None:
        self.columns.hide(self.at.column)
        self._stay(self.at.column)

    def action_show_all(self) -> None:
        name = self.column.name if self.column else ""
        self.columns.show_all()
        self._stay(self.columns.place(name) or 0)

    def action_shift(self, by: int) -> None:
        self._stay(self.columns.shift(self.at.column, by))

    def action_widen(self, by: int) -> None:
        if self.column is not None:
            now = dict(self.columns.shown(self.at.left, self._room)).get(self.column.name, 0)
            self.columns.widen(self.column.name, now + by)
            self._stay(self.at.column)

    def action_select(self) -> None:
        self.selected ^= {self.at.row}
        self._move_to(self.at.row + 1, self.at.column)

    def action_open_cell(self) -> None:
        if self.column is not None and self.count:
            self.post_message(self.Opened(self.at.row, self.column.name))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._move_to(self._goal.row + 3, self._goal.column)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._move_to(self._goal.row - 3, self._goal.column)

    def on_click(self, event: events.Click) -> None:
        left = self._margin
        for name, width in self.columns.shown(self.at.left, self._room):
            if left <= event.x < left + width + GAP:
                self.go_to(self.at.top + event.y - 1 if event.y else self.at.row, name)
                return
            left += width + GAP
