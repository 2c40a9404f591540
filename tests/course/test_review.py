"""Review: intervals grow while a question is known, and no clock does harm."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import LESSONS
from tui.course import review
from tui.course.book import Course, entries
from tui.course.cards import DAY, LATEST, Card, day_of, grade
from tui.course.progress import Progress
from tui.course.recall import due_tasks
from tui.course.sheet import write_sheet
from tui.text.dates import describe_day

START = 1_790_000_000.0


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def progress(tmp_path: Path, clock: Clock) -> Progress:
    return Progress(tmp_path / "progress.json", clock=clock)


@pytest.fixture(params=["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"])
def zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("zone")
def test_a_month_of_reviews(progress: Progress, clock: Clock) -> None:
    """Two questions, asked whenever they are due: one is always known, the other never."""
    asked: dict[str, list[int]] = {"known": [], "unknown": []}
    for name in asked:
        progress.mark_quiz("masks", name, name == "known")
        asked[name].append(0)
    for day in range(1, 31):
        clock.now = START + day * DAY
        for item in review.due(progress, ["masks"], clock.now):
            name = item.name.removeprefix("quiz:")
            progress.mark_quiz("masks", name, name == "known")
            asked[name].append(day)
    assert asked["unknown"] == list(range(31)), "what is not known returns every day"
    gaps = [later - earlier for earlier, later in zip(asked["known"], asked["known"][1:], strict=False)]
    assert 2 <= len(gaps) <= 5
    assert gaps == sorted(gaps)
    assert gaps[-1] > 2 * gaps[0]
    card = progress.cards("masks")["quiz:unknown"]
    assert (card.times, card.lapses) == (31, 31)


def test_what_was_forgotten_returns_the_next_day_and_comes_first(progress: Progress, clock: Clock) -> None:
    for _ in range(3):
        progress.mark_quiz("masks", "q", True)
        clock.now = progress.cards("masks")["quiz:q"].due
    assert clock.now > START + 10 * DAY
    progress.mark_quiz("masks", "q", False)
    progress.mark_quiz("masks", "new", False)
    clock.now += DAY
    assert [item.name for item in review.due(progress, ["masks"], clock.now)] == ["quiz:new", "quiz:q"]


def test_a_right_answer_after_a_wrong_one_does_not_count_on_the_same_day(progress: Progress, clock: Clock) -> None:
    progress.mark_quiz("masks", "q", False)
    before = progress.cards("masks")
    clock.now += 60
    progress.mark_quiz("masks", "q", True)
    assert progress.cards("masks") == before
    assert progress.quiz("masks") == {"q": True}


def test_an_exercise_returns_like_a_question(progress: Progress, clock: Clock) -> None:
    progress.mark_review("masks", "exercise:pad-by-hand", True)
    progress.save()
    assert review.due(progress, ["masks"], clock.now) == []
    clock.now = progress.cards("masks")["exercise:pad-by-hand"].due
    assert [item.name for item in review.due(progress, ["masks"], clock.now)] == ["exercise:pad-by-hand"]


def test_a_clock_that_goes_backwards_does_no_harm(progress: Progress, clock: Clock) -> None:
    clock.now = START + 400 * DAY  # the clock was a year ahead
    progress.mark_quiz("masks", "q", True)
    clock.now = START
    assert len(review.due(progress, ["masks"], clock.now)) == 1, "it does not wait for a year"
    progress.mark_quiz("masks", "q", True)
    card = progress.cards("masks")["quiz:q"]
    assert START < card.due < START + 60 * DAY
    clock.now = START - 3600  # an hour back, as in autumn
    assert review.due(progress, ["masks"], clock.now) == []


def test_travel_between_time_zones_moves_a_question_by_a_day_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    card = grade(None, True, START)
    days = []
    for name in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        monkeypatch.setenv("TZ", name)
        time.tzset()
        days.append(next(day for day in range(10) if card.is_due(START + day * DAY)))
    monkeypatch.undo()
    time.tzset()
    assert abs(days[0] - days[1]) <= 1


def test_answers_of_an_older_file_return(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "progress.json"
    times = {"quiz:late": START - 3600}
    old = {"quiz": {"right": True, "wrong": False, "late": True}, "times": times}
    file.write_text(json.dumps({"version": 1, "lessons": {"masks": old}}))
    progress = Progress(file, clock=clock)
    names = [item.name for item in review.due(progress, ["masks"], clock.now)]
    assert names == ["quiz:wrong", "quiz:right"]
    progress.mark_quiz("masks", "right", True)
    assert progress.cards("masks")["quiz:right"].due < START + 60 * DAY
    assert review.next_day(progress, ["masks"], clock.now) == day_of(START - 3600 + 2 * DAY)


@given(st.lists(st.tuples(st.booleans(), st.floats(-40 * DAY, 400 * DAY)), max_size=12))
def test_no_history_breaks_a_card(history: list[tuple[bool, float]]) -> None:
    card, now = None, START
    for is_known, passed in history:
        now = max(1.0, now + passed)
        card = grade(card, is_known, now)
        assert Card.read(json.loads(json.dumps(card.plain()))) == card
        assert card.due <= max(now, card.last) + 366 * DAY
        card.is_due(now)


@given(st.dictionaries(st.sampled_from(Card.__match_args__), st.none() | st.integers() | st.floats() | st.text()))
def test_what_is_not_a_card_is_none(value: dict[str, object]) -> None:
    card = Card.read(value)
    assert card is None or 0 <= card.due < LATEST


def test_questions_are_read_from_their_lessons_and_lost_ones_retired(progress: Progress, clock: Clock) -> None:
    book = Course.open(LESSONS)
    entry = entries(book)[0]
    quizzes = book.read(entry, "en").quizzes
    for quiz in quizzes:
        progress.mark_quiz(entry.id, quiz.id, False)
    progress.mark_quiz(entry.id, "not-there-any-more", False)
    clock.now += DAY
    tasks = due_tasks(book, progress, "zh")
    assert {task.content.id for task in tasks} == {quiz.id for quiz in quizzes}
    assert "quiz:not-there-any-more" not in progress.cards(entry.id)
    assert len(due_tasks(book, progress, "en", most=2)) == 2

    sheet = write_sheet(tasks, "zh", "7")
    questions, answers = sheet.split("## 答案")
    assert questions.count("*1.1 ") == len(tasks)
    assert "105" not in questions
    assert "**" in answers
    assert "105" in answers
    assert "今天没有" in write_sheet([], "zh", "7")


def test_days_have_names() -> None:
    thursday = date(2026, 12, 3)
    assert describe_day(thursday, date(2026, 12, 1), "en") == "Thursday"
    assert describe_day(thursday, date(2026, 12, 1), "zh") == "周四"
    assert describe_day(thursday, date(2026, 12, 2), "en") == "tomorrow"
    assert describe_day(thursday, date(2026, 11, 1), "en") == "2026-12-03"
