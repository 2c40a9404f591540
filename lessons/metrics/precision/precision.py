"""Precision: of the rows predicted as a class, the share that are of it, 0 to 1.

With average=None one number for each class; "binary" that of pos_label; "macro", "micro", "weighted" averages over classes.
Computed by scikit-learn's precision_score. Takes the arguments and gives the key of Hugging Face's module of this name.
Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from sklearn.metrics import precision_score


class Precision(evaluate.Metric):
    """Of the rows predicted as a class, the share that are of it."""

    def _info(self):
        value = datasets.Value("int32")
        feature = datasets.Sequence(value) if self.config_name == "multilabel" else value
        return evaluate.MetricInfo(
            description="Of the rows predicted as a class, the share that are of it.",
            citation="",
            inputs_description="predictions, references: class ids. zero_division: the score of a class that was never predicted.",
            features=datasets.Features({"predictions": feature, "references": feature}),
            reference_urls=["https://scikit-learn.org/stable/modules/generated/sklearn.metrics.precision_score.html"],
            license="Apache-2.0",
        )

    def _compute(
        self,
        predictions,
        references,
        labels=None,
        pos_label=1,
        average="binary",
        sample_weight=None,
        zero_division="warn",
    ):
        score = precision_score(
            references,
            predictions,
            labels=labels,
            pos_label=pos_label,
            average=average,
            sample_weight=sample_weight,
            zero_division=zero_division,
        )
        return {"precision": score if getattr(score, "size", 1) > 1 else float(score)}
