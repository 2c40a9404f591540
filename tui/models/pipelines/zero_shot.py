"""Zero-shot classification without a language-inference model: cosines of sentence embeddings.

The library's pipeline asks a model trained on entailment whether "This example is {label}." follows from the text. No
such model is small enough to ship. This stand-in embeds the text and the labels with the backbone, which was trained to
put sentences of like meaning side by side, and compares.
"""

from __future__ import annotations

from typing import Any

from transformers.pipelines.base import Pipeline

SHARPNESS = 20.0
"""The cosines lie close together; times this, their softmax reads as shares. The order does not depend on it."""


class EmbeddingZeroShot(Pipeline):
    """Answers as the library's own does: {"sequence", "labels", "scores"}, best label first."""

    def __call__(self, *given: Any, **options: Any) -> Any:
        """A text and its labels are a batch already, so that `batch_size` joins nothing."""
        return super().__call__(*given, **{**options, "batch_size": 1})

    def _sanitize_parameters(
        self, candidate_labels: list[str] | None = None, hypothesis_template: str | None = None
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        before: dict[str, Any] = {}
        if candidate_labels is not None:
            before["candidate_labels"] = candidate_labels
        if hypothesis_template is not None:
            before["hypothesis_template"] = hypothesis_template
        return before, {}, {}

    def preprocess(self, text: str, candidate_labels: list[str], hypothesis_template: str = "{}") -> dict[str, Any]:
        texts = [text, *(hypothesis_template.format(label) for label in candidate_labels)]
        batch = self.tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
        return {**batch, "sequence": text, "labels": candidate_labels}

    def _forward(self, inputs: dict[str, Any]) -> dict[str, Any]:
        sequence, labels = inputs.pop("sequence"), inputs.pop("labels")
        hidden = self.model(**inputs).last_hidden_state
        mask = inputs["attention_mask"][:, :, None].to(hidden.dtype)
        return {"embeddings": (hidden * mask).sum(1) / mask.sum(1), "sequence": sequence, "labels": labels}

    def postprocess(self, outputs: dict[str, Any]) -> dict[str, Any]:
        import torch

        text, labels = outputs["embeddings"][:1], outputs["embeddings"][1:]
        scores = (SHARPNESS * torch.nn.functional.cosine_similarity(text, labels)).softmax(-1).tolist()
        order = sorted(range(len(scores)), key=lambda i: -scores[i])
        return {
            "sequence": outputs["sequence"],
            "labels": [outputs["labels"][i] for i in order],
            "scores": [scores[i] for i in order],
        }
