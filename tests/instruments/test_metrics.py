"""`metrics`: scores of any matrix are those of scikit-learn called directly, and the code gives the same."""

from __future__ import annotations

import json
import warnings
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sklearn

from tests.instruments.test_instruments import ask, execute
from tui.errors import DataError, UsageError
from tui.instruments.metrics.compute import MetricsResult
from tui.models import metric_modules
from tui.options import revive
from tui.recipes import confusion

pytestmark = pytest.mark.usefixtures("own_tables")

NAMES = ["accuracy", "chrf", "confusion_matrix", "f1", "glue", "precision", "recall", "seqeval", "squad"]


@st.composite
def matrices(draw: st.DrawFn) -> list[list[int]]:
    """Two to five classes, many empty cells, at least one row."""
    size = draw(st.integers(2, 5))
    count = st.one_of(st.just(0), st.integers(0, 40))
    matrix = draw(st.lists(st.lists(count, min_size=size, max_size=size), min_size=size, max_size=size))
    return matrix if sum(map(sum, matrix)) else [[1] * size, *matrix[1:]]


def rows_of(matrix: list[list[int]]) -> tuple[list[int], list[int]]:
    pairs = [(t, p) for t, row in enumerate(matrix) for p, count in enumerate(row) for _ in range(count)]
    return [t for t, _ in pairs], [p for _, p in pairs]


# -- scores ---------------------------------------------------------------------------------------------------------


@settings(max_examples=15)
@given(matrices(), st.integers(0, 1))
def test_every_score_is_that_of_scikit_learn(matrix: list[list[int]], positive: int) -> None:
    size, (true, said) = len(matrix), rows_of(matrix)
    values: dict[str, Any] = {"positive": positive} if size == 2 else {}
    result = ask("metrics", matrix=confusion.written(matrix), **values)
    ids = list(range(size))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each = sklearn.precision_recall_fscore_support(true, said, labels=ids, zero_division=0)
        for average in result.averages:
            expected = sklearn.precision_recall_fscore_support(
                true, said, labels=ids, average=average.name, zero_division=0
            )
            assert (average.precision, average.recall, average.f1) == pytest.approx(expected[:3])
        chief = sklearn.f1_score(true, said, labels=ids, average=None, zero_division=0)
        common = [int(numpy.bincount(true, minlength=size).argmax())] * len(true)
        common_f1 = sklearn.f1_score(true, common, labels=ids, average=None, zero_division=0)
    assert [(one.precision, one.recall, one.f1, one.rows) for one in result.classes] == [
        pytest.approx(one) for one in zip(*each, strict=True)
    ]
    assert result.accuracy == pytest.approx(sklearn.accuracy_score(true, said))
    assert result.f1 == pytest.approx(chief[positive] if size == 2 else chief.mean())
    assert result.majority_accuracy == pytest.approx(sklearn.accuracy_score(true, common))
    assert result.majority_f1 == pytest.approx(common_f1[positive] if size == 2 else common_f1.mean())
    assert sklearn.confusion_matrix(true, said, labels=ids).tolist() == result.matrix
    assert result.rows == len(true)
    never = {(str(label), "precision") for label in ids if label not in said}
    none = {(str(label), "recall") for label in ids if label not in true}
    assert {(gap.label, gap.score) for gap in result.undefined} == never | none
    plain = json.loads(json.dumps(asdict(result), allow_nan=False))
    assert revive(MetricsResult, plain) == result


@settings(max_examples=5)
@given(matrices())
def test_intervals_hold_the_score_and_grow_with_confidence(matrix: list[list[int]]) -> None:
    written = confusion.written(matrix)
    narrow, wide = ask("metrics", matrix=written, confidence=0.5), ask("metrics", matrix=written, confidence=0.99)
    if narrow.rows < 2:
        assert narrow.accuracy_interval is narrow.f1_interval is None
        return
    assert wide.accuracy_interval.low <= narrow.accuracy_interval.low <= narrow.accuracy_interval.high
    assert narrow.accuracy_interval.high <= wide.accuracy_interval.high
    assert 0 <= wide.f1_interval.low <= wide.f1_interval.high <= 1
    assert wide.accuracy_interval.low - 1e-9 <= wide.accuracy <= wide.accuracy_interval.high + 1e-9


def test_the_interval_narrows_with_the_root_of_the_rows() -> None:
    few = ask("metrics", matrix="40 10; 10 40").accuracy_interval
    many = ask("metrics", matrix="4000 1000; 1000 4000").accuracy_interval
    assert (few.high - few.low) / (many.high - many.low) == pytest.approx(10, rel=0.25)
    # the normal approximation: 1.96 * sqrt(0.8 * 0.2 / 100)
    assert (few.high - few.low) / 2 == pytest.approx(0.0784, rel=0.15)


def test_the_same_matrix_gets_the_same_interval() -> None:
    assert ask("metrics") == ask("metrics")


# -- code -----------------------------------------------------------------------------------------------------------


def same(result: MetricsResult, names: dict[str, Any]) -> None:
    """The variables of the code that was shown are the result."""
    found = names["results"]
    assert found["accuracy"]["accuracy"] == pytest.approx(result.accuracy)
    for score in ("precision", "recall", "f1"):
        assert list(found[score, None][score]) == pytest.approx([getattr(one, score) for one in result.classes])
        for average in result.averages:
            assert found[score, average.name][score] == pytest.approx(getattr(average, score))
    if result.accuracy_interval is not None:
        accuracy, f1 = names["intervals"]
        assert (accuracy.low, accuracy.high) == pytest.approx(
            (result.accuracy_interval.low, result.accuracy_interval.high)
        )
        assert (f1.low, f1.high) == pytest.approx((result.f1_interval.low, result.f1_interval.high))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.UndefinedMetricWarning")
@pytest.mark.parametrize(
    "values",
    [
        {},
        {"matrix": "5 1; 2 3", "positive": 0, "confidence": 0.8},
        {"matrix": "5 1 0; 2 3 0; 1 1 0", "labels": "a, b, c"},
        {"matrix": "1 0; 0 0"},
    ],
    ids=str,
)
def test_the_code_gives_the_same(values: dict[str, Any]) -> None:
    same(ask("metrics", **values), execute("metrics", **values))


@pytest.fixture
def predicted(tmp_path: Path) -> Path:
    file = tmp_path / "predicted.csv"
    rows = [("yes", "yes")] * 7 + [("yes", "no")] * 2 + [("no", "no")] * 5 + [("no", "yes")] * 3
    file.write_text("\n".join(["truth,model", *(f"{t},{m}" for t, m in rows)]) + "\n", "utf-8")
    return file


def test_a_matrix_is_counted_in_two_columns_of_a_data_set(predicted: Path) -> None:
    values = {"data": str(predicted), "references": "truth", "predictions": "model"}
    result = ask("metrics", **values)
    assert (result.labels, result.matrix) == (["no", "yes"], [[5, 3], [2, 7]])
    same(result, execute("metrics", **values))
    other = {**values, "labels": "yes, no"}
    assert ask("metrics", **other).matrix == [[7, 2], [3, 5]]
    same(ask("metrics", **other), execute("metrics", **other))


def test_columns_that_do_not_fit_are_told(predicted: Path) -> None:
    with pytest.raises(UsageError, match="no column 'nope'"):
        ask("metrics", data=str(predicted), references="nope", predictions="model")
    with pytest.raises(UsageError, match="has no label"):
        ask("metrics", data=str(predicted), references="truth", predictions="model", labels="yes, maybe")
    with pytest.raises((DataError, UsageError)):
        ask("metrics", data=str(predicted.parent / "gone.csv"))
    with pytest.raises(UsageError, match="several splits"):
        ask("metrics", data="pairs", references="label", predictions="label")
    assert ask("metrics", data="pairs", split="test", references="label", predictions="label").accuracy == 1.0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"matrix": "1 2; 3"}, "Row 2 of the matrix has 1 number."),
        ({"matrix": "1 x; 3 4"}, "is not a count"),
        ({"matrix": "1 -2; 3 4"}, "is not a count"),
        ({"matrix": "1"}, "1 class"),
        ({"matrix": ";".join([" ".join(["1"] * 13)] * 13)}, "13 classes"),
        ({"matrix": "0 0; 0 0"}, "no row is counted"),
        ({"matrix": "99999 9; 1 1"}, "too many"),
        ({"labels": "a, b, c"}, "3 labels for 2 classes"),
        ({"labels": "a, a"}, "same label"),
        ({"positive": 2}, "no class 2"),
        ({"matrix": "1 0 0; 0 1 0; 0 0 1", "positive": 0}, "two classes"),
        ({"confidence": 1.0}, "confidence cannot be 1.0"),
    ],
    ids=str,
)
def test_what_does_not_fit_says_what_would(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask("metrics", **values)
    assert words in str(caught.value)
    assert caught.value.next_step


@given(st.text(alphabet="0123456789 ,;\n-x", max_size=30))
def test_any_text_is_a_matrix_or_a_sentence(text: str) -> None:
    try:
        found = confusion.from_text(text, "")
    except UsageError as said:
        assert said.title
        return
    assert confusion.from_text(confusion.written(found.matrix), "").matrix == found.matrix


# -- the modules ----------------------------------------------------------------------------------------------------


def test_every_metric_is_there_and_loads_offline() -> None:
    assert metric_modules.names() == NAMES
    for name in NAMES:
        module = metric_modules.load(name, "mrpc" if name == "glue" else None)
        assert module.description
        assert name in ("chrf", "glue", "seqeval", "squad") or module.name == name


def test_modules_compute_what_their_libraries_do() -> None:
    glue = metric_modules.load("glue", "mrpc").compute(predictions=[1, 0, 1, 1], references=[1, 0, 0, 1])
    assert glue == pytest.approx({"accuracy": 0.75, "f1": 0.8})
    tags, said = [["B-PER", "I-PER", "O", "B-LOC"], ["B-LOC"]], [["B-PER", "I-PER", "O", "O"], ["B-LOC"]]
    entities = metric_modules.load("seqeval").compute(predictions=said, references=tags)
    assert (entities["overall_precision"], entities["overall_recall"]) == (1.0, pytest.approx(2 / 3))
    assert entities["PER"]["number"] == 1
    answers = [{"id": "1", "answers": {"text": ["the red house", "house"], "answer_start": [0, 8]}}]
    squad = metric_modules.load("squad").compute(
        predictions=[{"id": "1", "prediction_text": "Red house."}], references=answers
    )
    assert squad == pytest.approx({"exact_match": 100.0, "f1": 100.0})
    import sacrebleu

    chrf = metric_modules.load("chrf").compute(
        predictions=["the cat sat"], references=[["the cat sat down"]], word_order=2
    )
    assert chrf["score"] == pytest.approx(
        sacrebleu.corpus_chrf(["the cat sat"], [["the cat sat down"]], word_order=2).score
    )


def test_a_metric_that_is_not_there_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'accuracy'"):
        metric_modules.load("acuracy")
    with pytest.raises(UsageError, match="no configuration 'mrpx'"):
        metric_modules.load("glue", "mrpx")


def test_an_edited_module_is_never_served_from_the_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tui import paths

    folder = tmp_path / "metrics" / "tenth"
    folder.mkdir(parents=True)
    source = (paths.metrics_dir() / "accuracy" / "accuracy.py").read_text("utf-8").replace("Accuracy", "Tenth")
    monkeypatch.setattr(paths, "metrics_dir", lambda: folder.parent)
    for score in (0.1, 0.2):
        head, _, _ = source.partition("        return {")
        (folder / "tenth.py").write_text(f'{head}        return {{"tenth": {score}}}  # {score}\n', "utf-8")
        assert metric_modules.load("tenth").compute(predictions=[1], references=[1])["tenth"] == score
    changed = (folder / "tenth.py").read_text("utf-8").replace("# 0.2", "# a word after a sharp")
    (folder / "tenth.py").write_text(changed, "utf-8")
    assert metric_modules.load("tenth").compute(predictions=[1], references=[1])["tenth"] == 0.2
