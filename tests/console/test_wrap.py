"""Line breaking, in cells."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.text.visible import visible
from tui.text.wrap import NEVER_FIRST, breaks, cells, fill, shorten, wrapped


def test_english_breaks_at_spaces() -> None:
    assert wrapped("one two three four", 9) == ["one two", "three", "four"]


def test_chinese_breaks_anywhere_but_not_before_a_full_stop() -> None:
    lines = wrapped("注意力掩码说明哪些位置是真实的。后面的是填充。", 12)
    assert all(cells(line) <= 12 for line in lines)
    assert all(line[0] not in NEVER_FIRST for line in lines)
    assert "".join(lines) == "注意力掩码说明哪些位置是真实的。后面的是填充。"


def test_an_english_word_in_chinese_is_not_torn() -> None:
    assert "tokenizer" in "\n".join(wrapped("这里的tokenizer会把文本切开", 14)).split("\n")[0] + "\n".join(
        wrapped("这里的tokenizer会把文本切开", 14)
    )
    assert any("tokenizer" in line for line in wrapped("这里的分词器叫tokenizer它切开文本", 16))


def test_what_cannot_break_is_cut() -> None:
    assert wrapped("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]


@given(texts.map(lambda t: visible(t, lines=True)), st.integers(2, 90))
def test_lines_fit_and_nothing_is_lost(text: str, width: int) -> None:
    points = breaks(text, width)
    assert points == sorted(set(points))
    assert all(0 < p <= len(text) for p in points)
    assert all(cells(line) <= width for line in wrapped(text, width))
    pieces = [text[a:b] for a, b in zip([0, *points], [*points, len(text)], strict=True)]
    assert "".join(pieces) == text


@given(texts.map(visible), st.integers(1, 40), st.sampled_from(["left", "right", "center"]))
def test_filling_is_exact(text: str, width: int, align: str) -> None:
    assert cells(fill(text, width, align)) == width
    assert cells(shorten(text, width)) <= width
