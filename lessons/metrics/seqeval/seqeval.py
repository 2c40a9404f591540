"""seqeval: precision, recall and F1 of whole entities in tagged sentences, 0 to 1; accuracy of single tags.

An entity counts as found only when its type, its first word and its last word are right. `number` counts the entities of a
type in the references. Computed by the library seqeval. Takes the arguments and gives the keys of Hugging Face's module of
this name. Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
import seqeval.scheme
from seqeval.metrics import accuracy_score
from seqeval.metrics import classification_report

SCHEMES = ("IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU")


class Seqeval(evaluate.Metric):
    """Scores of entities in lists of tags such as B-PER, I-PER, O."""

    def _info(self):
        tags = datasets.Sequence(datasets.Value("string"))
        return evaluate.MetricInfo(
            description="Precision, recall and F1 of whole entities.",
            citation="",
            inputs_description="predictions, references: a list of tags for each sentence. scheme with mode='strict': IOB2 and others.",
            features=datasets.Features({"predictions": tags, "references": tags}),
            reference_urls=["https://github.com/chakki-works/seqeval"],
            license="Apache-2.0",
        )

    def _compute(
        self,
        predictions,
        references,
        suffix=False,
        scheme=None,
        mode=None,
        sample_weight=None,
        zero_division="warn",
    ):
        if scheme is not None:
            if scheme not in SCHEMES:
                raise ValueError(f"Scheme should be one of [{', '.join(SCHEMES)}], got {scheme}")
            scheme = getattr(seqeval.scheme, scheme)
        report = classification_report(
            y_true=references,
            y_pred=predictions,
            suffix=suffix,
            output_dict=True,
            scheme=scheme,
            mode=mode,
            sample_weight=sample_weight,
            zero_division=zero_division,
        )
        overall = report.pop("micro avg")
        report.pop("macro avg")
        report.pop("weighted avg")
        scores = {
            kind: {
                "precision": float(one["precision"]),
                "recall": float(one["recall"]),
                "f1": float(one["f1-score"]),
                "number": int(one["support"]),
            }
            for kind, one in report.items()
        }
        scores["overall_precision"] = float(overall["precision"])
        scores["overall_recall"] = float(overall["recall"])
        scores["overall_f1"] = float(overall["f1-score"])
        scores["overall_accuracy"] = float(accuracy_score(y_true=references, y_pred=predictions))
        return scores
