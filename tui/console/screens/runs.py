"""All runs of this machine: state, step, best metric, age, size; open, stop, go on, fork, remove, compare."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType

from tui.console.keys import bindings
from tui.console.screens.ordering import OrderingScreen
from tui.console.screens.run import RunScreen
from tui.console.screens.windows import ListWindow
from tui.console.widgets.chrome import KeyLine, Prompt, TopLine
from tui.console.widgets.lines import Lines
from tui.console.widgets.runs import facts
from tui.console.widgets.runs.overlay_lines import MARKS, MOST
from tui.console.widgets.table import Column, Table
from tui.errors import HeadnotesError, explain
from tui.runs import folder
from tui.runs.event_messages import message_of
from tui.runs.folder import Run
from tui.runs.overview import Glance, Overview
from tui.text.catalog import translate
from tui.text.chart import figure
from tui.text.durations import age
from tui.text.lines import plain_lines
from tui.text.sizes import size_text
from tui.text.visible import visible

LOOK = 0.5
"""Seconds between two looks at the folders."""
WIDE = 120
"""Columns from which the task and the loss are shown, too; the name keeps 20 at least."""


class RunTable(Table):
    """The list; the screen's keys act on the row of the cursor."""

    def action_line(self, by: int) -> None:
        self.move(by)


class Runs(OrderingScreen):
    """The list of runs, the latest first. It looks at the files and is off while another screen is before it."""

    SCOPES = ("runs", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("runs")
    AUTO_FOCUS = "#runs"

    DEFAULT_CSS = """
    Runs {
        #runs { padding: 1 0 0 0; }
        #note { height: auto; padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.overview = Overview()
        self.marked: list[Run] = []
        """Runs for the overlay, in the order in which they were marked."""
        self._looking = False
        self._looked = False

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield RunTable(id="runs")
        note = Lines(id="note")
        note.can_focus = False
        yield note
        yield Prompt()
        yield KeyLine()

    def on_mount(self) -> None:
        self.translate()
        self.run_worker(self._look(), group="look")
        self.poll_every(LOOK, lambda: self.run_worker(self._look(), group="look"))

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    async def _look(self) -> None:
        if self._looking:
            return
        self._looking = True
        try:
            changed = await asyncio.to_thread(self.overview.look)
        finally:
            self._looking = False
        if changed or not self._looked:
            self._looked = True
            self._draw()

    # -- drawing --------------------------------------------------------------------------------------------------

    def translate(self) -> None:
        """The language has changed."""
        self._draw()
        super().translate()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        language, glances = self.app.language, self.overview.glances
        wide = self.size.width >= WIDE
        columns = [Column("", 1), Column(translate(language, "console.runs.column.name"), 0)]
        columns += [Column(translate(language, "console.runs.column.task"), 22)] if wide else []
        columns += [
            Column(translate(language, "console.runs.column.state"), 11),
            Column(translate(language, "console.runs.column.steps"), 13, "right"),
        ]
        columns += [Column("loss", 8, "right")] if wide else []
        columns += [
            Column(translate(language, "console.runs.column.best"), 15, "right"),
            Column(translate(language, "console.runs.column.age"), 8, "right"),
        ]
        columns += [Column(translate(language, "console.runs.column.disk"), 8, "right")]

        def cells_of(row: int) -> tuple[tuple[str, str], ...]:
            one = glances[row]
            mark = MARKS[self.marked.index(one.run)] if one.run in self.marked else ""
            recipe = one.status.prepared.get("recipe")
            task = str(recipe.get("task", "")) if isinstance(recipe, dict) else ""
            loss = figure(one.status.loss)
            cells = [(mark, "strong"), (one.run.name, "text")]
            cells += [(task, "dim")] if wide else []
            cells += [facts.state_piece(language, one.status.state), (facts.steps_said(one.status), "text")]
            cells += [(loss, "text")] if wide else []
            cells += [(facts.metric_said(one.status), "number"), (age(language, time.time() - one.created), "dim")]
            return (*cells, (size_text(one.disk), "dim"))

        table = self.query_one(RunTable)
        table.put(columns, len(glances), cells_of)
        alive = sum(one.lives for one in glances)
        counted = translate(language, "console.runs.runs_counted", count=len(glances), alive=alive)
        self.query_one(TopLine).put(
            self.app.book.name, translate(language, "console.runs.title"), done=counted if glances else ""
        )
        self._draw_note(glances)

    def _draw_note(self, glances: list[Glance]) -> None:
        language, width = self.app.language, max(20, self.size.width - 2)
        note = self.query_one("#note", Lines)
        lines = []
        if not glances and self._looked:
            lines = plain_lines(translate(language, "console.runs.no_runs"), width, "dim")
        elif (one := self.chosen) is not None and one.status.trouble is not None:
            message = message_of(one.status.trouble, language)
            text = f"{message.title} {message.next_step}".strip()
            lines = plain_lines(visible(text), width, "bad")[:3]
        elif (one := self.chosen) is not None and one.status.state == "dead":
            words = folder.last_words(one.run, 3)
            lines = plain_lines(translate(language, "console.runs.run_is_dead"), width, "bad")
            lines += [((visible(row)[:width], "dim"),) for row in words]
        note.set_lines(lines)
        note.styles.height = len(lines)

    @property
    def chosen(self) -> Glance | None:
        """The run of the cursor."""
        at = self.query_one(RunTable).cursor
        return self.overview.glances[at] if at < len(self.overview.glances) else None

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_open(self) -> None:
        if (one := self.chosen) is not None:
            self.app.go_to(RunScreen(one.run))

    def action_mark(self) -> None:
        one = self.chosen
        if one is None:
            return
        if one.run in self.marked:
            self.marked.remove(one.run)
        elif len(self.marked) < MOST:
            self.marked.append(one.run)
        else:
            self.app.notify(translate(self.app.language, "console.runs.most_marked", most=MOST), severity="warning")
        self._draw()
        self.query_one(RunTable).move(1)

    def action_overlay(self) -> None:
        from tui.console.screens.overlay import Overlay

        known = [one.run for one in self.overview.glances]
        runs = [run for run in self.marked if run in known] or ([self.chosen.run] if self.chosen else [])
        if runs:
            self.app.go_to(Overlay(runs))

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        if self.chosen is None:
            return dict.fromkeys(f"runs.{name}" for name in ("open", "mark", "overlay", "stop", "resume", "fork"))
        return {"runs.resume" if self.chosen.lives else "runs.stop": None}

    def ordered(self) -> Run | None:
        return self.chosen.run if self.chosen is not None else None

    @on(Prompt.Answered)
    @on(Prompt.Closed)
    def back_to_list(self) -> None:
        self.query_one(RunTable).focus()

    def action_remove(self) -> None:
        if (one := self.chosen) is not None:
            self.run_worker(self._remove(one), group="orders")

    async def _remove(self, one: Glance) -> None:
        language = self.app.language
        title = translate(language, "console.runs.remove_title", name=visible(one.run.name), size=size_text(one.disk))
        entries = [translate(language, "console.runs.keep_it"), translate(language, "console.runs.remove_it")]
        if await self.app.push_screen_wait(ListWindow(title, entries)) != 1:
            return
        try:
            await asyncio.to_thread(folder.remove, one.run)
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        except OSError as error:
            self.app.say_error(explain(error).as_error())
            return
        self.marked = [run for run in self.marked if run != one.run]
        await self._look()

    def action_copy(self) -> None:
        self.app.copy("table", self.query_one(RunTable).text())

    def action_close(self) -> None:
        self.dismiss()
