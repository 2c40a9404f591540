"""Two versions of one reader's progress made one: of each entry the later. The format is described in `progress`.

Of two entries of one time the greater is taken, so that it does not matter which version comes first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tui.course.exercises import ExerciseRecord

_FIELDS = {"place": ("place", "line"), "sections": ("sections", "questions", "tasks")}
"""What is written together, by the name that its time has."""
_TABLES = ("quiz", "answers", "cells", "reviews")
"""What is written entry by entry; the time of each is `table:entry`."""
_MODELS = "models"
"""The same, beside the lessons."""
_FIELD_NAMES = {"exercises", "read", "times", *_TABLES, *(field for fields in _FIELDS.values() for field in fields)}

Unknown = Callable[[Any, Any], Any]
"""Which of two values is taken of what this version does not know."""


def merge(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """What is in the file, and what this console has: of what only a later version knows, theirs, which is fresh."""
    return _merge(theirs, ours, lambda their, our: their)


def combine(first: dict[str, Any], second: dict[str, Any]) -> dict[str, Any]:
    """The progress of two machines. It does not matter which comes first, nor whether it is done again."""
    return _merge(first, second, _union)


def _merge(theirs: dict[str, Any], ours: dict[str, Any], unknown: Unknown) -> dict[str, Any]:
    both = {name: unknown(theirs[name], ours[name]) for name in theirs if name in ours}
    both = {**ours, **theirs, **both}
    if "last" in both:
        both["last"] = _later(theirs, ours, "last")["last"]
    if "seed" in theirs and "seed" in ours:
        both["seed"] = _greater(theirs["seed"], ours["seed"])
    _merge_table(both, theirs, ours, _MODELS)
    both.pop("times", None)
    if times := _later_times(theirs, ours):
        both["times"] = times
    lessons = {**_dict(ours, "lessons"), **_dict(theirs, "lessons")}
    if lessons:
        sides = _dict(theirs, "lessons"), _dict(ours, "lessons")
        both["lessons"] = {
            lesson: _merge_lesson(_dict(sides[0], lesson), _dict(sides[1], lesson), unknown)
            if any(isinstance(side.get(lesson), dict) for side in sides)
            else entry
            for lesson, entry in lessons.items()
        }
    return both


def _merge_lesson(theirs: dict[str, Any], ours: dict[str, Any], unknown: Unknown) -> dict[str, Any]:
    both = {name: unknown(theirs[name], ours[name]) for name in theirs if name in ours and name not in _FIELD_NAMES}
    both = {**ours, **theirs, **both}
    for time, fields in _FIELDS.items():
        if any(field in both for field in fields):
            later = _later(theirs, ours, time, fields)
            both = {name: value for name, value in both.items() if name not in fields}
            both |= {field: later[field] for field in fields if field in later}
    for table in _TABLES:
        _merge_table(both, theirs, ours, table)
    if exercises := {**_dict(ours, "exercises"), **_dict(theirs, "exercises")}:
        for name in exercises:
            records = [_dict(_dict(side, "exercises"), name) for side in _in_order(theirs, ours, name)]
            first, last = map(ExerciseRecord.read, records)
            exercises[name] = {**records[0], **records[1], **first.merge(last).plain()}
        both["exercises"] = exercises
    if read := sorted({*strings(theirs.get("read")), *strings(ours.get("read"))}):
        both["read"] = read
    both.pop("times", None)
    if times := _later_times(theirs, ours):
        both["times"] = times
    return both


def _later(
    theirs: dict[str, Any], ours: dict[str, Any], time: str, fields: tuple[str, ...] = ("last",)
) -> dict[str, Any]:
    """The side whose fields were written later, of those that have any."""
    sides = [side for side in (theirs, ours) if any(field in side for field in fields)]
    return max(sides, key=lambda side: (time_of(side, time), _order({f: side[f] for f in fields if f in side})))


def _merge_table(both: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any], table: str) -> None:
    if names := {**_dict(ours, table), **_dict(theirs, table)}:
        both[table] = {name: _later_entry(theirs, ours, table, name) for name in names}


def _later_entry(theirs: dict[str, Any], ours: dict[str, Any], table: str, name: str) -> Any:
    sides = [side for side in (theirs, ours) if name in _dict(side, table)]
    side = max(sides, key=lambda side: (time_of(side, f"{table}:{name}"), _order(side[table][name])))
    return side[table][name]


def _in_order(theirs: dict[str, Any], ours: dict[str, Any], exercise: str) -> list[dict[str, Any]]:
    """Both sides, the later written in this exercise last."""
    return sorted(
        (theirs, ours),
        key=lambda side: (time_of(side, f"exercise:{exercise}"), _order(_dict(side, "exercises").get(exercise))),
    )


def _union(first: Any, second: Any) -> Any:
    if isinstance(first, dict) and isinstance(second, dict):
        shared = {name: _union(first[name], second[name]) for name in first if name in second}
        return {**second, **first, **shared}
    return _greater(first, second)


def _greater(first: Any, second: Any) -> Any:
    return max(first, second, key=_order)


def _order(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _later_times(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    names = {**_dict(theirs, "times"), **_dict(ours, "times")}
    times = {name: max(time_of(theirs, name), time_of(ours, name)) for name in names}
    return {name: time for name, time in times.items() if time}


def time_of(entry: dict[str, Any], name: str) -> float:
    """When what has this name was written; 0 for an older file, and for what is not there: its time says nothing."""
    value = _dict(entry, "times").get(name)
    return value if isinstance(value, int | float) and 0 < value < 1e12 and _is_there(entry, name) else 0.0


def _is_there(entry: dict[str, Any], name: str) -> bool:
    """Whether an entry has what a time of this name is of; a name that only a later version knows counts as there."""
    table, has_table, key = name.partition(":")
    if has_table:
        table = "exercises" if table == "exercise" else table
        return key in _dict(entry, table) if table in {"exercises", _MODELS, *_TABLES} else True
    return any(field in entry for field in _FIELDS.get(name, (name,)))


def _dict(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
