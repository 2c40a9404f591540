"""Judging answers."""

from __future__ import annotations

import math
import random

from tui.course.blocks import Quiz

Answer = tuple[int, ...] | float
"""Indices of choices (in the reader's order for `order`), or the number that was typed."""


def display_order(quiz: Quiz) -> tuple[int, ...]:
    """The order in which the choices are shown: as written, or for an ordering always the same wrong order."""
    places = tuple(range(len(quiz.choices)))
    if quiz.kind != "order":
        return places
    shuffler = random.Random(quiz.id)  # noqa: S311 (not a secret: the same puzzle for everyone)
    mixed = list(places)
    while tuple(mixed) == places:
        shuffler.shuffle(mixed)
    return tuple(mixed)


def is_right(quiz: Quiz, answer: Answer) -> bool:
    """Whether the answer is the right one; a number may differ by one part in a million."""
    if quiz.kind == "number":
        assert quiz.answer is not None
        return isinstance(answer, int | float) and math.isclose(answer, quiz.answer, rel_tol=1e-6, abs_tol=1e-9)
    if not isinstance(answer, tuple):
        return False
    if quiz.kind == "order":
        return answer == tuple(range(len(quiz.choices)))
    return set(answer) == {i for i, choice in enumerate(quiz.choices) if choice.right}
