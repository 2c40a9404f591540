"""Every row of a table, looked at before anything is started: what the task cannot take has a row and a reason.

Rows are numbered from 0, as the data room and the library number them, in the split as the file has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from tui.errors import DataError, ResultWarning
from tui.recipes import answer_spans
from tui.recipes.recipe import Recipe

AT_ONCE = 1000
"""Rows that are read together."""


def check(table: Any, recipe: Recipe, split: str, columns: dict[str, str]) -> list[ResultWarning]:
    """What to know about its rows. Raises `DataError` for the first that cannot be used. `split` may be empty."""
    extra = [name for name in (answer_spans.FILE_ROW, answer_spans.START) if name in table.column_names]
    empty: list[int] = []
    refuse = _OF_TASK.get(recipe.task, _texts)
    classes = class_names(table, recipe) if "label" in columns else []
    number, where = 0, f" of {split}" if split else ""
    for batch in table.select_columns([*columns.values(), *extra]).iter(AT_ONCE):
        size = len(next(iter(batch.values())))
        for at in range(size):
            row = {name: values[at] for name, values in batch.items()}
            place = row.get(answer_spans.FILE_ROW, number + at)
            for reason, next_step in chain(refuse(row, recipe, columns), _unknown_classes(row, recipe, classes)):
                raise DataError(f"Row {place:,}{where} (counted from 0): {reason}", "", next_step)
            if _is_empty(row, columns):
                empty.append(place)
        number += size
    if not empty:
        return []
    count = f"{len(empty):,} rows{where} have" if len(empty) > 1 else f"One row{where} has"
    return [ResultWarning("empty-text", f"{count} an empty text; the first is row {empty[0]:,} (counted from 0).")]


def class_names(table: Any, recipe: Recipe) -> list[str]:
    """Names of the classes, where the data set itself has them; empty where labels are texts or numbers."""
    feature = table.features[recipe.label]
    return list(getattr(getattr(feature, "feature", feature), "names", None) or [])


Refusals = Iterator[tuple[str, str]]
"""(Why a row cannot be used, what to do)."""


def _texts(row: dict[str, Any], recipe: Recipe, columns: dict[str, str]) -> Refusals:
    for what, name in columns.items():
        if what != "label" and not isinstance(row[name], str):
            reason = (
                f"{name} is missing." if row[name] is None else f"{name} is {row[name]!r:.60}, which is not a text."
            )
            yield reason, "Drop such rows, or name another column."


def _one_label(row: dict[str, Any], recipe: Recipe, columns: dict[str, str]) -> Refusals:
    yield from _texts(row, recipe, columns)
    value = row[recipe.label]
    if value is None:
        yield f"{recipe.label} is missing.", "Drop such rows, or fill in the label."
    elif isinstance(value, list | dict):
        yield (f"{recipe.label} is {value!r:.60}: text-classification takes one label for each row.",
               "Name a column with one label, or make a row for each.")  # fmt: skip
    elif isinstance(value, float) and not value.is_integer():
        yield f"{recipe.label} is {value!r}, a fraction. A label is one of a few classes.", "Name another column."
    elif not isinstance(value, str | int | float):
        yield f"{recipe.label} is {value!r:.60}, which is not a label.", "Name a column with texts or whole numbers."


def _tags(row: dict[str, Any], recipe: Recipe, columns: dict[str, str]) -> Refusals:
    words, tags = row[recipe.text], row[recipe.label]
    for name, value in ((recipe.text, words), (recipe.label, tags)):
        if not isinstance(value, list):
            reason = "is missing" if value is None else f"is {value!r:.60}"
            yield f"{name} {reason}, where a list is expected, an item for each word.", "Name a column with lists."
    if isinstance(words, list) and isinstance(tags, list):
        if len(words) != len(tags):
            yield (f"{len(words)} words in {recipe.text} and {len(tags)} tags in {recipe.label}.",
                   "Give each word a tag.")  # fmt: skip
        if any(not isinstance(word, str) for word in words):
            yield f"{recipe.text} holds what is not a text.", "Name a column with lists of words."
        if any(not isinstance(tag, str | int) for tag in tags):
            yield f"{recipe.label} holds a tag that is missing or no name.", "Give each word a tag."


def _answer(row: dict[str, Any], recipe: Recipe, columns: dict[str, str]) -> Refusals:
    yield from _texts(row, recipe, columns)
    if answer_spans.position(row[recipe.text], row[recipe.answer], row.get(answer_spans.START)) < 0:
        yield (f"the answer {row[recipe.answer]!r:.60} does not occur in {recipe.text}.",
               "An answer is a part of its text, letter by letter. Correct that row, or drop it.")  # fmt: skip


_OF_TASK: dict[str, Callable[[dict[str, Any], Recipe, dict[str, str]], Refusals]] = {
    "text-classification": _one_label, "token-classification": _tags, "question-answering": _answer,
}  # fmt: skip


def _unknown_classes(row: dict[str, Any], recipe: Recipe, classes: list[str]) -> Refusals:
    """Numbers that stand for no class: data sets write -1 where a label is kept secret."""
    value = row[recipe.label] if classes else []
    for one in value if isinstance(value, list) else [value]:
        if one is not None and not 0 <= one < len(classes):
            yield f"{recipe.label} is {one}, and the classes are 0 to {len(classes) - 1}.", "Take a split with labels."


def _is_empty(row: dict[str, Any], columns: dict[str, str]) -> bool:
    """Whether a text, or a list of words, has nothing in it; an empty answer means that there is none."""
    texts = [row[name] for what, name in columns.items() if what not in ("label", "answer")]
    return any(not (text.strip() if isinstance(text, str) else text) for text in texts)
