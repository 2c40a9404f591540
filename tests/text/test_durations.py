"""Seconds as people read them."""

from __future__ import annotations

import math

import pytest

from tui.text.durations import age, duration


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(0.4, "0 s", "0 秒"), (-3, "0 s", "0 秒"), (59.6, "1 min 0 s", "1 分 0 秒"), (72, "1 min 12 s", "1 分 12 秒"),
     (3 * 3600 + 300, "3 h 5 min", "3 小时 5 分"), (48 * 3600, "2 d", "2 天"),
     (math.nan, "?", "?"), (math.inf, "?", "?")],
)  # fmt: skip
def test_durations(seconds: float, english: str, chinese: str) -> None:
    assert (duration("en", seconds), duration("zh", seconds)) == (english, chinese)


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(-5, "now", "刚刚"), (59, "now", "刚刚"), (119, "1 min", "1 分钟"), (7200, "2 h", "2 小时"),
     (90_000, "1 d", "1 天")],
)  # fmt: skip
def test_ages_have_one_unit(seconds: float, english: str, chinese: str) -> None:
    assert (age("en", seconds), age("zh", seconds)) == (english, chinese)
