"""Emoji are drawn as wide as they are measured."""

from __future__ import annotations

import pytest

from tui.text.emoji import plain_emoji
from tui.text.visible import visible
from tui.text.wrap import cells


@pytest.mark.parametrize(
    ("text", "plain", "width"),
    [
        ("⚠️ careful", "⚠ careful", 9),
        ("✏️❤️", "✏❤", 2),
        ("1️⃣ first", "1 first", 7),
        ("👩‍💻", "👩💻", 4),
        ("👍🏽", "👍", 2),
        ("🏳️‍🌈", "🏳🌈", 3),
        ("🇫🇷", "FR", 2),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🏴", 2),
        ("🤗 Transformers", "🤗 Transformers", 15),
        ("plain", "plain", 5),
    ],
)
def test_marks_of_emoji_are_left_out(text: str, plain: str, width: int) -> None:
    assert plain_emoji(text) == plain
    assert cells(visible(plain_emoji(text))) == width


@pytest.mark.parametrize("text", ["a\u200db", "می\u200cخواهم", "x\ufe0f", "\u202e", "क्\u200dष"])
def test_marks_between_letters_stay_and_are_seen(text: str) -> None:
    assert plain_emoji(text) == text
