"""From rows to what a model is given: token ids and labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.recipes.recipe import Recipe
from tui.recipes.rows import Rows, label_ids
from tui.recipes.task import task_of


@dataclass(slots=True)
class Features:
    """The two tables of a run as token ids, each row with its number in `row`."""

    train: Any
    evaluation: Any | None


def make(rows: Rows, recipe: Recipe, tokenizer: Any) -> Features:
    """Tokenize both tables, whose rows are checked. Raises `DataError` for texts that fill no block."""
    task, ids = task_of(recipe), label_ids(rows, recipe) if rows.labels else {}
    train = task.features(rows.train, recipe, tokenizer, ids)
    if rows.evaluation is None:
        return Features(train, None)
    return Features(train, task.features(rows.evaluation, recipe, tokenizer, ids, evaluates=True))
