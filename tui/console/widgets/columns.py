"""Which columns of a table stand where, and how wide: counted in cells, Chinese ones included."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from tui.tables.cells import Column
from tui.text.visible import visible
from tui.text.wrap import cells

WIDEST = 36
"""Cells of a column at first; what is left over on the screen goes to the longest one."""
NARROWEST = 4
GAP = 2


class Columns:
    """The columns of one table as they are set: order, hidden ones, widths."""

    def __init__(self) -> None:
        self.all: Sequence[Column] = ()
        self.order: list[Column] = []
        """Those that are shown, in their order."""
        self._by_name: dict[str, Column] = {}
        self._set: dict[str, int] = {}
        """Widths that the reader has chosen."""
        self._longest: dict[str, int] = {}
        """Widest cell of the sample, and the title."""

    def put(self, columns: Sequence[Column], *, keep: bool) -> None:
        """Take over the columns of a table; with `keep`, in the order and width of the ones before."""
        remaining = {column.name: column for column in columns}
        if keep:
            hidden = {column.name for column in self.all} - {column.name for column in self.order}
            first = [remaining.pop(column.name) for column in self.order if column.name in remaining]
            self.order = first + [column for name, column in remaining.items() if name not in hidden]
        else:
            self.order = list(columns)
            self._set.clear()
        self.all = columns
        self._by_name = {column.name: column for column in columns}
        self._longest = {column.name: max(NARROWEST, column.widest, cells(visible(column.name))) for column in columns}

    def learn(self, names: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
        """See rows that come into view: a number that is wider than its column widens it, since none may be cut."""
        numbers = [(place, name) for place, name in enumerate(names) if self.by_name(name).kind == "number"]
        for row in rows if numbers else ():
            for place, name in numbers:
                self._longest[name] = max(self._longest[name], len(row[place] or ""))

    def by_name(self, name: str) -> Column:
        """The column of this name."""
        return self._by_name[name]

    def place(self, name: str) -> int | None:
        """Where a column stands; None when it is not shown."""
        return next((place for place, column in enumerate(self.order) if column.name == name), None)

    # -- as the reader sets them ----------------------------------------------------------------------------------

    def hide(self, place: int) -> None:
        """Take a column away; the last one stays."""
        if len(self.order) > 1:
            self.order.pop(place)

    def show_all(self) -> None:
        """All of them, in their own order and width."""
        self.order = list(self.all)
        self._set.clear()

    def shift(self, place: int, by: int) -> int:
        """Move a column; returns where it stands then."""
        there = place + by
        if 0 <= there < len(self.order):
            self.order[place], self.order[there] = self.order[there], self.order[place]
            return there
        return place

    def widen(self, name: str, width: int) -> None:
        """Set a width."""
        self._set[name] = max(NARROWEST, width)

    # -- on the screen --------------------------------------------------------------------------------------------

    def width(self, name: str) -> int:
        """The width that a column wants."""
        return self._set.get(name) or min(WIDEST, self._longest[name])

    def names(self, left: int, room: int) -> list[str]:
        """Columns that can be on the screen when `left` is the first; the last may be cut."""
        names: list[str] = []
        for column in islice(self.order, left, None):
            names.append(column.name)
            room -= self.width(column.name) + GAP
            if room <= 0:
                break
        return names

    def left_of(self, place: int, left: int, room: int) -> int:
        """The first column from `left` on with which the one at `place` fits in full, if it fits at all."""
        first = place
        room -= self.width(self.order[place].name) if self.order else 0
        while first > 0 and (room := room - self.width(self.order[first - 1].name) - GAP) >= 0:
            first -= 1
        return max(first, min(left, place))

    def shown(self, left: int, room: int) -> list[tuple[str, int]]:
        """(name, width) of the columns on the screen; the longest takes what is left over."""
        shown: list[tuple[str, int]] = []
        for name in self.names(left, room):
            if room <= 1 or (shown and room < self.width(name) and self.by_name(name).kind == "number"):
                break  # half a number would be another number
            shown.append((name, min(self.width(name), room)))
            room -= shown[-1][1] + GAP
        longer = [(self._longest[n] - w, i) for i, (n, w) in enumerate(shown) if n not in self._set]
        if longer and room + GAP > 0 and max(longer)[0] > 0:
            missing, place = max(longer)
            shown[place] = (shown[place][0], shown[place][1] + min(missing, room + GAP))
        return shown
