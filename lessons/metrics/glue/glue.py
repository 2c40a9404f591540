"""GLUE: the scores by which each task of the benchmark is judged, by the name of its configuration.

mrpc, qqp: accuracy and f1, 0 to 1, class 1 is the positive one. cola: matthews_correlation, -1 to 1. stsb: pearson and
spearmanr, -1 to 1. The others: accuracy. Computed by scikit-learn and scipy. Takes the configurations and gives the keys
of Hugging Face's module of this name. Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from scipy.stats import pearsonr
from scipy.stats import spearmanr
from sklearn.metrics import accuracy_score
from sklearn.metrics import f1_score
from sklearn.metrics import matthews_corrcoef

CONFIGURATIONS = (
    "sst2", "mnli", "mnli_mismatched", "mnli_matched", "cola", "stsb", "mrpc", "qqp", "qnli", "rte", "wnli", "hans",
)


class Glue(evaluate.Metric):
    """The scores of one GLUE task."""

    def _info(self):
        if self.config_name not in CONFIGURATIONS:
            raise KeyError(f"Give the name of a GLUE task as the configuration, one of: {', '.join(CONFIGURATIONS)}")
        value = datasets.Value("float32" if self.config_name == "stsb" else "int64")
        return evaluate.MetricInfo(
            description="The scores by which a task of GLUE is judged.",
            citation="",
            inputs_description="predictions, references: class ids; stsb: similarities from 0 to 5.",
            features=datasets.Features({"predictions": value, "references": value}),
            reference_urls=["https://gluebenchmark.com/tasks"],
            license="Apache-2.0",
            format="numpy",
        )

    def _compute(self, predictions, references):
        if self.config_name == "cola":
            return {"matthews_correlation": float(matthews_corrcoef(references, predictions))}
        if self.config_name == "stsb":
            pearson, spearman = pearsonr(predictions, references), spearmanr(predictions, references)
            return {"pearson": float(pearson[0]), "spearmanr": float(spearman[0])}
        scores = {"accuracy": float(accuracy_score(references, predictions))}
        if self.config_name in ("mrpc", "qqp"):
            scores["f1"] = float(f1_score(references, predictions))
        return scores
