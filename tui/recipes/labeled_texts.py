"""Texts, or pairs of texts, with labels of the whole: what the tasks of classifying them have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from tui.recipes.recipe import Recipe
from tui.recipes.task import Batch, Task


class LabeledTexts(Task):
    """A head with a number for each label."""

    head, lora_type = "SequenceClassification", "SEQ_CLS"
    has_labels = True
    script_target: ClassVar[str]
    """A list of what `target` gives for a batch, as an expression that knows `{label}`."""

    def columns(self, recipe: Recipe) -> dict[str, str]:
        pair = {"pair": recipe.pair} if recipe.pair else {}
        return {"text": recipe.text, **pair, "label": recipe.label}

    def target(self, value: Any, ids: Mapping[Any, int]) -> Any:
        """What the model is to predict for a value of the label column."""
        raise NotImplementedError

    def encoder(
        self, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int]
    ) -> Callable[[Batch, list[int]], Mapping[str, Any]]:
        def encode(batch: Batch, numbers: list[int]) -> Mapping[str, Any]:
            pairs = batch[recipe.pair] if recipe.pair else None
            tokens = tokenizer(batch[recipe.text], pairs, truncation=True, max_length=recipe.max_length)
            return {**tokens, "labels": [self.target(value, ids) for value in batch[recipe.label]], "row": numbers}

        return encode

    def script_features(self, recipe: Recipe) -> list[str]:
        texts = f"batch[{recipe.text!r}]" + (f", batch[{recipe.pair!r}]" if recipe.pair else "")
        return [
            "def features(batch):",
            f"    made = tokenizer({texts}, truncation=True, max_length={recipe.max_length})",
            f"    return {{**made, 'labels': {self.script_target.format(label=repr(recipe.label))}}}",
            "",
        ]
