"""`data` on the bench: a data set and the steps done on it, row by row."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from textual import on
from textual.widget import Widget

from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.console.widgets.row_table import RowTable
from tui.console.widgets.status import Status
from tui.errors import TableGone
from tui.instruments.data.compute import DataResult
from tui.instruments.data.lines import note_lines
from tui.tables.table_store import Table
from tui.text.lines import Line


class TablePane(Pane):
    """A pane with a table of the engine's, and a few lines over it."""

    DELAY: ClassVar[float] = 0.7

    DEFAULT_CSS = """
    TablePane #notes-above { height: auto; max-height: 12; padding: 0 1; }
    """

    def compose_answer(self) -> Iterator[Widget]:
        above = Lines(id="notes-above")
        above.can_focus = False
        yield above
        yield RowTable(id="table")

    def put_table(self, table: Table, above: list[Line], split: str = "", front: Sequence[str] = ()) -> None:
        """Show a table under some lines, the columns of `front` before the others."""
        view = self.query_one("#notes-above", Lines)
        view.set_lines(above)
        view.styles.height = min(len(above), 12)
        rows = self.query_one(RowTable)
        if rows.table != table:
            first = [column for name in front for column in table.columns if column.name == name]
            rest = [column for column in table.columns if column not in first]
            rows.put(dataclasses.replace(table, columns=[*first, *rest]), split)

    @on(RowTable.Trouble)
    def table_is_gone(self, event: RowTable.Trouble) -> None:
        event.stop()
        if isinstance(event.error, TableGone):
            self.ask()  # the engine was restarted: the same inputs give the same table
        else:
            self.query_one(Status).error(event.error)

    @on(RowTable.WantsMore)
    def stream_gives_no_more(self, event: RowTable.WantsMore) -> None:
        event.stop()

    @on(RowTable.Opened)
    def open_cell(self, event: RowTable.Opened) -> None:
        event.stop()
        from tui.console.screens.windows import open_cell

        rows = self.query_one(RowTable)
        if rows.table is not None:
            self.run_worker(open_cell(self.app, rows.table.handle, rows.split, event.row, event.column), group="cell")

    async def copied(self) -> tuple[str, str]:
        """The cell with the cursor, as it is stored."""
        rows = self.query_one(RowTable)
        if rows.table is None or rows.column is None:
            return "cell", ""
        values = {
            "handle": rows.table.handle, "split": rows.split, "row": rows.at.row, "column": rows.column.name
        }  # fmt: skip
        text: str = await self.app.engine.ask("look", call="cell", values=values)
        return "cell", text


class DataPane(TablePane):
    """A source and its steps."""

    TEXTS: ClassVar[tuple[str, ...]] = ("path", "steps")
    WAITING: ClassVar[tuple[str, ...]] = ("path",)
    SEVERAL: ClassVar[tuple[str, ...]] = ("steps",)
    LEFT_OUT: ClassVar[tuple[str, ...]] = ("rows", "encoding", "options")

    def draw(self, result: DataResult) -> None:
        self.put_table(result.table, note_lines(result, self.text_width, self.app.language), result.split)

    def values(self) -> dict[str, Any]:
        values = super().values()
        if not values.get("steps"):
            values.pop("steps", None)
        return values
