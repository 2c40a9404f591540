"""The code of a book that is not ours: nothing of it runs before the reader has allowed it, once a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import Driver, console
from tui import paths
from tui.console.screens.windows import ListWindow
from tui.console.typeset import Outcome
from tui.course import consent, starter
from tui.course.blocks import Cell, Try
from tui.course.book import Course
from tui.course.progress import Progress


@pytest.fixture
def course(tmp_path: Path) -> Course:
    starter.write_starter(tmp_path / "mine")
    return Course.open(tmp_path / "mine")


async def go_to(it: Driver, kind: type) -> int:
    block = it.stop_of(kind)
    await it.go_to_stop(block)
    return block


async def test_nothing_runs_before_the_reader_has_said_yes(course: Course) -> None:
    async with console("1.1", book=course, is_allowed=False) as it:
        await it.until_shown("until you allow it: enter asks")
        assert it.reader.bench.pane is None
        await go_to(it, Try)
        await it.press("e")
        assert it.reader.bench.pane is None
        cell = await go_to(it, Cell)
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        assert str(course.folder) in it.screen().replace("│\n", "").replace("│", "")
        await it.press("enter")  # the answer that is marked: no
        await it.until(lambda: not isinstance(it.app.screen, ListWindow))
        assert it.engine.asked == []
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("down", "enter")
        await it.until(lambda: it.reader.notes.states.get(cell) == Outcome("12\n", False))
        await it.press("p")  # back at the instrument
        await it.until(lambda: it.reader.bench.pane is not None)
    assert consent.is_allowed(course)
    assert not paths.progress_file().exists()
    assert Progress(paths.progress_file("mine")).summary("first-lesson")[1] == 5


async def test_a_yes_is_kept_and_asked_for_in_the_readers_language(course: Course) -> None:
    async with console("1.1", book=course, is_allowed=False, language="zh") as it:
        await go_to(it, Cell)
        await it.press("enter")
        await it.until_shown("不属于", "不运行")
        await it.press("escape")
    consent.allow(course)
    async with console("1.1", book=course, is_allowed=False, language="zh") as it:
        await it.until(lambda: it.reader.bench.pane is not None)
        cell = await go_to(it, Cell)
        await it.press("enter")
        await it.until(lambda: it.reader.notes.states.get(cell) == Outcome("12\n", False))
