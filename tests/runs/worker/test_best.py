"""The best model is kept: by which metric, in which direction, wherever it was evaluated; and every figure agrees."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runs.worker import workers
from tui.cli import show
from tui.console.widgets.runs import facts
from tui.runs import folder, launch, run_status
from tui.runs.curves import Curves
from tui.runs.events import read_all
from tui.runs.folder import Run

LOOPS = ("trainer", "accelerate")
DRILL = pytest.mark.drill
BOTH = ["trainer", pytest.param("accelerate", marks=DRILL)]
BETWEEN = {"epochs": 3.0, "evaluate_every": 2, "save_every": 5, "keep": 1, "best_metric": "loss", "learning_rate": 1e-1}
"""Twelve steps; evaluated six times, saved where that is not."""


def strict(text: str) -> Any:
    """JSON that knows no NaN."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word} is not JSON")

    return json.loads(text, parse_constant=refuse)


def measured(run: Run, metric: str) -> list[tuple[int, float]]:
    """(step, value) of the evaluations, by the log alone."""
    return [(event["step"], event["metrics"][metric]) for event in workers.kinds(run, "evaluation")]


def checkpoint_weights(run: Run, step: int) -> bytes:
    return (run.folder / f"checkpoint-{step}" / "model.safetensors").read_bytes()


@pytest.fixture(scope="module")
def between(small: dict[str, dict[str, Any]], home: Path) -> dict[str, Run]:
    """A run by each loop."""
    runs = {loop: workers.new({**small["text-classification"], **BETWEEN, "loop": loop}) for loop in LOOPS}
    working = [workers.work(run) for run in runs.values()]
    assert [workers.finish(one) for one in working] == [0, 0], folder.last_words(runs["trainer"])
    return runs


@pytest.mark.parametrize("loop", LOOPS)
def test_the_model_is_the_best_wherever_it_was_evaluated(between: dict[str, Run], loop: str) -> None:
    run = between[loop]
    scores = measured(run, "loss")
    assert [step for step, _ in scores] == [2, 4, 6, 8, 10, 12]
    best = min(scores, key=lambda score: score[1])
    assert best[0] != 12, "with these values the last one is not the best"
    assert workers.weights(run) == checkpoint_weights(run, best[0])
    assert [one.step for one in folder.checkpoints(run)] == [best[0], 12]  # keep is 1, and the best one
    done = workers.kinds(run, "done")[0]
    assert done["model_step"] == best[0]
    assert done["best"] == {"metric": "loss", "step": best[0], "value": best[1]}
    assert done["last"] == {"metric": "loss", "step": 12, "value": scores[-1][1]}
    assert done["metrics"]["loss"] == best[1]


def test_both_loops_and_their_scripts_keep_the_same(between: dict[str, Run]) -> None:
    one, other = between.values()
    assert measured(one, "loss") == measured(other, "loss")
    assert workers.weights(one) == workers.weights(other)
    for run in between.values():
        workers.script(run)
        assert workers.weights_of_script(run) == workers.weights(run)


@pytest.mark.parametrize("loop", LOOPS)
def test_every_figure_is_that_of_the_log(
    between: dict[str, Run], home: Path, loop: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEADNOTES_HOME", str(home))
    run = between[loop]
    scores = measured(run, "loss")
    (best_step, best), (last_step, last) = min(scores, key=lambda score: score[1]), scores[-1]
    plain = {"best": {"metric": "loss", "step": best_step, "value": best},
             "last": {"metric": "loss", "step": last_step, "value": last}}  # fmt: skip
    steps = workers.steps(run)

    show.show_run(run, "en", as_json=True)
    shown = strict(capsys.readouterr().out)
    assert {name: shown[name] for name in plain} == plain
    assert (shown["step"], shown["steps"], shown["loss"]) == (12, 12, steps[-1].fields["loss"])
    assert shown["model_step"] == best_step
    assert [(one["step"], one["metrics"]["loss"]) for one in shown["evaluations"]] == scores
    assert [one["step"] for one in shown["checkpoints"]] == [one.step for one in folder.checkpoints(run)]
    show.show_run(run, "en", as_json=False)
    sentence = f"best loss {best:.3f} at step {best_step}, last {last:.3f} at step {last_step}"
    out = capsys.readouterr().out
    assert sentence in out
    assert f", of step {best_step}" in out

    show.list_runs("en", as_json=True)
    (listed,) = (one for one in strict(capsys.readouterr().out) if one["name"] == run.name)
    assert {name: listed[name] for name in plain} == plain
    show.list_runs("en", as_json=False)
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith(f"{run.name} "))
    assert line.split()[2:7] == ["12/12", "loss", f"{best:.3f}", str(best_step), f"{last:.3f}"]

    card = (run.model / "README.md").read_text()
    assert f"Best loss {best:.3f} at step {best_step}, last {last:.3f} at step {last_step}" in card
    assert f"| best | {best_step} | {best:.3f} |" in card
    assert f"value: {round(best, 4)}" in card
    assert "None of them is among the training rows." in card

    curves = Curves(run)
    curves.read()
    head = "".join(text for text, _ in facts.progress_line(curves, "en"))
    assert f"best loss {best:.3f} at step {best_step}   last {last:.3f}   model of step {best_step}" in head
    assert f"第 {best_step} 步" in "".join(text for text, _ in facts.progress_line(curves, "zh"))


@pytest.mark.parametrize("loop", BOTH)
def test_best_is_last_by_choice(new: Callable[..., Run], between: dict[str, Run], loop: str) -> None:
    """As it was before there was a choice: the same steps, evaluations and checkpoints, the last model."""
    run = new(loop=loop, **{**BETWEEN, "best": "last"})
    assert workers.worked(run) == 0, folder.last_words(run)
    assert measured(run, "loss") == measured(between[loop], "loss")
    losses = [[event.fields["loss"] for event in workers.steps(one)] for one in (run, between[loop])]
    assert losses[0] == losses[1]
    assert [one["step"] for one in workers.kinds(run, "checkpoint")] == [5, 10, 12]
    assert [one.step for one in folder.checkpoints(run)] == [12]
    assert workers.weights(run) == checkpoint_weights(run, 12)
    assert workers.kinds(run, "done")[0]["model_step"] == 12
    card = (run.model / "README.md").read_text()
    assert "these weights are those of step 12, the last." in card
    workers.script(run)
    assert workers.weights_of_script(run) == workers.weights(run)


@pytest.mark.parametrize("loop", BOTH)
def test_the_direction_is_a_choice(new: Callable[..., Run], loop: str) -> None:
    run = new(loop=loop, **{**BETWEEN, "best_direction": "max"})
    assert workers.worked(run) == 0, folder.last_words(run)
    worst = max(measured(run, "loss"), key=lambda score: score[1])
    assert workers.kinds(run, "done")[0]["model_step"] == worst[0]
    assert workers.weights(run) == checkpoint_weights(run, worst[0])
    workers.script(run)
    assert workers.weights_of_script(run) == workers.weights(run)


@pytest.mark.parametrize("loop", BOTH)
def test_a_resumed_run_ends_with_the_same_best(new: Callable[..., Run], between: dict[str, Run], loop: str) -> None:
    """From before the best, and from after it."""
    run = new(loop=loop, **{**BETWEEN, "keep": 9})
    assert workers.worked(run) == 0, folder.last_words(run)
    best = workers.kinds(run, "done")[0]["model_step"]
    steps = [one.step for one in folder.checkpoints(run)]
    for step in (max(step for step in steps if step > best), min(steps)):
        shutil.rmtree(run.model)
        assert workers.worked(run, step) == 0, folder.last_words(run)
        assert workers.weights(run) == workers.weights(between[loop])
        assert workers.kinds(run, "done")[-1]["best"] == workers.kinds(between[loop], "done")[0]["best"]
    shutil.rmtree(run.model)  # killed between the last checkpoint and the saving of the model
    assert workers.worked(run, launch.latest(run).step) == 0
    assert workers.weights(run) == workers.weights(between[loop])


def test_a_best_checkpoint_that_is_gone_is_said(new: Callable[..., Run]) -> None:
    run = new(**BETWEEN)
    assert workers.worked(run) == 0, folder.last_words(run)
    best = workers.kinds(run, "done")[0]["model_step"]
    shutil.rmtree(run.model)
    shutil.rmtree(run.folder / f"checkpoint-{best}")
    assert workers.worked(run, 12) == 0, folder.last_words(run)
    assert [one["code"] for one in workers.kinds(run, "warning")] == ["best-lost"]
    assert workers.kinds(run, "done")[-1]["model_step"] == 12
    assert workers.weights(run) == checkpoint_weights(run, 12)


@pytest.mark.parametrize("loop", BOTH)
def test_without_evaluations_the_model_is_the_last_and_says_so(
    new: Callable[..., Run], loop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    from tui.cli.follow import sentences

    run = new(loop=loop, max_steps=3, eval_split="")
    assert workers.worked(run) == 0, folder.last_words(run)
    done = workers.kinds(run, "done")[0]
    assert (done["model_step"], done["best"], done["last"], done["metrics"]) == (3, None, None, {})
    assert workers.weights(run) == checkpoint_weights(run, 3)
    assert "It was not evaluated" in (run.model / "README.md").read_text()
    (event,) = (event for event in read_all(run.events_file) if event.kind == "done")
    assert "the model is of step 3, the last one: nothing was evaluated" in list(sentences(event))
    assert show.show_run(run, "en", as_json=True) == 0
    assert strict(capsys.readouterr().out)["best"] is None


@DRILL
@pytest.mark.parametrize("loop", LOOPS)
def test_the_best_of_a_run_that_stops_early(new: Callable[..., Run], loop: str) -> None:
    """In the middle of an epoch and at the ends of epochs; the script stops there, too."""
    for changes in ({"evaluate_every": 3}, {"evaluate_every": 0, "save_every": 0}):
        run = new(loop=loop, **{**BETWEEN, **changes, "epochs": 12.0, "early_stopping": 2, "learning_rate": 5e-2})
        assert workers.worked(run) == 0, folder.last_words(run)
        done = workers.kinds(run, "done")[0]
        assert done["why"] == "no better loss in 2 evaluations"
        scores = measured(run, "loss")
        assert done["model_step"] == min(scores, key=lambda score: score[1])[0] == scores[-3][0]
        assert len(workers.script(run)) == done["step"]
        assert workers.weights_of_script(run) == workers.weights(run)


# -- losses that are none -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("loop", BOTH)
def test_a_loss_that_is_not_finite_ends_the_run(
    new: Callable[..., Run], loop: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A rate that rises beyond all bounds: the first steps are good, and what they saved stays."""
    run = new(loop=loop, epochs=3.0, learning_rate=1e38, warmup=12.0, clip=0.0, save_every=1, evaluate_every=1, keep=2,
              schedule="constant_with_warmup")  # fmt: skip
    assert workers.worked(run) == 1, folder.last_words(run)
    status = run_status.look(run)
    assert status.state == "failed"
    assert status.trouble is not None
    assert status.trouble.fields["code"] == "not-finite"
    kept = folder.checkpoints(run)
    assert kept
    assert kept[-1].step == 1  # with a rate of 0
    card = (kept[-1].folder / "README.md").read_text()
    assert "**The run failed**" in card
    assert "This is its checkpoint of step 1." in card
    assert not run.model.exists()
    show.show_run(run, "en", as_json=True)
    shown = strict(capsys.readouterr().out)
    assert shown["state"] == "failed"
    assert "not finite" in shown["trouble"]["title"] or "nan" in shown["trouble"]["title"]
    show.show_run(run, "en", as_json=False)
    assert f"error: {status.trouble.fields['title']}" in capsys.readouterr().out
    from tui.cli.follow import stay

    assert stay(run, plain=True, as_json=True) == 1
    lines = [strict(line) for line in capsys.readouterr().out.splitlines()]
    assert lines[-1]["state"] == "failed"
    assert stay(run, plain=True, as_json=False) == 1
    told = capsys.readouterr().out
    assert f"error: {status.trouble.fields['title']}" in told
    assert f"headnotes runs fork {run.name} --set learning_rate=" in told  # the same again would fail again
    show.list_runs("en", as_json=True)
    strict(capsys.readouterr().out)
    show.compare_runs([run, run], "en", as_json=True)
    strict(capsys.readouterr().out)
    for file in (run.events_file, run.steps_file, *run.evaluations.glob("*.jsonl")):
        for line in file.read_text().splitlines():
            strict(line)


def test_diagnoses_and_warnings_stay_in_the_folder(new: Callable[..., Run], capsys: pytest.CaptureFixture[str]) -> None:
    run = new(warmup=2.0, max_steps=4)
    assert workers.worked(run) == 0, folder.last_words(run)
    found = workers.kinds(run, "diagnosis")[-1]["found"]
    assert {"kind": "idle_first_step", "bad": False, "values": {"step": 1}} in found
    show.show_run(run, "en", as_json=True)
    codes = [one["code"] for one in strict(capsys.readouterr().out)["warnings"]]
    assert "idle-first-step" in codes
