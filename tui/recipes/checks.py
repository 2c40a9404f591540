"""Every row of a table, looked at before anything is started: what the task cannot take has a row and a reason.

Rows are numbered from 0, as the data room and the library number them, in the split as the file has it.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from tui.errors import DataError, Phrase, ResultWarning, phrase, warning
from tui.recipes.recipe import Recipe
from tui.recipes.task import FILE_ROW, Refusals, task_of

AT_ONCE = 1000
"""Rows that are read together."""


def check(table: Any, recipe: Recipe, split: str) -> list[ResultWarning]:
    """What to know about its rows. Raises `DataError` for the first that cannot be used. `split` may be empty."""
    task = task_of(recipe)
    columns = task.columns(recipe)
    extra = [name for name in task.extra_columns if name in table.column_names]
    empty: list[int] = []
    classes = class_names(table, recipe) if task.has_labels else []
    number, where = 0, phrase("recipes.of-split", split=split) if split else ""
    for batch in table.select_columns([*columns.values(), *extra]).iter(AT_ONCE):
        size = len(next(iter(batch.values())))
        for at in range(size):
            row = {name: values[at] for name, values in batch.items()}
            place = row.get(FILE_ROW, number + at)
            for refusal in chain(task.check_row(row, recipe), _unknown_classes(row, recipe, classes)):
                reason, next_step = _parts(refusal)
                raise DataError("recipes.row", row=place, split=where, reason=reason, next_step=next_step)
            if _is_empty(row, columns):
                empty.append(place)
        number += size
    if not empty:
        return []
    return [warning("recipes.empty-text", count=len(empty), split=where, first=empty[0])]


def _parts(refusal: Phrase | tuple[str, str]) -> tuple[Phrase | str, Phrase | str]:
    """The reason and the next step."""
    if isinstance(refusal, tuple):
        return refusal
    key, values = refusal["key"], refusal["values"]
    return phrase(f"{key}.title", **values), phrase(f"{key}.next_step", **values)


def class_names(table: Any, recipe: Recipe) -> list[str]:
    """Names of the classes, where the data set itself has them; empty where labels are texts or numbers."""
    feature = table.features[recipe.label]
    return list(getattr(getattr(feature, "feature", feature), "names", None) or [])


def _unknown_classes(row: dict[str, Any], recipe: Recipe, classes: list[str]) -> Refusals:
    """Numbers that stand for no class: data sets write -1 where a label is kept secret."""
    value = row[recipe.label] if classes else []
    for one in value if isinstance(value, list) else [value]:
        if one is not None and not 0 <= one < len(classes):
            yield phrase("recipes.row.not-a-class", column=recipe.label, value=one, last=len(classes) - 1)


def _is_empty(row: dict[str, Any], columns: dict[str, str]) -> bool:
    """Whether a text, or a list of words, has nothing in it; an empty answer means that there is none."""
    texts = [row[name] for what, name in columns.items() if what not in ("label", "answer")]
    return any(not (text.strip() if isinstance(text, str) else text) for text in texts)
