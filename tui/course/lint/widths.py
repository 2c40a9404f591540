"""Lines of code, output and drawings that are too long: beside the bench a pane has room for 56 columns."""

from __future__ import annotations

from collections.abc import Iterator
from unicodedata import east_asian_width

from tui.course.blocks import Block, Cell, Claim, Code, Exercise, Figure
from tui.course.files import decode
from tui.course.lint.finding import Finding
from tui.course.page import Page

MOST_COLUMNS = 56


def check_widths(page: Page) -> Iterator[Finding]:
    """Each line of code, of what it prints, or of a drawing that is wider than `MOST_COLUMNS`."""
    wide = [(block, line) for block in page.blocks for line in _lines(block) if _columns(line) > MOST_COLUMNS]
    source = decode(page.path.read_bytes()).split("\n") if wide else []
    for block, line in wide:
        begin, kind = block.line, "the drawing" if isinstance(block, Figure) else "code"
        number = next((n for n in range(begin, len(source)) if source[n].strip().endswith(line.strip())), begin - 1) + 1
        kind = "output" if isinstance(block, Cell | Claim) and line not in block.code.split("\n") else kind
        what = f"This line of {kind} has {_columns(line)} columns; the pane has room for {MOST_COLUMNS}."
        yield Finding(str(page.path), number, what, "Break the line.")


def _lines(block: Block) -> list[str]:
    match block:
        case Cell() | Claim():
            return [*block.code.split("\n"), *block.prints.split("\n")]
        case Exercise():
            return "\n".join((block.starter, block.check, block.solution)).split("\n")
        case Code() | Figure():
            return block.text.split("\n")
    return []


def _columns(line: str) -> int:
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in line)
