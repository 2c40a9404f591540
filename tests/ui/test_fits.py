"""Nothing on the screens is cut where it could wrap: every screen and window at 80x24 and 100x30, in both languages."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.geometry import Region
from textual.widget import Widget
from textual.widgets import Static

from tests.conftest import LESSONS
from tests.ui.console import Driver, console
from tests.ui.test_snapshots import Recorded
from tui.lab.tables.source import Source
from tui.ui.keys import KEYS
from tui.ui.screens.reader import Reader
from tui.ui.widgets.chrome import OneLine
from tui.ui.widgets.lines import Lines, line_text
from tui.ui.widgets.rows import RowTable
from tui.ui.wrap import cells

SIZES = [(80, 24), (100, 30)]
LANGUAGES = ["en", "zh"]


def cut(it: Driver) -> list[str]:
    """Lines of text on the screen that are wider than the place they have; tables scroll sideways and are left out."""
    found = []
    for screen in it.app.screen_stack[-1:]:
        for widget in screen.query(Widget):
            if not widget.display or not widget.visible or not widget.region or isinstance(widget, RowTable):
                continue
            found += _cut_lines(widget)
            if not Region(0, 0, *it.app.size).contains_region(widget.region):
                found.append(f"{widget!r} is outside of the screen: {widget.region}")
    return found


def _cut_lines(widget: Widget) -> list[str]:
    width = widget.content_size.width
    if isinstance(widget, OneLine):
        left, right = widget.sides()
        pieces = [text for text, _ in (*left, *right)]
        return [] if sum(map(cells, pieces)) <= width else [f"{widget!r}: {''.join(pieces)}"]
    if isinstance(widget, Lines) and not widget.allow_horizontal_scroll:
        return [f"{widget!r}: {line_text(line)}" for line in widget.lines if cells(line_text(line).rstrip()) > width]
    if isinstance(widget, Static):
        height = widget.visual.get_height(widget.styles, width) if width else 0
        return [f"{widget!r}: {widget.visual}"] if height > max(1, widget.content_size.height) else []
    return []


def keys(*pressed: str) -> Callable[[Driver], Awaitable[None]]:
    async def walk(it: Driver) -> None:
        await it.until(lambda: it.reader.bench.pane is not None and it.reader.bench.pane.result is not None)
        await it.press(*pressed)

    return walk


WALKS = {
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
}


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "100x30"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_nothing_is_cut(size: tuple[int, int], language: str) -> None:
    trouble = {}
    async with console("2.2", size=size, language=language, engine=Recorded(record=False)) as it:
        for name, walk in WALKS.items():
            await walk(it)
            await it.pilot.pause()
            if found := cut(it):
                trouble[name] = found
            await it.press("escape", "escape", "escape")
            while not isinstance(it.app.screen, Reader):
                await it.app.pop_screen()
    assert trouble == {}


async def test_what_is_cut_would_be_found() -> None:
    async with console("2.2", size=SIZES[0], engine=Recorded(record=False)) as it:
        it.reader.notes.set_lines([(("x" * 81, "text"),)])
        assert len(cut(it)) == 1


@pytest.mark.parametrize("size", SIZES, ids=["80x24", "100x30"])
@pytest.mark.parametrize("language", LANGUAGES)
async def test_contents_and_rows_are_not_cut(size: tuple[int, int], language: str) -> None:
    async with console(size=size, language=language, engine=Recorded(record=False)) as it:
        await it.until_shown("1.1")
        assert cut(it) == []
        assert "…" not in it.text_of("#contents"), "a title has room at 80 columns"
    source = Source((str(LESSONS / "data" / "countries"),))
    async with console(size=size, language=language, data=source, engine=Recorded(record=False)) as it:
        await it.until_shown("Afghanistan")
        assert cut(it) == []


@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_command_of_the_palette_is_whole_at_80_columns(language: str) -> None:
    room = 80 * 94 // 100 - 4 - 2 - 4  # frame, thumb, margins
    for key in KEYS:
        if key.palette:
            assert cells(key.help[language == "zh"]) + cells(key.shown) <= room, key.id
