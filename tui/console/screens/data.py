"""The data room: a data set of any size, paged through, searched, summed up, changed step by step, saved."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui.console import recent
from tui.console.keys import bindings
from tui.console.screens.base import ConsoleScreen
from tui.console.screens.windows import ListWindow, TextWindow, code_window, open_cell
from tui.console.table_requests import TableRequests
from tui.console.table_saving import TableSaving
from tui.console.table_search import TableSearch
from tui.console.typeset import one_line, plain_lines
from tui.console.verbatim import verbatim
from tui.console.widgets.chrome import KeyLine, Prompt, TopLine
from tui.console.widgets.column_summary import summary_lines, type_text
from tui.console.widgets.lines import Lines
from tui.console.widgets.row_table import RowTable
from tui.console.widgets.status import Status
from tui.errors import TableGone
from tui.instruments.warning_text import warning_text
from tui.options import revive
from tui.tables.source import Source, is_address, source_from_text
from tui.tables.steps import BY_NAME, OPERATIONS
from tui.tables.summary import Summary
from tui.tables.table_store import Changed, Page, Table
from tui.text.catalog import translate
from tui.text.lines import Line, line_text
from tui.text.sizes import size_text
from tui.text.visible import visible

MOST_WARNINGS = 4
SAME_ROWS = ("map", "rename", "cast", "class_encode", "add_column", "remove_columns", "select_columns", "set_format",
             "with_format", "reset_format")  # fmt: skip
"""Steps after which a row is still the row that it was."""
FIGURES = 72
"""Columns of the window with a column's figures."""


class Data(ConsoleScreen[None]):
    """One data set at a time; every step makes a table of its own, and undoing goes back to the one before."""

    SCOPES = ("data",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("data")
    AUTO_FOCUS = "#rows"

    DEFAULT_CSS = """
    Data {
        #steps { height: auto; max-height: 2; padding: 0 1; color: $dim; }
        #warnings { height: auto; max-height: 4; padding: 0 1; }
        #about { height: 1; padding: 0 1; color: $dim; }
        Status { margin: 0; max-height: 4; min-height: 1; }
        .-hidden { display: none; }
    }
    """

    def __init__(self, source: Source | None = None) -> None:
        super().__init__()
        self._source = source if source is not None and source.paths else None
        self._trail: list[Table] = []
        """The table as it was opened, and after each step."""
        self._looking_back = False
        self.rows = RowTable(id="rows")
        self._status = Status(id="status")
        self.requests = TableRequests(self.app, self, self._open_again)
        self.search = TableSearch(self.app, self.rows, self.requests, self._status)
        self.saving = TableSaving(self.app, self.requests, self._status, lambda: self._trail[-1].handle)

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Static("", id="steps", classes="-hidden")
        warnings = Lines(id="warnings", classes="-hidden")
        warnings.can_focus = False
        yield warnings
        yield self.rows
        yield Static("", id="about")
        yield self._status
        yield Prompt()
        yield KeyLine()

    @property
    def table(self) -> Table | None:
        """The table as it is now."""
        return self._trail[-1] if self._trail else None

    def on_mount(self) -> None:
        self.translate()
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        self.app.begin()
        if self._source is not None:
            self._open(self._source)
        elif not self._trail:
            self.action_open()

    def on_unmount(self) -> None:
        self.requests.drop()

    # -- the engine -----------------------------------------------------------------------------------------------

    async def _open_again(self) -> str | None:
        """After a restart of the engine: the same source and steps; what they made lies in the library's cache."""
        table = self.table
        if table is None or self._source is None:
            return None
        values = {"source": dataclasses.asdict(self._source), "steps": table.steps}
        if (plain := await self.requests.answer("again", values)) is None:
            return None
        self._trail = revive(list[Table], plain)
        self._status.hint("")
        self.app.notify(translate(self.app.language, "console.data.table_reopened"))
        self.rows.put(self._trail[-1], self.rows.split, keep=True)
        return self._trail[-1].handle

    @on(RowTable.Trouble)
    def rows_are_gone(self, event: RowTable.Trouble) -> None:
        if isinstance(event.error, TableGone):
            self.requests.reopen()
        else:
            self.requests.show_error(event.error)

    @on(RowTable.WantsMore)
    def fetch_more(self, event: RowTable.WantsMore) -> None:
        if not self.requests.busy and self.table is not None:
            values = {"handle": self.table.handle, "split": self.rows.split, "upto": event.upto}
            self.requests.ask("more", values, self._more_came)

    def _more_came(self, plain: Any) -> None:
        page = revive(Page, plain)
        self.rows.came(page.known or 0, page.ended)
        self.rows.go_to(self.rows.at.row + 1)
        self._tell()

    # -- opening --------------------------------------------------------------------------------------------------

    def _open(self, source: Source) -> None:
        """Ask for another source. Until it has come, all that is here belongs to the one before."""
        values = {"source": dataclasses.asdict(source)}
        self.requests.ask("open", values, lambda plain: self._opened(source, plain), on_failure=self._tell)
        language = self.app.language
        opening = translate(language, "console.data.opening", name=_short(source))
        self.query_one(TopLine).put(self.app.book.name, translate(language, "console.data.title"), opening)

    def _opened(self, source: Source, plain: Any) -> None:
        self._source, self._trail = source, [revive(Table, plain)]
        recent.add(source)
        self._show(keep=False)
        self.rows.focus()

    def action_open(self) -> None:
        language = self.app.language
        known = recent.read()
        sources = [*known, *(one for one in recent.bundled() if one not in known)]
        entries = [translate(language, "console.data.open_typed"), translate(language, "console.data.open_made")]
        for one in sources:
            kind = "opened_before" if one in known else "bundled"
            entries.append(f"{_short(one)}   {translate(language, f'console.source.{kind}')}")

        async def chosen(index: int | None) -> None:
            if index == 0:
                await self.query_one(Prompt).open("open", translate(language, "console.data.open_what"))
            elif index == 1:
                await self.query_one(Prompt).open("make", translate(language, "console.data.make_rows"), "1_000_000")
            elif index is not None:
                self._open(sources[index - 2])

        self.app.push_screen(
            ListWindow(translate(language, "console.data.open_title"), entries, marked=2 if sources else 0), chosen
        )

    def _title(self) -> str:
        return _short(self._source) if self._source is not None else ""

    # -- showing --------------------------------------------------------------------------------------------------

    def _show(self, *, keep: bool, from_top: bool = False) -> None:
        if self.table is not None:
            self._looking_back = False
            split = self.rows.split if self.rows.split in [one.name for one in self.table.splits] else ""
            self.rows.put(self.table, split, keep=keep, from_top=from_top)
            self._tell()

    def translate(self) -> None:
        """The language has changed."""
        self._tell()
        super().translate()

    def on_resize(self) -> None:
        self.call_after_refresh(self._tell)

    def _tell(self) -> None:
        """What stands around the rows: the top line, the steps, the warnings, the cell."""
        language = self.app.language
        table = self._trail[-2 if self._looking_back else -1] if self._trail else None
        top = self.query_one(TopLine)
        if table is None:
            top.put(self.app.book.name, translate(language, "console.data.title"))
            self._status.hint(translate(language, "console.data.no_table") if not self.requests.busy else "")
            return
        facts = [
            translate(
                language,
                "console.data.rows_so_far" if table.stream and not self.rows.ended else "console.data.rows",
                count=self.rows.count,
            ),
            translate(language, "console.data.columns", count=len(table.columns)),
        ]
        if table.bytes:
            facts.append(size_text(table.bytes))
        if len(table.splits) > 1 or self.rows.split not in ("train", "rows"):
            facts.append(self.rows.split)
        if self._looking_back:
            facts.append(translate(language, "console.data.before_step"))
        top.put(self.app.book.name, translate(language, "console.data.title"), self._title(), done="   ".join(facts))
        width = max(20, self.size.width - 2)
        steps = self.query_one("#steps", Static)
        steps.set_class(not table.steps, "-hidden")
        steps.update(verbatim(one_line("> " + "  > ".join(table.steps), width)))
        self._put_warnings(width)
        self._tell_cell()

    def _put_warnings(self, width: int) -> None:
        warnings = self._trail[0].warnings if len(self._trail) == 1 else []
        lines: list[Line] = [
            line for one in warnings for line in plain_lines(warning_text(one, self.app.language), width, "warn")
        ]
        if len(lines) > MOST_WARNINGS:
            more = translate(self.app.language, "console.data.more_warnings", n=len(lines) - MOST_WARNINGS + 1)
            lines[MOST_WARNINGS - 1 :] = plain_lines(more, width, "dim")[:1]
        view = self.query_one("#warnings", Lines)
        view.set_class(not lines, "-hidden")
        view.set_lines(lines[:MOST_WARNINGS])
        view.styles.height = min(len(lines), MOST_WARNINGS)

    @on(RowTable.Moved)
    def _tell_cell(self) -> None:
        column = self.rows.column
        if column is None:
            return
        language = self.app.language
        row = translate(language, "console.data.row", n=f"{self.rows.at.row:,}")
        where = f"{row}   {column.name}   {type_text(column.type, language)}"
        self.query_one("#about", Static).update(verbatim(one_line(visible(where), max(20, self.size.width - 2))))

    # -- steps ----------------------------------------------------------------------------------------------------

    async def action_step(self, name: str) -> None:
        if self.table is not None:
            column = self.rows.column
            example = BY_NAME[name].example.replace("COLUMN", column.name if column else "name")
            await self.query_one(Prompt).open("step", translate(self.app.language, "console.data.step"), example)

    def action_operations(self) -> None:
        if self.table is None:
            return
        language, stream = self.app.language, self.table.stream
        offered = [one for one in OPERATIONS if one.stream or not stream]
        entries = [f"{one.name:<20} {translate(language, f'tables.step_help.{one.name}')}" for one in offered]

        async def chosen(index: int | None) -> None:
            if index is not None:
                await self.action_step(offered[index].name)

        self.app.push_screen(ListWindow(translate(language, "console.data.steps_title"), entries), chosen)

    def _do(self, text: str) -> None:
        if self.table is not None and text.strip():
            self.requests.ask("step", {"handle": self.table.handle, "text": text}, self._done)

    def _done(self, plain: Any) -> None:
        changed: Changed = revive(Changed, plain)
        language = self.app.language
        self._trail.append(changed.table)
        self._show(keep=True, from_top=not changed.table.steps[-1].startswith(SAME_ROWS))
        step = changed.table.steps[-1]
        if changed.after is None:
            said = translate(language, "console.data.step_stream", step=step)
        else:
            took = f"{1000 * changed.seconds:.0f} ms" if changed.seconds < 1 else f"{changed.seconds:.1f} s"
            said = translate(language, "console.step_done", step=one_line(step, 60), before=f"{changed.before or 0:,}",
                       after=f"{changed.after:,}", seconds=took)  # fmt: skip
        parts = [said]
        parts += [translate(language, f"console.cache.{changed.cache}")] if changed.cache else []
        parts += [translate(language, "console.new_columns", names=", ".join(changed.added))] if changed.added else []
        parts += (
            [translate(language, "console.gone_columns", names=", ".join(changed.removed))] if changed.removed else []
        )
        self._status.hint("   ".join(parts))

    def action_undo(self) -> None:
        if len(self._trail) < 2:
            self.app.notify(translate(self.app.language, "console.data.nothing_to_undo"))
            return
        gone = self._trail.pop()
        self._show(keep=True)
        self._status.hint(translate(self.app.language, "console.data.undone", step=gone.steps[-1]))

    def action_before(self) -> None:
        if len(self._trail) < 2:
            self.app.notify(translate(self.app.language, "console.data.nothing_to_undo"))
            return
        self._looking_back = not self._looking_back
        shown = self._trail[-2 if self._looking_back else -1]
        self.rows.put(shown, self.rows.split if self.rows.split in [s.name for s in shown.splits] else "", keep=True)
        self._tell()

    def action_next_split(self) -> None:
        table = self.rows.table
        names = [one.name for one in table.splits] if table else []
        if table is None or len(names) < 2:
            self.app.notify(translate(self.app.language, "console.data.one_split"))
            return
        at = (names.index(self.rows.split) + 1) % len(names)
        self.rows.put(table, names[at], keep=True)
        self._tell()

    # -- going and finding ----------------------------------------------------------------------------------------

    async def action_go(self) -> None:
        if self.table is not None:
            await self.query_one(Prompt).open("row", translate(self.app.language, "console.data.row_number"))

    async def action_find(self) -> None:
        if self.table is not None:
            await self.query_one(Prompt).open("find", translate(self.app.language, "console.data.find_rows"))

    @on(Prompt.Answered)
    def take_answer(self, event: Prompt.Answered) -> None:
        self.rows.focus()
        match event.purpose:
            case "open" if event.text.strip():
                self._open(source_from_text(event.text))
            case "make" if (rows := event.text.replace(",", "").replace("_", "").strip()).isdecimal():
                self.requests.ask("make", {"rows": int(rows)}, lambda path: self._open(Source((str(path),))))
            case "step":
                self._do(event.text)
            case "row":
                self._go(event.text)
            case "find" if event.text:
                self.search.begin(event.text)
            case "save" if event.text.strip() and self.table is not None:
                self.saving.begin(event.text.strip())

    @on(Prompt.Closed)
    def back_to_rows(self) -> None:
        self.rows.focus()

    def _go(self, text: str) -> None:
        plain = text.strip().replace(",", "").replace("_", "")
        if not plain.isdecimal():
            self.app.notify(translate(self.app.language, "console.no_number", text=text.strip()), severity="warning")
            return
        row = int(plain)
        if self.rows.ended and row >= self.rows.count:
            last = f"{max(0, self.rows.count - 1):,}"
            self.app.notify(
                translate(self.app.language, "console.data.no_row", n=f"{row:,}", last=last), severity="warning"
            )
            return
        self.rows.go_to(row)

    def action_hit(self, by: int) -> None:
        self.search.go(by)

    # -- figures, cells, copies -----------------------------------------------------------------------------------

    def action_statistics(self) -> None:
        if self.rows.table is not None and self.rows.column is not None:
            values = {"handle": self.rows.table.handle, "split": self.rows.split, "name": self.rows.column.name}
            self.requests.ask("summary", values, lambda plain: self._figures(revive(Summary, plain)))

    def _figures(self, summary: Summary) -> None:
        lines = summary_lines(summary, min(FIGURES, self.size.width - 10), self.app.language)
        title = translate(self.app.language, "console.data.figures_of", column=visible(summary.column))
        text = "\n".join(line_text(line) for line in lines)
        self.app.push_screen(TextWindow(title, lines, what="table", text=text))

    @on(RowTable.Opened)
    def show_cell(self, event: RowTable.Opened) -> None:
        if self.rows.table is not None:
            showing = open_cell(self.app, self.rows.table.handle, self.rows.split, event.row, event.column)
            self.run_worker(showing, group="look")

    def action_copy(self) -> None:
        if self.rows.selected:
            self.action_copy_rows()
        elif self.rows.column is not None:
            self._look("cell", "cell", {"row": self.rows.at.row, "column": self.rows.column.name})

    def action_copy_rows(self) -> None:
        chosen = sorted(self.rows.selected) or [self.rows.at.row]
        self._look("lines", "rows", {"rows": chosen})

    def _look(self, call: str, what: str, values: dict[str, Any]) -> None:
        """Look something up in full, and copy it."""
        if self.rows.table is not None:
            asked = {"handle": self.rows.table.handle, "split": self.rows.split, **values}
            self.requests.look(call, asked, lambda text: self.app.copy(what, text))

    # -- saving, script, leaving ----------------------------------------------------------------------------------

    async def action_save(self) -> None:
        if self.table is not None:
            name = Path(self._title()).stem if self._title() else "rows"
            await self.query_one(Prompt).open(
                "save", translate(self.app.language, "console.data.save_where"), f"{name}.parquet"
            )

    def action_script(self) -> None:
        if self.table is not None:
            self.app.push_screen(code_window(self.table.code, self.app.language, "script"))

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        if self.requests.busy:
            return {"data.leave": "console.keys.now.stop", "data.open": None}
        if self.table is None:
            none = ("data.go", "data.find", "data.filter", "data.sort", "data.map", "data.operations", "rows.open")
            return {**dict.fromkeys(none), "data.leave": None}
        no: dict[str, str | None] = {"data.open": None}
        no["data.leave"] = "console.keys.now.end_search" if self.rows.hits else None
        if self.rows.column is None or not self.rows.count:
            no["rows.open"] = None
        return no

    def stop(self) -> bool:
        if super().stop():
            return True
        stopped = self.requests.stop()
        if stopped:
            self._tell()
            self._status.hint(translate(self.app.language, "console.stopped"))
        return stopped

    def action_leave(self) -> None:
        if not self.stop():
            self.search.end()

    def action_close(self) -> None:
        self.requests.drop()
        if len(self.app.screen_stack) > 2:
            self.dismiss()
        else:
            self.app.show_contents()


def _short(source: Source) -> str:
    first = source.paths[0]
    shown = first if is_address(first) else Path(first).name or first
    return shown + (f" +{len(source.paths) - 1}" if len(source.paths) > 1 else "")
