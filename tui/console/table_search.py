"""Finding in a table on the screen: hits that come while the search goes on, and going from one to the next."""

from __future__ import annotations

from typing import Any

from tui.console.app_protocol import Console
from tui.console.table_requests import TableRequests
from tui.console.widgets.row_table import RowTable
from tui.console.widgets.status import Status
from tui.options import revive
from tui.tables.cell_search import Found
from tui.text.catalog import translate

PATTERN = "re:"
"""What stands before a pattern; anything else is looked for as it is."""


class TableSearch:
    """The search of one table."""

    def __init__(self, app: Console, rows: RowTable, requests: TableRequests, status: Status) -> None:
        self._app, self._rows, self._requests, self._status = app, rows, requests, status
        self._at_first_hit = False

    def begin(self, text: str) -> None:
        """Look for a text, or for a pattern, from the cursor on."""
        if self._rows.table is None:
            return
        values = {
            "handle": self._rows.table.handle,
            "split": self._rows.split,
            "pattern": text.removeprefix(PATTERN),
            "regex": text.startswith(PATTERN),
            "start": self._rows.at.row,
        }
        self._at_first_hit = False
        self._requests.ask("find", values, self._done, self._take)

    def end(self) -> bool:
        """Forget the hits. False when there are none."""
        if not self._rows.hits:
            return False
        self._rows.hits = {}
        self._rows.refresh()
        self._status.hint("")
        return True

    def go(self, by: int) -> None:
        """To the next hit, or to the one before; from the last to the first."""
        hits = sorted(self._rows.hits)
        if not hits:
            self._app.notify(translate(self._app.language, "console.data.no_hits"))
            return
        here = self._rows.at.row
        beyond = [row for row in hits if (row > here if by > 0 else row < here)]
        row = (beyond or hits)[0 if by > 0 else -1]
        self._rows.go_to(row, self._rows.hits[row])

    def _take(self, plain: Any) -> Found:
        hits: Found = revive(Found, plain)
        self._rows.hits = dict(zip(hits.rows, hits.columns, strict=True))
        if hits.rows and not self._at_first_hit:
            self._at_first_hit = True
            self._rows.go_to(hits.rows[0], hits.columns[0])
        self._rows.refresh()
        return hits

    def _done(self, plain: Any) -> None:
        hits = self._take(plain)
        counted = {"count": f"{hits.count:,}", "searched": f"{hits.searched:,}", "all": f"{hits.total:,}"}
        self._status.hint(translate(self._app.language, "console.data.hits", **counted))
