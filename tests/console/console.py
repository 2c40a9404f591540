"""Driving the console in tests: an engine without a process, a pilot that waits for conditions."""

from __future__ import annotations

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Any

from textual.pilot import Pilot

from tests.conftest import LESSONS
from tui.console.app import HeadnotesApp
from tui.console.screens.reader import Reader
from tui.console.widgets.chrome import Prompt, PromptInput
from tui.console.widgets.lines import Lines
from tui.console.widgets.row_table import RowTable
from tui.console.widgets.sentence import Sentence
from tui.course import consent
from tui.course.book import Book, Course, Folder, entries, find
from tui.engine.client import NOT_ANSWERING, EngineClient, Phase, Request
from tui.engine.exercise_checks import run_exercise
from tui.errors import HeadnotesError, Stopped, explain
from tui.instruments import registry
from tui.models import local
from tui.models.setup_code import cell_setup
from tui.partial_results import hearing
from tui.settings import Settings
from tui.tables import api
from tui.tables.source import Source
from tui.text.lines import line_text


class InProcess(EngineClient):
    """Answers from this process, with the real laboratory; `asked` remembers what was asked."""

    def __init__(self) -> None:
        super().__init__(log=Path("/dev/null"))
        self.asked: list[dict[str, Any]] = []
        self.hold = False
        """Answer nothing, as an engine that is still starting."""
        self.dropped: list[Request] = []
        self.killed = 0
        self._cells: Any = None

    async def start(self) -> None:
        self._set_phase("importing torch" if self.hold else "ready")

    def ask(self, do: str, *, on_progress: Any = None, on_partial: Any = None, **what: Any) -> Request:
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(lambda future: future.cancelled() or future.exception())
        request = Request(len(self.asked) + 1, {"do": do, **what}, answer, on_progress, on_partial)
        self.asked.append(request.message)
        if not self.hold:
            self._soon(self._work(request))
        return request

    async def _work(self, request: Request) -> None:
        await asyncio.sleep(0)
        request.started, start = True, monotonic()
        try:
            hearing.set(request.on_partial)
            result = json.loads(json.dumps(self._do(request.message), default=dataclasses.asdict, allow_nan=False))
        except Exception as error:
            if not request.answer.done():
                request.answer.set_exception(explain(error).as_error())
            return
        request.seconds = self._worked(monotonic() - start)
        if not request.answer.done():
            request.answer.set_result(result)

    def _worked(self, seconds: float) -> float:
        """How long the answer says it took."""
        return seconds

    def _do(self, message: dict[str, Any]) -> Any:
        if message["do"] == "run":
            instrument = registry.find(message["instrument"])
            return instrument.run(instrument.read(message["spec"]))
        if message["do"] in ("cell", "complete", "reset", "exercise"):
            from tui.engine.code_cells import Cells

            self._cells = self._cells or Cells()
            if message["do"] == "exercise":
                return run_exercise(self._cells, message["space"], message["code"], message["check"])
            return self._cells.answer(message)
        if message["do"] == "setup":
            return cell_setup(*message["names"], model=message["model"])
        if message["do"] == "stock":
            return local.take()
        if message["do"] in ("data", "look"):
            return getattr(api, "work" if message["do"] == "data" else "look")(message["call"], message["values"])
        return {"torch": "in this process"}

    def drop(self, request: Request) -> None:
        self.dropped.append(request)
        if not request.answer.done():
            request.answer.set_exception(Stopped("engine.stopped"))

    def fail(self, request_error: HeadnotesError) -> None:
        """Make the engine look dead."""
        self._set_phase("ended", request_error)

    def hang(self) -> None:
        """Answer nothing, not even that it lives."""
        self.hold, self._interrupted_phase = True, self.phase
        self._set_phase(NOT_ANSWERING)

    def kill(self) -> None:
        self.killed += 1
        self.hold, self._interrupted_phase = False, None
        self._set_phase("ready")

    async def close(self) -> None:
        for task in list(self._chores):
            task.cancel()
        await asyncio.gather(*self._chores, return_exceptions=True)


@asynccontextmanager
async def console(
    lesson: str = "",
    *,
    size: tuple[int, int] = (120, 40),
    language: str = "en",
    theme: str = "dark",
    book: Book | None = None,
    engine: EngineClient | None = None,
    data: Source | None = None,
    is_allowed: bool = True,
    **options: Any,
) -> AsyncIterator[Driver]:
    """The console at a lesson (or the contents, or a data set), painted and idle; code of its book may run."""
    book = book or Course.open(LESSONS)
    if is_allowed and not book.is_bundled:
        consent.allow(book)
    app = HeadnotesApp(
        book,
        Settings(language=language, theme=theme),
        open_at=find(book, lesson) if lesson else None,
        data=data,
        engine=engine or InProcess(),
        **options,
    )
    async with app.run_test(size=size, notifications=True) as pilot:
        await pilot.pause()
        driver = Driver(app, pilot)
        await driver.until_read()
        yield driver


@asynccontextmanager
async def notes_of(folder: Path, **options: Any) -> AsyncIterator[Driver]:
    """The console on a folder of Markdown, its first page open."""
    book = Folder.open(folder)
    async with console(entries(book)[0].id, book=book, **options) as driver:
        yield driver


class Driver:
    """Fingers and eyes."""

    def __init__(self, app: HeadnotesApp, pilot: Pilot[int]) -> None:
        self.app = app
        self.pilot = pilot

    @property
    def engine(self) -> InProcess:
        assert isinstance(self.app.engine, InProcess)
        return self.app.engine

    @property
    def reader(self) -> Reader:
        assert isinstance(self.app.screen, Reader)
        return self.app.screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()
        await self.until_read()

    async def until_read(self) -> None:
        """Wait until no page is being read."""
        reading = ("page", "translate")
        if any(worker.group in reading for worker in self.app.workers):
            await self.until(lambda: not any(worker.group in reading for worker in self.app.workers))

    async def type(self, text: str) -> None:
        for character in text:
            await self.pilot.press({" ": "space", "\n": "enter"}.get(character, character))
        await self.pilot.pause()

    async def until(self, condition: Callable[[], object], what: str = "", seconds: float = 30) -> None:
        """Wait until the condition holds; fail with what is on screen when it does not come."""
        end = monotonic() + seconds
        while not condition():
            assert monotonic() < end, f"waited {seconds} s for {what or condition}; the screen shows\n{self.screen()}"
            await asyncio.sleep(0.01)
            await self.pilot.pause()

    async def until_shown(self, *words: str, seconds: float = 30) -> None:
        """Wait until all these words are on the screen."""
        await self.until(lambda: all(word in self.screen() for word in words), f"{words}", seconds)

    def screen(self) -> str:
        """What the terminal shows, line by line."""
        width, height = self.app.size
        lines = [strip.text for strip in self.app.screen._compositor.render_strips()]
        return "\n".join(line.rstrip() for line in lines[:height])[: width * height * 2]

    def stop_of(self, kind: type, number: int = 0) -> int:
        """Index of the n-th block of a kind in the open page."""
        assert self.reader.page is not None
        return [i for i, block in enumerate(self.reader.page.blocks) if isinstance(block, kind)][number]

    async def go_to_stop(self, block: int) -> None:
        """Press n until this block is marked."""
        for _ in range(100):
            if self.reader.notes.current == block:
                return
            await self.press("n")
        raise AssertionError(f"block {block} cannot be reached with n")

    def text_of(self, selector: str) -> str:
        """The words of a widget of lines, the parts that are scrolled away included."""
        return "\n".join(line_text(line) for line in self.app.screen.query_one(selector, Lines).lines)

    @property
    def rows(self) -> RowTable:
        """The table on the screen."""
        return self.app.screen.query_one(RowTable)

    async def ask(self, key: str, text: str) -> None:
        """Press a key that opens the prompt, replace what stands there, and send it."""
        await self.press(key)
        await self.until(lambda: self.app.screen.query_one(Prompt).is_open)
        self.app.screen.query_one(PromptInput).value = text
        await self.press("enter")

    @property
    def sentence(self) -> Sentence:
        assert self.reader.bench.pane is not None
        return self.reader.bench.pane.query(Sentence).first()

    def phase(self, name: str) -> Phase:
        return Phase(name, monotonic())
