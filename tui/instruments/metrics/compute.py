"""`metrics`: a confusion matrix and every score that is made of it, through `evaluate`, with intervals."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui.errors import ResultWarning, UsageError, warning
from tui.instruments.instrument import Result
from tui.models import metric_modules
from tui.options import option
from tui.recipes import confusion
from tui.recipes.confusion import AVERAGES, Counts
from tui.recipes.intervals import RESAMPLES, Interval, bootstrapped
from tui.tables.source import Source, call, shipped

MATRIX = "50 10; 5 35"
SCORES = ("precision", "recall", "f1")


@dataclass(frozen=True, slots=True)
class MetricsSpec:
    """A matrix, or two columns of a data set to count one in."""

    matrix: str = option(
        default="50 10; 5 35", help="counts: a row for each true class, a column for each predicted one"
    )
    labels: str = option(default="", help="the names of the classes, with commas between; empty: their numbers")
    positive: int = option(
        default=1, least=0, help="a whole number: the class whose F1 is given when there are two, from 0 on"
    )
    confidence: float = option(default=0.95, least=0, most=1, help="how sure the intervals are to be, between 0 and 1")
    data: str = option(default="", help="a data set instead of a matrix: a file, or data that ships with the lessons")
    split: str = option(default="", help="the split of it, when it has several")
    references: str = option(default="references", help="its column with the true classes")
    predictions: str = option(default="predictions", help="its column with the predicted ones")


@dataclass(frozen=True, slots=True)
class ClassScores:
    """One class against all others. Counts are of rows; scores are from 0 to 1."""

    label: str
    rows: int
    """Of this class."""
    predicted: int
    """Predicted as this class."""
    right: int
    """Both: the true positives."""
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Average:
    """Scores of all classes as one number each."""

    name: str
    """`macro`: the mean of the classes. `micro`: over all rows. `weighted`: the mean, by rows of each class."""
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Undefined:
    """A score whose denominator is 0; it is counted as 0."""

    label: str
    score: str
    """`precision`: no row was predicted as the class. `recall`: no row is of the class."""


@dataclass(frozen=True, slots=True)
class MetricsResult(Result):
    """The matrix, [true, predicted] in rows of data, and its scores, from 0 to 1."""

    labels: list[str]
    matrix: list[list[int]]
    rows: int
    accuracy: float
    accuracy_interval: Interval | None
    """None for a single row."""
    f1: float
    f1_of: str
    """The class whose F1 it is when there are two; empty: the macro average."""
    f1_interval: Interval | None
    classes: list[ClassScores]
    averages: list[Average]
    majority: str
    """The most frequent class; the first of several."""
    majority_accuracy: float
    """Of predicting it for every row."""
    majority_f1: float
    confidence: float
    undefined: list[Undefined]


def run(spec: MetricsSpec) -> MetricsResult:
    """Turn the matrix into references and predictions, and let `evaluate` compute. Raises `UsageError`, `DataError`."""
    counted = _counts(spec)
    labels, matrix = counted.labels, counted.matrix
    ids = range(len(labels))
    cells = [(true, predicted, matrix[true][predicted]) for true in ids for predicted in ids if matrix[true][predicted]]
    references, predictions, weights = (list(column) for column in zip(*cells, strict=True))
    modules = {name: metric_modules.load(name) for name in ("accuracy", *SCORES)}

    def score(name: str, said: list[int] = predictions, **options: Any) -> Any:
        # a row for each cell, weighed by its count: the same numbers, however many rows there are
        return modules[name].compute(references=references, predictions=said, sample_weight=weights, **options)[name]

    rows, columns = [sum(row) for row in matrix], [sum(column) for column in zip(*matrix, strict=True)]
    most = rows.index(max(rows))
    majority = [most] * len(references)
    binary = len(labels) == 2
    chief = {"average": "binary", "pos_label": spec.positive} if binary else {"average": "macro", "labels": list(ids)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scores that are undefined are told in words
        by_class = [score(name, average=None, labels=list(ids)) for name in SCORES]
        averages = [Average(way, *(score(name, average=way, labels=list(ids)) for name in SCORES)) for way in AVERAGES]
        f1, majority_f1 = score("f1", **chief), score("f1", majority, **chief)
    accuracy_interval, f1_interval = bootstrapped(matrix, spec.positive if binary else None, spec.confidence)
    undefined = _undefined(labels, rows, columns)
    return MetricsResult(
        labels, matrix, sum(rows), score("accuracy"), accuracy_interval, f1, labels[spec.positive] if binary else "",
        f1_interval,
        [ClassScores(labels[i], rows[i], columns[i], matrix[i][i], *(float(one[i]) for one in by_class)) for i in ids],
        averages, labels[most], score("accuracy", majority), majority_f1, spec.confidence,
        undefined, warnings=[*counted.warnings, *_warnings(undefined)],
    )  # fmt: skip


def code(spec: MetricsSpec) -> str:
    """The references and predictions, the metrics on them, and the intervals."""
    imports, rows = _rows_of_data(spec) if spec.data else ("", _rows_of_matrix(spec))
    several = bool(spec.data) or sum(map(sum, _counts(spec).matrix)) > 1  # of one row there is no interval
    made = "import evaluate\n" + "import numpy\n" * several + imports + "from scipy.stats import bootstrap\n" * several
    made += f"""
{metric_modules.setup_line()}
{rows}
metric = evaluate.load(metrics_folder + "/accuracy")
results = {{"accuracy": metric.compute(references=references, predictions=predictions)}}
for name in {SCORES!r}:
    metric = evaluate.load(f"{{metrics_folder}}/{{name}}")
    for average in (None, "macro", "micro", "weighted"):
        results[name, average] = metric.compute(
            references=references, predictions=predictions, average=average, labels=list(labels)
        )
for name, result in results.items():
    print(name, result)
"""
    if several:
        made += _INTERVALS.format(positive=spec.positive, resamples=RESAMPLES, confidence=spec.confidence)
    return made


def _rows_of_matrix(spec: MetricsSpec) -> str:
    return f"""matrix = {_counts(spec).matrix!r}  # [true, predicted]
references = [true for true, row in enumerate(matrix) for count in row for _ in range(count)]
predictions = [predicted for row in matrix for predicted, count in enumerate(row) for _ in range(count)]
labels = range(len(matrix))
"""


def _rows_of_data(spec: MetricsSpec) -> tuple[str, str]:
    """(imports, lines) that open the data and read the two columns as ids."""
    how = call(Source((shipped(spec.data),), split=spec.split))
    imports, _, opened = how.code().partition("\n\n")
    if "split" not in how.options and how.function.startswith("load_"):
        opened += "dataset = next(iter(dataset.values())) if isinstance(dataset, dict) else dataset\n"
    names = confusion.names_of(spec.labels)
    known = repr(names) if names else "sorted({*references, *predictions})"
    ids = "names.index(one) if one in names else one" if names else "names.index(one)"
    return (
        f"{imports}\n",
        f"""{opened}references, predictions = dataset[{spec.references!r}][:], dataset[{spec.predictions!r}][:]
names = {known}
references = [{ids} for one in references]
predictions = [{ids} for one in predictions]
references, predictions = zip(*sorted(zip(references, predictions)))  # what is drawn below depends on the order
labels = range(len(names))
""",
    )


_INTERVALS = """

def accuracy(references, predictions, axis):
    return (references == predictions).mean(axis)


def f1(references, predictions, axis):
    scores = []
    for label in labels:
        both = ((references == label) & (predictions == label)).sum(axis)
        either = (references == label).sum(axis) + (predictions == label).sum(axis)
        scores.append(2 * both / numpy.maximum(either, 1))
    return scores[{positive}] if len(scores) == 2 else numpy.mean(scores, axis=0)


intervals = [
    bootstrap(
        (references, predictions), score, paired=True, vectorized=True, method="percentile", n_resamples={resamples},
        confidence_level={confidence}, rng=0,
    ).confidence_interval
    for score in (accuracy, f1)
]
print(intervals)
"""


def _counts(spec: MetricsSpec) -> Counts:
    if not 0 < spec.confidence < 1:
        raise UsageError("instruments.metrics.confidence", confidence=spec.confidence)
    if spec.data:
        counted = confusion.from_data(spec.data, spec.split, spec.references, spec.predictions, spec.labels)
    else:
        counted = confusion.from_text(spec.matrix, spec.labels)
    if len(counted.labels) == 2 and spec.positive not in (0, 1):
        raise UsageError("instruments.metrics.no-such-class", number=spec.positive)
    if len(counted.labels) > 2 and spec.positive != 1:
        raise UsageError("instruments.metrics.positive-of-many", classes=len(counted.labels))
    return counted


def _undefined(labels: list[str], rows: list[int], columns: list[int]) -> list[Undefined]:
    by_score = {"precision": columns, "recall": rows}
    return [
        Undefined(label, score)
        for score, denominators in by_score.items()
        for label, count in zip(labels, denominators, strict=True)
        if not count
    ]


def _warnings(undefined: list[Undefined]) -> Iterator[ResultWarning]:
    for one in undefined:
        key = "instruments.metrics.warning.never-predicted" if one.score == "precision" else (
            "instruments.metrics.warning.no-rows-of-class")  # fmt: skip
        yield warning(key, code=f"undefined-{one.score}", label=one.label, score=one.score)
