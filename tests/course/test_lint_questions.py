"""Questions that give themselves away, and questions that were asked before."""

from __future__ import annotations

from pathlib import Path

from tui.course.blocks import Choice, Quiz, Span
from tui.course.lint.questions import check_quizzes
from tui.course.page import Page


def quiz(id: str, ask: str, right: str, *wrong: str, kind: str = "single", code: str = "") -> Quiz:
    choices = tuple(Choice((Span(text),), text == right, ()) for text in (right, *wrong) if text)
    return Quiz(1, id, kind, (Span(ask),), choices, 3 if kind == "number" else None, (), code)


def findings(*quizzes: Quiz, language: str = "en") -> list[str]:
    page = Page("x", "x", language, Path(f"x.{language}.md"), quizzes)
    return [finding.what for finding in check_quizzes([page])]


TOPICS = ("masks", "pads", "loss curves", "heads", "Arrow", "F1", "dropout", "streams")


def test_the_right_choice_may_be_the_longest_in_half_of_the_questions() -> None:
    short = [quiz(topic, f"{topic}?", "right", "wrong and long") for topic in TOPICS[:4]]
    long = [quiz(topic, f"{topic}?", "right and long", "wrong ones") for topic in TOPICS[4:]]
    assert findings(*short, *long) == []
    (what,) = findings(*short[1:], *long, quiz("x", "extra?", "right and long", "wrong ones"))
    assert what == "The longest choice is right in 5 of 8 questions."


def test_a_right_choice_is_not_many_times_longer_than_the_wrong_ones() -> None:
    (what,) = findings(quiz("q", "Which?", "the only one that was thought about", "no", "never"))
    assert "has 35 characters, the longest wrong one 5" in what


def test_two_questions_do_not_ask_the_same() -> None:
    first = quiz("a", "In which order does one step of training go?", "", kind="order")
    again = quiz("b", "In which order does a step of training go?", "", kind="order")
    other = quiz("c", "In which order is a text tokenized?", "", kind="order")
    assert findings(first, other) == []
    (what,) = findings(first, other, again)
    assert what == "The question 'b' asks what 'a' asks (x.en.md, line 1)."


def test_two_questions_with_the_same_sum_ask_the_same() -> None:
    code = 'print(len(tokenizer("one two three", max_length=6, stride=1)["input_ids"]))'
    first = quiz("a", "How many rows come back?", "", kind="number", code=code)
    assert findings(first, quiz("b", "Count all of the windows.", "", kind="number", code=f"x = 1; {code}"))
    assert findings(first, quiz("b", "Count all of the windows.", "", kind="number", code="print(1 + 2)")) == []
