"""How good a model is on the rows to measure on: evaluate's metrics, and what was predicted for each row.

Predictions and references come in batches, in the order of the rows, on the host. What they are depends on the task:
logits (rows, classes); tag ids (rows, tokens); start and end logits, two of (rows, tokens); token ids (rows, tokens).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tui.recipes import best
from tui.recipes.features import IGNORED
from tui.recipes.recipe import Recipe
from tui.recipes.rows import Rows

KEPT = 20_000
"""Rows whose predictions are kept."""
LONGEST_ANSWER = 30
"""Tokens of an answer."""


@dataclass(slots=True)
class Scores:
    """What was measured."""

    metrics: dict[str, float]
    confusion: list[list[int]] = field(default_factory=list)
    """Rows by their label (down) and what was predicted (across); for classification."""
    rows: list[dict[str, Any]] = field(default_factory=list)
    """`row`, `truth`, `prediction`, and `score` where there is one."""


def main_metric(recipe: Recipe, labels: list[str]) -> str:
    """The metric that says which of two models is better."""
    match recipe.task:
        case "text-classification":
            return "accuracy" if len(labels) > 2 else "f1"
        case "token-classification" | "question-answering":
            return "f1"
        case "seq2seq":
            return "chrf"
    return "perplexity"


def is_greater_better(recipe: Recipe, metric: str) -> bool:
    """Whether high values of the metric are good."""
    return best.greater_is_better(metric) if recipe.best_direction == "auto" else recipe.best_direction == "max"


def scorer(recipe: Recipe, rows: Rows, tokenizer: Any) -> Scorer | None:
    """What measures the task; None for language models, whose measure is their loss."""
    if rows.evaluation is None or recipe.task in ("causal-lm", "masked-lm"):
        return None
    kind = {"text-classification": Classes, "token-classification": Tags, "question-answering": Spans,
            "seq2seq": Texts}[recipe.task]  # fmt: skip
    return kind(recipe, rows, tokenizer)


class Scorer:
    """Measures one evaluation after the other."""

    def __init__(self, recipe: Recipe, rows: Rows, tokenizer: Any) -> None:
        self.recipe, self.labels, self.tokenizer = recipe, rows.labels, tokenizer
        self.table: Any = rows.evaluation
        self._seen: list[dict[str, Any]] = []

    def reduced(self, logits: Any, labels: Any) -> Any:
        """What is kept of a batch's output on the device, before it is gathered."""
        return logits

    def add_batch(self, predictions: Any, references: Any) -> None:
        """The next rows."""
        raise NotImplementedError

    def compute(self) -> Scores:
        """The scores of all rows since the last time."""
        raise NotImplementedError

    def _keep(self, truth: Any, prediction: Any, score: float | None = None) -> None:
        kept = {"row": len(self._seen), "truth": truth, "prediction": prediction}
        self._seen.append(kept if score is None else {**kept, "score": round(score, 4)})

    def _rows(self) -> list[dict[str, Any]]:
        seen, self._seen = self._seen, []
        return seen[:KEPT]


class Classes(Scorer):
    """Accuracy and F1 (of class 1 when there are two, else the mean over the classes), and who was taken for whom."""

    def __init__(self, recipe: Recipe, rows: Rows, tokenizer: Any) -> None:
        super().__init__(recipe, rows, tokenizer)
        from tui.models import metric_modules

        self.accuracy, self.f1 = metric_modules.load("accuracy"), metric_modules.load("f1")
        self.confusion: Counter[tuple[int, int]] = Counter()

    def add_batch(self, predictions: Any, references: Any) -> None:
        import numpy

        logits = numpy.asarray(predictions, dtype=numpy.float64)
        shares = numpy.exp(logits - logits.max(-1, keepdims=True))
        shares /= shares.sum(-1, keepdims=True)
        chosen, truth = logits.argmax(-1), numpy.asarray(references)
        self.accuracy.add_batch(predictions=chosen, references=truth)
        self.f1.add_batch(predictions=chosen, references=truth)
        for share, one, other in zip(shares, chosen.tolist(), truth.tolist(), strict=True):
            self.confusion[other, one] += 1
            self._keep(self.labels[other], self.labels[one], float(share[one]))

    def compute(self) -> Scores:
        how = {"average": "binary"} if len(self.labels) == 2 else {"average": "macro"}
        metrics = {**self.accuracy.compute(), **self.f1.compute(**how)}
        classes = range(len(self.labels))
        counts = [[self.confusion[one, other] for other in classes] for one in classes]
        self.confusion.clear()
        return Scores({name: float(value) for name, value in metrics.items()}, counts, self._rows())


class Tags(Scorer):
    """Precision, recall and F1 of whole entities."""

    def __init__(self, recipe: Recipe, rows: Rows, tokenizer: Any) -> None:
        super().__init__(recipe, rows, tokenizer)
        from tui.models import metric_modules

        self.metric = metric_modules.load("seqeval")

    def reduced(self, logits: Any, labels: Any) -> Any:
        return logits.argmax(-1)

    def add_batch(self, predictions: Any, references: Any) -> None:
        for guessed, given in zip(predictions.tolist(), references.tolist(), strict=True):
            pairs = [(self.labels[one], self.labels[other])
                     for one, other in zip(guessed, given, strict=True) if other != IGNORED]  # fmt: skip
            prediction, truth = [one for one, _ in pairs], [other for _, other in pairs]
            self.metric.add(prediction=prediction, reference=truth)
            words = self.table[len(self._seen)][self.recipe.text]
            self._keep(_entities(words, truth), _entities(words, prediction))

    def compute(self) -> Scores:
        found = self.metric.compute()
        metrics = {name: float(found[f"overall_{name}"]) for name in ("precision", "recall", "f1", "accuracy")}
        return Scores(metrics, [], self._rows())


class Spans(Scorer):
    """Exact match and F1 of the words of answers, in shares of one."""

    def __init__(self, recipe: Recipe, rows: Rows, tokenizer: Any) -> None:
        super().__init__(recipe, rows, tokenizer)
        from tui.models import metric_modules

        self.metric = metric_modules.load("squad")

    def add_batch(self, predictions: Any, references: Any) -> None:
        for starts, ends in zip(*predictions, strict=True):
            row = self.table[len(self._seen)]
            answer = self._answer(row, starts, ends)
            truth, number = row[self.recipe.answer], str(len(self._seen))
            self.metric.add(
                prediction={"id": number, "prediction_text": answer},
                reference={"id": number, "answers": {"text": [truth], "answer_start": [0]}},
            )
            self._keep(truth, answer)

    def _answer(self, row: dict[str, Any], starts: Any, ends: Any) -> str:
        """The stretch of the text with the highest sum of start and end logits."""
        import numpy

        context = row[self.recipe.text]
        made = self.tokenizer(
            row[self.recipe.question], context, truncation="only_second", max_length=self.recipe.max_length,
            return_offsets_mapping=True,
        )  # fmt: skip
        inside = [at for at, owner in enumerate(made.sequence_ids()) if owner == 1]
        if not inside:
            return ""
        first, last = inside[0], inside[-1] + 1
        sums = numpy.add.outer(starts[first:last], ends[first:last])
        allowed = numpy.tril(numpy.triu(numpy.ones(sums.shape, bool)), LONGEST_ANSWER)
        begin, end = numpy.unravel_index(numpy.where(allowed, sums, -numpy.inf).argmax(), sums.shape)
        offsets = made["offset_mapping"]
        return str(context[offsets[first + int(begin)][0] : offsets[first + int(end)][1]])

    def compute(self) -> Scores:
        found = self.metric.compute()
        return Scores({"exact_match": found["exact_match"] / 100, "f1": found["f1"] / 100}, [], self._rows())


class Texts(Scorer):
    """chrF of texts that the model writes."""

    def __init__(self, recipe: Recipe, rows: Rows, tokenizer: Any) -> None:
        super().__init__(recipe, rows, tokenizer)
        from tui.models import metric_modules

        self.metric = metric_modules.load("chrf")

    def add_batch(self, predictions: Any, references: Any) -> None:
        import numpy

        ids = numpy.where(predictions == IGNORED, self.tokenizer.pad_token_id, predictions)
        for text in self.tokenizer.batch_decode(ids, skip_special_tokens=True):
            truth = self.table[len(self._seen)][self.recipe.target]
            self.metric.add(prediction=text, reference=[truth])
            self._keep(truth, text)

    def compute(self) -> Scores:
        return Scores({"chrf": float(self.metric.compute()["score"])}, [], self._rows())


def majority(counts: dict[str, int]) -> float | None:
    """The share of the most frequent label: what a model reaches that always says the same."""
    return max(counts.values()) / sum(counts.values()) if counts and sum(counts.values()) else None


def _entities(words: list[str], tags: list[str]) -> str:
    """Entities as a line for people: `Amina Diallo PER, Dakar LOC`."""
    found: list[tuple[str, list[str]]] = []
    for word, tag in zip(words, tags, strict=False):
        if tag.startswith("I-") and found and found[-1][0] == tag[2:] and found[-1][1]:
            found[-1][1].append(word)
        elif tag != "O":
            found.append((tag[2:] or tag, [word]))
        elif found:
            found.append(("", []))
    return ", ".join(f"{' '.join(some)} {kind}" for kind, some in found if some) or "-"
