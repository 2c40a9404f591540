"""Any number of labels for each text, each decided by itself: topics of an article, what a comment does wrong.

The label column has lists of labels; or `label` names several columns of 0 and 1, with commas between.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.errors import DataError, phrase
from tui.recipes.labeled_texts import LabeledTexts
from tui.recipes.recipe import Recipe
from tui.recipes.scoring import Scorer, Scores
from tui.recipes.task import Batch, Refusals


class LabelScorer(Scorer):
    """F1 of all decisions (micro), the mean of the F1 of each label (macro), the share of rows with no decision wrong.

    Predictions are logits (rows, labels); one above 0 is a probability above 0.5.
    """

    def __init__(self, recipe: Recipe, labels: list[str], table: Any, tokenizer: Any) -> None:
        super().__init__(recipe, labels, table, tokenizer)
        self._decisions: list[tuple[list[bool], list[bool]]] = []

    def add_batch(self, predictions: Any, references: Any) -> None:
        for truth, chosen in zip((references > 0.5).tolist(), (predictions > 0).tolist(), strict=True):
            self._decisions.append((truth, chosen))
            self.keep(self._names(truth), self._names(chosen))

    def _names(self, decisions: list[bool]) -> str:
        """Labels as a line for people."""
        return ", ".join(label for label, applies in zip(self.labels, decisions, strict=True) if applies) or "-"

    def compute(self) -> Scores:
        import numpy
        from sklearn.metrics import accuracy_score, f1_score

        truth, chosen = (numpy.array(side) for side in zip(*self._decisions, strict=True))
        self._decisions.clear()
        metrics = {f"f1_{average}": float(f1_score(truth, chosen, average=average, zero_division=0))
                   for average in ("micro", "macro")}  # fmt: skip
        return Scores({**metrics, "subset_accuracy": float(accuracy_score(truth, chosen))}, [], self.take_rows())


class MultiLabelClassification(LabeledTexts):
    name = "multi-label-classification"
    problem_type = "multi_label_classification"
    pipeline = "text-classification"
    metrics = ("f1_micro", "f1_macro", "subset_accuracy")
    has_label_lists = True
    scorer = LabelScorer

    def flatten(self, table: Any, recipe: Recipe) -> Any:
        """A column of lists, named as the recipe has it, of several columns of 0 and 1.

        Raises `DataError` for a value that is neither.
        """
        columns = _columns(recipe)
        if recipe.label in table.column_names or not set(columns) <= set(table.column_names):
            return table

        def gather(batch: Batch, numbers: list[int]) -> Batch:
            rows = list(zip(*(batch[column] for column in columns), strict=True))
            for number, row in zip(numbers, rows, strict=True):
                for column, value in zip(columns, row, strict=True):
                    if value not in (0, 1):
                        raise DataError("recipes.not-zero-or-one", row=number, column=column, value=f"{value!r:.60}")
            return {recipe.label: [[name for name, value in zip(columns, row, strict=True) if value] for row in rows]}

        return table.map(gather, batched=True, with_indices=True)

    def check_row(self, row: dict[str, Any], recipe: Recipe) -> Refusals:
        yield from super().check_row(row, recipe)
        value = row[recipe.label]
        if not isinstance(value, list):
            code = "recipes.row.labels-missing" if value is None else "recipes.row.not-labels"
            yield phrase(code, column=recipe.label, value=f"{value!r:.60}")
        elif any(not isinstance(label, str | int) for label in value):
            yield phrase("recipes.row.label-without-name", column=recipe.label)

    def target(self, value: Any, ids: Mapping[Any, int]) -> list[float]:
        """1.0 at the places of its labels, else 0.0: the loss takes floats."""
        places = {ids[label] for label in value}
        return [float(place in places) for place in range(max(ids.values()) + 1)]

    def card_lines(self, labels: Mapping[str, int]) -> list[str]:
        return ["A label is predicted where its probability is above 0.5."]

    # -- script ---------------------------------------------------------------------------------------------------

    script_imports = (
        "transformers.DataCollatorWithPadding", "sklearn.metrics.accuracy_score", "sklearn.metrics.f1_score",
    )  # fmt: skip
    script_scores = "**computed()"
    script_target = (
        "[[float(place in {{ids[tag] for tag in tags}}) for place in range(len(labels))] for tags in batch[{label}]]"
    )
    script_compute = ("    add(prediction.predictions, prediction.label_ids)", "    return computed()")

    def script_rows(self, recipe: Recipe) -> list[str]:
        columns = _columns(recipe)
        if len(columns) < 2:
            return []
        both = "train, evaluation" if recipe.eval_split else "train,"
        return [
            "",
            "def gathered(batch):  # columns of 0 and 1 become lists of labels",
            f"    names = {columns}",
            "    rows = zip(*(batch[name] for name in names))",
            f"    return {{{recipe.label!r}: [[name for name, value in zip(names, row) if value] for row in rows]}}",
            "",
            f"if {recipe.label!r} not in train.column_names:",
            f"    {both} = (table.map(gathered, batched=True) for table in ({both}))",
        ]

    def script_metrics(self, recipe: Recipe) -> list[str]:
        return [
            "chosen, truth = [], []",
            "",
            "def add(logits, references):  # a logit above 0 is a probability above 0.5",
            "    chosen.extend((logits > 0).tolist())",
            "    truth.extend((references > 0.5).tolist())",
            "",
            "def computed():",
            "    found = {f'f1_{average}': f1_score(truth, chosen, average=average, zero_division=0)",
            "             for average in ('micro', 'macro')}",
            "    found['subset_accuracy'] = accuracy_score(truth, chosen)",
            "    chosen.clear(), truth.clear()",
            "    return found",
            "",
        ]

    def script_batch(self, recipe: Recipe) -> list[str]:
        return ["add(*accelerator.gather_for_metrics((output.logits, batch['labels'])))"]


def _columns(recipe: Recipe) -> list[str]:
    """The columns that a recipe names as its label."""
    return [name.strip() for name in recipe.label.split(",")]


TASK = MultiLabelClassification()
