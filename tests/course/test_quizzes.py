"""Judging answers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.course.blocks import Choice, Quiz
from tui.course.quizzes import Answering, display_order, is_right, restored


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


@given(st.integers(2, 6), st.text("abc", min_size=1, max_size=4))
def test_a_seed_mixes_the_choices_the_same_way_every_day(count: int, seed: str) -> None:
    for kind in ("single", "order"):
        puzzle = quiz(kind, True, *[False] * (count - 1))
        shown = display_order(puzzle, seed)
        assert shown == display_order(puzzle, seed)
        assert sorted(shown) == list(range(count))
        assert kind == "single" or shown != tuple(range(count))


def test_seeds_differ_and_the_file_has_its_own_order() -> None:
    puzzle = quiz("single", True, False, False, False)
    assert len({display_order(puzzle, str(seed)) for seed in range(40)}) > 10
    assert display_order(puzzle) == (0, 1, 2, 3)


def test_digits_choose_as_shown_and_a_wrong_try_begins_anew() -> None:
    puzzle = quiz("single", True, False, False)
    answering = Answering(order=(2, 0, 1)).pick(puzzle, 1)
    assert answering.picked == (2,)
    wrong = answering.submit(puzzle)
    assert wrong is not None
    assert wrong.judged is False
    right = wrong.pick(puzzle, 2).submit(puzzle)
    assert right is not None
    assert (right.judged, right.picked) == (True, (0,))
    assert right.pick(puzzle, 1) == right
    assert wrong.reveal().pick(puzzle, 2) == wrong.reveal()
    assert Answering().pick(puzzle, 9) == Answering()


def test_a_number_is_typed_digit_by_digit() -> None:
    answering = Answering()
    for character in ("1", "2", "", "0", ".", "5"):
        answering = answering.type(character)
    assert answering.number == "10.5"
    assert Answering().submit(quiz("number", answer=1)) is None
    assert Answering(number="1-").submit(quiz("number", answer=1)) is None


@given(
    st.dictionaries(
        st.sampled_from(["picked", "number", "revealed"]),
        st.none() | st.booleans() | st.text(max_size=3) | st.lists(st.integers(-1, 4), max_size=4),
    )
)
def test_any_stored_answer_can_be_read(value: dict[str, object]) -> None:
    for puzzle in (quiz("single", True, False), quiz("order", False, False), quiz("number", answer=1)):
        answering = restored(puzzle, value, (1, 0))
        assert answering.order == (1, 0)
        assert restored(puzzle, answering.plain(), (1, 0)) == answering
