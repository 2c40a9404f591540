"""Two versions of one reader's progress made one: of each entry the later. The format is described in `progress`."""

from __future__ import annotations

from typing import Any

from tui.course.exercises import ExerciseRecord

_FIELDS = {"place": ("place", "line"), "sections": ("sections", "questions", "tasks")}
"""What is written together, by the name that its time has."""
_TABLES = ("quiz", "answers", "cells")
"""What is written entry by entry; the time of each is `table:entry`."""
_MODELS = "models"
"""The same, beside the lessons."""


def merge(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    """Everything of both, of each entry the later; of what has no time, theirs: ours is as old as the last reading."""
    both = {**ours, **theirs}
    if time_of(ours, "last") > time_of(theirs, "last"):
        both["last"] = ours["last"]
    _merge_table(both, theirs, ours, _MODELS)
    if times := _later_times(theirs, ours):
        both["times"] = times
    if lessons := _dict(ours, "lessons"):
        both["lessons"] = {**lessons, **_dict(theirs, "lessons")}
        for lesson, entry in lessons.items():
            other = _dict(theirs, "lessons").get(lesson)
            if isinstance(entry, dict):
                both["lessons"][lesson] = _merge_lesson(other if isinstance(other, dict) else {}, entry)
    return both


def _merge_lesson(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    both = {**ours, **theirs}
    for name, fields in _FIELDS.items():
        if time_of(ours, name) > time_of(theirs, name):
            both.update({field: ours[field] for field in fields if field in ours})
    for table in _TABLES:
        _merge_table(both, theirs, ours, table)
    if exercises := {**_dict(ours, "exercises"), **_dict(theirs, "exercises")}:
        for name in _dict(ours, "exercises"):
            records = [_dict(_dict(entry, "exercises"), name) for entry in (theirs, ours)]
            if time_of(ours, f"exercise:{name}") <= time_of(theirs, f"exercise:{name}"):
                records.reverse()
            first, last = map(ExerciseRecord.read, records)
            exercises[name] = {**records[0], **records[1], **first.merge(last).plain()}
        both["exercises"] = exercises
    if read := list(dict.fromkeys([*strings(theirs.get("read")), *strings(ours.get("read"))])):
        both["read"] = read
    if times := _later_times(theirs, ours):
        both["times"] = times
    return both


def _merge_table(both: dict[str, Any], theirs: dict[str, Any], ours: dict[str, Any], table: str) -> None:
    if entries := {**_dict(ours, table), **_dict(theirs, table)}:
        later = [
            name for name in _dict(ours, table) if time_of(ours, f"{table}:{name}") > time_of(theirs, f"{table}:{name}")
        ]
        both[table] = {**entries, **{name: ours[table][name] for name in later}}


def _later_times(theirs: dict[str, Any], ours: dict[str, Any]) -> dict[str, Any]:
    names = {**_dict(theirs, "times"), **_dict(ours, "times")}
    return {name: max(time_of(theirs, name), time_of(ours, name)) for name in names}


def time_of(entry: dict[str, Any], name: str) -> float:
    """When what has this name was written; 0 for an older file."""
    value = _dict(entry, "times").get(name)
    return value if isinstance(value, int | float) and 0 < value < 1e12 else 0.0


def _dict(entry: dict[str, Any], name: str) -> dict[str, Any]:
    value = entry.get(name)
    return value if isinstance(value, dict) else {}


def strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
