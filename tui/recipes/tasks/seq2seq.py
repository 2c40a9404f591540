"""A text that the model writes for each text: summaries, translations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tui.recipes.recipe import Recipe
from tui.recipes.scoring import Scorer, Scores, script_loads
from tui.recipes.task import IGNORED, Batch, Task


class TextScorer(Scorer):
    """chrF of texts that the model writes. Predictions are token ids (rows, tokens)."""

    def __init__(self, recipe: Recipe, labels: list[str], table: Any, tokenizer: Any) -> None:
        super().__init__(recipe, labels, table, tokenizer)
        from tui.models import metric_modules

        self.metric = metric_modules.load("chrf")

    def add_batch(self, predictions: Any, references: Any) -> None:
        import numpy

        ids = numpy.where(predictions == IGNORED, self.tokenizer.pad_token_id, predictions)
        for text in self.tokenizer.batch_decode(ids, skip_special_tokens=True):
            truth = self.next_row()[self.recipe.target]
            self.metric.add(prediction=text, reference=[truth])
            self.keep(truth, text)

    def compute(self) -> Scores:
        return Scores({"chrf": float(self.metric.compute()["score"])}, [], self.take_rows())


class Seq2Seq(Task):
    name = "seq2seq"
    head, lora_type, pipeline = "Seq2SeqLM", "SEQ_2_SEQ_LM", "text2text-generation"
    metrics = ("chrf",)
    predicts_tokens = generates = True
    scorer = TextScorer

    def columns(self, recipe: Recipe) -> dict[str, str]:
        return {"text": recipe.text, "target": recipe.target}

    def encoder(
        self, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int]
    ) -> Callable[[Batch, list[int]], Mapping[str, Any]]:
        def encode(batch: Batch, numbers: list[int]) -> Mapping[str, Any]:
            tokens = tokenizer(
                batch[recipe.text], text_target=batch[recipe.target], truncation=True, max_length=recipe.max_length,
                return_token_type_ids=False,
            )  # fmt: skip
            return {**tokens, "row": numbers}

        return encode

    def collator(self, recipe: Recipe, tokenizer: Any, model: Any) -> Any:
        from transformers import DataCollatorForSeq2Seq

        return DataCollatorForSeq2Seq(tokenizer, model)

    def predict(self, recipe: Recipe, model: Any, batch: Any, output: Any, pad: Callable[[Any], Any]) -> Any:
        inputs = {name: batch[name] for name in ("input_ids", "attention_mask")}
        return pad(model.generate(**inputs, max_length=recipe.max_length)), pad(batch["labels"])

    # -- script ---------------------------------------------------------------------------------------------------

    script_collator = "collator = DataCollatorForSeq2Seq(tokenizer)"
    script_imports = (
        "transformers.DataCollatorForSeq2Seq", "transformers.Seq2SeqTrainer", "transformers.Seq2SeqTrainingArguments",
    )  # fmt: skip
    script_sets_padding = script_scores_texts = True
    script_scores = "**computed()"
    script_compute = ("    add(prediction.predictions)", "    return computed()")

    def script_features(self, recipe: Recipe) -> list[str]:
        return [
            "def features(batch):",
            f"    return tokenizer(batch[{recipe.text!r}], text_target=batch[{recipe.target!r}], truncation=True,",
            f"                     max_length={recipe.max_length}, return_token_type_ids=False)",
            "",
        ]

    def script_metrics(self, recipe: Recipe) -> list[str]:
        return [
            *script_loads("chrf"),
            "texts = []",
            "",
            "def add(written):",
            "    written[written == -100] = tokenizer.pad_token_id",
            "    texts.extend(tokenizer.batch_decode(written, skip_special_tokens=True))",
            "",
            "def computed():",
            f"    references = [[text] for text in measured[{recipe.target!r}]]",
            "    found = chrf.compute(predictions=texts, references=references)",
            "    texts.clear()",
            "    return {'chrf': found['score']}",
            "",
        ]

    def script_batch(self, recipe: Recipe) -> list[str]:
        return [
            "inputs = {name: batch[name] for name in ('input_ids', 'attention_mask')}",
            f"written = accelerator.unwrap_model(model).generate(**inputs, max_length={recipe.max_length})",
            "written = accelerator.pad_across_processes(written, dim=1, pad_index=-100)",
            "add(accelerator.gather_for_metrics(written))",
        ]


TASK = Seq2Seq()
