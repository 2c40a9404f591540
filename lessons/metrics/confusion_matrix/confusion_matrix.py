"""Confusion matrix: how many rows of each class (the matrix's rows) were predicted as each class (its columns).

Counts of rows; with normalize="true", "pred" or "all" shares of a row, of a column or of everything.
Computed by scikit-learn's confusion_matrix. Takes the arguments and gives the key of Hugging Face's module of this name.
Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from sklearn.metrics import confusion_matrix


class ConfusionMatrix(evaluate.Metric):
    """Counts of true class by predicted class."""

    def _info(self):
        value = datasets.Value("int32")
        feature = datasets.Sequence(value) if self.config_name == "multilabel" else value
        return evaluate.MetricInfo(
            description="How many rows of each class were predicted as each class.",
            citation="",
            inputs_description="predictions, references: class ids. labels: classes in order. normalize: true, pred, all or None.",
            features=datasets.Features({"predictions": feature, "references": feature}),
            reference_urls=["https://scikit-learn.org/stable/modules/generated/sklearn.metrics.confusion_matrix.html"],
            license="Apache-2.0",
        )

    def _compute(self, predictions, references, labels=None, sample_weight=None, normalize=None):
        matrix = confusion_matrix(
            references, predictions, labels=labels, sample_weight=sample_weight, normalize=normalize
        )
        return {"confusion_matrix": matrix}
