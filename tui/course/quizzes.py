"""Judging answers, and how far a reader has come with a question."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

from tui.course.blocks import Quiz
from tui.record import record

Answer = tuple[int, ...] | float
"""Indices of choices (in the reader's order for `order`), or the number that was typed."""

MOST_DIGITS = 20
NUMBER_CHARACTERS = "0123456789.-"


@record
class Answering:
    """How far the reader has come with a question."""

    picked: tuple[int, ...] = ()
    """Indices of choices, in the order in which they were picked."""
    number: str = ""
    judged: bool | None = None
    """Whether the submitted answer was right; None before."""
    order: tuple[int, ...] = ()
    """Indices of the choices in the order in which they are shown; empty: as in the file."""
    revealed: bool = False
    """Whether the reader had the answer shown."""

    @property
    def is_over(self) -> bool:
        """Whether the answer is on the screen: there is nothing left to find."""
        return self.judged is True or self.revealed

    def pick(self, quiz: Quiz, place: int) -> Answering:
        """With the n-th choice as shown chosen, or taken back; after a wrong answer this is the next try."""
        if self.is_over or quiz.kind == "number" or not 1 <= place <= len(quiz.choices):
            return self
        picked = self.picked if self.judged is None else ()
        index = (self.order or display_order(quiz))[place - 1]
        if index in picked:
            picked = tuple(i for i in picked if i != index)
        else:
            picked = (index,) if quiz.kind == "single" else (*picked, index)
        return Answering(picked, order=self.order)

    def type(self, character: str) -> Answering:
        """With one more character of a number, or one fewer for an empty one."""
        if self.is_over:
            return self
        number = self.number if self.judged is None else ""
        number = (number + character)[:MOST_DIGITS] if character else number[:-1]
        return Answering(number=number, order=self.order)

    def submit(self, quiz: Quiz) -> Answering | None:
        """Judged; None when nothing was picked, or what was typed is not a number."""
        if self.is_over:
            return self
        answer: Answer = self.picked
        if quiz.kind == "number":
            try:
                answer = float(self.number)
            except ValueError:
                return None
        elif not answer:
            return None
        return Answering(self.picked, self.number, is_right(quiz, answer), self.order)

    def reveal(self) -> Answering:
        """With the answer shown, which counts as not known."""
        return self if self.is_over else Answering(self.picked, self.number, False, self.order, revealed=True)

    def plain(self) -> dict[str, Any]:
        """What is kept of it in a file."""
        values = {"picked": list(self.picked), "number": self.number, "revealed": self.revealed}
        return {name: value for name, value in values.items() if value}


def restored(quiz: Quiz, value: Mapping[str, Any] | None, order: tuple[int, ...] = ()) -> Answering:
    """An answer from a file, judged again; one that does not fit the question any more counts as none."""
    value = value or {}
    picked, number = value.get("picked"), value.get("number")
    places = range(len(quiz.choices))
    fits = isinstance(picked, list) and all(type(i) is int and i in places for i in picked)
    answering = Answering(
        tuple(dict.fromkeys(picked)) if picked and fits else (),
        number[:MOST_DIGITS] if isinstance(number, str) and quiz.kind == "number" else "",
        order=order,
    )
    return answering.reveal() if value.get("revealed") is True else answering.submit(quiz) or Answering(order=order)


def display_order(quiz: Quiz, seed: str = "") -> tuple[int, ...]:
    """The order in which the choices are shown: mixed by the seed, as written without one; an ordering is always mixed,
    and never as written."""
    places = tuple(range(len(quiz.choices)))
    is_order = quiz.kind == "order"
    if not (seed or is_order):
        return places
    shuffler = random.Random(f"{seed}:{quiz.id}" if seed else quiz.id)  # noqa: S311 (not a secret)
    mixed = list(places)
    shuffler.shuffle(mixed)
    while is_order and tuple(mixed) == places:
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
