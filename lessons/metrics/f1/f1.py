"""F1: the harmonic mean of precision and recall, 0 to 1.

With average=None one number for each class; "binary" that of pos_label; "macro", "micro", "weighted" averages over classes.
Computed by scikit-learn's f1_score. Takes the arguments and gives the key of Hugging Face's module of this name.
Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from sklearn.metrics import f1_score


class F1(evaluate.Metric):
    """Harmonic mean of precision and recall."""

    def _info(self):
        value = datasets.Value("int32")
        feature = datasets.Sequence(value) if self.config_name == "multilabel" else value
        return evaluate.MetricInfo(
            description="The harmonic mean of precision and recall.",
            citation="",
            inputs_description="predictions, references: class ids. average: binary, micro, macro, weighted or None.",
            features=datasets.Features({"predictions": feature, "references": feature}),
            reference_urls=["https://scikit-learn.org/stable/modules/generated/sklearn.metrics.f1_score.html"],
            license="Apache-2.0",
        )

    def _compute(self, predictions, references, labels=None, pos_label=1, average="binary", sample_weight=None):
        score = f1_score(
            references, predictions, labels=labels, pos_label=pos_label, average=average, sample_weight=sample_weight
        )
        return {"f1": score if getattr(score, "size", 1) > 1 else float(score)}
