"""Going from screen to screen: each is open once, whatever was pressed, and keeps what it shows."""

from __future__ import annotations

from pathlib import Path

from tests.console.console import Driver, InProcess, console
from tui.console.screens.contents import Contents
from tui.console.screens.data import Data
from tui.console.screens.overlay import Overlay
from tui.console.screens.reader import Reader
from tui.console.screens.run import RunScreen
from tui.console.screens.runs import Runs
from tui.console.screens.windows import TextWindow
from tui.runs.folder import Run


def opened(it: Driver) -> list[str]:
    return [type(screen).__name__ for screen in it.app.screen_stack[1:]]


def waiting() -> InProcess:
    engine = InProcess()
    engine.hold = True
    return engine


async def test_screens_do_not_pile_up() -> None:
    async with console(engine=waiting()) as it:
        for _ in range(3):
            await it.press("f6")
            await it.press("f2")
            await it.press("f3")
        assert opened(it) == ["Contents", "Runs", "Doctor", "Models"]
        await it.press("f6")
        assert opened(it) == ["Contents", "Doctor", "Models", "Runs"]
        assert isinstance(it.app.focused, type(it.app.screen.query_one("#runs")))
        await it.press("q")
        assert opened(it) == ["Contents", "Doctor", "Models"]


async def test_the_data_room_is_found_as_it_was_left() -> None:
    async with console(engine=waiting()) as it:
        await it.press("f4")
        await it.until_shown("Open")
        await it.press("escape")
        data = it.app.screen
        assert isinstance(data, Data)
        await it.press("f6", "f4")
        assert it.app.screen is data
        assert opened(it) == ["Contents", "Runs", "Data"]


async def test_a_lesson_from_the_palette_over_a_window_closes_the_window() -> None:
    async with console("2.2", engine=waiting()) as it:
        reader = it.app.screen
        await it.press("question_mark")
        assert isinstance(it.app.screen, TextWindow)
        await it.press("ctrl+p")
        await it.type("2.4")
        await it.press("enter")
        await it.until(lambda: it.app.screen is reader and it.reader.entry.number == "2.4", "the lesson")
        assert opened(it) == ["Reader"]


async def test_a_lesson_opened_beside_the_runs_is_left_for_the_contents() -> None:
    async with console(engine=waiting()) as it:
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Reader), "a lesson")
        await it.press("f6", "ctrl+p")
        await it.type("2.4")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Reader) and it.reader.entry.number == "2.4", "the lesson")
        assert opened(it) == ["Contents", "Runs", "Reader"]
        await it.press("q")
        await it.until(lambda: isinstance(it.app.screen, Contents), "the contents")
        assert opened(it) == ["Runs", "Contents"]


async def test_two_runs_are_two_screens(tmp_path: Path) -> None:
    async with console(engine=waiting()):
        first, second = Run(tmp_path / "first"), Run(tmp_path / "second")
        assert RunScreen(first).shows_same(RunScreen(first))
        assert not RunScreen(first).shows_same(RunScreen(second))
        assert not RunScreen(first).shows_same(Runs())
        assert Overlay([first, second]).shows_same(Overlay([first, second]))
        assert not Overlay([first]).shows_same(Overlay([second]))
