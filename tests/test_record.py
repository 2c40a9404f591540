"""Records behave as frozen dataclasses do, but for the refusal."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from typing import Any

from tui.record import record


@record
class Point:
    x: int
    y: float = 0.5


@record
class Named(Point):
    name: str = ""
    others: list[int] = field(default_factory=list)


def test_records_are_compared_hashed_and_shown_by_their_fields() -> None:
    assert Point(1) == Point(1, 0.5) != Point(1, 2)
    assert len({Point(1), Point(1), Point(2)}) == 2
    assert repr(Named(1, name="a")) == "Named(x=1, y=0.5, name='a', others=[])"
    assert Point(1) != Named(1)
    other: Any = (1, 0.5)
    assert Point(1) != other


def test_records_are_dataclasses_with_slots() -> None:
    named = Named(1, others=[2])
    assert dataclasses.asdict(named) == {"x": 1, "y": 0.5, "name": "", "others": [2]}
    assert dataclasses.replace(named, x=3) == Named(3, others=[2])
    assert not hasattr(named, "__dict__")
