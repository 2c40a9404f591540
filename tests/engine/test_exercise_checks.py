"""Exercises: judged on the objects that the reader's code makes, and proven before they ship."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.course.test_exercises import CHINESE, EXERCISE
from tests.course.test_lesson import lesson
from tui.course.blocks import Exercise
from tui.course.exercises import feedback
from tui.course.page import Page
from tui.engine.code_cells import Cells
from tui.engine.exercise_checks import run_exercise
from tui.engine.snippets import run_page
from tui.models import setup_code

CHECK = 'got = double(4)\nassert got == 8, ("double(4) is {}, not 8", got)'


@pytest.fixture
def cells(monkeypatch: pytest.MonkeyPatch) -> Cells:
    """Without the models of the bench, which take seconds."""
    monkeypatch.setattr(setup_code, "cell_setup", lambda *names, model="": "checkpoint = 'none'\n")
    return Cells()


def block(text: str) -> Exercise:
    (exercise,) = lesson(text).blocks
    assert isinstance(exercise, Exercise)
    return exercise


def test_different_right_solutions_pass(cells: Cells) -> None:
    for code in (
        "def double(x):\n    return 2 * x",
        "double = lambda x: x + x",
        "import operator\n" * 3 + "double = (2).__mul__",
    ):
        assert run_exercise(cells, "1", code, CHECK).passed


def test_a_failed_assertion_is_a_sentence_with_the_value_in_it(cells: Cells) -> None:
    result = run_exercise(cells, "1", "def double(x):\n    print('in')\n    return x", CHECK)
    assert (result.passed, result.run.failed, result.run.output) == (False, False, "in\n")
    assert feedback(block(CHINESE), result.message, result.values) == "double(4) 是 4，不是 8"
    long = run_exercise(cells, "1", "def double(x):\n    return 'x\\n' * 900", CHECK)
    assert len(long.values[0]) == 60


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def double(x)\n    return x", "SyntaxError"),
        ("1 / 0", "ZeroDivisionError"),
        ("def twice(x):\n    return 2 * x", "NameError: name 'double' is not defined"),
        ("def double(x):\n    return y", "NameError: name 'y' is not defined"),
        ("def double(x):\n    assert False, 'mine'", "AssertionError: mine"),
        ("def double(x):\n    raise SystemExit(3)", "SystemExit: 3"),
        ("class Odd:\n    def __eq__(self, other): 1 / 0\ndouble = lambda x: Odd()", "ZeroDivisionError"),
    ],
)
def test_an_error_is_shown_as_a_cell_shows_it(cells: Cells, code: str, words: str) -> None:
    result = run_exercise(cells, "new" + words, code, CHECK)
    assert not result.passed
    assert result.run.failed
    assert words in result.run.output
    assert CHECK not in result.run.output


def test_the_check_leaves_nothing_behind_and_draws_the_same_numbers(cells: Cells) -> None:
    check = "import random\nassert False, ('{}', random.random())"
    first, second = (run_exercise(cells, "1", "import random\nrandom.seed(5)", check) for _ in range(2))
    assert first.values == second.values
    assert run_exercise(cells, "1", "", check, seed=1).values != first.values
    after = cells.run("1", "print('got' in globals(), random.random())").output
    cells.run("1", "random.seed(5)")
    assert after == f"False {cells.run('1', 'print(random.random())').output}"


def exercise(**changes: str) -> Page:
    page = lesson(EXERCISE)
    return replace(page, blocks=(replace(block(EXERCISE), **changes),))  # type: ignore[arg-type]


@pytest.mark.usefixtures("cells")
def test_a_sound_exercise_has_no_findings() -> None:
    assert list(run_page(exercise())) == []
    assert list(run_page(lesson(CHINESE))) == []


@pytest.mark.usefixtures("cells")
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"starter": "double = (2).__mul__"}, "The starter of 'double' passes"),
        ({"starter": "print(no)"}, "The starter of 'double' ends in an error: NameError"),
        ({"solution": "def double(x):\n    return 3 * x"}, "does not pass its check (seed 0): double(4) is 12, not 8"),
        ({"solution": "def double(x):\n    return y"}, "(seed 0): NameError: name 'y'"),
        (
            {"check": 'import random\nassert (double(random.random()) or 0) > 1, "no"'},
            "does not pass its check (seed 1)",
        ),
    ],
)
def test_what_does_not_hold_is_found(changes: dict[str, str], words: str) -> None:
    findings = list(run_page(exercise(**changes)))
    assert any(words in what for _, what, _ in findings), findings
    assert {line for line, _, _ in findings} == {10}
