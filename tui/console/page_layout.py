"""A page set in lines, and where everything stands in it. Pure: no widget, no screen."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property

from tui.console.typeset import Setting, State, plain_lines, set_block, verbatim_width
from tui.course.blocks import Cell, Claim, Quiz, Stop, Try, plain
from tui.course.cells import cells_of
from tui.course.page import Page, Section
from tui.text.catalog import translate
from tui.text.lines import Line, line_text

BELOW = 3
"""Empty lines under the last block, so that the end of a page looks like one."""


class PageLayout:
    """The lines of a page; block by block, an empty line between two."""

    def __init__(self, page: Page, setting: Setting, states: Mapping[int, State], on_bench: int | None) -> None:
        self.page = page
        self.setting = setting
        self._set = [
            set_block(block, setting, states.get(i), on_bench=i == on_bench) for i, block in enumerate(page.blocks)
        ]
        self._widths = list(map(verbatim_width, self._set))
        self._join()

    def _join(self) -> None:
        self.rows: list[Line] = []
        self.owners: list[int] = []
        """Index of the block of each row; the empty line after a block is its own."""
        self.firsts: list[int] = []
        """First row of each block."""
        for index, lines in enumerate(self._set):
            self.firsts.append(len(self.rows))
            self.rows += [*lines, ()]
            self.owners += [index] * (len(lines) + 1)
        if self.page.front is not None and cells_of(self.page):
            words = translate(self.setting.language, "console.cell.scratch_here")
            foot = plain_lines(words, self.setting.prose, "dim")
            self.rows += foot
            self.owners += [max(0, len(self._set) - 1)] * len(foot)
        self.rows += [()] * BELOW
        self.owners += [max(0, len(self._set) - 1)] * BELOW

    def relay(self, index: int, state: State, *, on_bench: bool) -> None:
        """Set one block again."""
        self._set[index] = set_block(self.page.blocks[index], self.setting, state, on_bench=on_bench)
        self._widths[index] = verbatim_width(self._set[index])
        self._join()

    def overflow(self, row: int | None = None) -> int:
        """Cells of the code and output at this row, or of all there is, that have no room."""
        room = self.setting.prose + 1
        return max(0, (max(self._widths, default=0) if row is None else self._widths[self.block_at(row)]) - room)

    def rows_of(self, block: int) -> tuple[int, int]:
        """(first row, last row) of a block, without the empty line after it."""
        return self.firsts[block], self.firsts[block] + max(0, len(self._set[block]) - 1)

    def block_at(self, row: int) -> int:
        """The block that a row belongs to."""
        return self.owners[max(0, min(row, len(self.owners) - 1))] if self.owners else 0

    def section_at(self, row: int) -> Section:
        """The section that a row belongs to."""
        sections = self.page.sections
        return sections[max(0, bisect_right(sections, self.block_at(row), key=lambda s: s.first) - 1)]

    def first_row(self, section: Section) -> int:
        return self.firsts[section.first] if section.first < len(self.firsts) else 0

    def last_row(self, section: Section) -> int:
        """The last row with something on it."""
        return self.rows_of(section.last - 1)[1] if 0 < section.last <= len(self.firsts) else 0

    @cached_property
    def stops(self) -> list[int]:
        """Blocks that a reader can stop at and do."""
        return [i for i, block in enumerate(self.page.blocks) if isinstance(block, Stop)]

    def try_at(self, row: int) -> int | None:
        """What belongs on the bench when the reader is at this row: the last {try} above it, else the first."""
        tries = [i for i, block in enumerate(self.page.blocks) if isinstance(block, Try)]
        above = [i for i in tries if self.firsts[i] <= row]
        return above[-1] if above else tries[0] if tries else None

    def find(self, words: str) -> list[int]:
        """Rows that hold the words; case does not matter."""
        pattern = re.compile(re.escape(words), re.IGNORECASE)
        return [y for y, line in enumerate(self.rows) if pattern.search(line_text(line))] if words else []


def source_of(block: object) -> str:
    """What is copied from a block: the code of a cell or a claim, the words of anything else."""
    match block:
        case Cell() | Claim() if block.code:
            return block.code + "\n"
        case Quiz():
            return "\n".join([plain(block.ask), *(f"- {plain(choice.text)}" for choice in block.choices)])
    from tui.course.page import block_text

    return block_text(block)  # type: ignore[arg-type]
