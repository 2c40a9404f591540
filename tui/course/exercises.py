"""What the check of an exercise says to its reader."""

from __future__ import annotations

from collections.abc import Sequence

from tui.course.blocks import Exercise


def feedback(exercise: Exercise, message: str, values: Sequence[str] = ()) -> str:
    """The message of a failed assertion in the language of the page, with its values."""
    parts = exercise.messages.get(message, message).split("{}")
    filled = [part for pair in zip(parts, (*values, *["…"] * len(parts)), strict=False) for part in pair]
    return "".join(filled[:-1])
