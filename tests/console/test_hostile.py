"""Hostile text through every widget: nothing crashes, nothing acts, every character is shown."""

from __future__ import annotations

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.console.console import Driver, console, notes_of
from tests.hostile import TEXTS, texts
from tui.console.screens.windows import ListWindow, TextWindow, code_window
from tui.console.typeset import Outcome
from tui.console.widgets.bench import pane_of
from tui.console.widgets.chrome import Prompt, TopLine
from tui.console.widgets.pane import Pane
from tui.console.widgets.status import Status
from tui.errors import HeadnotesError
from tui.instruments.registry import INSTRUMENTS


def assert_harmless(screen: str) -> None:
    """Nothing on the screen that a terminal would obey."""
    bad = [c for c in screen if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")]
    assert bad == []


async def through_the_bench(it: Driver, name: str, text: str) -> None:
    pane = it.reader.bench.pane
    assert pane is not None
    field = pane.TEXTS[0]
    pane.put({field: [text, "second"] if field == "texts" else text})
    await it.until(lambda: pane._request is None, seconds=60)
    await it.pilot.pause()
    assert_harmless(it.screen())
    assert it.app.is_running


@pytest.mark.parametrize("lesson", ["2.2", "2.4", "2.5"])
async def test_every_example_through_every_instrument(lesson: str) -> None:
    async with console(lesson) as it:
        await it.until(lambda: it.reader.bench.pane is not None)
        seen: set[str] = set()
        for _ in range(80):
            pane = it.reader.bench.pane
            if pane is not None and pane.instrument.name not in seen:
                seen.add(pane.instrument.name)
                for text in TEXTS:
                    await through_the_bench(it, pane.instrument.name, text)
            await it.press("n")
        assert seen


def run(story: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(story())  # type: ignore[arg-type]


@settings(max_examples=12)
@given(st.lists(texts, min_size=3, max_size=3))
def test_any_text_through_notices_lines_windows_and_prompts(some: list[str]) -> None:
    one, two, three = some

    async def story() -> None:
        async with console("2.2") as it:
            await it.until(lambda: it.reader.bench.pane is not None)
            it.app.notify(one, title=two, severity="error")
            it.app.say_error(HeadnotesError("cli.no-such-checkpoint", run=one, step=two, steps=three))
            it.app.screen.query_one(TopLine).put(one, two, done=three)
            it.app.screen.query_one(Status).error(
                HeadnotesError("cli.no-such-checkpoint", run=one, step=two, steps=three)
            )
            it.reader.notes.set_state(it.stop_of(type(it.reader.page.blocks[-1])), "")  # type: ignore[union-attr]
            await it.pilot.pause()
            assert_harmless(it.screen())
            await it.app.screen.query_one(Prompt).open("find", one)
            await it.pilot.pause()
            assert_harmless(it.screen())
            await it.press("escape")
            it.app.push_screen(ListWindow(one, [two, three, "x"]))
            await it.pilot.pause()
            assert_harmless(it.screen())
            await it.press("escape")
            it.app.push_screen(code_window(one, "en"))
            await it.pilot.pause()
            assert isinstance(it.app.screen, TextWindow)
            assert_harmless(it.screen())
            await it.press("escape")
            assert it.app.is_running

    run(story)


@settings(max_examples=15)
@given(texts, texts)
def test_any_output_of_a_cell_is_shown_verbatim(output: str, error: str) -> None:
    async def story() -> None:
        async with console("2.2") as it:
            from tui.course.blocks import Cell

            cell = it.stop_of(Cell)
            await it.go_to_stop(cell)
            it.reader.notes.set_state(cell, Outcome(output, failed=False))
            await it.pilot.pause()
            assert_harmless(it.screen())
            it.reader.notes.set_state(cell, error)
            await it.pilot.pause()
            assert_harmless(it.screen())

    run(story)


@settings(max_examples=20)
@given(texts, texts)
def test_any_file_is_a_page_that_can_be_read(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("notes")
    safe = "".join(c for c in name if c.isprintable() and c not in "/\0")[:40] or "x"
    try:
        (Path(folder) / f"{safe}.md").write_bytes(text.encode("utf-8", "replace"))
    except (OSError, UnicodeError):
        return

    async def story() -> None:
        async with notes_of(Path(folder)) as it:
            assert_harmless(it.screen())
            await it.press("pagedown", "n", "t")
            assert_harmless(it.screen())
            await it.press("escape", "o", "escape", "q")
            assert_harmless(it.screen())
            assert it.app.is_running

    run(story)


async def test_special_tokens_are_seen_everywhere() -> None:
    async with console("2.4") as it:
        await it.until(lambda: isinstance(it.reader.bench.pane, Pane) and it.reader.bench.pane.result is not None)
        pane = it.reader.bench.pane
        assert pane is not None
        pane.put({"text": "[CLS] x [/INST] [MASK]"})
        await it.until(lambda: pane._request is None)
        await it.pilot.pause()
        shown = it.screen()
        assert "[CLS] x [/INST] [MASK]" in shown
        assert "decode" in shown
        it.app.notify("[CLS] stays [/INST]")
        await it.until_shown("[CLS] stays [/INST]")


def test_every_instrument_has_a_pane() -> None:
    assert all(issubclass(pane_of(name), Pane) for name in INSTRUMENTS)
