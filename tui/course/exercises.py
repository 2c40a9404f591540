"""Exercises: how far a reader has come with one, and what its check says to them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.course.blocks import Exercise

MOST_CODE = 50_000
"""Characters of a reader's program that are kept."""


@dataclass(frozen=True, slots=True)
class ExerciseRecord:
    """How far a reader has come with an exercise."""

    attempts: int = 0
    passed: bool = False
    hints: int = 0
    """How many they have seen."""
    solution_seen: bool = False
    code: str = ""
    """What they wrote last; empty: nothing yet."""

    @classmethod
    def read(cls, value: object) -> ExerciseRecord:
        """From a file; what does not fit counts as nothing."""
        fields: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
        fitting: dict[str, Any] = {
            name: fields.get(name) for name, default in asdict(cls()).items() if type(fields.get(name)) is type(default)
        }
        return cls(**fitting)

    def plain(self) -> dict[str, Any]:
        """For a file."""
        return {**asdict(self), "code": self.code[:MOST_CODE]}

    def merge(self, later: ExerciseRecord) -> ExerciseRecord:
        """Both: the later program, and everything that was ever reached."""
        return ExerciseRecord(
            max(self.attempts, later.attempts),
            self.passed or later.passed,
            max(self.hints, later.hints),
            self.solution_seen or later.solution_seen,
            later.code,
        )


def feedback(exercise: Exercise, message: str, values: Sequence[str] = ()) -> str:
    """The message of a failed assertion in the language of the page, with its values."""
    parts = exercise.messages.get(message, message).split("{}")
    filled = [part for pair in zip(parts, (*values, *["…"] * len(parts)), strict=False) for part in pair]
    return "".join(filled[:-1])
