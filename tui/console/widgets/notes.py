"""The notes: a page to read, with stops where something can be done."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import ClassVar, TypeGuard

from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer

from tui.console.keys import bindings
from tui.console.page_layout import PageLayout
from tui.console.typeset import Answering, Outcome, Setting, State, code_of, highlighted, slide
from tui.console.widgets.lines import Lines
from tui.course.blocks import Block, Cell, Claim, Exercise, Figure, Quiz, Stop, Try
from tui.course.cells import with_block
from tui.course.page import Page, Section
from tui.course.quizzes import NUMBER_CHARACTERS
from tui.text.catalog import translate
from tui.text.lines import Line, Piece, line_text

_ACTS: dict[type, str] = {
    Try: "console.keys.now.try",
    Cell: "console.keys.now.cell",
    Claim: "console.keys.now.claim",
    Exercise: "console.keys.now.exercise",
    Quiz: "console.keys.now.quiz",
}
"""What enter does at each kind of stop."""
MARGIN = "  "
REST = 0.15
"""Seconds without scrolling before the bench changes: paging through must not drag every instrument along."""

MOST_COLOURED = 200
"""Pieces of code in a page that is colored: as many as the colors of are kept, for the next width."""


class Notes(Lines):
    """One page. Scrolling moves a reading line from its top to its end; what it has passed counts as read."""

    SCOPES = ("notes", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("notes")

    DEFAULT_CSS = """
    Notes { padding: 1 0 0 0; }
    """

    @dataclass
    class BenchWanted(Message):
        """The reader has come to an instrument: bring it to the bench."""

        wanted: Try

    @dataclass
    class SectionsRead(Message):
        """The reading line has passed the end of these sections."""

        anchors: list[str]

    @dataclass
    class Act(Message):
        """The reader wants to do what is marked."""

        block: int
        target: Stop

    @dataclass
    class Pick(Message):
        """A digit was pressed while a question is marked: its n-th choice as shown, from 1."""

        block: int
        place: int

    @dataclass
    class Type(Message):
        """A character of a number was typed into the marked question; an empty one takes the last away."""

        block: int
        character: str

    @dataclass
    class Reveal(Message):
        """The reader wants to see the answer of the marked question."""

        block: int

    @dataclass
    class CellKey(Message):
        """The reader wants something done with the marked cell: `to_here`, `whole`, `original`."""

        block: int
        what: str

    class Find(Message):
        """The reader wants to find words."""

    class Painted(Message):
        """A page has been painted for the first time: now there is time for everything else."""

    @dataclass
    class Moved(Message):
        """Another section is being read."""

        section: Section

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.page: Page | None = None
        self.layout_of: PageLayout | None = None
        self.states: dict[int, State] = {}
        self.current: int | None = None
        """The marked stop."""
        self.on_bench: int | None = None
        """The {try} whose instrument is on the bench."""
        self.follows_reading = True
        """Whether the bench shows what belongs to what is read: not before the reader allowed the folder's code."""
        self.words = ""
        """What is being searched for."""
        self._side = 0
        """Cells by which code and output that are too wide are moved to the left."""
        self.describes = self.app.is_ascii
        """Whether figures are shown in words."""
        self._language = "en"
        self._highlight = False
        self._found: list[int] = []
        self._match: int | None = None
        """The row of the match that was gone to last."""
        self._read: set[str] = set()
        self._section: Section | None = None
        self._resting: Timer | None = None
        self._painted = True
        self._opening: tuple[str, int] | int | None = None
        """Where to go as soon as the page can be laid out."""

    # -- the page ------------------------------------------------------------------------------------------------

    def open(
        self,
        page: Page,
        language: str,
        *,
        read: set[str],
        at: tuple[str, int] | int = ("", 0),
        states: dict[int, State] | None = None,
    ) -> None:
        """Show a page, at (anchor, lines below it) or at a block, with what has become of its stops."""
        self.page, self._language, self._read = page, language, set(read)
        self.states, self.current, self.on_bench, self.words, self._found = states or {}, None, None, "", []
        self._match, self._side = None, 0
        self._section, self.layout_of, self._opening = None, None, at
        self._set()

    def translate(self, page: Page, language: str) -> None:
        """Show the twin of the page at the same place, with the same stops done."""
        before = self.layout_of
        if before is None:
            return
        place = self.place_in_section()
        ours, theirs = before.stops, [i for i, b in enumerate(page.blocks) if isinstance(b, Stop)]
        across = dict(zip(ours, theirs, strict=False))
        self.states = {across[i]: state for i, state in self.states.items() if i in across}
        self.current, self.on_bench = (across.get(i) if i is not None else None for i in (self.current, self.on_bench))
        self.page, self._language, self._section = page, language, None
        self._set()
        self._go_to_place(place)

    async def color_code(self) -> None:
        """Color the code, block by block, once the page has been painted without: the first lexer takes a while."""
        page, layout = self.page, self.layout_of
        if page is None or layout is None:
            return
        programs = {index: found for index, block in enumerate(page.blocks) if (found := _programs(block))}
        self._highlight = sum(map(len, programs.values())) <= MOST_COLOURED
        if not self._highlight:
            return
        for index, found in programs.items():
            for code, language in found:
                await asyncio.to_thread(highlighted, code, language)
                if self.layout_of is not layout:
                    return  # another page, width or language: it was set in color
            layout.setting = replace(layout.setting, highlight=True)
            self._relay(index)

    def _set(self) -> None:
        if self.page is None or not self.size.width:
            return
        setting = Setting(self.size.width, self._language, self._highlight, self.describes)
        self.layout_of = PageLayout(self.page, setting, self.states, self.on_bench)
        self._found = self.layout_of.find(self.words)
        self._show_rows()
        if self._opening is not None:
            at, self._opening = self._opening, None
            self.go_to_block(at) if isinstance(at, int) else self.go_to(*at)
            self._painted = False
            self.app.paint()

    def action_describe(self) -> None:
        """Figures in words, or drawn again."""
        if self.page is not None and not any(isinstance(block, Figure) for block in self.page.blocks):
            self.app.notify(translate(self._language, "console.reader.no_figures"))
            return
        place = self.place_in_section()
        self.describes = not self.describes
        self._set()
        self._go_to_place(place)

    def _show_rows(self) -> None:
        if self.layout_of is not None:
            self.set_lines(self.layout_of.rows)

    def on_resize(self) -> None:
        if self.page is None:
            return
        if self.layout_of is None:
            self._set()
        elif self.layout_of.setting.width != self.size.width:
            place = self.place_in_section()
            self._set()
            self._go_to_place(place)
        self.virtual_size = Size(0, len(self.lines))

    # -- places --------------------------------------------------------------------------------------------------

    @property
    def reading_row(self) -> int:
        """The row being read: near the middle of the view; at its top when the page begins, at its foot at the end."""
        y, end, height = round(self.scroll_y), round(self.max_scroll_y), self.size.height
        middle = round(0.45 * height)
        return y + max(min(y, middle), height - 1 - min(end - y, height - 1 - middle) if end else 0)

    def place(self) -> tuple[str, int]:
        """(anchor of the section at the top of the view, lines below it)."""
        if self.layout_of is None:
            return "", 0
        section = self.layout_of.section_at(round(self.scroll_y))
        return section.anchor, max(0, round(self.scroll_y) - self.layout_of.first_row(section))

    def place_in_section(self) -> tuple[str, float]:
        """The same as a share of the section, for another width or language."""
        if self.layout_of is None:
            return "", 0.0
        anchor, below = self.place()
        section = self.layout_of.section_at(round(self.scroll_y))
        height = self.layout_of.last_row(section) - self.layout_of.first_row(section) + 1
        return anchor, below / max(1, height)

    def _go_to_place(self, place: tuple[str, float]) -> None:
        layout = self.layout_of
        if layout is None:
            return
        section = next((s for s in layout.page.sections if s.anchor == place[0]), layout.page.sections[0])
        height = layout.last_row(section) - layout.first_row(section) + 1
        self.scroll_to(
            y=layout.first_row(section) + round(place[1] * height), animate=False, force=True, immediate=True
        )

    def go_to(self, anchor: str, below: int = 0) -> bool:
        """Scroll to a heading. False when the page has no such anchor."""
        layout = self.layout_of
        if layout is None:
            return False
        index = layout.page.anchors.get(anchor)
        if anchor and index is None:
            return False
        row = (layout.firsts[index] if index is not None else 0) + below
        self.scroll_to(y=row, animate=False, force=True, immediate=True)
        return True

    def go_to_block(self, block: int) -> None:
        """Scroll to a block."""
        if self.layout_of is not None and block < len(self.layout_of.firsts):
            self.scroll_to(y=max(0, self.layout_of.firsts[block] - 2), animate=False, force=True, immediate=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._reading()

    def _reading(self) -> None:
        """The reader has moved: what is read now, and what belongs on the bench."""
        layout = self.layout_of
        if layout is None or not layout.page.blocks:
            return
        row = self.reading_row
        section = layout.section_at(row)
        if section != self._section:
            self._section = section
            self.post_message(self.Moved(section))
        at_end = self.max_scroll_y > 0 and self.scroll_y >= self.max_scroll_y
        passed = [s.anchor for s in layout.page.sections if at_end or layout.last_row(s) < row]
        if new := [anchor for anchor in passed if anchor not in self._read]:
            self._read.update(new)
            self.post_message(self.SectionsRead(new))
        if self._resting is not None:
            self._resting.stop()
        self._resting = self.set_timer(REST, self._bring)

    def _bring(self) -> None:
        if not (self.display and self.follows_reading):
            return  # turned away in a narrow window: nothing is being read, the bench stays as it is
        wanted = self.take_wanted()
        if wanted is not None:
            self.post_message(self.BenchWanted(wanted))

    def take_wanted(self) -> Try | None:
        """The instrument that belongs to what is marked, or else read; None when it is on the bench already."""
        layout = self.layout_of
        if layout is None or self.page is None:
            return None
        row = layout.firsts[self.current] if self._is_visible(self.current) else self.reading_row
        block = layout.try_at(row)
        if block is None or block == self.on_bench:
            return None
        before, self.on_bench = self.on_bench, block
        for index in (before, block):
            if index is not None:
                self._relay(index)
        wanted = self.page.blocks[block]
        assert isinstance(wanted, Try)
        return wanted

    def _is_visible(self, block: int | None) -> TypeGuard[int]:
        if self.layout_of is None or block is None:
            return False
        first, last = self.layout_of.rows_of(block)
        top = round(self.scroll_y)
        return last >= top and first < top + self.size.height

    # -- stops ---------------------------------------------------------------------------------------------------

    def set_state(self, block: int, state: State) -> None:
        """Show what has become of a stop."""
        self.states[block] = state
        self._relay(block)
        if block == self.current and self.layout_of is not None:
            self.show(*self.layout_of.rows_of(block))

    def set_block(self, index: int, block: Block) -> None:
        """Show another block in the place of one: the reader's code in a cell."""
        if self.page is not None and self.layout_of is not None:
            self.page = self.layout_of.page = with_block(self.page, index, block)
            self._relay(index)

    def forget(self) -> None:
        """What cells and claims have printed is not true any more."""
        for index, state in list(self.states.items()):
            if isinstance(state, Outcome):
                del self.states[index]
                self._relay(index)

    def _relay(self, block: int) -> None:
        layout = self.layout_of
        if layout is not None:
            height = len(layout.rows)
            first, last = layout.rows_of(block)
            layout.relay(block, self.states.get(block), on_bench=block == self.on_bench)
            self._found = layout.find(self.words)
            if len(layout.rows) != height:
                self._show_rows()
            else:  # nothing has moved: only these lines are drawn again
                self._lines = layout.rows
                self.refresh(Region(0, first - round(self.scroll_y), self.size.width, last - first + 1))

    def action_stop(self, by: int) -> None:
        """To the next or previous match while searching, else stop."""
        layout = self.layout_of
        if layout is None:
            return
        if self._found:
            here = round(self.scroll_y) if self._match is None else self._match
            ahead = [y for y in self._found if (y > here if by > 0 else y < here)]
            self._go_to_match((ahead[0] if by > 0 else ahead[-1]) if ahead else self._found[0 if by > 0 else -1])
            return
        stops = layout.stops
        if not stops or (by > 0 and self.current == stops[-1] and self._is_visible(self.current)):
            self.app.notify(
                translate(self._language, "console.reader.last_stop" if stops else "console.reader.no_stops")
            )
            return
        if self.current is None or not self._is_visible(self.current):
            top, bottom = round(self.scroll_y), round(self.scroll_y) + self.size.height
            ahead = [i for i in stops if (layout.firsts[i] >= top if by > 0 else layout.firsts[i] < bottom)]
            self.current = (ahead[0] if by > 0 else ahead[-1]) if ahead else stops[-1 if by > 0 else 0]
        else:
            place = stops.index(self.current) + by if self.current in stops else 0
            self.current = stops[max(0, min(place, len(stops) - 1))]
        first, last = layout.rows_of(self.current)
        self.show(max(0, first - 1), min(last + 1, len(self.lines) - 1))
        self._bring()
        self.refresh()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        if self.words:
            idle = ("act", "pick", "to_here", "whole", "reveal")
            return {**{f"notes.{key}": None for key in idle}, "notes.next": "console.keys.now.next_match"}
        marked = self.page.blocks[self.current] if self.page is not None and self.current is not None else None
        quiz = self._open_quiz
        labels: dict[str, str | None] = {
            "notes.act": _ACTS.get(type(marked)) if quiz is not None or not isinstance(marked, Quiz) else None,
            "notes.pick": "console.keys.now.choose" if quiz is not None and quiz.kind != "number" else None,
        }
        if quiz is None:
            labels["notes.reveal"] = None
        if isinstance(marked, Claim) and not marked.code:
            labels["notes.act"] = None
        if not isinstance(marked, Cell):
            labels["notes.to_here"] = None
        if not self.has_whole_error:
            labels["notes.whole"] = None
        if self.is_at_last_stop:
            labels["notes.next"] = None
        return labels

    @property
    def _open_quiz(self) -> Quiz | None:
        """The marked question, while its answer is not known."""
        marked = self.page.blocks[self.current] if self.page is not None and self.current is not None else None
        if not isinstance(marked, Quiz) or self.words:
            return None
        state = self.states.get(self.current) if self.current is not None else None
        return None if isinstance(state, Answering) and state.is_over else marked

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Digits are typed into a marked question that asks for a number."""
        quiz = self._open_quiz
        is_typed = key == "backspace" or bool(character and character in NUMBER_CHARACTERS)
        return quiz is not None and quiz.kind == "number" and is_typed

    def on_key(self, event: events.Key) -> None:
        if self.current is not None and self.check_consume_key(event.key, event.character):
            event.stop()
            event.prevent_default()
            self.post_message(self.Type(self.current, "" if event.key == "backspace" else event.character or ""))

    @property
    def marked_cell(self) -> int | None:
        """The marked cell, while it can be seen."""
        is_cell = (
            self.page is not None and self.current is not None and isinstance(self.page.blocks[self.current], Cell)
        )
        return self.current if is_cell and self._is_visible(self.current) else None

    @property
    def has_whole_error(self) -> bool:
        """Whether the marked code has ended in an error."""
        state = self.states.get(self.current) if self.current is not None else None
        return isinstance(state, Outcome) and bool(state.whole)

    def key_counts(self) -> dict[str, int]:
        """How many keys of a range do something: a digit for each choice of the marked question."""
        marked = self.page.blocks[self.current] if self.page is not None and self.current is not None else None
        return {"notes.pick": len(marked.choices)} if isinstance(marked, Quiz) and marked.choices else {}

    @property
    def is_at_last_stop(self) -> bool:
        """Whether the marked thing to do is the page's last, or the page has none."""
        stops = self.layout_of.stops if self.layout_of is not None else []
        return not stops or self.current == stops[-1]

    def action_act(self) -> None:
        if self.page is None:
            return
        if self.words or self.current is None:
            self.end_search()
            self.action_stop(1)
            return
        stop = self.page.blocks[self.current]
        if isinstance(stop, Stop):
            self.post_message(self.Act(self.current, stop))

    def action_pick(self, place: int) -> None:
        if self.current is not None:
            self.post_message(self.Pick(self.current, place))

    def action_reveal(self) -> None:
        if self.current is not None and self._open_quiz is not None:
            self.post_message(self.Reveal(self.current))

    def action_cell(self, what: str) -> None:
        if self.current is not None:
            self.post_message(self.CellKey(self.current, what))

    # -- finding -------------------------------------------------------------------------------------------------

    def action_find(self) -> None:
        self.post_message(self.Find())

    def search(self, words: str) -> int:
        """Mark the words and go to the first one from here on; returns how many lines hold them."""
        self.words = words
        self._found = self.layout_of.find(words) if self.layout_of is not None else []
        if self._found:
            here = round(self.scroll_y)
            self._go_to_match(next((y for y in self._found if y >= here), self._found[0]))
        self.refresh()
        return len(self._found)

    def _go_to_match(self, row: int) -> None:
        self._match = row
        self.show(max(0, row - 2), min(len(self.lines) - 1, row + 2))
        self.refresh()

    def end_search(self) -> bool:
        """Forget the words. False when nothing was being searched for."""
        if not self.words:
            return False
        self.words, self._found, self._match = "", [], None
        self.refresh()
        return True

    def action_side(self, by: int) -> None:
        """Move what is too wide: code and what it printed. The prose stays where it is."""
        if self.layout_of is not None:
            self._side = max(0, min(self._side + by, self.layout_of.overflow()))
            self.refresh()

    # -- drawing -------------------------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        if not self._painted and self.layout_of is not None:
            self._painted = True
            self.set_timer(0.01, self._first_paint)  # this frame is on its way to the terminal
        return super().render_line(y)

    def _first_paint(self) -> None:
        self.post_message(self.Painted())
        self._reading()

    def decorated(self, y: int) -> Line:
        layout = self.layout_of
        assert layout is not None
        line = slide(layout.rows[y], min(self._side, layout.overflow(y)), layout.setting.prose + 1)
        if self.words and y in self._found:
            line = _marked(line, self.words)
            return ((MARGIN, "text") if y != self._match else ("▌ ", "bar"), *line)
        if not self.words and self.current is not None:
            first, last = layout.rows_of(self.current)
            if first <= y <= last:
                return (("▌ ", "bar"), *line)
        return ((MARGIN, "text"), *line)


def _programs(block: Block) -> list[tuple[str, str]]:
    return [(code, language) for code, language in code_of(block) if language]


def _marked(line: Line, words: str) -> Line:
    """The line with every occurrence of the words marked, across pieces."""
    hits = [hit.span() for hit in re.finditer(re.escape(words), line_text(line), re.IGNORECASE)]
    marked: list[Piece] = []
    at = 0
    for piece, look in line:
        points = sorted({0, len(piece), *(p - at for hit in hits for p in hit if 0 < p - at < len(piece))})
        for start, end in pairwise(points):
            inside = any(first <= at + start < last for first, last in hits)
            marked.append((piece[start:end], f"{look}.match" if inside else look))
        at += len(piece)
    return tuple(marked)
