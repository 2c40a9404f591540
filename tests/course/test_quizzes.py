"""Judging answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.course.blocks import Choice, Quiz
from tui.course.quizzes import display_order, is_right


def quiz(kind: str, *right: bool, answer: float | None = None) -> Quiz:
    return Quiz(1, "q", kind, "?", tuple(Choice(str(i), r, "") for i, r in enumerate(right)), answer, "", "")


def test_single_and_multiple_want_exactly_the_right_choices() -> None:
    assert is_right(quiz("single", False, True), (1,))
    assert not is_right(quiz("single", False, True), (0,))
    assert is_right(quiz("multiple", True, False, True), (2, 0))
    assert not is_right(quiz("multiple", True, False, True), (0,))
    assert not is_right(quiz("multiple", True, False, True), (0, 1, 2))


def test_an_order_must_be_the_written_one() -> None:
    assert is_right(quiz("order", False, False, False), (0, 1, 2))
    assert not is_right(quiz("order", False, False, False), (0, 2, 1))
    assert not is_right(quiz("order", False, False, False), (0, 1))


def test_a_number_may_be_rounded_in_its_last_digits() -> None:
    assert is_right(quiz("number", answer=12288), 12288.0)
    assert is_right(quiz("number", answer=0.1), 0.1 + 1e-9)
    assert not is_right(quiz("number", answer=12288), 12287.0)


@given(st.integers(2, 9))
def test_an_ordering_never_shows_its_answer(count: int) -> None:
    puzzle = quiz("order", *[False] * count)
    shown = display_order(puzzle)
    assert sorted(shown) == list(range(count))
    assert shown != tuple(range(count))
    assert shown == display_order(puzzle)
