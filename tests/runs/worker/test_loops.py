"""Both loops make the same steps, and the script in the folder of a run makes them too, alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.runs.worker import making, workers
from tui.cli import export
from tui.errors import CheckpointError
from tui.models.adapters import adapter_base
from tui.recipes import base_models
from tui.runs import folder, launch, run_status
from tui.runs.folder import Run

LOOPS = ("trainer", "accelerate")
SAME = ("step", "epoch", "loss", "lr", "grad_norm")
CHANGES = {
    "epochs": 3.0,
    "batch_size": 8,
    "accumulation": 3,
    "warmup": 0.25,
    "weight_decay": 0.01,
    "schedule": "cosine",
}
"""Four batches make two steps an epoch: one of three batches, and one of the last batch, which has two rows."""


@pytest.fixture(scope="module")
def pair(small: dict[str, dict[str, Any]], home: Path) -> dict[str, Run]:
    """One run by each loop, with the steps of its script, all at once."""
    asked = {**small["text-classification"], **CHANGES}
    runs = {loop: workers.new({**asked, "loop": loop}) for loop in LOOPS}
    working = [workers.work(run) for run in runs.values()]
    assert [workers.finish(one) for one in working] == [0, 0], folder.last_words(runs["trainer"])
    return runs


def steps(run: Run) -> list[dict[str, Any]]:
    return [{name: event.fields[name] for name in SAME} for event in workers.steps(run)]


def test_steps_are_the_same_to_the_last_bit(pair: dict[str, Run]) -> None:
    one, other = (steps(run) for run in pair.values())
    assert one == other
    assert [step["step"] for step in one] == [1, 2, 3, 4, 5, 6]
    assert len({step["loss"] for step in one}) == 6
    assert one[0]["lr"] == 0.0
    assert max(step["lr"] for step in one) == 0.01


def test_evaluations_are_the_same(pair: dict[str, Run]) -> None:
    one, other = (workers.kinds(run, "evaluation") for run in pair.values())
    assert one == other
    assert [event["step"] for event in one] == [2, 4, 6]
    assert set(one[0]["metrics"]) == {"loss", "accuracy", "f1"}
    assert sum(map(sum, one[0]["confusion"])) == making.MEASURED
    assert len(one[0]["examples"]) == 8
    texts = [(run.folder / one[0]["file"]).read_text().splitlines() for run in pair.values()]
    assert texts[0] == texts[1]
    assert len(texts[0]) == making.MEASURED


def test_models_are_the_same(pair: dict[str, Run]) -> None:
    one, other = ((run.model / "model.safetensors").read_bytes() for run in pair.values())
    assert one == other
    for run in pair.values():
        assert "model-index" in (run.model / "README.md").read_text()
        assert (run.model / "tokenizer.json").is_file()
        assert not (run.folder / "model.part").exists()


@pytest.mark.parametrize("loop", LOOPS)
def test_the_script_alone_makes_the_same_steps(pair: dict[str, Run], loop: str) -> None:
    told, alone = steps(pair[loop]), workers.script(pair[loop])
    assert [{name: step[name] for name in alone[0]} for step in told] == alone
    assert workers.weights_of_script(pair[loop]) == workers.weights(pair[loop])


@pytest.mark.parametrize("loop", LOOPS)
def test_what_is_told(pair: dict[str, Run], loop: str) -> None:
    run = pair[loop]
    epochs = workers.kinds(run, "epoch")
    assert epochs == [{"epoch": at, "rows": making.ROWS, "distinct": making.ROWS} for at in (1, 2, 3)]
    stages = [event["stage"] for event in workers.kinds(run, "stage")]
    assert stages[:4] == ["starting", "loading", "tokenising", "loading"]
    assert stages[-1] == "done"
    assert {"training", "evaluating", "saving"} < set(stages)
    progress = [(event["what"], event["done"], event["total"]) for event in workers.kinds(run, "progress")]
    ends = [one for one in progress if one[1] == one[2] and one[2]]
    assert len(ends) == len(set(ends))  # libraries draw a full bar up to three times
    assert [event["step"] for event in workers.kinds(run, "checkpoint")] == [2, 4, 6]
    assert [one.step for one in folder.checkpoints(run)] == [2, 4, 6]  # two are kept, and the best one
    done = workers.kinds(run, "done")[0]
    assert (done["step"], done["model_step"]) == (6, 2)
    assert done["metrics"] == workers.kinds(run, "evaluation")[0]["metrics"]
    status = run_status.look(run)
    assert (status.state, status.step, status.steps, status.alive) == ("done", 6, 6, False)


@pytest.mark.parametrize("loop", LOOPS)
def test_speeds_count_what_was_trained(pair: dict[str, Run], loop: str) -> None:
    """The loader fetches ahead: tokens of the next epoch's batches are not those of the last step."""
    each = [event.fields["tokens_s"] / event.fields["rows_s"] for event in workers.steps(pair[loop])]
    long, short = each[0::2], each[1::2]  # rows_s counts three full batches, whatever there is in the last one
    assert all(10 < tokens < 48 for tokens in long)
    assert all(0 < tokens < 4 for tokens in short)


def test_the_plan_counts_what_the_worker_does(pair: dict[str, Run]) -> None:
    plan = workers.plan(pair["trainer"])
    told = workers.kinds(pair["trainer"], "prepared")[0]
    for name in ("batches", "steps_an_epoch", "steps", "warmup_steps", "effective_batch"):
        assert plan["arithmetic"][name] == told[name]
    assert (plan["rows"], plan["eval_rows"]) == (told["rows"], told["eval_rows"]) == (making.ROWS, making.MEASURED)
    assert (plan["parameters"], plan["trainable"]) == (told["parameters"], told["trainable"])
    assert len(workers.steps(pair["trainer"])) == plan["arithmetic"]["steps"]
    rates = dict(plan["rates"])
    for event in workers.steps(pair["trainer"]):
        assert rates[event.whole("step")] == pytest.approx(event.number("lr"))


def test_nothing_that_is_loaded_may_run_code(pair: dict[str, Run]) -> None:
    """Each file of a checkpoint that is read again is read as weights and numbers only."""
    import torch
    from accelerate.utils.other import load

    where = pair["accelerate"].folder / "checkpoint-6"
    pickled = {file.name for file in where.iterdir() if file.suffix in (".bin", ".pkl", ".pt", ".pth")}
    assert pickled == {"optimizer.bin", "scheduler.bin", "random_states_0.pkl"}  # no custom_checkpoint_0.pkl
    for name in pickled:
        load(where / name)
    where = pair["trainer"].folder / "checkpoint-6"
    for name in ("optimizer.pt", "scheduler.pt"):
        torch.load(where / name, weights_only=True)


@pytest.mark.drill
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize(
    ("task", "changes"),
    [
        ("text-classification", {"freeze": "lower", "clip": 0.0, "max_steps": 5}),
        ("text-classification", {"lora_rank": 2, "evaluate_every": 3, "save_every": 2, "epochs": 3.0}),
        ("text-classification", {"pair": "", "label": "same", "eval_split": "", "rows": 20}),
        ("text-classification", {"precision": "bf16"}),
        ("token-classification", {"schedule": "constant_with_warmup", "warmup": 2.0}),
        ("question-answering", {"freeze": "embeddings"}),
        ("causal-lm", {"weight_decay": 0.1}),
        ("masked-lm", {"freeze": "encoder"}),
        ("seq2seq", {"epochs": 1.5}),
        ("multi-label-classification", {"epochs": 1.5, "evaluate_every": 2}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)  # fmt: skip
def test_every_task(new: Callable[..., Run], task: str, changes: dict[str, Any], loop: str) -> None:
    run = new(task, loop=loop, accumulation=2, **{"epochs": 2.0, **changes})
    assert workers.worked(run) == 0, folder.last_words(run)
    told, alone = steps(run), workers.script(run)
    assert len(told) == workers.kinds(run, "prepared")[0]["steps"] == workers.plan(run)["arithmetic"]["steps"]
    assert [{name: step[name] for name in alone[0]} for step in told] == alone
    config = json.loads((run.model / "config.json").read_text())
    assert config["architectures"]
    if run.recipe().eval_split:
        assert run_status.look(run).history.best is not None
    if not run.recipe().lora_rank:
        assert workers.weights_of_script(run) == workers.weights(run)


@pytest.mark.drill
@pytest.mark.timeout(1200)
@pytest.mark.parametrize(
    ("task", "changes"),
    [
        ("token-classification", {}),
        ("question-answering", {}),
        ("causal-lm", {}),
        ("masked-lm", {}),
        ("seq2seq", {}),
        ("multi-label-classification", {"label": "rain, snow, sun"}),
        ("text-classification", {"precision": "bf16"}),
        ("text-classification", {"lora_rank": 2}),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_every_task_by_both_loops(new: Callable[..., Run], task: str, changes: dict[str, Any]) -> None:
    one, other = (new(task, loop=loop, epochs=2.0, accumulation=3, **changes) for loop in LOOPS)
    assert workers.worked(one) == workers.worked(other) == 0
    assert steps(one) == steps(other)
    first, second = ([event["metrics"] for event in workers.kinds(run, "evaluation")] for run in (one, other))
    assert first == second


@pytest.mark.drill
@pytest.mark.timeout(600)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("changes", [{"lora_rank": 2}, {"precision": "bf16"}], ids=lambda changes: next(iter(changes)))
def test_going_on_from_a_checkpoint_changes_nothing(
    new: Callable[..., Run], loop: str, changes: dict[str, Any]
) -> None:
    run = new(loop=loop, epochs=2.0, save_every=3, keep=9, **changes)
    assert workers.worked(run) == 0, folder.last_words(run)
    undisturbed, losses = workers.weights(run), steps(run)
    assert len(folder.checkpoints(run)) > 2
    assert workers.worked(run, resume=3) == 0, folder.last_words(run)
    assert workers.weights(run) == undisturbed
    assert steps(run) == losses


@pytest.mark.drill
@pytest.mark.timeout(600)
@pytest.mark.parametrize("loop", LOOPS)
def test_a_fork_of_an_adapter_learns_on(new: Callable[..., Run], loop: str) -> None:
    run = new(loop=loop, epochs=2.0, lora_rank=2)
    assert workers.worked(run) == 0, folder.last_words(run)
    last = folder.checkpoints(run)[-1]
    assert not (last.folder / "config.json").exists()
    for changes in ({"lora_rank": 2}, {"freeze": "lower"}):
        forked = new(loop=loop, epochs=1.0, checkpoint=str(last.folder), **changes)
        assert workers.worked(forked) == 0, folder.last_words(forked)
        told, alone = steps(forked), workers.script(forked)
        assert [{name: step[name] for name in alone[0]} for step in told] == alone
        assert told[0]["loss"] < steps(run)[0]["loss"]
    (last.folder / "adapter_model.safetensors").rename(last.folder / "adapter_model.bin")
    with pytest.raises(CheckpointError, match="without safetensors"):
        base_models.folder(forked.recipe())


@pytest.mark.drill
@pytest.mark.timeout(600)
def test_an_adapter_is_exported_as_a_whole_model(new: Callable[..., Run], tmp_path: Path) -> None:
    import peft
    import torch
    import transformers

    run = new(epochs=2.0, lora_rank=2)
    assert workers.worked(run) == 0, folder.last_words(run)
    target = tmp_path / "whole"
    last = folder.checkpoints(run)[-1]
    assert export.model(run, target, last.step, replace=False) == last.folder
    whole = transformers.AutoModelForSequenceClassification.from_pretrained(target).eval()
    base = adapter_base(last.folder)
    kinds = {"num_labels": whole.config.num_labels}
    parts = transformers.AutoModelForSequenceClassification.from_pretrained(base, **kinds)
    parts = peft.PeftModel.from_pretrained(parts, last.folder).eval()
    words = transformers.AutoTokenizer.from_pretrained(target)(["one", "two"], return_tensors="pt")
    with torch.no_grad():
        torch.testing.assert_close(whole(**words).logits, parts(**words).logits)
    assert whole.config.id2label == {0: "no", 1: "yes"}


@pytest.mark.drill
@pytest.mark.timeout(600)
@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("tracker", ["tensorboard", "trackio"])
def test_curves_go_to_a_tracker_as_well(
    new: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tracker: str, loop: str
) -> None:
    pytest.importorskip(tracker)
    monkeypatch.setenv("TRACKIO_DIR", str(tmp_path / "trackio"))
    run = new(loop=loop, max_steps=3, report_to=tracker)
    launch.start(run)
    workers.until(lambda: not folder.alive(run), "its end")
    assert run_status.look(run).state == "done", folder.last_words(run)
    where = run.folder if tracker == "tensorboard" else tmp_path / "trackio"
    assert list(where.rglob("*tfevents*" if tracker == "tensorboard" else "headnotes.db"))
