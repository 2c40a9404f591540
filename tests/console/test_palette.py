"""The palette: titles in the reader's language, the key beside each, and no keystroke that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.console.console import Driver, console, notes_of
from tui.console.keys import KEYS, help_of
from tui.console.screens.contents import Contents
from tui.console.screens.doctor import Doctor
from tui.console.screens.palette import CommandList, Palette
from tui.text.catalog import translate


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_every_command_is_shown_with_its_key_and_no_id(language: str) -> None:
    async with console("2.2", language=language) as it:
        await it.press("ctrl+p")
        shown = it.text_of("#commands")
        lines = [line.rstrip() for line in shown.splitlines()]
        offered = [key for key in KEYS if key.palette and key.scope in ("everywhere", "lesson")]
        for key in offered:
            title = translate(language, help_of(key))
            assert any(line.strip().startswith(title) and line.endswith(key.shown) for line in lines), key.id
            assert key.id not in shown
        assert "behind-the-pipeline" not in shown
        assert ("执行" if language == "zh" else "run") in it.screen()


async def test_a_chinese_reader_finds_commands_by_chinese_and_english_words() -> None:
    async with console("2.2", language="zh") as it:
        await it.press("ctrl+p")
        await it.type("诊断")
        assert it.text_of("#commands").splitlines()[0].rstrip().endswith("F2")
        await it.press("ctrl+u")
        await it.type("doctor")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Doctor))


async def test_what_matches_nothing_is_a_sentence_in_the_language() -> None:
    async with console(language="zh") as it:
        await it.press("ctrl+p")
        await it.type("qqqqqq")
        await it.until_shown("没有匹配的命令或课文。")
        await it.press("enter", "down", "pagedown")
        assert isinstance(it.app.screen, Palette)


async def test_a_page_key_right_after_it_opens_moves_the_cursor() -> None:
    async with console() as it:
        await it.pilot.press("ctrl+p", "pagedown", "pagedown", "pageup", "up")
        await it.pilot.pause()
        assert isinstance(it.app.screen, Palette)
        assert it.app.screen.query_one(CommandList).cursor >= 0
        await it.press("ctrl+p", "escape")
        assert not isinstance(it.app.screen, Palette)


@pytest.mark.parametrize(
    ("words", "done"),
    [
        ("put back the inputs", lambda it: it.engine.asked[-1]["spec"]["text"].startswith("I've been waiting")),
        ("doctor", lambda it: isinstance(it.app.screen, Doctor)),
        ("back to the contents", lambda it: isinstance(it.app.screen, Contents)),
        ("2.4", lambda it: it.reader.entry.number == "2.4"),
        ("english and chinese", lambda it: it.app.language == "zh"),
    ],
)
async def test_a_command_acts_where_the_focus_was(words: str, done: Callable[[Driver], bool]) -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await it.press("e")
        it.sentence.put("Something else.")
        await it.press("ctrl+p")
        await it.type(words)
        await it.press("enter")
        await it.until(lambda: done(it))


async def test_titles_from_outside_are_no_markup(tmp_path: Path) -> None:
    (tmp_path / "a[bold]x[-]b.md").write_text("# t\n\ntext\n", "utf-8")
    async with notes_of(tmp_path) as it:
        await it.press("ctrl+p")
        await it.type("bold")
        await it.until_shown("a[bold]x[-]b")
