"""Charts: every value inside its axes, gaps where there is no number, labels that stand where the values are."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.console.terminal import to_ascii
from tui.text.chart import Series, chart, figure
from tui.text.lines import line_text
from tui.text.wrap import cells

VALUES = st.lists(st.floats(allow_nan=True, allow_infinity=True, width=32), min_size=1, max_size=60)


def drawn(*series: Series, width: int = 60, height: int = 10, **options: object) -> list[str]:
    return [line_text(line) for line in chart(series, width, height, **options)]  # type: ignore[arg-type]


@given(ys=VALUES, width=st.integers(16, 120), height=st.integers(4, 40), log=st.booleans())
def test_any_numbers_fill_the_room_they_are_given(ys: list[float], width: int, height: int, log: bool) -> None:
    lines = drawn(Series(range(len(ys)), ys), width=width, height=height, log=log, x_title="step", y_title="loss")
    shown = any(math.isfinite(y) and (y > 0 or not log) for y in ys)
    assert bool(lines) == (shown and height > 3)
    assert not lines or len(lines) == height
    assert all(cells(line) <= width for line in lines)


def test_a_rising_line_rises_from_corner_to_corner() -> None:
    lines = drawn(Series([0, 1], [0, 1]), width=40, height=12)
    inside = [line[len(line) - len(line.lstrip("0123456789. ")) :] for line in lines[:-1]]
    first = [min((at for at, sign in enumerate(line) if "⠀" < sign <= "⣿"), default=-1) for line in lines[:-1]]
    assert first == sorted(first, reverse=True)
    assert min(first) >= 0
    assert inside[0].strip()


def test_the_curve_breaks_where_there_is_no_number() -> None:
    whole = drawn(Series(range(5), [1, 1, 1, 1, 2]))
    broken = drawn(Series(range(5), [1, math.nan, math.nan, 1, 2]))
    assert sum(map(dots, broken)) < sum(map(dots, whole))


def test_labels_are_where_their_values_are() -> None:
    lines = drawn(Series([0, 10], [5.0, 5.0]), Series([0, 10], [0.0, 10.0], "dim"), height=12)
    (row,) = [line for line in lines if line.split()[0] == "5"]
    assert dots(row) >= 20  # the flat line at five


def test_a_logarithm_leaves_out_what_has_none() -> None:
    assert drawn(Series([0, 1, 2], [0, -1, -5]), log=True) == []
    labels = [line.split()[0] for line in drawn(Series([0, 1], [1e-4, 1.0]), log=True) if line[0] != " "]
    assert set(labels) <= {"1", "0.1", "0.01", "0.001", "1e-4", "0.0001"}


def test_a_level_has_its_name_and_the_cursor_its_column() -> None:
    lines = chart([Series([0, 10], [0, 1])], 60, 10, level=(0.5, "baseline 0.5"), cursor=5)
    assert any("baseline 0.5" in line_text(line) for line in lines)
    assert sum(any(look.endswith(".here") for _, look in line) for line in lines) == len(lines) - 1


def test_points_stand_alone_with_their_sign() -> None:
    lines = drawn(Series([0, 5, 10], [0, 1, 0], mark="o", points=True))
    assert sum(line.count("o") for line in lines) == 3
    assert sum(map(dots, lines)) == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.41273, "0.4127"), (4.1e-05, "4.10e-05"), (812.0, "812"), (math.nan, "NaN"), (None, "-"), (0.0, "0"),
     (12345.678, "12,345.7"), (2.0, "2")],
)  # fmt: skip
def test_figures(value: float | None, said: str) -> None:
    assert figure(value) == said


def test_without_utf8_the_dots_are_signs_of_ascii() -> None:
    line = drawn(Series([0, 1], [0, 1]))[3]
    plain = to_ascii(line)
    assert plain.isascii()
    assert len(plain) == len(line)
    assert "?" not in plain
    assert set(plain.strip()) & set(".':")


def dots(line: str) -> int:
    return sum(bin(ord(sign) - 0x2800).count("1") for sign in line if "⠀" <= sign <= "⣿")
