"""How good a model is on the evaluation rows: metrics, and what was predicted for each row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tui import paths
from tui.recipes.recipe import Recipe

KEPT = 20_000
"""Rows whose predictions are kept."""


@dataclass(slots=True)
class Scores:
    """What was measured."""

    metrics: dict[str, float]
    confusion: list[list[int]] = field(default_factory=list)
    """Rows by their label (down) and what was predicted (across); for classification."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """`row`, `truth`, `prediction`, and `score` where there is one."""


class Scorer:
    """Measures one evaluation after the other.

    Predictions and references come in batches, in the order of the rows, on the host; each task has a shape of its own.
    """

    def __init__(self, recipe: Recipe, labels: list[str], table: Any, tokenizer: Any) -> None:
        self.recipe, self.labels, self.table, self.tokenizer = recipe, labels, table, tokenizer
        self._rows: list[dict[str, Any]] = []

    def add_batch(self, predictions: Any, references: Any) -> None:
        """The next rows."""
        raise NotImplementedError

    def compute(self) -> Scores:
        """The scores of all rows since the last time."""
        raise NotImplementedError

    @property
    def next_number(self) -> int:
        """The number of the row whose prediction is added next."""
        return len(self._rows)

    def next_row(self) -> dict[str, Any]:
        """That row of the data."""
        row: dict[str, Any] = self.table[self.next_number]
        return row

    def keep(self, truth: Any, prediction: Any, score: float | None = None) -> None:
        """Add a prediction to those that are shown row by row."""
        row = {"row": self.next_number, "truth": truth, "prediction": prediction}
        self._rows.append(row if score is None else {**row, "score": round(score, 4)})

    def take_rows(self) -> list[dict[str, Any]]:
        """The predictions since the last time."""
        rows, self._rows = self._rows, []
        return rows[:KEPT]


def majority(labels: Mapping[str, int]) -> float | None:
    """The share of the most frequent label: what a model reaches that always says the same."""
    return max(labels.values()) / sum(labels.values()) if labels and sum(labels.values()) else None


def script_loads(*metrics: str) -> list[str]:
    """The lines of a script that load metric modules."""
    return [f"{name} = evaluate.load({str(paths.lessons_dir() / 'metrics' / name)!r})" for name in metrics]
