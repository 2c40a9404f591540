"""Warnings on the bench: above every answer, in the reader's language, gone with the answer."""

from __future__ import annotations

import pytest

from tests.console.test_training_panes import Opening, lesson  # noqa: F401 (a fixture)
from tui.console.widgets.warnings import HIGHEST, Warnings

pytestmark = pytest.mark.usefixtures("own_tables")

CHINESE = "这部电影太糟糕了"


async def test_warnings_stand_above_the_answer_and_go_with_it(lesson: Opening) -> None:  # noqa: F811
    async with lesson(f"pipeline\nsequences: {CHINESE}") as it:
        await it.until_shown("6 of 8 tokens (75%)", "POSITIVE")
        assert it.sentence.value == CHINESE, "the library's name of the text is ours"
        assert it.screen().index("6 of 8 tokens (75%)") < it.screen().index("POSITIVE")
        await it.press("l")
        await it.until_shown("8 个词元中有 6 个（75%）")
        await it.press("e")
        it.sentence.select_all()
        await it.type("good")
        await it.until(lambda: not it.app.screen.query_one("#warnings").display)


async def test_many_warnings_leave_room_for_the_answer_and_can_be_scrolled(lesson: Opening) -> None:  # noqa: F811
    text = "好" + " long" * 40
    async with lesson(f"tokens\ntext: {text}\npair: {text}\nmax_length: 9", size=(100, 30)) as it:
        await it.until(lambda: it.reader.bench.pane and it.reader.bench.pane.result)
        view = it.app.screen.query_one("#warnings", Warnings)
        await it.until(lambda: len(view.lines) > HIGHEST)
        assert view.can_focus
        await it.press("tab")
        await it.until(lambda: view.size.height == HIGHEST)
