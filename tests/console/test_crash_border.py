"""Whatever a part of the console raises is a sentence, a log entry without the reader's text, and the contents."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.worker import WorkerFailed

from tests.console.console import Driver, InProcess, console
from tui import paths
from tui.console import crash_border
from tui.console.app import HeadnotesApp
from tui.console.screens.contents import Contents
from tui.console.screens.doctor import Doctor
from tui.console.screens.reader import Reader
from tui.console.screens.runs import Runs, RunTable
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.notes import Notes
from tui.console.widgets.pane import Pane
from tui.console.widgets.status import Status
from tui.engine.client import Progress, Request
from tui.runs.overview import Overview

SECRET = "the reader's own words"


class Fault(Exception):
    """What is raised here and nowhere else."""


def fail(*_: Any, **__: Any) -> Any:
    reader_text = SECRET
    raise Fault(f"{reader_text!r} cannot be drawn")


async def fail_later(*_: Any, **__: Any) -> Any:
    fail()


@asynccontextmanager
async def reading(lesson: str = "2.2", **options: Any) -> AsyncIterator[Driver]:
    """A console whose engine answers nothing, since nothing here needs an answer."""
    engine = InProcess()
    engine.hold = True
    async with console(lesson, engine=engine, **options) as it:
        yield it


@asynccontextmanager
async def broken(lesson: str = "2.2", **options: Any) -> AsyncIterator[Driver]:
    """A console that is going to fail; without the last line `run_test` would raise the error again."""
    async with reading(lesson, **options) as it:
        yield it
        assert isinstance(it.app._exception, Fault | WorkerFailed)
        it.app._exception = None


async def assert_back_at_the_contents(it: Driver) -> None:
    """The sentence and the contents are there, keys work, and the log has places but no values."""
    await it.until_shown("Something failed in the console")
    assert isinstance(it.app.screen, Contents)
    assert [type(screen).__name__ for screen in it.app.screen_stack[1:]] == ["Contents"]
    log = paths.console_log().read_text("utf-8")
    assert "Fault" in log
    assert "tests.console.test_crash_border:" in log
    assert SECRET not in log
    assert paths.console_log().stat().st_mode & 0o077 == 0
    await it.press("enter")
    await it.until(lambda: isinstance(it.app.screen, Reader), "a lesson after the error")
    await it.press("q")
    await it.until(lambda: isinstance(it.app.screen, Contents), "the contents again")


async def by_key_of_screen(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reader, "action_outline", fail)
    await it.pilot.press("t")


async def by_key_of_app(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(HeadnotesApp, "action_next_theme", fail_later)
    await it.pilot.press("ctrl+t")


async def by_own_handler_of_screen(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.screen.call_later(fail)


async def by_handler_of_widget(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.screen.query_one(Notes).call_later(fail_later)


async def by_callback_of_app(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.call_later(fail)


async def by_drawing(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(it.app.screen.query_one(Notes), "render_line", fail)
    it.app.screen.query_one(Notes).refresh()


async def by_two_widgets_at_once(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.screen.query_one(TopLine).call_later(fail)
    it.app.screen.query_one(KeyLine).call_later(fail)


async def by_worker(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.screen.run_worker(fail_later())


async def by_thread_worker(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.screen.run_worker(lambda: fail(threading.get_ident()), thread=True)


async def by_timer(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.screen.set_timer(0.01, fail)


async def by_timer_of_app(it: Driver, patch: pytest.MonkeyPatch) -> None:
    it.app.set_timer(0.01, fail)


async def by_composing(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Doctor, "compose", fail)
    await it.pilot.press("f2")


async def by_making(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Doctor, "__init__", fail)
    await it.pilot.press("f2")


async def by_mounting(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Doctor, "on_mount", fail)
    await it.pilot.press("f2")


async def waiting_pane(it: Driver) -> tuple[Pane, Request]:
    """The pane on the bench, and what it has asked."""
    await it.until(lambda: it.reader.bench.pane is not None and it.reader.bench.pane.is_running, "a pane that waits")
    pane = it.reader.bench.pane
    assert pane is not None
    assert pane._request is not None
    return pane, pane._request


async def by_part_of_an_answer(it: Driver, patch: pytest.MonkeyPatch) -> None:
    pane, request = await waiting_pane(it)
    patch.setattr(pane, "draw_partial", fail)
    assert request.on_partial is not None
    request.on_partial({})


async def by_progress(it: Driver, patch: pytest.MonkeyPatch) -> None:
    pane, request = await waiting_pane(it)
    patch.setattr(pane.query_one(Status), "progress", fail)
    assert request.on_progress is not None
    request.on_progress(Progress("working", 1, 2))


async def by_phase_of_the_engine(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reader, "engine_moved", fail)
    it.engine._set_phase("ready")


async def by_leaving(it: Driver, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Reader, "on_unmount", fail_later, raising=False)
    await it.pilot.press("q")


@pytest.mark.parametrize(
    "raise_it",
    [
        by_key_of_screen, by_key_of_app, by_own_handler_of_screen, by_handler_of_widget, by_callback_of_app, by_drawing,
        by_two_widgets_at_once, by_worker, by_thread_worker, by_timer, by_timer_of_app, by_composing, by_making,
        by_mounting, by_leaving, by_part_of_an_answer, by_progress, by_phase_of_the_engine,
    ],
)  # fmt: skip
async def test_an_error_anywhere_leads_back_to_the_contents(
    raise_it: Callable[[Driver, pytest.MonkeyPatch], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with broken() as it:
        with monkeypatch.context() as patch:
            await raise_it(it, patch)
            await it.until(paths.console_log().exists, "the log")
            await it.until(lambda: isinstance(it.app.screen, Contents), "the contents")
        await assert_back_at_the_contents(it)


async def test_the_sentence_is_chinese_on_a_chinese_console() -> None:
    async with broken(language="zh") as it:
        it.app.screen.call_later(fail)
        await it.until_shown("已回到目录")


async def ended(it: Driver) -> None:
    await it.until(lambda: not it.app.is_running or it.app._exit, "the end")
    assert it.app.return_code == 1
    assert it.app.border.fatal is not None
    assert str(paths.console_log()) in str(it.app.border.fatal)


@pytest.mark.parametrize("part", ["compose", "on_mount", "_fill_first", "fill"])
async def test_contents_that_cannot_be_shown_end_the_console(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_border, "LOOP_WITHIN", 1e9)  # however slow the machine
    async with broken() as it:
        monkeypatch.setattr(Contents, part, fail)
        it.app.screen.call_later(fail)
        await ended(it)


async def test_errors_in_a_loop_end_the_console(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crash_border, "LOOP_WITHIN", 1e9)
    async with broken() as it:
        it.app.set_interval(0.01, fail)
        await ended(it)


async def test_a_part_that_is_being_removed_may_miss_its_own_parts() -> None:
    async with reading() as it:
        notes = it.app.screen.query_one(Notes)
        notes.call_later(lambda: notes.query_one("#gone-already"))
        await notes.remove()
        assert isinstance(it.app.screen, Reader)
        assert not paths.console_log().exists()


async def test_the_workers_of_a_pane_end_before_its_parts_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that comes while a lesson is being left: the bench that would show it is half gone."""
    shown_late: list[Pane] = []
    async with reading() as it:
        pane, request = await waiting_pane(it)

        async def answer(self: Any) -> None:
            if not request.answer.done():
                request.answer.set_result({})
            for _ in range(20):  # other parts are gone by then, this one keeps the pane from going
                await asyncio.sleep(0)

        monkeypatch.setattr(Status, "on_unmount", answer, raising=False)
        monkeypatch.setattr("tui.console.widgets.pane.revive", lambda *_: shown_late.append(pane))
        await it.press("q")
        await it.until(lambda: isinstance(it.app.screen, Contents) and request.answer.done(), "the contents")
    assert shown_late == []


async def test_a_list_of_runs_that_is_left_is_not_drawn_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_late: list[Runs] = []
    look_again = threading.Event()
    async with reading("") as it:
        await it.press("f6")
        await it.until(lambda: isinstance(it.app.screen, Runs) and it.app.screen._looked, "the runs")
        monkeypatch.setattr(Overview, "look", lambda self: look_again.wait(20))
        await it.until(lambda: it.app.screen._looking, "another look at the folders")  # type: ignore[attr-defined]

        async def draw(self: Any) -> None:
            monkeypatch.setattr(Runs, "_draw", lambda self: drawn_late.append(self))
            look_again.set()
            for _ in range(200):
                await asyncio.sleep(0)

        monkeypatch.setattr(RunTable, "on_unmount", draw, raising=False)
        await it.press("q")
        await it.until(lambda: isinstance(it.app.screen, Contents) and look_again.is_set(), "the contents")
    assert drawn_late == []


async def test_a_screen_that_has_no_lines_yet_may_be_told_of_the_engine() -> None:
    async with reading() as it:
        it.app.push_screen(Doctor())
        assert not it.app.screen.query(TopLine)
        it.app._engine_moved(it.phase("ready"))
        await it.until_shown("textual")


async def test_one_error_of_the_contents_is_not_the_end() -> None:
    async with broken("") as it:
        it.app.screen.call_later(fail)
        await assert_back_at_the_contents(it)


def test_a_log_that_cannot_be_written_stops_nothing_and_a_long_one_begins_anew(tmp_path: Path) -> None:
    from tui.console.crash_border import LOG_LIMIT, write_entry

    write_entry(Path("/dev/null/console.log"), Fault(SECRET))
    log = tmp_path / "console.log"
    log.write_text("x" * (LOG_LIMIT + 1))
    write_entry(log, Fault(SECRET))
    assert log.stat().st_size < 1000


def test_causes_are_logged_without_their_messages(tmp_path: Path) -> None:
    from tui.console.crash_border import write_entry

    try:
        try:
            {}[SECRET]
        except KeyError as error:
            raise ValueError(SECRET) from error
    except ValueError as error:
        write_entry(tmp_path / "log", error)
    lines = (tmp_path / "log").read_text().splitlines()
    assert [line for line in lines if not line.startswith(" ")][1:] == [
        "builtins.KeyError", "which led to", "builtins.ValueError", "",
    ]  # fmt: skip
