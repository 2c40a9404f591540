"""The free bench: any instrument without a lesson, from anywhere, and back."""

from __future__ import annotations

import pytest

from tests.conftest import LESSONS
from tests.console.console import Driver, console
from tui.console.screens.contents import Contents
from tui.console.screens.data import Data
from tui.console.screens.free_bench import FreeBench
from tui.console.screens.palette import CommandList, Palette
from tui.console.screens.reader import Reader
from tui.console.screens.windows import ListWindow, TextWindow
from tui.console.widgets.pane import Pane
from tui.console.widgets.sentence import Sentence
from tui.instruments.registry import INSTRUMENTS
from tui.instruments.tokens.compute import TokensResult
from tui.tables.source import Source

NAMES = list(INSTRUMENTS)


def free_bench(it: Driver) -> FreeBench:
    assert isinstance(it.app.screen, FreeBench)
    return it.app.screen


def pane(it: Driver) -> Pane:
    found = free_bench(it).bench.pane
    assert found is not None
    return found


async def choose(it: Driver, name: str) -> None:
    """F7, down to the instrument, enter, and its answer."""
    await it.press("f7")
    await it.until(lambda: isinstance(it.app.screen, ListWindow))
    await it.press("home", *["down"] * NAMES.index(name), "enter")
    await answered(it, name)


async def answered(it: Driver, name: str) -> None:
    await it.until(lambda: isinstance(it.app.screen, FreeBench) and it.app.screen.instrument.name == name)
    await it.until(lambda: free_bench(it).bench.pane is not None and pane(it).instrument.name == name)
    await it.until(lambda: pane(it).result is not None and it.app.focused is not None, f"an answer of {name}", 120)


async def test_from_the_contents_and_back() -> None:
    async with console(size=(80, 24)) as it:
        await choose(it, "tokens")
        await it.until_shown("free bench / tokens", "[CLS]", "q back")
        await it.press("q")
        assert isinstance(it.app.screen, Contents)


async def test_from_a_lesson_whose_bench_stays_as_it_is() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await choose(it, "mask")
        await it.press("space", "q")
        assert isinstance(it.app.screen, Reader)
        assert it.reader.bench.pane is not None
        assert it.reader.bench.pane.instrument.name == "pipeline"


async def test_from_the_data_room() -> None:
    source = Source((str(LESSONS / "data" / "countries" / "countries.csv"),))
    async with console(data=source) as it:
        await it.until_shown("Afghanistan")
        await choose(it, "schedule")
        await it.press("q")
        assert isinstance(it.app.screen, Data)


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_palette_has_every_instrument_and_brings_batch_to_the_bench(language: str) -> None:
    async with console(language=language) as it:
        await it.press("ctrl+p")
        commands = [command.title for command in it.app.screen.query_one(CommandList).commands]
        assert {f"{one.name}: {one.summary(language)}" for one in INSTRUMENTS.values()} <= set(commands)
        assert isinstance(it.app.screen, Palette)
        await it.type("batch")
        await it.press("enter")
        await answered(it, "batch")
        await it.until_shown("Afghan" if language == "en" else "LOC")


async def test_every_instrument_answers_one_after_the_other_and_keeps_what_was_typed() -> None:
    async with console(size=(100, 40)) as it:
        await choose(it, "tokens")
        await it.press("e", "ctrl+a")
        it.app.screen.query_one("#text-text", Sentence).select_all()
        await it.type("quite another text")
        await it.until(lambda: isinstance(pane(it).result, TokensResult) and "another" in pane(it).result.tokens)
        await it.press("escape")
        assert not isinstance(it.app.focused, Sentence)
        start = NAMES.index("tokens")
        for name in [*NAMES[start + 1 :], *NAMES[: start + 1]]:
            await it.press("n")
            await answered(it, name)
        assert "another" in pane(it).result.tokens


async def test_code_copy_fields_and_language() -> None:
    async with console(size=(100, 40)) as it:
        await choose(it, "schedule")
        await it.press("c")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        await it.press("escape", "y")
        await it.until(lambda: "1,920" in it.app.clipboard)
        focused = [it.app.focused]
        for _ in range(2):
            await it.press("tab")
            focused.append(it.app.focused)
        assert focused[0] is focused[2] is not focused[1], "tab goes round"
        await it.press("l")
        await it.until_shown("自由实验台", INSTRUMENTS["schedule"].summary("zh"), "返回")
        await it.press("escape")
        assert isinstance(it.app.screen, Contents)


async def test_esc_stops_what_runs_before_it_leaves() -> None:
    async with console() as it:
        it.engine.hold = True
        await it.press("f7", "enter")
        await it.until(lambda: isinstance(it.app.screen, FreeBench) and pane(it).is_running)
        assert ("esc", "stop") in it.app.screen.query_one("KeyLine").offered()  # type: ignore[attr-defined]
        await it.press("escape")
        assert not pane(it).is_running
        await it.press("escape")
        assert isinstance(it.app.screen, Contents)


async def test_help_lists_the_instruments() -> None:
    async with console() as it:
        await it.press("question_mark")
        text = "\n".join("".join(piece for piece, _ in line) for line in it.app.screen.unfolded)  # type: ignore[attr-defined]
        assert all(one.summary("en") in text for one in INSTRUMENTS.values())
