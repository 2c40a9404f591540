"""What is wrong with the questions of a course taken together: they give themselves away, or ask the same twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations

from tui.course.blocks import Quiz, plain
from tui.course.lint.finding import Finding
from tui.course.page import Page

FEWEST = 8
"""Questions with choices from which a share says something."""
MOST_TIMES_LONGER = 2.5
"""How much longer than the longest wrong choice the right one may be."""
ALIKE = 0.6
"""Share of common groups of three characters from which two questions ask the same; those of ours have at most 0.56."""

PageQuiz = tuple[Page, Quiz]


def check_quizzes(pages: Iterable[Page]) -> Iterator[Finding]:
    """The findings of all pages, language by language."""
    by_language: dict[str, list[PageQuiz]] = {}
    for page in pages:
        by_language.setdefault(page.language, []).extend((page, quiz) for quiz in page.quizzes)
    for questions in by_language.values():
        yield from _lengths(questions)
        yield from _repeats(questions)


def _lengths(questions: list[PageQuiz]) -> Iterator[Finding]:
    with_choices = [(page, quiz) for page, quiz in questions if quiz.kind in ("single", "multiple")]
    longest = [(page, quiz) for page, quiz in with_choices if _is_longest_right(quiz)]
    if len(with_choices) >= FEWEST and 2 * len(longest) > len(with_choices):
        page, quiz = longest[0]
        what = f"The longest choice is right in {len(longest)} of {len(with_choices)} questions."
        yield Finding(str(page.path), quiz.line, what, "Shorten right choices, or write out wrong ones.")
    for page, quiz in with_choices:
        right, wrong = _lengths_of(quiz, right=True), _lengths_of(quiz, right=False)
        if len(right) == 1 and wrong and right[0] > MOST_TIMES_LONGER * max(wrong):
            what = f"The right choice of {quiz.id!r} has {right[0]} characters, the longest wrong one {max(wrong)}."
            yield Finding(str(page.path), quiz.line, what, "Bring their lengths together.")


def _repeats(questions: list[PageQuiz]) -> Iterator[Finding]:
    compared = [(page, quiz, _groups(plain(quiz.ask)), _groups(quiz.code)) for page, quiz in questions]
    for first, second in combinations(compared, 2):
        is_same_sum = first[1].answer == second[1].answer and _likeness(first[3], second[3]) >= ALIKE
        if _likeness(first[2], second[2]) >= ALIKE or is_same_sum:
            page, quiz = second[:2]
            where = f"{first[0].path.name}, line {first[1].line}"
            what = f"The question {quiz.id!r} asks what {first[1].id!r} asks ({where})."
            yield Finding(str(page.path), quiz.line, what, "Ask for something else.")


def _is_longest_right(quiz: Quiz) -> bool:
    return max(_lengths_of(quiz, right=True), default=0) > max(_lengths_of(quiz, right=False), default=0)


def _lengths_of(quiz: Quiz, *, right: bool) -> list[int]:
    return [len(plain(choice.text)) for choice in quiz.choices if choice.right is right]


def _groups(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


def _likeness(first: set[str], second: set[str]) -> float:
    return len(first & second) / len(first | second) if first and second else 0.0
