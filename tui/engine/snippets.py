"""The code of a lesson, run as the engine runs it, and compared with what the lesson says it prints."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator

from tui.course.blocks import Cell, Claim, Quiz
from tui.course.files import decode
from tui.course.page import Page
from tui.engine.code_cells import CellResult, Cells

_CHECKER = doctest.OutputChecker()
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
_EXCERPT = 200
"""Characters of an output that a finding repeats."""


def run_page(page: Page) -> Iterator[tuple[int, str, str]]:
    """(line, what is wrong, what to do) of every piece of code that does not do what the lesson says.

    The cells of a page share their variables; a claim and a question have their own.
    """
    assert page.front is not None
    cells = Cells()
    chapter = page.front.section.split(".")[0]
    for block in page.blocks:
        if isinstance(block, Cell):
            result, prints = cells.run(chapter, block.code), block.prints
        elif isinstance(block, Claim) and block.code:
            result, prints = cells.run(None, block.code), block.prints
        elif isinstance(block, Quiz) and block.code:
            result, prints = cells.run(None, block.code), f"{block.answer:g}"
        else:
            continue
        if problem := _problem(block, result, prints):
            yield (_line(page, block, result), *problem)


def _problem(block: Cell | Claim | Quiz, result: CellResult, prints: str) -> tuple[str, str] | None:
    if result.failed:
        return f"The code ends in an error: {_last_line(result.output)}", "Mend the code."
    if _CHECKER.check_output(prints.strip() + "\n", result.output.strip() + "\n", _FLAGS):
        return None
    if isinstance(block, Quiz):
        return f"The answer is {prints}, but the code prints {_short(result.output)}.", "Mend the answer or the code."
    return f"It prints {_short(result.output)}, not {_short(prints)}.", "Mend the code or its 'prints'."


def _line(page: Page, block: Cell | Claim | Quiz, result: CellResult) -> int:
    """The line of a syntax error, else the line at which the block begins."""
    if not result.failed:
        return block.line
    try:
        compile(block.code, "cell", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError as error:
        first = next((line for line in block.code.split("\n") if line.strip()), "").strip()
        lines = decode(page.path.read_bytes()).split("\n")
        begin = next((n for n in range(block.line, len(lines)) if lines[n].strip() == first), block.line)
        return begin + (error.lineno or 1)
    return block.line


def _last_line(output: str) -> str:
    lines = [line for line in output.strip().split("\n") if line.strip()]
    return lines[-1].strip()[:_EXCERPT] if lines else "no message"


def _short(text: str) -> str:
    text = text.strip()
    return repr(text if len(text) <= _EXCERPT else f"{text[:_EXCERPT]}...")
