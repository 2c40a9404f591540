"""Several labels for each row: trained by both loops and the script, evaluated, described and predicted alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.runs.worker import making, workers
from tests.runs.worker.test_loops import LOOPS, steps
from tui.runs import folder
from tui.runs.folder import Run

TASK = "multi-label-classification"


@pytest.fixture(scope="module")
def pair(small: dict[str, dict[str, Any]], home: Path) -> dict[str, Run]:
    """One run by each loop, the second with its labels as columns of 0 and 1."""
    values = {**small[TASK], "epochs": 8.0, "best": "last"}
    columns = {"trainer": "kinds", "accelerate": ", ".join(making.KINDS)}
    runs = {loop: workers.new({**values, "loop": loop, "label": columns[loop]}) for loop in LOOPS}
    working = [workers.work(run) for run in runs.values()]
    assert [workers.finish(process) for process in working] == [0, 0], folder.last_words(runs["trainer"])
    return runs


def rows_of(run: Run) -> list[dict[str, Any]]:
    """What was predicted at the last evaluation."""
    file = run.folder / workers.kinds(run, "evaluation")[-1]["file"]
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_both_loops_and_both_forms_of_labels_make_the_same_model(pair: dict[str, Run]) -> None:
    first, second = pair.values()
    assert steps(first) == steps(second)
    assert workers.weights(first) == workers.weights(second)
    assert rows_of(first) == rows_of(second)
    metrics = [[event["metrics"] for event in workers.kinds(run, "evaluation")] for run in (first, second)]
    assert metrics[0] == metrics[1]
    assert workers.kinds(first, "prepared")[0]["labels"] == list(making.KINDS)
    assert workers.kinds(first, "prepared")[0]["main"] == "f1_micro"


@pytest.mark.parametrize("loop", LOOPS)
def test_the_script_alone_does_the_same(pair: dict[str, Run], loop: str) -> None:
    run = pair[loop]
    alone = workers.script(run)
    assert [{name: step[name] for name in alone[0]} for step in steps(run)] == alone
    assert workers.weights_of_script(run) == workers.weights(run)
    log = (run.folder / "alone" / "log.txt").read_text("utf-8")
    for name, value in workers.kinds(run, "evaluation")[-1]["metrics"].items():
        written = re.findall(rf"'(?:eval_)?{name}': '?(?:np\.float64\()?([\d.e-]+)", log)
        assert float(written[-1]) == pytest.approx(value, rel=1e-3)


def test_the_metrics_are_those_of_the_predictions(pair: dict[str, Run]) -> None:
    """Counted by hand: the hits, what was predicted and what is true, for each label and for all."""
    rows = [({*row["truth"].split(", ")} - {"-"}, {*row["prediction"].split(", ")} - {"-"}) for row in
            rows_of(pair["trainer"])]  # fmt: skip

    def f1(labels: tuple[str, ...]) -> float:
        hits = sum(len(truth & chosen & {*labels}) for truth, chosen in rows)
        total = sum(len(truth & {*labels}) + len(chosen & {*labels}) for truth, chosen in rows)
        return 2 * hits / total if total else 0.0

    metrics = workers.kinds(pair["trainer"], "evaluation")[-1]["metrics"]
    assert metrics["f1_micro"] == pytest.approx(f1(making.KINDS))
    assert metrics["f1_macro"] == pytest.approx(sum(f1((label,)) for label in making.KINDS) / 3)
    assert metrics["subset_accuracy"] == pytest.approx(sum(truth == chosen for truth, chosen in rows) / len(rows))
    assert 0 < metrics["f1_micro"] < 1
    assert len({frozenset(truth) for truth, _ in rows}) > 2


def test_the_model_predicts_by_itself(pair: dict[str, Run]) -> None:
    """The library's pipeline reads from its configuration that labels are decided one by one."""
    import transformers

    run = pair["trainer"]
    classify = transformers.pipeline("text-classification", model=str(run.model), top_k=None, device="cpu")
    texts = [json.loads(line)["text"] for line in (run.evaluations / "rows.jsonl").read_text("utf-8").splitlines()]
    for answers, row in zip(classify(texts), rows_of(run), strict=True):
        chosen = sorted(answer["label"] for answer in answers if answer["score"] > 0.5)
        assert (", ".join(chosen) or "-") == row["prediction"]


def test_the_card_says_what_is_predicted(pair: dict[str, Run]) -> None:
    card = (pair["accelerate"].model / "README.md").read_text("utf-8")
    assert "pipeline_tag: text-classification" in card
    assert f"type: {TASK}" in card
    assert "| evaluation | step | loss | f1_micro | f1_macro | subset_accuracy |" in card
    assert "A label is predicted where its probability is above 0.5." in card


@pytest.mark.parametrize(
    ("rows", "label", "reason"),
    [
        ([{"text": "a", "kinds": ["x"]}, {"text": "b", "kinds": "y"}], "kinds", "Row 1"),
        ([{"text": "a", "kinds": "x"}], "kinds", "kinds is 'x', where a list of labels is expected."),
        ([{"text": "a", "kinds": ["x", None]}], "kinds", "kinds contains a label that is missing or not a name."),
        ([{"text": "a", "x": 1, "y": 0}, {"text": "b", "x": 2, "y": 0}], "x, y", "x is 2, neither 0 nor 1."),
        ([{"text": "a", "x": 1, "y": None}], "x, y", "y is None, neither 0 nor 1."),
        ([{"text": "a", "x": 1, "y": 0}], "x, z", "has no column 'x, z'."),
    ],
)
def test_rows_that_cannot_be_used(
    rows: list[dict[str, Any]], label: str, reason: str, tmp_path: Path, own_home: Path
) -> None:
    from tui.errors import HeadnotesError
    from tui.recipes import recipe
    from tui.recipes.rows import load

    file = tmp_path / "rows.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    with pytest.raises(HeadnotesError) as caught:
        load(recipe.read({"data": str(file), "task": TASK, "label": label}))
    assert reason in caught.value.title
