"""A confusion matrix: read from text such as "50 10; 5 35", or counted in two columns of a data set."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tui.errors import ResultWarning, UsageError
from tui.tables.opening import load, splits
from tui.tables.source import Source, shipped

AVERAGES = ("macro", "micro", "weighted")
LEAST_CLASSES, MOST_CLASSES = 2, 12
MOST_ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows are true classes, columns predicted ones."""

    labels: list[str]
    matrix: list[list[int]]
    warnings: list[ResultWarning] = field(default_factory=list)
    """Of the data set that it was counted in."""


def from_text(text: str, labels: str) -> Counts:
    """A matrix as it is written. Raises `UsageError` that says what is wrong with it."""
    rows = [re.split(r"[\s,]+", row.strip(" \t,")) for row in re.split(r"[;\n]", text) if row.strip(" \t,")]
    size = len(rows)
    _check_classes(size)
    for number, row in enumerate(rows):
        if len(row) != size:
            raise UsageError("recipes.matrix-row", row=number + 1, count=len(row), size=size)
        for cell in row:
            if not re.fullmatch(r"[0-9]{1,9}", cell):
                raise UsageError("recipes.not-a-count", value=cell[:40])
    matrix = [[int(cell) for cell in row] for row in rows]
    _check_rows(sum(map(sum, matrix)))
    return Counts(_named(size, labels), matrix)


def from_data(path: str, split: str, references: str, predictions: str, labels: str) -> Counts:
    """Count pairs in two columns. Raises `UsageError` and `DataError`."""
    opened = load(Source((shipped(path),), split=split))
    found = splits(opened.data)
    if len(found) > 1:
        raise UsageError("recipes.several-splits", name=path, splits=list(found))
    (data,) = found.values()
    for name in (references, predictions):
        if name not in data.column_names:
            raise UsageError("tables.no-such-column", column=name, columns=data.column_names)
    _check_rows(data.num_rows)
    pairs = Counter(zip(_values(data, references), _values(data, predictions), strict=True))
    classes = sorted({one for pair in pairs for one in pair}, key=lambda one: (isinstance(one, str), one))
    if len({type(one) for one in classes}) > 1:
        raise UsageError("recipes.kinds-differ", references=references, predictions=predictions)
    names = names_of(labels)
    if names:
        classes = _all_of(classes, names)
    elif hasattr(feature := data.features[references], "int2str") and isinstance(classes[0], int):
        names = [feature.int2str(one) for one in classes]
    _check_classes(len(classes))
    matrix = [[pairs[true, predicted] for predicted in classes] for true in classes]
    return Counts(names or [str(one) for one in classes], matrix, opened.warnings)


def names_of(labels: str) -> list[str]:
    """Labels as they are written, with commas between."""
    return [name.strip() for name in labels.split(",") if name.strip()]


def written(matrix: Sequence[Sequence[int]]) -> str:
    """The matrix as text again."""
    return "; ".join(" ".join(map(str, row)) for row in matrix)


def _values(data: Any, column: str) -> list[Any]:
    """Class ids or labels of a column, every one of them there."""
    values = data.with_format(None)[column][:]
    for number, value in enumerate(values):
        if not isinstance(value, int | str):
            code = "recipes.class-missing" if value is None else "recipes.not-a-class"
            raise UsageError(code, column=column, value=str(value)[:40], row=number)
    return [int(value) if isinstance(value, bool) else value for value in values]


def _all_of(classes: Sequence[Any], names: list[str]) -> list[Any]:
    """The classes that the labels name: by the texts themselves, or by ids from 0 on."""
    known: list[Any] = list(names) if isinstance(classes[0], str) else list(range(len(names)))
    if strangers := [one for one in classes if one not in known]:
        raise UsageError("recipes.class-without-label", value=repr(strangers[0]))
    return known


def _named(size: int, labels: str) -> list[str]:
    names = names_of(labels)
    if names and len(names) != size:
        raise UsageError("recipes.label-count", count=len(names), classes=size)
    if len(set(names)) < len(names):
        raise UsageError("recipes.same-labels")
    return names or [str(number) for number in range(size)]


def _check_classes(count: int) -> None:
    if not LEAST_CLASSES <= count <= MOST_CLASSES:
        raise UsageError("recipes.matrix-size", count=count, least=LEAST_CLASSES, most=MOST_CLASSES)


def _check_rows(count: int) -> None:
    if not 1 <= count <= MOST_ROWS:
        raise UsageError("recipes.matrix-empty" if count < 1 else "recipes.matrix-rows", count=count, most=MOST_ROWS)
