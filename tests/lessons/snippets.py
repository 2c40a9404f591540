"""Runs the code of a lesson as the engine runs it, and compares what it prints with what the lesson says it prints."""

from __future__ import annotations

import doctest
import sys
from collections.abc import Iterator
from pathlib import Path

from tui.course.blocks import Cell, Claim, Quiz
from tui.course.lesson import read_lesson
from tui.course.page import Page
from tui.engine.cells import Cells
from tui.engine.ticks import tap_tqdm

CHECKER = doctest.OutputChecker()
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def snippets(page: Page) -> Iterator[tuple[int, str, str | None, str]]:
    """(line, code, space, what it should print) of everything in a lesson that can be run."""
    assert page.front is not None
    for block in page.blocks:
        if isinstance(block, Cell):
            yield block.line, block.code, page.front.section.split(".")[0], block.prints
        elif isinstance(block, Claim) and block.code:
            yield block.line, block.code, None, block.prints
        elif isinstance(block, Quiz) and block.code:
            yield block.line, block.code, None, f"{block.answer:g}"


def disagreements(page: Page, cells: Cells) -> list[str]:
    """One paragraph for each snippet that prints something else than the lesson says."""
    found = []
    for line, code, space, prints in snippets(page):
        result = cells.run(space, code)
        if result.failed or not CHECKER.check_output(prints.strip() + "\n", result.output.strip() + "\n", FLAGS):
            found.append(f"{page.path.name}:{line} prints\n{result.output}\nnot\n{prints}")
    return found


if __name__ == "__main__":
    tap_tqdm(lambda what, done, total: None)
    for name in sys.argv[1:]:
        path = Path(name)
        for one in disagreements(read_lesson(path, path.stem.rpartition(".")[2], path.read_bytes()), Cells()):
            print(one, "\n")
