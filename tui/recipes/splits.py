"""Which rows train and which evaluate: splits by their names, or rows that are set aside, the same for every seed."""

from __future__ import annotations

import inspect
import math
from typing import Any

from tui.errors import DataError, UsageError
from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of

TRAIN, VALIDATION = "train", "validation"
"""Splits that a recipe names without being told; only these may be missing."""


def choose(splits: dict[str, Any], recipe: Recipe) -> tuple[str, str | None]:
    """Names of the split to train on and of the one to evaluate on; None where rows are set aside, or none wanted.

    Raises `UsageError` for a name that is not there.
    """
    train = recipe.train_split
    if train not in splits:
        if train != TRAIN or len(splits) > 1:
            raise UsageError("recipes.no-train-split", data=recipe.data, split=recipe.train_split, splits=list(splits))
        train = next(iter(splits))
    evaluation = recipe.eval_split
    if evaluation in splits and evaluation != train:
        return train, evaluation
    if evaluation not in ("", VALIDATION, recipe.train_split):
        raise UsageError("recipes.no-eval-split", data=recipe.data, split=evaluation, splits=list(splits))
    return train, None


def cut(table: Any, recipe: Recipe) -> tuple[Any, Any, str]:
    """A table without the rows that are set aside, these, and the code of how. Raises `DataError` for too few."""
    total = table.num_rows
    if total < 2:
        raise DataError("recipes.one-row", data=recipe.data)
    aside = math.ceil(total * recipe.eval_share)
    if aside >= total:
        raise DataError("recipes.eval-share", share=recipe.eval_share, rows=total)
    if is_stratified(recipe):
        rows = set_aside(table[recipe.label], recipe.eval_share, recipe.split_seed)
        if not rows:
            raise DataError("recipes.labels-of-one-row", column=recipe.label)
        return table.select(sorted(set(range(total)) - set(rows))), table.select(rows), "set-aside-by-label"
    parts = table.train_test_split(test_size=recipe.eval_share, seed=recipe.split_seed)
    return parts["train"], parts["test"], "set-aside-at-random"


def is_stratified(recipe: Recipe) -> bool:
    """Whether labels have their share of what is set aside."""
    return recipe.stratify and task_of(recipe).is_stratified


def set_aside(labels: list[object], share: float, seed: int) -> list[int]:
    """Rows to evaluate on: each label's share of them, to within a row. The only row of a label stays where it is."""
    import numpy

    names = numpy.array([str(label) for label in labels])
    _, ids, counts = numpy.unique(names, return_inverse=True, return_counts=True)
    rows = numpy.random.default_rng(seed).permutation(len(ids))
    rows = rows[numpy.argsort(ids[rows], kind="stable")]  # shuffled, then label after label
    rows = rows[counts[ids[rows]] > 1]
    wanted = min(math.ceil(len(ids) * share), len(rows))
    places = (numpy.arange(wanted) + 0.5) * len(rows) / max(1, wanted)  # evenly spread
    return [int(row) for row in numpy.sort(rows[places.astype(int)])]


def set_aside_source() -> str:
    """The function as Python, for a script that does the same."""
    return inspect.getsource(set_aside)


def repeated(train: Any, evaluation: Any, columns: list[str]) -> int:
    """How many rows to evaluate on have the very texts of a row to train on: their scores flatter."""
    wanted = [_key(row) for row in _texts(evaluation, columns)]
    left = set(wanted)
    seen = {key for row in _texts(train, columns) if (key := _key(row)) in left}
    return sum(key in seen for key in wanted)


def _texts(table: Any, columns: list[str]) -> Any:
    for batch in table.select_columns(columns).iter(1000):
        yield from zip(*(batch[name] for name in columns), strict=True)


def _key(row: tuple[Any, ...]) -> int:
    """A number for a row, so that no text is kept: among a million rows two share one with a chance of 3e-8."""
    return hash(str(row))
