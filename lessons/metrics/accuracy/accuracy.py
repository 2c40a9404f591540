"""Accuracy: the share of predictions that equal their reference, 0 to 1; with normalize=False a count of rows.

Computed by scikit-learn's accuracy_score. Takes the arguments and gives the key of Hugging Face's module of this name.
Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from sklearn.metrics import accuracy_score


class Accuracy(evaluate.Metric):
    """Share of rows that are right."""

    def _info(self):
        value = datasets.Value("int32")
        feature = datasets.Sequence(value) if self.config_name == "multilabel" else value
        return evaluate.MetricInfo(
            description="The share of predictions that equal their reference.",
            citation="",
            inputs_description="predictions, references: class ids. normalize=False counts rows. sample_weight: weights of the rows.",
            features=datasets.Features({"predictions": feature, "references": feature}),
            reference_urls=["https://scikit-learn.org/stable/modules/generated/sklearn.metrics.accuracy_score.html"],
            license="Apache-2.0",
        )

    def _compute(self, predictions, references, normalize=True, sample_weight=None):
        score = accuracy_score(references, predictions, normalize=normalize, sample_weight=sample_weight)
        return {"accuracy": float(score)}
