"""A tag for each word: names, places, parts of speech."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tui.errors import ResultWarning, phrase, warning
from tui.recipes.recipe import Recipe
from tui.recipes.scoring import Scorer, Scores, script_loads
from tui.recipes.task import IGNORED, Batch, Refusals, Task

OUTSIDE = "O"
"""The tag of a word that belongs to no entity."""


class TagScorer(Scorer):
    """Precision, recall and F1 of whole entities. Predictions are tag ids (rows, tokens)."""

    def __init__(self, recipe: Recipe, labels: list[str], table: Any, tokenizer: Any) -> None:
        super().__init__(recipe, labels, table, tokenizer)
        from tui.models import metric_modules

        self.metric = metric_modules.load("seqeval")

    def add_batch(self, predictions: Any, references: Any) -> None:
        for guesses, tags in zip(predictions.tolist(), references.tolist(), strict=True):
            pairs = [(self.labels[guess], self.labels[tag])
                     for guess, tag in zip(guesses, tags, strict=True) if tag != IGNORED]  # fmt: skip
            prediction, truth = [guess for guess, _ in pairs], [tag for _, tag in pairs]
            self.metric.add(prediction=prediction, reference=truth)
            words = self.next_row()[self.recipe.text]
            self.keep(_entities(words, truth), _entities(words, prediction))

    def compute(self) -> Scores:
        result = self.metric.compute()
        return Scores({name: float(result[f"overall_{name}"]) for name in TASK.metrics}, [], self.take_rows())


class TokenClassification(Task):
    name = "token-classification"
    head, lora_type, pipeline = "TokenClassification", "TOKEN_CLS", "token-classification"
    metrics = ("precision", "recall", "f1", "accuracy")
    has_labels = has_label_lists = needs_offsets = True
    scorer = TagScorer

    def columns(self, recipe: Recipe) -> dict[str, str]:
        return {"text": recipe.text, "label": recipe.label}

    def check_row(self, row: dict[str, Any], recipe: Recipe) -> Refusals:
        words, tags = row[recipe.text], row[recipe.label]
        for name, value in ((recipe.text, words), (recipe.label, tags)):
            if not isinstance(value, list):
                code = "recipes.row.list-missing" if value is None else "recipes.row.not-a-list"
                yield phrase(code, column=name, value=f"{value!r:.60}")
        if isinstance(words, list) and isinstance(tags, list):
            if len(words) != len(tags):
                counts = {"words": len(words), "tags": len(tags)}
                yield phrase("recipes.row.words-and-tags", text=recipe.text, label=recipe.label, **counts)
            if any(not isinstance(word, str) for word in words):
                yield phrase("recipes.row.not-words", column=recipe.text)
            if any(not isinstance(tag, str | int) for tag in tags):
                yield phrase("recipes.row.not-tags", column=recipe.label)

    def label_warning(self, labels: Mapping[str, int]) -> ResultWarning | None:
        if not labels or OUTSIDE in labels:
            return None
        return warning("recipes.warning.no-outside-tag")

    def texts(self, row: Mapping[str, Any], recipe: Recipe) -> list[str]:
        return [" ".join(row[recipe.text])]

    def token_ids(self, table: Any, recipe: Recipe, tokenizer: Any) -> list[list[int]]:
        rows = [words or [""] for words in table[recipe.text]]
        ids: list[list[int]] = tokenizer(rows, is_split_into_words=True)["input_ids"]
        return ids

    def encoder(
        self, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int]
    ) -> Callable[[Batch, list[int]], Mapping[str, Any]]:
        def encode(batch: Batch, numbers: list[int]) -> Mapping[str, Any]:
            tokens = tokenizer(
                batch[recipe.text], is_split_into_words=True, truncation=True, max_length=recipe.max_length
            )
            labels = []
            for place, tags in enumerate(batch[recipe.label]):
                owners = tokens.word_ids(place)
                labels.append(
                    [IGNORED if word is None or (at and owners[at - 1] == word) else ids[tags[word]]
                     for at, word in enumerate(owners)]
                )  # fmt: skip
            return {**tokens, "labels": labels, "row": numbers}

        return encode

    def collator(self, recipe: Recipe, tokenizer: Any, model: Any) -> Any:
        from transformers import DataCollatorForTokenClassification

        return DataCollatorForTokenClassification(tokenizer)

    def main_metric(self, labels: list[str]) -> str:
        return "f1"

    def reduce(self, logits: Any, labels: Any) -> Any:
        return logits.argmax(-1)

    def predict(self, recipe: Recipe, model: Any, batch: Any, output: Any, pad: Callable[[Any], Any]) -> Any:
        return pad(output.logits.argmax(-1)), pad(batch["labels"])

    # -- script ---------------------------------------------------------------------------------------------------

    script_collator = "collator = DataCollatorForTokenClassification(tokenizer)"
    script_imports = ("transformers.DataCollatorForTokenClassification",)
    script_scores = "**computed()"
    script_compute = ("    add(prediction.predictions.argmax(-1), prediction.label_ids)", "    return computed()")

    def script_features(self, recipe: Recipe) -> list[str]:
        return [
            "def features(batch):",
            f"    made = tokenizer(batch[{recipe.text!r}], is_split_into_words=True, truncation=True,",
            f"                     max_length={recipe.max_length})",
            "    labels = []",
            f"    for place, tags in enumerate(batch[{recipe.label!r}]):",
            "        words = made.word_ids(place)  # the first token of a word has its tag, all others are not counted",
            "        firsts = [word is not None and word not in words[:at] for at, word in enumerate(words)]",
            "        labels.append([ids[tags[word]] if first else -100 for word, first in zip(words, firsts)])",
            "    return {**made, 'labels': labels}",
            "",
        ]

    def script_metrics(self, recipe: Recipe) -> list[str]:
        return [
            *script_loads("seqeval"),
            "",
            "def add(chosen, truth):",
            "    for guesses, tags in zip(chosen.tolist(), truth.tolist()):",
            "        pairs = [(labels[guess], labels[tag]) for guess, tag in zip(guesses, tags) if tag != -100]",
            "        seqeval.add(prediction=[guess for guess, _ in pairs], reference=[tag for _, tag in pairs])",
            "",
            "def computed():",
            "    found = seqeval.compute()",
            "    return {name: found[f'overall_{name}'] for name in ('precision', 'recall', 'f1', 'accuracy')}",
            "",
        ]

    def script_batch(self, recipe: Recipe) -> list[str]:
        return [
            "both = output.logits.argmax(-1), batch['labels']",
            "both = [accelerator.pad_across_processes(part, dim=1, pad_index=-100) for part in both]",
            "add(*accelerator.gather_for_metrics(both))",
        ]


def _entities(words: list[str], tags: list[str]) -> str:
    """Entities as a line for people: `Amina Diallo PER, Dakar LOC`."""
    entities: list[tuple[str, list[str]]] = []
    for word, tag in zip(words, tags, strict=False):
        if tag.startswith("I-") and entities and entities[-1][0] == tag[2:] and entities[-1][1]:
            entities[-1][1].append(word)
        elif tag != OUTSIDE:
            entities.append((tag[2:] or tag, [word]))
        elif entities:
            entities.append(("", []))
    return ", ".join(f"{' '.join(parts)} {kind}" for kind, parts in entities if parts) or "-"


TASK = TokenClassification()
