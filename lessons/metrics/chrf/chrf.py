"""chrF: how far translations and references share runs of characters (chrF++: and of words), 0 to 100.

word_order=0 is chrF, word_order=2 is chrF++. Computed by sacrebleu over the whole corpus. Takes the arguments and gives the
keys of Hugging Face's module of this name. Part of Headnotes, Apache-2.0.
"""

import datasets
import evaluate
from sacrebleu.metrics import CHRF


class ChrF(evaluate.Metric):
    """F-score of character n-grams."""

    def _info(self):
        text = datasets.Value("string")
        return evaluate.MetricInfo(
            description="F-score of character n-grams over a corpus.",
            citation="",
            inputs_description="predictions: a text each. references: for each of them a text, or a list of texts, as many for all.",
            features=[
                datasets.Features({"predictions": text, "references": datasets.Sequence(text)}),
                datasets.Features({"predictions": text, "references": text}),
            ],
            reference_urls=["https://github.com/mjpost/sacrebleu"],
            license="Apache-2.0",
        )

    def _compute(
        self,
        predictions,
        references,
        char_order=CHRF.CHAR_ORDER,
        word_order=CHRF.WORD_ORDER,
        beta=CHRF.BETA,
        lowercase=False,
        whitespace=False,
        eps_smoothing=False,
    ):
        listed = [[one] if isinstance(one, str) else one for one in references]
        each = len(listed[0])
        if any(len(one) != each for one in listed):
            raise ValueError("chrF needs the same number of references for each prediction")
        streams = [[one[place] for one in listed] for place in range(each)]
        score = CHRF(char_order, word_order, beta, lowercase, whitespace, eps_smoothing)
        found = score.corpus_score(predictions, streams)
        return {
            "score": found.score,
            "char_order": found.char_order,
            "word_order": found.word_order,
            "beta": found.beta,
        }
