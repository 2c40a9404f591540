"""SQuAD: exact_match and f1 of answers to questions, both in per cent, 0 to 100.

Case, punctuation, the articles a, an and the, and extra spaces do not count; of several right answers the best one does.
f1 is over the words that answer and reference have in common. Computed by torchmetrics, in 32-bit numbers. Takes the
arguments and gives the keys of Hugging Face's module of this name; unlike there, an empty answer to a question whose
reference is empty has an f1 of 100. Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from torchmetrics.functional.text import squad


class Squad(evaluate.Metric):
    """Exact match and F1 of answers."""

    def _info(self):
        text = datasets.Value("string")
        answers = datasets.Sequence({"text": text, "answer_start": datasets.Value("int32")})
        return evaluate.MetricInfo(
            description="How well answers match the references of SQuAD.",
            citation="",
            inputs_description="predictions: id and prediction_text. references: id and answers, which hold text and answer_start.",
            features=datasets.Features(
                {"predictions": {"id": text, "prediction_text": text}, "references": {"id": text, "answers": answers}}
            ),
            reference_urls=["https://rajpurkar.github.io/SQuAD-explorer/"],
            license="Apache-2.0",
        )

    def _compute(self, predictions, references):
        scores = squad(predictions, references)
        return {"exact_match": float(scores["exact_match"]), "f1": float(scores["f1"])}
