"""`train` plans what the worker will do; `runs` tells what its logs say, and so does the code that is shown."""

from __future__ import annotations

import importlib.util
import json
import tomllib
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.instruments.test_instruments import ask, execute
from tui.engine.protocol import decode, encode
from tui.errors import UsageError, for_programs
from tui.instruments.registry import INSTRUMENTS
from tui.instruments.runs.compute import RunsResult
from tui.instruments.train import compute as train
from tui.instruments.train.compute import TrainResult, TrainSpec
from tui.instruments.train.plan import plan_lines
from tui.options import revive
from tui.recipes import plan_warnings, planning, recipe
from tui.runs import folder
from tui.runs.events import Log
from tui.runs.folder import Run

pytestmark = pytest.mark.usefixtures("own_tables")

SMALL: dict[str, Any] = {"rows": 96, "eval_rows": 32}
PREPARED: dict[str, Any] = {"main": "f1", "baseline": 0.64, "eval_rows": 32, "device": "cpu", "processes": 1}


def made_run(steps: int = 12, done: int = 12, state: str = "done", **changes: Any) -> Run:
    """A run as a worker leaves it: `done` of its steps, two evaluations, and its last word."""
    run = folder.create(recipe.load("pairs-lesson", {**SMALL, **changes}), "print('script')\n")
    begun(run)
    write_steps(run, steps, range(1, done + 1))
    if state in ("done", "stopped"):
        log = Log(run.events_file)
        log.write("stage", stage="saving")
        log.write(state, step=done, why="by order" if state == "stopped" else "")
        log.close()
    run.worker_file.unlink()
    return run


def begun(run: Run) -> None:
    """What a worker does first."""
    worked_at(run)
    log = Log(run.events_file)
    log.write("stage", stage="starting")
    log.close()


def worked_at(run: Run) -> None:
    """From now on this process stands for its worker."""
    me = psutil.Process()
    run.worker_file.write_text(json.dumps({"pid": me.pid, "create_time": me.create_time()}))


def write_steps(run: Run, steps: int, numbers: range, losses: dict[int, float] | None = None) -> None:
    """Steps and, in the middle and at the end, an evaluation."""
    happened, log = Log(run.events_file), Log(run.steps_file)
    if happened.seq < 2:
        happened.write("prepared", steps=steps, **PREPARED)
        happened.write("stage", stage="training")
    for step in numbers:
        loss = (losses or {}).get(step, 1 / step)
        log.write("step", step=step, epoch=step / 6, loss=loss, lr=1e-4, grad_norm=1.0, rows_s=30.0, tokens_s=900.0,
                  memory=800_000_000)  # fmt: skip
        if step in (steps // 2, steps):
            metrics = {"loss": 0.5, "accuracy": 0.6 + step / 100, "f1": 0.7 + step / 100}
            happened.write("evaluation", step=step, epoch=step / 6, metrics=metrics, examples=[], labels=["0", "1"],
                           confusion=[[10, 4], [3, 15]], file="", asked=False)  # fmt: skip
    happened.close()
    log.close()


# -- train ----------------------------------------------------------------------------------------------------------


def test_a_plan_tells_rows_labels_steps_and_what_they_take() -> None:
    result = ask("train", epochs=2.0, **SMALL)
    plan = result.plan
    assert (plan.rows, plan.eval_rows) == (96, 32)
    assert sum(plan.labels.values()) == 96
    assert plan.baseline == pytest.approx(max(plan.labels.values()) / 96)
    assert (plan.arithmetic.batches, plan.arithmetic.steps, plan.arithmetic.warmup_steps) == (6, 12, 2)
    assert plan.lengths.least <= plan.lengths.median <= plan.lengths.p95 <= plan.lengths.most
    assert 0 < plan.trainable < plan.parameters
    assert plan.memory > 4 * plan.parameters
    assert plan.disk > 4 * plan.parameters
    assert [what for what, _ in plan.example] == ["text", "pair", "label"]
    assert max(rate for _, rate in plan.rates) == pytest.approx(1e-4)
    assert plan.warnings == result.warnings == []
    message = decode(encode({"kind": "result", "result": result}))
    assert message is not None
    again = revive(TrainResult, message["result"])
    assert again.plan.arithmetic == plan.arithmetic
    assert json.loads(json.dumps(asdict(again))) == json.loads(json.dumps(asdict(result)))


def test_changes_stand_in_the_recipe_that_is_kept(tmp_path: Path) -> None:
    result = ask("train", loop="accelerate", learning_rate=3e-4, freeze="none", max_steps=5, **SMALL)
    file = tmp_path / "kept.toml"
    file.write_text(result.recipe, "utf-8")
    kept = recipe.load(str(file))
    assert (kept.loop, kept.learning_rate, kept.freeze, kept.max_steps, kept.rows) == (
        "accelerate", 3e-4, "none", 5, 96,
    )  # fmt: skip
    assert result.plan.trainable == result.plan.parameters
    assert result.plan.arithmetic.steps == 5
    assert kept.epochs == recipe.load("pairs-lesson").epochs, "what was not changed stays"


def test_warnings_come_before_anything_is_started() -> None:
    few = ask("train", rows=16, eval_rows=8, batch_size=32)
    assert {"few-rows", "one-batch"} & {warning.code for warning in few.warnings}
    assert any("fewer rows than one step takes" in warning.message for warning in few.warnings)
    plain = json.loads(json.dumps(asdict(few)))
    assert all(set(warning) == {"code", "message"} for warning in for_programs(plain)["warnings"])
    assert json.loads(json.dumps(asdict(revive(TrainResult, plain)))) == plain
    for patience, evaluations, is_idle in ((1, 2, True), (1, 3, False), (3, 4, True), (3, 5, False), (0, 1, False)):
        asked = recipe.load("pairs-lesson", {"early_stopping": patience, "evaluate_every": 1})
        plan = replace(few.plan, arithmetic=replace(few.plan.arithmetic, steps=evaluations))
        codes = {warning.code for warning in plan_warnings.warnings(plan, asked, slow_bf16=False)}
        assert ("idle-early-stopping" in codes) is is_idle


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"recipe": "pairs-leson"}, "Did you mean 'pairs-lesson'"),
        ({"batch_size": 0}, "batch_size cannot be 0"),
        ({"schedule": "cosin"}, "Did you mean 'cosine'"),
        ({"epochs": 0.0}, "epochs is more than 0"),
    ],
    ids=str,
)
def test_a_recipe_that_cannot_work_says_why(values: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask("train", **values)
    assert words in f"{caught.value} {caught.value.next_step}"


@pytest.mark.parametrize("loop", ["trainer", "accelerate"])
def test_the_code_of_a_plan_is_the_script_of_its_run(loop: str) -> None:
    from tui.recipes.script import script

    instrument = INSTRUMENTS["train"]
    code = instrument.code(instrument.read({"loop": loop, **SMALL}))
    compile(code, "<script>", "exec")
    assert code == script(planning.settled(recipe.load("pairs-lesson", {"loop": loop, **SMALL})))
    assert ("Trainer(" in code) is (loop == "trainer")
    assert "tui" not in code.replace(str(Path.cwd()), "")


def test_a_run_of_a_billion_epochs_is_planned_at_once() -> None:
    result = ask("train", epochs=1e9, **SMALL)
    assert result.plan.arithmetic.steps == 6 * 10**9
    assert result.plan.rates == []
    assert plan_lines(result, 80, "en")


# -- runs -----------------------------------------------------------------------------------------------------------


def test_no_runs_and_all_runs() -> None:
    assert ask("runs").runs == []
    first = made_run()
    second = made_run(done=5, state="dead")
    result = ask("runs")
    assert [(one.name, one.state, one.step, one.steps) for one in result.runs] == [
        (second.name, "dead", 5, 12), (first.name, "done", 12, 12),
    ]  # fmt: skip
    assert (result.runs[1].metric, result.runs[1].best) == ("f1", pytest.approx(0.82))
    assert result.curves == result.evaluations == []
    names = execute("runs")["runs"]
    assert {name: one["step"] for name, one in names.items()} == {first.name: 12, second.name: 5}
    assert names[first.name]["metrics"]["f1"] == pytest.approx(0.82)


def test_one_run_and_its_code_that_reads_the_logs_with_json_alone() -> None:
    run = made_run()
    with run.steps_file.open("ab") as log:
        log.write(b'{"v":1,"seq":13,"t":1.0,"kind":"st')  # torn by a kill
    result, names = ask("runs", name=run.name), execute("runs", name=run.name)
    curves = {curve.name: list(zip(curve.steps, curve.values, strict=True)) for curve in result.curves}
    assert curves["loss"] == names["losses"] == [(step, 1 / step) for step in range(1, 13)]
    assert curves["eval/accuracy"] == [(6, pytest.approx(0.66)), (12, pytest.approx(0.72))]
    assert [(one.step, one.metrics) for one in result.evaluations] == [
        (event["step"], event["metrics"]) for event in names["evaluations"]
    ]
    assert result.baseline == 0.64
    assert ask("runs", name=str(run.folder)).runs == result.runs


def test_steps_that_were_done_again_count_once() -> None:
    run = made_run(done=8, state="dead")
    log = Log(run.events_file)
    log.write("resumed", step=5, folder="checkpoint-5")
    log.close()
    write_steps(run, 12, range(6, 13), losses={7: 0.9})
    result, names = ask("runs", name=run.name), execute("runs", name=run.name)
    loss = next(curve for curve in result.curves if curve.name == "loss")
    assert loss.steps == list(range(1, 13))
    assert loss.values[6] == 0.9
    assert list(zip(loss.steps, loss.values, strict=True)) == names["losses"]
    assert [one.step for one in result.evaluations] == [one["step"] for one in names["evaluations"]] == [6, 12]


def test_a_long_curve_is_thinned_and_a_loss_that_is_no_number_crosses_the_line() -> None:
    run = made_run(steps=3000, done=0, state="new")
    write_steps(run, 3000, range(1, 3001), losses={1000: float("nan"), 2000: 50.0, 2001: float("inf")})
    result = ask("runs", name=run.name, points=50)
    loss = next(curve for curve in result.curves if curve.name == "loss")
    assert len(loss.steps) <= 50
    assert (loss.steps[0], loss.steps[-1]) == (1, 3000)
    assert 50.0 in loss.values, "the highest one stays"
    assert None in loss.values
    plain = json.loads(json.dumps(asdict(result), allow_nan=False))
    assert revive(RunsResult, plain) == result


def test_what_does_not_fit_is_told() -> None:
    run = made_run()
    with pytest.raises(UsageError, match=f"Did you mean '{run.name}'"):
        ask("runs", name=run.name[:-1])
    with pytest.raises(UsageError, match="points cannot be 1"):
        ask("runs", points=1)


BROKEN = [
    b"\n", b'{"kind":"step","seq":1,"t":0,"step":"x"}\n',
    b'{"kind":"evaluation","seq":2,"t":0,"step":1,"metrics":{"f1":"NaN"}}\n',
]  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from(BROKEN)), max_size=8))
def test_whatever_is_in_the_logs_gets_an_answer(own_home: Path, chunks: list[bytes]) -> None:
    run = made_run(done=1, state="dead")
    for file in (run.events_file, run.steps_file):
        with file.open("ab") as log:
            log.write(b"".join(chunks))
    for name in (run.name, ""):
        result = ask("runs", name=name)
        assert revive(RunsResult, json.loads(json.dumps(asdict(result), allow_nan=False))) == result
    folder.remove(run)
    assert list((own_home / "state" / "runs").iterdir()) == []


@pytest.mark.parametrize(("capable", "settled"), [(True, "bf16"), (False, "fp32")])
def test_auto_is_settled_before_a_run_is_made(monkeypatch: pytest.MonkeyPatch, capable: bool, settled: str) -> None:
    monkeypatch.setattr(planning, "computes_bf16", lambda recipe: capable)
    planned = train.run(TrainSpec(recipe="pairs-lesson", rows=64, eval_rows=32))
    assert planned.plan.precision == settled
    assert recipe.read(tomllib.loads(planned.recipe)).precision == settled
    assert ("bf16" in planned.script) is capable
    asked = recipe.load("pairs-lesson", {"precision": "bf16"})
    assert ("slow-bf16" in {warning.code for warning in planning.plan(asked).warnings}) is not capable
    assert planning.settled(asked) == asked


@pytest.mark.parametrize("tracker", ["tensorboard", "trackio"])
def test_a_tracker_that_is_not_installed_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch, tracker: str
) -> None:
    asked = recipe.load("pairs-lesson", {"report_to": tracker, **SMALL})
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError) as caught:
        planning.check_report(asked)
    assert f"pip install {tracker}" in caught.value.next_step
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object() if name == tracker else None)
    planning.check_report(asked)
