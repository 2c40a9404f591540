"""One label for each text, or each pair of texts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from tui.errors import phrase
from tui.recipes.labeled_texts import LabeledTexts
from tui.recipes.recipe import Recipe
from tui.recipes.scoring import Scorer, Scores, majority, script_loads
from tui.recipes.task import Refusals


class ClassScorer(Scorer):
    """Accuracy and F1 (of class 1 when there are two, else the mean over the classes), and who was taken for whom.

    Predictions are logits (rows, classes).
    """

    def __init__(self, recipe: Recipe, labels: list[str], table: Any, tokenizer: Any) -> None:
        super().__init__(recipe, labels, table, tokenizer)
        from tui.models import metric_modules

        self.accuracy, self.f1 = metric_modules.load("accuracy"), metric_modules.load("f1")
        self.confusion: Counter[tuple[int, int]] = Counter()

    def add_batch(self, predictions: Any, references: Any) -> None:
        import numpy

        logits = numpy.asarray(predictions, dtype=numpy.float64)
        shares = numpy.exp(logits - logits.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        chosen, truth = logits.argmax(-1), numpy.asarray(references)
        self.accuracy.add_batch(predictions=chosen, references=truth)
        self.f1.add_batch(predictions=chosen, references=truth)
        for share, prediction, label in zip(shares, chosen.tolist(), truth.tolist(), strict=True):
            self.confusion[label, prediction] += 1
            self.keep(self.labels[label], self.labels[prediction], float(share[prediction]))

    def compute(self) -> Scores:
        average = "binary" if len(self.labels) == 2 else "macro"
        metrics = {**self.accuracy.compute(), **self.f1.compute(average=average)}
        classes = range(len(self.labels))
        counts = [[self.confusion[label, prediction] for prediction in classes] for label in classes]
        self.confusion.clear()
        return Scores({name: float(value) for name, value in metrics.items()}, counts, self.take_rows())


class TextClassification(LabeledTexts):
    name = "text-classification"
    pipeline = "text-classification"
    metrics = ("accuracy", "f1")
    is_stratified = True
    scorer = ClassScorer

    def check_row(self, row: dict[str, Any], recipe: Recipe) -> Refusals:
        yield from super().check_row(row, recipe)
        value = row[recipe.label]
        if value is None:
            yield phrase("recipes.row.label-missing", column=recipe.label)
        elif isinstance(value, list | dict):
            yield phrase("recipes.row.several-labels", column=recipe.label, value=f"{value!r:.60}", task=self.name)
        elif isinstance(value, float) and not value.is_integer():
            yield phrase("recipes.row.fraction", column=recipe.label, value=repr(value))
        elif not isinstance(value, str | int | float):
            yield phrase("recipes.row.not-a-label", column=recipe.label, value=f"{value!r:.60}")

    def baseline(self, labels: Mapping[str, int]) -> float | None:
        return majority(labels)

    def target(self, value: Any, ids: Mapping[Any, int]) -> int:
        return ids[value]

    def main_metric(self, labels: list[str]) -> str:
        return "accuracy" if len(labels) > 2 else "f1"

    def card_lines(self, labels: Mapping[str, int]) -> list[str]:
        if (share := self.baseline(labels)) is None:
            return []
        return [f"Always the most frequent label would have an accuracy of about {share:.3f}."]

    # -- script ---------------------------------------------------------------------------------------------------

    script_scores = "**accuracy.compute(), **f1.compute(average=average)"
    script_target = "[ids[tag] for tag in batch[{label}]]"
    script_compute = (
        "    chosen = prediction.predictions.argmax(-1)",
        "    return {**accuracy.compute(predictions=chosen, references=prediction.label_ids),",
        "            **f1.compute(predictions=chosen, references=prediction.label_ids, average=average)}",
    )

    def script_metrics(self, recipe: Recipe) -> list[str]:
        return [*script_loads("accuracy", "f1"), "average = 'binary' if len(labels) == 2 else 'macro'"]

    def script_main_metric(self, recipe: Recipe) -> str:
        return repr(recipe.best_metric) if recipe.best_metric else "'f1' if len(labels) == 2 else 'accuracy'"

    def script_batch(self, recipe: Recipe) -> list[str]:
        return [
            "chosen, truth = accelerator.gather_for_metrics((output.logits.argmax(-1), batch['labels']))",
            "accuracy.add_batch(predictions=chosen, references=truth)",
            "f1.add_batch(predictions=chosen, references=truth)",
        ]


TASK = TextClassification()
