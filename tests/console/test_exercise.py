"""An exercise on screen: write, check, hints, solution; what was written and reached is there the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import console
from tests.course.test_exercises import CHINESE, EXERCISE
from tui.console.screens.exercise import ExerciseScreen
from tui.console.screens.reader import Reader
from tui.console.widgets.code_editor import CodeEditor
from tui.course.book import Course
from tui.course.exercises import ExerciseRecord
from tui.models import setup_code

FRONT = '---\nid: a\nsection: "1.1"\ntitle: Twice\nminutes: 5\n---\n\n'


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A lesson with one exercise, without the models of the bench, which take seconds."""
    monkeypatch.setattr(setup_code, "cell_setup", lambda *names, model="": "checkpoint = 'none'\n")
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    (tmp_path / "one").mkdir()
    for language, text in (("en", EXERCISE), ("zh", CHINESE)):
        (tmp_path / "one" / f"01-a.{language}.md").write_text(FRONT + text, "utf-8")
    return Course.open(tmp_path)


async def test_from_a_first_try_to_success_and_back(book: Course) -> None:
    async with console("1.1", book=book) as it:
        await it.press("n", "enter")
        assert isinstance(it.app.screen, ExerciseScreen)
        await it.press("ctrl+r")
        await it.until_shown("Not yet.", "double(4) is None, not 8", "1 attempt")
        await it.press("f7", "f7")
        await it.until_shown("Hint 2 of 3", "Multiply.")
        assert "return 2 * x" not in it.screen()
        await it.press("backspace", "backspace", "backspace")
        await it.type("return 3*x")
        await it.press("ctrl+r")
        await it.until_shown("double(4) is 12, not 8")
        for _ in range(3):
            await it.press("backspace")
        await it.type("x + x")
        await it.press("ctrl+r")
        await it.until_shown("That is right.", "Why it works", "Adding x to itself")
        await it.press("escape")
        assert isinstance(it.app.screen, Reader)
        await it.until_shown("✓ passed")
        await it.press("q")
        await it.until_shown("exercises 1/1")
        record = it.app.progress.exercises("a")["double"]
        assert record == ExerciseRecord(3, True, 2, False, "def double(x):\n    return x + x")


async def test_a_check_compares_with_the_default_models_whatever_the_chapter_has(book: Course) -> None:
    async with console("1.1", book=book) as it:
        it.app.progress.keep_model("1", "MiniLM")
        await it.press("n", "enter", "ctrl+r")
        await it.until_shown("Not yet.")
        sent = next(asked for asked in it.engine.asked if asked["do"] == "exercise")
        assert sent["space"] == "1 exercises"
        assert "model" not in sent


async def test_what_was_written_is_there_again_and_can_be_started_again(book: Course) -> None:
    async with console("1.1", book=book) as it:
        await it.press("n", "enter")
        await it.type("  # mine")
        await it.press("escape")
        await it.press("enter")
        editor = it.app.screen.query_one(CodeEditor)
        assert editor.text.endswith("# mine")
        await it.press("f8")
        assert editor.text == "def double(x):\n    ..."
        await it.press("ctrl+z")
        assert editor.text.endswith("# mine")


async def test_a_solution_is_shown_after_a_question(book: Course) -> None:
    async with console("1.1", book=book) as it:
        await it.press("n", "enter", "f9")
        await it.until_shown("You have not tried yet")
        assert "return 2 * x" not in it.screen()
        await it.press("f9")
        await it.until_shown("A solution", "return 2 * x", "Why it works")
        record = it.app.progress.exercises("a")["double"]
        assert (record.solution_seen, record.passed) == (True, False)


async def test_an_error_and_a_failed_check_in_chinese(book: Course) -> None:
    async with console("1.1", book=book, language="zh", size=(80, 24)) as it:
        await it.press("n", "enter", "ctrl+r")
        await it.until_shown("还差一点", "double(4) 是 None，不是 8")
        await it.type("\nprint(")
        await it.press("ctrl+r")
        await it.until_shown("运行出错了", "SyntaxError")


async def test_full_width_punctuation_is_pointed_out_and_replaced(book: Course) -> None:
    async with console("1.1", book=book, language="zh") as it:
        await it.press("n", "enter", *["backspace"] * 3)
        await it.type("return 2 * (x")
        it.app.screen.query_one(CodeEditor).insert("）")
        await it.until_shown("全角")
        await it.press("ctrl+g", "ctrl+r")
        await it.until_shown("答对了")


async def test_what_runs_without_end_is_stopped(book: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    async with console("1.1", book=book) as it:
        await it.press("n", "enter")
        it.engine.hold = True
        await it.press("ctrl+r", "escape")
        assert it.engine.dropped
        await it.until_shown("Stopped")
        assert isinstance(it.app.screen, ExerciseScreen)
        monkeypatch.setattr("tui.console.screens.exercise.TIME_LIMIT", 0)
        await it.press("ctrl+r")
        request = it.app.screen.request
        assert request is not None
        request.started = True
        await it.until_shown("Is there a loop that never ends?")
