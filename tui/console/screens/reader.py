"""The reader: notes beside the bench; one of them at a time in a narrow window."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal

from tui.console.actions import StopActions
from tui.console.ask_consent import ask_consent
from tui.console.cell_runs import CellRuns, Hint
from tui.console.keys import bindings
from tui.console.lesson_cells import SCRATCH_BLOCK, LessonCells
from tui.console.link_targets import links_of, resolve
from tui.console.page_layout import source_of
from tui.console.screens.with_bench import WithBench
from tui.console.typeset import State
from tui.console.widgets.bench import Bench
from tui.console.widgets.chrome import KeyLine, Prompt, TopLine
from tui.console.widgets.notes import Notes
from tui.course import consent
from tui.course.blocks import Cell, Claim, Exercise, Quiz, Try
from tui.course.book import Course, Entry, Folder, entries
from tui.course.cells import BARE, with_versions
from tui.course.page import Page
from tui.course.quizzes import display_order, restored
from tui.errors import HeadnotesError, UsageError, sentence
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.widgets.cell_desk import CellDesk

SIDE_BY_SIDE = 110
"""Columns from which notes and bench stand side by side."""
SMALLEST = (40, 10)
BLANK_FOR = 0.2
"""Seconds for which the screen before is shown while a page is read, rather than an empty one."""


class Reader(WithBench):
    """One page of the book at a time."""

    SCOPES = ("lesson",)
    GIVES_WAY_TO_CONTENTS = True
    BINDINGS: ClassVar[list[BindingType]] = bindings("lesson")
    AUTO_FOCUS = "#notes"

    DEFAULT_CSS = """
    Reader {
        #panes { height: 1fr; }
        #notes { width: 1fr; }
        #bench, #cell-desk { width: 1fr; }
    }
    """

    def __init__(self, entry: Entry, *, block: int | None = None) -> None:
        super().__init__()
        self.entry = entry
        """What is open, or being opened."""
        self.page: Page | None = None
        self._shown = entry
        """The entry of `page`."""
        self._block = block
        self.notes = Notes(id="notes")
        self.bench = Bench(id="bench")
        self._wide = True
        self._on_bench = False
        """In a narrow window: whether the bench is the one that is shown."""
        self._may_run = True
        """Whether the code of the book may run: see `course.consent`."""
        self._back: list[tuple[Entry, str, int]] = []
        self.runs = CellRuns(self.app, self._put_state, self._who_defines)
        self.actions = StopActions(self.app, self.notes, self.runs)
        self.cells = LessonCells(self)

    def compose(self) -> ComposeResult:
        yield TopLine()
        with Horizontal(id="panes"):
            yield self.notes
            yield self.bench
        yield Prompt()
        yield KeyLine()

    # -- opening --------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._arrange()
        self.app.hold_paint(BLANK_FOR)
        self.open(self.entry, block=self._block)

    def open(self, entry: Entry, place: tuple[str, int] | None = None, *, block: int | None = None) -> None:
        """Show an entry of the book: at a place (anchor, lines below it), at a block, or where the reader left it."""
        self.entry = entry
        self.run_worker(self._open(entry, place, block), exclusive=True, group="page")

    async def _read(self, entry: Entry) -> Page | None:
        """The page in the reader's language, read off the event loop; None after saying why there is none."""
        while True:
            language = self.app.language
            try:
                page = await asyncio.to_thread(self.app.book.read, entry, language)
            except HeadnotesError as error:
                self.app.say_error(error)
                return None
            if language == self.app.language:
                return page

    async def _open(self, entry: Entry, place: tuple[str, int] | None, block: int | None) -> None:
        page = await self._read(entry)
        self._may_run = self.notes.follows_reading = await asyncio.to_thread(consent.is_allowed, self.app.book)
        if page is None:
            self.entry = self._shown
            self.app.paint()
            if self.page is None:
                self.app.show_contents()
            return
        self._leave_page()
        progress = self.app.progress
        page = with_versions(page, progress.cells(page.id))
        self._shown, self.page = entry, page
        place = place or progress.place(page.id)
        progress.open(page)
        if page.trouble:
            self.app.notify(sentence(self.app.language, page.trouble), severity="warning")
        self._arrange()
        self.bench.model = self.model
        if not self._may_run and self._has_bench():
            self.bench.clear("console.consent.no_bench")
        at = place if block is None else block
        self.notes.open(page, self.app.language, read=progress.read(page.id), at=at, states=self._states(page))
        self._show_place()

    def _states(self, page: Page) -> dict[int, State]:
        """The questions of a page as the reader left them, each in the order in which they saw it; its exercises."""
        progress = self.app.progress
        seed, answers, records = progress.seed, progress.answers(page.id), progress.exercises(page.id)
        states: dict[int, State] = {}
        for index, block in enumerate(page.blocks):
            if isinstance(block, Quiz):
                states[index] = restored(block, answers.get(block.id), display_order(block, seed))
            elif isinstance(block, Exercise) and block.id in records:
                states[index] = records[block.id]
        return states

    def _show_exercises(self, _: object = None) -> None:
        """How far the reader has come with each exercise of the page."""
        if self.page is not None:
            for index, state in self._states(self.page).items():
                if isinstance(self.page.blocks[index], Exercise):
                    self.notes.set_state(index, state)

    def _leave_page(self) -> None:
        self.actions.leave()
        self.cells.leave()
        if self.page is not None:
            self.app.progress.mark_place(self.page.id, *self.notes.place())

    def on_unmount(self) -> None:
        self._leave_page()

    def _show_place(self, section: str = "") -> None:
        if self.page is None:
            return
        chapter = next((c for c in self.app.book.chapters if self.entry in c.entries), None)
        language = self.app.language
        over = f"{chapter.number} {chapter.title(language)}".strip() if chapter else ""
        title = f"{self.entry.number} {self.page.title}".strip()
        read, done = len(self.app.progress.read(self.page.id)), len(self.page.sections)
        counted = f"{min(read, done)}/{done} {translate(language, 'console.reader.read')}"
        self.query_one(TopLine).put(
            self.app.book.name,
            over if self.size.width >= SIDE_BY_SIDE else "",
            title,
            done=counted,
            model=self.model_line,
        )

    def translate(self) -> None:
        """Show the page's twin, in place."""
        if self.page is None:
            return
        if self.app.language == "zh" and len(self._shown.files) == 1:
            self.app.notify(translate("zh", "console.reader.no_twin"))
        self.run_worker(self._translate(), exclusive=True, group="translate")
        super().translate()

    async def _translate(self) -> None:
        entry = self._shown
        page = await self._read(entry)
        if page is not None and entry is self._shown:
            self.page = page = with_versions(page, self.app.progress.cells(page.id))
            self.notes.translate(page, self.app.language)
            self.cells.translate()
            self._show_place()

    # -- panes ----------------------------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self._arrange()
        self._show_place()

    def _arrange(self) -> None:
        has_bench = self._has_bench()
        self._wide = self.size.width >= SIDE_BY_SIDE
        self._on_bench = self._on_bench and has_bench
        is_writing = self.cells.is_open
        self.notes.display = self._wide or not (self._on_bench or is_writing)
        self.bench.display = has_bench and (self._wide or self._on_bench) and not is_writing

    def _turn_to(self, *, bench: bool) -> None:
        """In a narrow window, turn the page to the notes or the bench."""
        self._on_bench = bench
        self._arrange()

    async def action_switch(self, by: int) -> None:
        """Focus what comes next: the notes, then the fields of the bench, then the notes again."""
        focused = self.focused
        if self.cells.is_open:
            self.cells.focus()
            return
        if not self.is_on_bench:
            if await self._to_bench() and (fields := self.bench_fields):
                fields[0 if by > 0 else -1].focus()
            return
        fields = self.bench_fields
        place = fields.index(focused) + by if focused in fields else 0
        if 0 <= place < len(fields):
            fields[place].focus()
        else:
            self._to_notes()

    def _to_notes(self) -> None:
        self._turn_to(bench=False)
        self.notes.focus()

    @on(Notes.Painted)
    def begin(self) -> None:
        self.app.begin()
        self.run_worker(self.notes.color_code(), exclusive=True, group="color")

    @on(Notes.BenchWanted)
    async def bring_to_the_bench(self, event: Notes.BenchWanted) -> None:
        await self._bring(event.wanted)

    async def _bring(self, wanted: Try | None) -> None:
        if wanted is not None:
            try:
                await self.bench.show(wanted.instrument, wanted.values)
            except UsageError as error:
                self.app.say_error(error)

    async def _to_bench(self) -> bool:
        """Turn to the bench, with what belongs on it by now. False when this page has nothing for it."""
        if not self._may_run:
            self.app.notify(translate(self.app.language, "console.consent.no_bench"))
            return False
        await self._bring(self.notes.take_wanted())
        if self.bench.pane is None or not self._has_bench():
            return False
        self._turn_to(bench=True)
        self.bench.reveal()
        return True

    def _has_bench(self) -> bool:
        return self.page is None or any(isinstance(block, Try) for block in self.page.blocks)

    @on(Notes.SectionsRead)
    def count_sections(self, event: Notes.SectionsRead) -> None:
        if self.page is not None:
            self.app.progress.mark_read(self.page.id, *event.anchors)
            self._show_place()

    @on(Notes.Moved)
    def keep_place(self) -> None:
        if self.page is not None:
            self.app.progress.mark_place(self.page.id, *self.notes.place())

    def model_changed(self) -> None:
        self._show_place()
        self.cells.clear()
        key = "console.model.chosen" if self.model else "console.model.chosen_default"
        self.app.notify(translate(self.app.language, key, model=self.model))

    # -- doing what the notes offer -------------------------------------------------------------------------------

    @on(Notes.Act)
    async def act(self, event: Notes.Act) -> None:
        if not (self._may_run or isinstance(event.target, Quiz)):
            self.run_worker(self._ask_consent(partial(self._act, event)), group="consent", exclusive=True)
        else:
            await self._act(event)

    async def _ask_consent(self, then: Callable[[], Awaitable[None]]) -> None:
        """Ask whether the code of this folder may run, once; then do what the reader wanted."""
        if await ask_consent(self.app):
            self._may_run = self.notes.follows_reading = True
            await then()

    async def _act_on_cell(self, block: int, what: str) -> None:
        if self._may_run or what not in ("run", "to_here"):
            await self.cells.act(block, what)
        else:
            self.run_worker(self._ask_consent(partial(self.cells.act, block, what)), group="consent", exclusive=True)

    async def _act(self, event: Notes.Act) -> None:
        match event.target:
            case Try():
                await self.action_edit()
            case Cell():
                await self.cells.run(event.block)
            case Claim() if event.target.code:
                self.actions.run(event.block, event.target.code, space=None)
            case Exercise() if self.page is not None:
                from tui.console.screens.exercise import ExerciseScreen

                # What a check compares with is of the default models, whatever the chapter's cells have.
                space = f"{self.space} exercises" if self.model else self.space
                screen = ExerciseScreen(self._shown, self.page, event.target, space)
                self.app.push_screen(screen, self._show_exercises)
            case Quiz():
                self.actions.submit(event.block, event.target)

    @property
    def space(self) -> str:
        """The chapter, whose cells share their variables."""
        if isinstance(self.app.book, Folder):
            return f"{BARE}{self._shown.id}"
        return self._shown.number.split(".")[0] or self._shown.id

    def _put_state(self, block: int, state: State) -> None:
        """A piece of code has come this far."""
        if block >= 0:
            self.notes.set_state(block, state)
        self.cells.put_state(block, state)

    async def _who_defines(self, name: str) -> Hint | None:
        return await self.cells.who_defines(name)

    @on(Notes.CellKey)
    async def act_on_cell(self, event: Notes.CellKey) -> None:
        await self._act_on_cell(event.block, event.what)

    async def on_cell_desk_pressed(self, event: CellDesk.Pressed) -> None:
        await self._act_on_cell(event.block, event.what)

    def on_cell_desk_typed(self, event: CellDesk.Typed) -> None:
        self.cells.keep(event.block, event.code)

    def entries_of_space(self) -> list[Entry]:
        """The lessons that share their names with this one."""
        return next((list(c.entries) for c in self.app.book.chapters if self._shown in c.entries), [])

    async def add_desk(self, desk: CellDesk) -> None:
        """Make room for the editor: where the bench is."""
        await self.query_one("#panes").mount(desk)

    def show_panes(self) -> None:
        """Show what is to be seen in a window of this size."""
        self._arrange()

    async def ask_for_guess(self, block: int, question: str) -> None:
        """Ask what a cell will print, before it runs."""
        await self.query_one(Prompt).open(
            f"guess {block}", translate(self.app.language, "console.cell.guess", question=question)
        )

    @on(Notes.Pick)
    def pick(self, event: Notes.Pick) -> None:
        if (quiz := self._quiz(event.block)) is not None:
            self.actions.pick(event.block, quiz, event.place)

    @on(Notes.Type)
    def type_number(self, event: Notes.Type) -> None:
        self.actions.type(event.block, event.character)

    @on(Notes.Reveal)
    def reveal(self, event: Notes.Reveal) -> None:
        if (quiz := self._quiz(event.block)) is not None:
            self.actions.reveal(event.block, quiz)

    def _quiz(self, block: int) -> Quiz | None:
        quiz = self.page.blocks[block] if self.page is not None else None
        return quiz if isinstance(quiz, Quiz) else None

    # -- the prompt -----------------------------------------------------------------------------------------------

    @on(Notes.Find)
    async def ask_for_words(self) -> None:
        await self.query_one(Prompt).open("find", translate(self.app.language, "console.find"))

    @on(Prompt.Answered)
    async def take_answer(self, event: Prompt.Answered) -> None:
        self.notes.focus()
        if event.purpose == "find":
            found = self.notes.search(event.text)
            if event.text and not found:
                self.notes.end_search()
                self.app.notify(translate(self.app.language, "console.nothing_found", words=event.text))
            return
        if event.purpose.startswith("guess "):
            self.cells.take_guess(int(event.purpose.removeprefix("guess ")), event.text.strip())
        elif event.purpose == "export" and event.text.strip():
            self.run_worker(self.cells.export(event.text.strip()), group="export")

    @on(Prompt.Closed)
    def back_to_notes(self) -> None:
        self.notes.focus()

    # -- keys -----------------------------------------------------------------------------------------------------

    async def action_edit(self) -> None:
        if not self.is_on_bench and (marked := self.notes.marked_cell) is not None:
            await self.cells.open(marked)
        elif await self._to_bench() and self.bench.pane is not None:
            self.bench.pane.edit()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        if not self.is_on_bench and self.notes.marked_cell is not None:
            labels["lesson.edit"] = "console.keys.now.edit_cell"
        pane, known = self.bench.pane, entries(self.app.book)
        if not (self._has_bench() and self._may_run):
            labels |= {"lesson.switch": None}
            if self.notes.marked_cell is None:
                labels["lesson.edit"] = None
        if pane is None or not self._has_bench():
            labels["lesson.code"] = None
        if self.page is None or not self.page.frameworks:
            labels["lesson.framework"] = None
        if not self.notes.is_at_last_stop or self.entry is known[-1]:
            labels["lesson.next"] = None
        elif not isinstance(self.app.book, Course):
            labels["lesson.next"] = "console.keys.now.next_page"
        if self.is_running_something:
            labels |= dict.fromkeys(("lesson.escape", "edit.done", "cell.leave"), "console.keys.now.stop")
        elif self.notes.words:
            labels["lesson.escape"] = "console.keys.now.end_search"
        else:
            labels["lesson.escape"] = None
        return labels

    @property
    def is_running_something(self) -> bool:
        return super().is_running_something or self.actions.is_running

    def action_next_stop(self) -> None:
        """From the bench back to the notes, to the next thing to do."""
        self._to_notes()
        self.call_after_refresh(self.notes.action_stop, 1)  # in a narrow window they get their size back only then

    def stop(self) -> bool:
        return super().stop() or self.actions.stop()

    def action_leave(self) -> None:
        """Leave one layer: what runs, the text, the bench, the search."""
        if self.stop():
            pass
        elif self.cells.is_open:
            self.cells.close()
            self._to_notes()
        elif self.is_on_bench:
            self._to_notes()
        elif self.notes.end_search():
            pass
        elif self.notes.current is not None:
            self.notes.current = None
            self.notes.refresh()

    async def action_scratch(self) -> None:
        """Open the scratch cell of this lesson."""
        await self.cells.open(SCRATCH_BLOCK)

    async def action_export(self) -> None:
        """Ask where to write the cells of this lesson."""
        if self.page is not None:
            name = f"{self.page.id}.ipynb" if self.page.front is not None else "notes.ipynb"
            await self.query_one(Prompt).open("export", translate(self.app.language, "console.cell.export"), name)

    async def action_forget(self) -> None:
        """Forget the names of this chapter."""
        await self.cells.forget()

    async def action_copy(self) -> None:
        if self.is_on_bench:
            await self.copy_from_bench()
            return
        if self.page is not None and self.notes.current is not None:
            block = self.page.blocks[self.notes.current]
            what, text = "code", source_of(block)
            if isinstance(block, Cell | Claim) and block.code and not isinstance(self.app.book, Folder):
                model = self.model if isinstance(block, Cell) else ""
                with suppress(HeadnotesError):  # without a checkpoint the code is copied as it stands
                    text = await self.cells.setup(block.code, model) + text
        elif self.page is not None:
            section = self.notes.layout_of.section_at(self.notes.reading_row) if self.notes.layout_of else None
            blocks = self.page.blocks[section.first : section.last] if section else ()
            what, text = "page", "\n\n".join(source_of(block) for block in blocks)
        else:
            return
        self.app.copy(what, text)

    def action_outline(self) -> None:
        if self.page is None:
            return
        from tui.console.screens.windows import ListWindow

        sections = self.page.sections
        here = self.notes.layout_of.section_at(self.notes.reading_row) if self.notes.layout_of else None
        marked = next((i for i, section in enumerate(sections) if section == here), 0)

        def go(index: int | None) -> None:
            if index is not None:
                self._to_notes()
                self.notes.go_to_block(sections[index].first)

        titles = [section.title for section in sections]
        self.app.push_screen(
            ListWindow(translate(self.app.language, "console.reader.outline"), titles, marked=marked), go
        )

    def action_links(self) -> None:
        from tui.console.screens.windows import ListWindow

        links = links_of(self.page) if self.page is not None else []
        if not links:
            self.app.notify(translate(self.app.language, "console.reader.no_links"))
            return

        def go(index: int | None) -> None:
            if index is not None:
                self.follow(links[index][1])

        shown = [f"{text}  {target}" if text != target else target for text, target in links]
        self.app.push_screen(ListWindow(translate(self.app.language, "console.reader.links"), shown), go)

    def follow(self, target: str) -> None:
        """Go where a link leads; an address on the network is copied, for a browser."""
        found = resolve(self.app.book, self.page, target) if self.page is not None else None
        here = (self.entry, *self.notes.place())
        if found is not None and found.address:
            self.app.copy(
                "address", target, then=translate(self.app.language, "console.reader.open_in_browser", address=target)
            )
        elif found is not None and found.entry is not None:
            self._back.append(here)
            self.open(found.entry, (found.anchor, 0))
        elif found is not None and self.notes.go_to(found.anchor):
            self._back.append(here)
        else:
            self.app.notify(
                translate(self.app.language, "console.reader.leads_nowhere", target=target), severity="warning"
            )

    def action_framework(self) -> None:
        """Show the page as it is written for the next framework."""
        from tui.course.mdx.selection import FRAMEWORKS

        book, choices = self.app.book, self.page.frameworks if self.page is not None else ()
        if not choices or not isinstance(book, Folder):
            self.app.notify(translate(self.app.language, "console.reader.one_framework"))
            return
        place = choices.index(book.framework) if book.framework in choices else -1
        book.framework = choices[(place + 1) % len(choices)]
        name = FRAMEWORKS[book.framework]
        self.app.notify(translate(self.app.language, "console.reader.framework_chosen", name=name))
        self.open(self.entry, self.notes.place())

    def action_back(self) -> None:
        if not self._back:
            self.app.notify(translate(self.app.language, "console.reader.no_back"))
            return
        entry, anchor, below = self._back.pop()
        if entry is self.entry:
            self.notes.go_to(anchor, below)
        else:
            self.open(entry, (anchor, below))

    def action_turn(self, by: int) -> None:
        known = entries(self.app.book)
        place = known.index(self.entry) + by if self.entry in known else -1
        if 0 <= place < len(known):
            self.open(known[place])
        else:
            self.app.notify(translate(self.app.language, "console.reader.last_lesson"))

    def action_contents(self) -> None:
        self.app.show_contents()
