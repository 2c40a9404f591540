"""Lines of code that are too long: beside the bench a pane of 60 columns has room for 56 of them."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import east_asian_width

from tui.course.blocks import Block, Cell, Claim, Code
from tui.course.files import decode
from tui.course.lint.finding import Finding
from tui.course.page import Page

MOST_COLUMNS = 56


def check_widths(page: Page) -> Iterator[Finding]:
    """Each line of code that is wider than `MOST_COLUMNS`."""
    wide = [(block.line, line) for block in page.blocks for line in _code(block) if _columns(line) > MOST_COLUMNS]
    source = decode(page.path.read_bytes()).split("\n") if wide else []
    for begin, line in wide:
        number = next((n for n in range(begin, len(source)) if source[n].strip() == line.strip()), begin - 1) + 1
        what = f"This line of code has {_columns(line)} columns; the pane has room for {MOST_COLUMNS}."
        yield Finding(str(page.path), number, what, "Break the line.")


def _code(block: Block) -> list[str]:
    match block:
        case Cell() | Claim():
            return block.code.split("\n")
        case Code():
            return block.text.split("\n")
    return []


def _columns(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)
