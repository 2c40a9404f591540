"""The code of a lesson, run as the engine runs it, and compared with what the lesson says it prints."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator

from tui.course.blocks import Cell, Claim, Exercise, Quiz
from tui.course.exercises import feedback
from tui.course.files import decode
from tui.course.page import Page
from tui.engine.code_cells import CellResult, Cells
from tui.engine.exercise_checks import run_exercise

_CHECKER = doctest.OutputChecker()
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
SEEDS = (0, 1, 2)
"""A check that draws random numbers is right whatever it draws."""
_EXCERPT = 200
"""Characters of an output that a finding repeats."""


def run_page(page: Page) -> Iterator[tuple[int, str, str]]:
    """(line, what is wrong, what to do) of every piece of code that does not do what the lesson says.

    The cells of a page share their variables, its exercises share others; a claim and a question have their own.
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
        elif isinstance(block, Exercise):
            yield from ((block.line, *problem) for problem in _check_exercise(block, cells))
            continue
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


def _check_exercise(exercise: Exercise, cells: Cells) -> Iterator[tuple[str, str]]:
    """What is wrong with an exercise: its starter fails in a sentence, its solution passes, whatever the seed."""
    name = exercise.id
    for seed in SEEDS:
        starter = run_exercise(cells, "exercises", exercise.starter, exercise.check, seed)
        if starter.passed:
            yield f"The starter of {name!r} passes its check.", "Check for what only the solution does."
        elif starter.run.failed:
            what = f"The starter of {name!r} ends in an error: {_last_line(starter.run.output)}"
            yield what, "Let it fail with the message of an assert, which says what to write."
        solution = run_exercise(cells, "exercises", exercise.solution, exercise.check, seed)
        if not solution.passed:
            why = (
                _last_line(solution.run.output)
                if solution.run.failed
                else feedback(exercise, solution.message, solution.values)
            )
            yield f"The solution of {name!r} does not pass its check (seed {seed}): {why}", "Fix the one or the other."
            return


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
