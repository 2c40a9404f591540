"""The editor for Python: what is typed is what is there, and lines up."""

from __future__ import annotations

import pytest
from textual.app import App, ComposeResult

from tui.console.styles import TextStyles
from tui.console.themes import THEMES
from tui.console.widgets.code_editor import CodeEditor


class Bare(App[None]):
    def __init__(self) -> None:
        super().__init__()
        self.register_theme(THEMES[0])
        self.theme = THEMES[0].name

    def compose(self) -> ComposeResult:
        yield CodeEditor()

    @property
    def text_styles(self) -> TextStyles:
        return TextStyles(self.theme_variables, ansi=False)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("i f space x : enter y", "if x:\n    y"),
        ("a enter b", "a\nb"),
        ("tab x enter y", "    x\n    y"),
        ("tab tab backspace x", "    x"),
        ("x tab y", "x   y"),
        ("a b backspace c", "ac"),
        ("a # : enter b", "a#:\nb"),
    ],
)
async def test_keys_write_python(keys: str, text: str) -> None:
    app = Bare()
    async with app.run_test() as pilot:
        await pilot.press(*keys.replace("#", "number_sign").replace(":", "colon").split())
        assert app.query_one(CodeEditor).text == text


async def test_the_line_with_the_cursor_is_colored_too() -> None:
    app = Bare()
    async with app.run_test() as pilot:
        editor = app.query_one(CodeEditor)
        editor.put("pass")
        await pilot.pause()
        segments = [segment for segment in editor.render_line(0) if segment.text == "pass"]
        assert segments
        assert all(s.style and s.style.color == app.text_styles.style("keyword").color for s in segments)


async def test_a_rewritten_program_comes_back_and_hostile_characters_keep_their_cell() -> None:
    app = Bare()
    async with app.run_test() as pilot:
        editor = app.query_one(CodeEditor)
        editor.put("x = '\x1b[2J'")
        assert editor.get_line(0).plain == "x = '␛[2J'"
        editor.rewrite("y = 1  # 数")
        await pilot.press("ctrl+z")
        assert editor.text == "x = '\x1b[2J'"
