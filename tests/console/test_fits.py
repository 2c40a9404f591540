"""Every screen and window at 80x24 and 100x30, in both languages: nothing is cut where it could wrap, and nothing is in
the other language."""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static, TextArea

from tests.conftest import LESSONS
from tests.console.console import Driver, console
from tests.console.languages import in_other_language
from tests.console.test_snapshots import Recorded
from tests.runs.recorded import Recorded as FinishedRun
from tui import doctor
from tui.console.keys import all_keys, help_of
from tui.console.screens.free_bench import FreeBench
from tui.console.screens.overlay import Overlay
from tui.console.screens.palette import CommandList
from tui.console.screens.run import RunScreen
from tui.console.screens.windows import ListWindow
from tui.console.widgets.chrome import OneLine, Prompt
from tui.console.widgets.lines import Lines
from tui.console.widgets.row_table import RowTable
from tui.instruments.registry import INSTRUMENTS
from tui.tables.source import Source
from tui.tables.steps import BY_NAME
from tui.text.catalog import translate
from tui.text.lines import line_text
from tui.text.wrap import cells

Walk = Callable[[Driver], Awaitable[None]]
SIZES = [(80, 24), (100, 30)]
LANGUAGES = ["en", "zh"]


def cut(it: Driver) -> list[str]:
    """Lines of text that are wider than the place they have, and widgets that reach out of theirs.

    Tables scroll sideways and are left out."""
    found = []
    screen = it.app.screen
    for widget in screen.query(Widget):
        if widget.display and widget.visible and widget.region and not isinstance(widget, RowTable):
            found += _cut_lines(widget)
            place = screen.find_widget(widget)
            if place.visible_region != place.region:
                found.append(f"{widget!r} is seen in part: {place.visible_region} of {place.region}")
    return found


def _cut_lines(widget: Widget) -> list[str]:
    width = widget.content_size.width
    if isinstance(widget, OneLine):
        left, right = widget.sides()
        pieces = [text for text, _ in (*left, *right)]
        return [] if sum(map(cells, pieces)) <= width else [f"{widget!r}: {''.join(pieces)}"]
    if isinstance(widget, Lines) and not widget.allow_horizontal_scroll:
        lines, height, _ = widget.extent()
        room = width - (widget.THUMB if lines > height and widget.show_thumb else 0)
        wide = [f"{widget!r}: {line_text(line)}" for line in widget.lines if cells(line_text(line).rstrip()) > room]
        is_out_of_reach = lines > height and not widget.can_focus and not isinstance(widget, CommandList)
        return [*wide, *([f"{widget!r}: {lines} lines in {height}"] if is_out_of_reach else [])]
    if isinstance(widget, Static):
        height = widget.visual.get_height(widget.styles, width) if width else 0
        return [f"{widget!r}: {widget.visual}"] if height > max(1, widget.content_size.height) else []
    return []


def keys(*pressed: str) -> Walk:
    async def walk(it: Driver) -> None:
        await it.press(*pressed)

    return walk


async def number_prompt(it: Driver) -> None:
    quiz = next(n for n, block in enumerate(it.reader.page.blocks) if getattr(block, "kind", "") == "number")  # type: ignore[union-attr]
    it.reader.notes.focus()
    await it.go_to_stop(quiz)
    await it.press("4", "2")
    assert "42" in it.screen()


BUNDLED = "cloze countries entities pairs parallel texts en fr question answering"
DATA = [
    "id note tags score text rows lists warned out jsonl csv sv string null",  # sv: a long path broken inside .csv
    "row is not import json dataset None if else for name in",
    BUNDLED,
    *BY_NAME,
]
"""Columns, files, types, what is in prompts and programs, and steps."""
PACKAGES = [
    *doctor.PACKAGES,
    "face fc cpu headnotes numpy COLORTERM KeyError AssertionError detail Linux",
    *os.environ,
    *os.environ.values(),
]
"""What the report of the doctor names."""
LESSON = {
    "notes": keys(),
    "bench": keys("tab"),
    "text": keys("e"),
    "help": keys("question_mark"),
    "outline": keys("t"),
    "links": keys("o"),
    "code": keys("c"),
    "palette": keys("ctrl+p"),
    "doctor": keys("f2"),
    "models": keys("f3"),
    "data": keys("f4"),
    "leave": keys("ctrl+c"),
    "history": keys("e", "escape", "h"),
    "number": number_prompt,
}


async def cut_at_both_sizes(it: Driver, data: Any = ()) -> dict[str, list[str]]:
    """What is cut, or in the other language and not in the data that is shown, by size."""
    trouble = {}
    for size in SIZES:
        await it.pilot.resize_terminal(*size)
        await it.pilot.pause()
        if found := [*cut(it), *in_other_language(it, data)]:
            trouble[f"{size[0]}x{size[1]}"] = found
    return trouble


async def close_windows(it: Driver, base: type[Screen[Any]]) -> None:
    """Back to the screen of this class, without an open prompt."""
    while not isinstance(it.app.screen, base):
        await it.app.pop_screen()
    for prompt in it.app.screen.query(Prompt):
        if prompt.is_open:
            prompt.cancel()
    if isinstance(it.app.focused, TextArea):
        await it.press("escape")  # else the next keys would be typed
    await it.pilot.pause()


async def walk_all(it: Driver, walks: Mapping[str, Walk], data: Any = ()) -> dict[str, dict[str, list[str]]]:
    """What is cut in each of these states of a screen."""
    trouble = {}
    base = type(it.app.screen)
    for name, walk in walks.items():
        await walk(it)
        if found := await cut_at_both_sizes(it, data):
            trouble[name] = found
        await close_windows(it, base)
    return trouble


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_a_lesson_is_cut(language: str) -> None:
    async with console("2.2", size=SIZES[0], language=language, engine=Recorded(record=False)) as it:
        await it.until(lambda: it.reader.bench.pane is not None and it.reader.bench.pane.result is not None)
        page = next((LESSONS / "2-using-transformers").glob(f"02-*.{language}.md")).read_text("utf-8")
        assert await walk_all(it, LESSON, [page, BUNDLED, *PACKAGES, it.engine.known]) == {}


async def test_what_is_cut_would_be_found() -> None:
    async with console("2.2", size=SIZES[0], engine=Recorded(record=False)) as it:
        it.reader.notes.set_lines([(("x" * 81, "text"),)])
        assert len(cut(it)) == 1


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_the_contents_is_cut(language: str) -> None:
    async def found(it: Driver) -> None:
        await it.ask("slash", "mask")
        await it.until_shown("1.3")

    pages = [page.read_text("utf-8") for page in LESSONS.glob(f"*/*.{language}.md")]
    async with console(size=SIZES[0], language=language, engine=Recorded(record=False)) as it:
        await it.until_shown("1.1")
        assert await cut_at_both_sizes(it) == {}
        assert "…" not in it.text_of("#contents"), "a title has room at 80 columns"
        await it.pilot.resize_terminal(*SIZES[0])
        await it.until_shown("12 分钟" if language == "zh" else "12 min")
        assert await walk_all(it, {"prompt": keys("slash"), "found": found}, pages) == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_the_data_room_is_cut(language: str, tmp_path: Path) -> None:
    async def saved_with_losses(it: Driver) -> None:
        await it.ask("s", str(tmp_path / "out.csv"))
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.until_shown("tags", "JSON")
        assert "␊" not in it.screen()

    rows = [{"id": f"00{n}", "note": "NA", "tags": ["a"], "score": 0.1 + 0.2} for n in range(3)]
    (tmp_path / "lists.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    (tmp_path / "warned.csv").write_text("id,text\n007,NA\n008,\n", "utf-8")
    walks = {
        "rows": keys(),
        "go": keys("colon"),
        "steps": keys("a"),
        "filter": keys("f"),
        "find": keys("slash"),
        "script": keys("x"),
        "figures": keys("i"),
        "cell": keys("enter"),
        "open": keys("ctrl+o"),
    }
    source = Source((str(tmp_path / "lists.jsonl"),))
    async with console(size=SIZES[0], language=language, data=source, engine=Recorded(record=False)) as it:
        await it.until_shown("002")
        assert await walk_all(it, {**walks, "save": keys("s"), "plan": saved_with_losses}, DATA) == {}
    source = Source((str(tmp_path / "warned.csv"),))
    async with console(size=SIZES[0], language=language, data=source, engine=Recorded(record=False)) as it:
        await it.until_shown("007")
        assert await walk_all(it, {"warnings": keys()}, DATA) == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_the_runs_is_cut(language: str) -> None:
    falling = [0.1 + 0.6 * 0.97**n for n in range(100)]
    runs = [
        FinishedRun(name, seed=seed).begin().losses(falling).evaluation(50, 0.4).evaluation(100, 0.3).end().run
        for seed, name in enumerate(("one-with-a-name-of-some-length", "two"))
    ]
    async with console(size=SIZES[0], language=language, engine=Recorded(record=False)) as it:
        await it.press("f6")
        await it.until_shown("two")
        names = [run.name for run in runs]
        assert await walk_all(it, {"list": keys(), "fork": keys("f"), "remove": keys("d")}, names) == {}
        screen = RunScreen(runs[0])
        await it.app.push_screen(screen)
        await it.until(lambda: screen.curves.status.step == 100)
        pages = {number: keys(number) for number in "1234"}
        shown = [
            *names,
            *PACKAGES,
            "cpu no yes loss",
            runs[0].recipe_file.read_text("utf-8"),
            runs[0].script_file.read_text("utf-8"),
        ]
        assert await walk_all(it, {**pages, "find": keys("4", "slash"), "code": keys("c")}, shown) == {}
        await it.app.push_screen(Overlay(runs))
        await it.until_shown("B two")
        assert await walk_all(it, {"overlay": keys(), "tables": keys("tab"), "hidden": keys("A")}, shown) == {}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_command_of_the_palette_is_whole_at_80_columns(language: str) -> None:
    room = 80 * 94 // 100 - 4 - 2 - 4  # frame, thumb, margins
    for key in all_keys():
        if key.palette:
            assert cells(translate(language, help_of(key))) + cells(key.shown) <= room, key.id


async def on_the_free_bench(it: Driver, name: str) -> None:
    """The instrument on the free bench, with its answer."""
    await it.app.open_bench(name)
    bench = it.app.screen
    assert isinstance(bench, FreeBench)
    await it.until(lambda: bench.bench.pane is not None and bench.bench.pane.result is not None, name, 120)
    await it.until(lambda: it.app.focused is not None, name)


@pytest.mark.drill
@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_of_the_free_bench_is_cut(language: str) -> None:
    """Every instrument, and `runs` with one run, too."""
    falling = [0.1 + 0.6 * 0.97**n for n in range(100)]
    run = FinishedRun("a-run-with-a-name-of-some-length").begin().losses(falling)
    run.evaluation(50, 0.4).evaluation(100, 0.3).end()
    async with console(size=SIZES[0], language=language) as it:
        trouble = {}
        for name in INSTRUMENTS:
            await on_the_free_bench(it, name)
            pane = it.app.screen.bench.pane  # type: ignore[attr-defined]
            trouble[name] = await cut_at_both_sizes(it, [pane.result, pane.spec(), "text-classification"])
            await it.pilot.resize_terminal(*SIZES[0])
        await on_the_free_bench(it, "runs")
        await it.press("e", "space")
        await it.until_shown("eval/loss")
        trouble["one run"] = await cut_at_both_sizes(it, run.run.name)
        assert {name: found for name, found in trouble.items() if found} == {}
