"""A few screens as pictures, each looked at by a person before it was kept.

The answers on them were recorded once (`recorded.json`): the last decimals of a model differ between processors, and
times differ always. After a change that is meant: `pytest tests/console/test_snapshots.py --snapshot-update`, look at
the pictures, then `python -m tests.console.test_snapshots` to renew the README's. A question that was never recorded is
asked of the real models and written down when `--snapshot-update` is given.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.conftest import LESSONS
from tests.console.console import Driver, InProcess
from tui import paths
from tui.console.app import HeadnotesApp
from tui.console.screens.windows import TextWindow
from tui.course.blocks import Try
from tui.course.book import Course, find
from tui.settings import Settings
from tui.tables.source import Source
from tui.tables.table_store import Changed

RECORDED = Path(__file__).parent / "recorded.json"
PICTURES = Path(__file__).parent / "__snapshots__" / "test_snapshots"
README_PICTURE = LESSONS / "images" / "console.svg"
TIMES = {"tokenizer": 0.41, "model": 12.86, "postprocessing": 0.22}
Story = Callable[[Driver], Awaitable[None]]


class Recorded(InProcess):
    """Answers what was recorded, each in the same time."""

    def __init__(self, *, record: bool) -> None:
        super().__init__()
        self.record = record
        self.known: dict[str, Any] = json.loads(RECORDED.read_text("utf-8")) if RECORDED.exists() else {}

    def _do(self, message: dict[str, Any]) -> Any:
        if message["do"] in ("data", "look"):  # the data that ships is the same everywhere; times are not
            found = super()._do(message)
            return dataclasses.replace(found, seconds=0.014, cache="written") if isinstance(found, Changed) else found
        key = json.dumps([message.get("instrument"), message.get("spec")], sort_keys=True)
        if message["do"] == "run" and key not in self.known:
            assert self.record, f"{key} was never recorded"
            answer = dataclasses.asdict(super()._do(message))
            if "milliseconds" in answer:
                answer["milliseconds"] = TIMES
            self.known[key] = answer
            RECORDED.write_text(json.dumps(self.known, indent=1, sort_keys=True) + "\n", "utf-8")
        return self.known[key]

    def _worked(self, seconds: float) -> float:
        return 0.014


async def the_pipeline(it: Driver) -> None:
    await it.until_shown("POSITIVE  0.8060")


async def a_marked_token(it: Driver) -> None:
    await it.until_shown("[SEP]")
    await it.press("e", "enter", "down", "down", "down")
    await it.until_shown("leaves")


async def a_flipped_cell(it: Driver) -> None:
    await to_try(it, "mask", 1)
    await it.press("tab", "tab", "tab", "down", "right", "space")
    await it.until_shown("你的掩码")


async def a_stage(it: Driver) -> None:
    await to_try(it, "anatomy", 0)
    await it.press("tab", "tab", "tab", "right", "right")
    await it.until_shown("384]")


async def to_try(it: Driver, instrument: str, number: int) -> None:
    """Mark one of the page's tries and wait for its answer."""
    await it.until(lambda: it.reader.page)
    assert it.reader.page is not None
    tries = [i for i, b in enumerate(it.reader.page.blocks) if isinstance(b, Try) and b.instrument == instrument]
    await it.go_to_stop(tries[number])
    await it.until(lambda: (pane := it.reader.bench.pane) and pane.instrument.name == instrument and pane.result)


async def a_wrong_answer(it: Driver) -> None:
    await it.until(lambda: it.reader.notes.layout_of)
    await it.press("G", "p", "1", "enter")
    await it.until(lambda: it.reader.notes.current is not None)


async def the_data_room(it: Driver) -> None:
    it.app.action_data(Source((str(LESSONS / "data" / "countries"),)))
    await it.until_shown("Afghanistan")
    await it.ask("f", "filter(lambda row: row['population'] > 50_000_000)")
    await it.until(lambda: it.rows.count < 237)
    await it.ask("o", "sort('population', reverse=True)")
    await it.until_shown("sort(", "1,367,485,388")
    await it.press("right", "right", "down")
    await it.until(lambda: it.rows.at.column == 2 and it.rows.at.row == 1)


async def figures(it: Driver) -> None:
    it.app.action_data(Source((str(LESSONS / "data" / "countries"),)))
    await it.until_shown("Afghanistan")
    await it.press("right", "right", "right", "i")
    await it.until(lambda: isinstance(it.app.screen, TextWindow))


async def nothing(it: Driver) -> None:
    await it.pilot.pause()


async def the_keys(it: Driver) -> None:
    await it.press("question_mark")


@pytest.mark.parametrize(
    ("lesson", "size", "language", "theme", "story"),
    [
        pytest.param("2.2", (120, 40), "en", "dark", the_pipeline, id="lesson"),
        pytest.param("2.2", (120, 40), "zh", "light", the_pipeline, id="lesson-light-zh"),
        pytest.param("2.4", (120, 40), "en", "dark", a_marked_token, id="token"),
        pytest.param("2.5", (120, 40), "zh", "dark", a_flipped_cell, id="mask-zh"),
        pytest.param("2.2", (80, 24), "en", "light", a_stage, id="stage-80x24"),
        pytest.param("2.4", (80, 24), "en", "dark", a_wrong_answer, id="quiz-80x24"),
        pytest.param("", (120, 40), "en", "dark", nothing, id="contents"),
        pytest.param("2.2", (100, 30), "zh", "light", the_keys, id="keys"),
        pytest.param("", (120, 40), "en", "dark", the_data_room, id="data"),
        pytest.param("", (80, 24), "zh", "light", figures, id="figures-zh-80x24"),
        pytest.param("2.2", (40, 10), "en", "dark", nothing, id="tiny"),
    ],
)
def test_screen(
    lesson: str,
    size: tuple[int, int],
    language: str,
    theme: str,
    story: Story,
    snap_compare: Callable[..., bool],
    request: pytest.FixtureRequest,
) -> None:
    paths.progress_file().parent.mkdir(parents=True)
    paths.progress_file().write_text('{"seed": 1}')  # mixes the choices of questions
    book = Course.open(LESSONS)
    engine = Recorded(record=request.config.getoption("--snapshot-update"))
    app = HeadnotesApp(
        book,
        Settings(language=language, theme=theme),
        open_at=find(book, lesson) if lesson else None,
        engine=engine,
    )

    async def play(pilot: Pilot[int]) -> None:
        it = Driver(app, pilot)
        await story(it)
        await app.workers.wait_for_complete()

    assert snap_compare(app, terminal_size=size, run_before=play)


def test_the_picture_of_the_readme_is_a_screen_that_was_compared() -> None:
    assert README_PICTURE.read_text("utf-8") == picture().read_text("utf-8")


def picture() -> Path:
    """The screen that the README shows."""
    return PICTURES / "test_screen[lesson].svg"


if __name__ == "__main__":
    README_PICTURE.parent.mkdir(exist_ok=True)
    shutil.copyfile(picture(), README_PICTURE)
