"""A worker is told to stop, to save, to measure; it is killed, resumed, forked; its disk is full; its recipe is bad."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import multiprocessing
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runs.worker import workers
from tui.errors import UsageError
from tui.recipes import recipe
from tui.runs import folder, orders, run_status
from tui.runs.folder import Run

LOOPS = ("trainer", "accelerate")
DRILL = pytest.mark.drill
LONG = {"epochs": 10.0}
"""Forty steps, ten evaluations and checkpoints."""


@pytest.fixture(scope="module")
def undisturbed(small: dict[str, dict[str, Any]], home: Path) -> Run:
    run = workers.new({**small["text-classification"], **LONG})
    assert workers.worked(run) == 0, folder.last_words(run)
    return run


def _orders(where: str) -> None:
    orders.give(Run(Path(where)), "stop", f"process {os.getpid()}")


@pytest.mark.parametrize("loop", ["trainer", pytest.param("accelerate", marks=DRILL)])
def test_orders(new: Callable[..., Run], undisturbed: Run, loop: str) -> None:
    """Save and measure, then two orders to stop from two processes at once; resumed, nothing of it is to be seen."""
    run = new(loop=loop, **LONG)
    process = workers.work(run)
    with workers.halted(run, process, 2) as at:
        for order in ("save", "evaluate"):
            orders.give(run, order, "test")
    with workers.halted(run, process, at + 2):
        both = [multiprocessing.get_context("fork").Process(target=_orders, args=(str(run.folder),)) for _ in "ab"]
        for one in both:
            one.start()
        for one in both:
            one.join()
    assert workers.finish(process) == 0
    told = workers.kinds(run, "order")
    assert [(one["order"], one["state"]) for one in told if one["state"] == "seen"] == [
        ("save", "seen"), ("evaluate", "seen"), ("stop", "seen"), ("stop", "seen")
    ]  # fmt: skip
    assert {one["id"] for one in told if one["state"] == "done"} == {one["id"] for one in told}
    stops = workers.kinds(run, "stopped")
    assert [(one["step"], one["why"]) for one in stops] == [(run_status.look(run).step, "by order")]
    assert stops[0]["step"] < 40
    saved = [one["step"] for one in workers.kinds(run, "checkpoint")]
    assert at <= saved[0] <= at + 2
    assert saved[-1] == stops[0]["step"] == folder.checkpoints(run)[-1].step
    asked = [one for one in workers.kinds(run, "evaluation") if one["asked"]]
    assert len(asked) <= 1  # none, if an evaluation was due after this very step
    assert not run.model.exists()
    assert run_status.look(run).state == "stopped"

    assert workers.worked(run, saved[-1]) == 0, folder.last_words(run)
    assert workers.weights(run) == workers.weights(undisturbed)
    one, other = ([event.fields["loss"] for event in workers.steps(each)] for each in (run, undisturbed))
    assert one == other
    assert run_status.look(run).state == "done"
    assert workers.kinds(run, "done")[0]["metrics"] == workers.kinds(undisturbed, "done")[0]["metrics"]


@pytest.mark.parametrize("loop", [pytest.param("trainer", marks=DRILL), "accelerate"])
def test_sigterm_saves_and_a_hangup_is_nothing(new: Callable[..., Run], undisturbed: Run, loop: str) -> None:
    run = new(loop=loop, **LONG)
    process = workers.work(run)
    with workers.halted(run, process, 1) as at:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGHUP)
        os.kill(process.pid, signal.SIGINT)
    with workers.halted(run, process, at + 2) as at:
        os.kill(process.pid, signal.SIGTERM)
    assert workers.finish(process) == 0
    stop = workers.kinds(run, "stopped")[0]
    assert stop["why"] == "by SIGTERM"
    assert at <= stop["step"] <= at + 2
    assert workers.worked(run, stop["step"]) == 0
    assert workers.weights(run) == workers.weights(undisturbed)


def test_an_order_to_stop_before_the_first_step(new: Callable[..., Run]) -> None:
    run = new()
    run.orders_file.write_text(json.dumps({"id": "a", "order": "stop"}) + "\n")
    process = workers.begin(workers._work, str(run.folder), 0, None)
    assert workers.finish(process) == 0
    assert workers.kinds(run, "stopped") == [{"step": 0, "why": "Stopped before the first step."}]
    assert [one["state"] for one in workers.kinds(run, "order")] == ["seen", "done"]
    assert not workers.steps(run)
    assert run_status.look(run).state == "stopped"


@DRILL
def test_orders_of_another_worker_are_void(new: Callable[..., Run]) -> None:
    run = new(max_steps=1)
    run.orders_file.write_text(json.dumps({"id": "a", "order": "stop"}) + "\n")
    assert workers.worked(run) == 0
    assert workers.kinds(run, "order") == []
    assert run_status.look(run).state == "done"


def test_going_on_is_refused_when_it_would_be_another_run(new: Callable[..., Run]) -> None:
    run = new(max_steps=4, save_every=1, keep=9)
    assert workers.worked(run) == 0
    shutil.rmtree(run.model)
    (run.folder / "checkpoint-3" / "trainer_state.json").unlink()
    assert [one.step for one in folder.checkpoints(run)] == [1, 2, 4]
    assert workers.worked(run, 3) == 1
    error = workers.kinds(run, "error")[-1]
    assert error["title"] == f"{run.name} has no whole checkpoint of step 3."
    assert error["next_step"] == "There are: 1, 2, 4."

    before = run.recipe_file.read_text()
    data = Path(run.recipe().data) / "train.jsonl"
    rows = data.read_text()
    try:
        data.write_text(rows.replace("Oslo", "Rome"))
        run.recipe_file.write_text(before.replace("learning_rate = 0.01", "learning_rate = 0.02") + "seed = 1\n")
        assert workers.worked(run, 2) == 1
    finally:
        data.write_text(rows)
    error = workers.kinds(run, "error")[-1]
    assert error["title"] == "This would not be the same run any more."
    for part in ("the data (26 rows then, 26 now)", "seed (42 then, 1 now)", "learning_rate (0.01 then, 0.02 now)"):
        assert part in error["detail"]
    assert "fork" in error["next_step"]
    assert run_status.look(run).state == "failed"
    assert [one.step for one in folder.checkpoints(run)] == [1, 2, 4]  # refused, so nothing was taken away

    run.recipe_file.write_text(before + "name = 'another'\n")  # what may change
    assert workers.worked(run, 2) == 0, folder.last_words(run)
    assert [one["step"] for one in workers.kinds(run, "resumed")] == [2]
    assert run_status.look(run).state == "done"


BAD: list[tuple[dict[str, Any], str]] = [
    ({"data": "/nowhere/rows.csv"}, "/nowhere/rows.csv"),
    ({"text": "sentence"}, "has no column 'sentence'."),
    ({"label": "one"}, "'one' cannot be both text and label."),
    ({"precision": "fp16"}, "fp16 needs a GPU."),
    ({"checkpoint": "nobody/nothing"}, "nobody/nothing is not on this machine."),
    ({"train_split": "learn"}, "has no split 'learn'."),
    (
        {"task": "question-answering", "answer": "two", "question": "same"},
        "does not occur in one.",
    ),
]


def test_bad_recipes_are_sentences(new: Callable[..., Run]) -> None:
    made = [(new(), changes, said) for changes, said in BAD]
    for run, changes, _ in made:
        asked = {**{name: getattr(run.recipe(), name) for name in recipe.Recipe.__slots__}, **changes}
        run.recipe_file.write_text(recipe.text(recipe.Recipe(**asked)))
    spoilt = new()
    spoilt.recipe_file.write_text("data = ")
    made.append((spoilt, {}, "is not TOML."))
    working = [workers.work(run) for run, _, _ in made]
    for (run, _, said), process in zip(made, working, strict=True):
        assert workers.finish(process) == 1
        error = workers.kinds(run, "error")[0]
        assert said in f"{error['title']} {error['detail']}"
        assert error["next_step"]
        assert run_status.look(run).state == "failed"


@pytest.mark.parametrize("loop", ["trainer", pytest.param("accelerate", marks=DRILL)])
def test_early_stopping(new: Callable[..., Run], loop: str) -> None:
    """A learning rate of nearly nothing makes no evaluation better than the first, which is the model at the end."""
    run = new(loop=loop, epochs=10.0, learning_rate=1e-30, early_stopping=2)
    assert workers.worked(run) == 0
    done = workers.kinds(run, "done")[0]
    assert (done["step"], done["why"]) == (12, "no better f1 in 2 evaluations")
    assert folder.checkpoints(run)[-1].step == 12
    assert workers.weights(run)
    shutil.rmtree(run.model)  # as if it had been killed before it was saved
    assert workers.worked(run, 12) == 0
    assert workers.kinds(run, "done")[1]["step"] == 12
    assert [one.step for one in folder.checkpoints(run)] == [4, 8, 12]
    assert workers.weights(run) == (run.folder / "checkpoint-4" / "model.safetensors").read_bytes()


@pytest.mark.drill
@pytest.mark.timeout(900)
@pytest.mark.parametrize("loop", LOOPS)
def test_a_fork_begins_with_the_weights_of_a_checkpoint(new: Callable[..., Run], loop: str) -> None:
    run = new(loop=loop, max_steps=4, save_every=2)
    assert workers.worked(run) == 0
    checkpoint = folder.checkpoints(run)[0]
    from tui.recipes.script import script

    asked = dataclasses.replace(run.recipe(), checkpoint=str(checkpoint.folder))
    parent = {"run": run.name, "step": checkpoint.step}
    forked = folder.create(asked, script(asked), parent=parent)
    assert forked.about()["parent"] == parent
    assert workers.worked(forked) == 0, folder.last_words(forked)
    assert len(workers.steps(forked)) == 4
    assert workers.steps(forked)[0].fields["loss"] != workers.steps(run)[0].fields["loss"]
    assert workers.script(forked)[0]["loss"] == workers.steps(forked)[0].fields["loss"]


@contextlib.contextmanager
def small_disk(where: Path, size: str) -> Iterator[Path]:
    """A file system of this size; the test is skipped where none can be mounted."""
    where.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", where], capture_output=True)
    if made.returncode:
        pytest.skip(f"no file system can be mounted here: {made.stderr.decode().strip()}")
    try:
        yield where
    finally:
        subprocess.run(["umount", "-l", where], check=True)


@pytest.mark.drill
@pytest.mark.timeout(900)
@pytest.mark.parametrize("loop", LOOPS)
def test_a_full_disk(new: Callable[..., Run], undisturbed: Run, tmp_path: Path, loop: str,
                     monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    """While saving and while logging: the run goes on, an order to stop waits for room, the model is saved at last."""
    with small_disk(tmp_path / "disk", "40m") as disk:
        monkeypatch.setenv("HEADNOTES_HOME", str(disk))
        run = new(loop=loop, **LONG)
        process = workers.work(run)
        with workers.halted(run, process, 1):
            filler, block = (disk / "filler").open("wb", buffering=0), b"x" * 4096
            with contextlib.suppress(OSError):
                while filler.write(block):
                    pass
            with contextlib.suppress(OSError):  # to the last byte
                filler.write(b"x" * 4096)
        workers.until(lambda: _stands(run, process), "a worker that waits with nowhere to save")
        assert process.exitcode is None
        seen = len(workers.steps(run))
        filler.close()
        (disk / "filler").unlink()
        assert workers.finish(process) == 0, folder.last_words(run)
        assert seen < 40
        assert [event.whole("step") for event in workers.steps(run)] == list(range(1, 41))  # no line is lost
        assert [event.seq for event in workers.steps(run)] == list(range(1, 41))
        titles = [one["title"] for one in workers.kinds(run, "warning")]
        assert any("could not be saved: the disk is full" in title for title in titles)
        assert "The model is trained, but there is no room for it." in titles
        assert workers.weights(run) == workers.weights(undisturbed)
        assert not (run.folder / "model.part").exists()
        assert all(one.step for one in folder.checkpoints(run))


def _stands(run: Run, process: Any) -> bool:
    """Whether the worker has ended its steps and sleeps between two tries to save."""
    import psutil

    before = psutil.Process(process.pid).cpu_times().user
    try:
        process.join(3.0)
        return psutil.Process(process.pid).cpu_times().user - before < 0.3
    except psutil.NoSuchProcess:
        return True


def test_without_room_an_order_to_stop_is_refused(new: Callable[..., Run], undisturbed: Run) -> None:
    """The room is asked of the file system; here the answer is that there is none, until the order was refused."""
    run = new(**LONG)
    process = workers.begin(_work_without_room, str(run.folder))
    with workers.halted(run, process, 2):
        orders.give(run, "stop", "test")
    assert workers.finish(process) == 0, folder.last_words(run)
    assert [one["state"] for one in workers.kinds(run, "order")] == ["seen", "refused"]
    assert "It goes on, because there was no room to save what it has learned." in [
        one["title"] for one in workers.kinds(run, "warning")
    ]
    assert run_status.look(run).state == "done"
    assert workers.weights(run) == workers.weights(undisturbed)


def _work_without_room(where: str) -> None:
    from tui.runs.worker import session

    session.free_space = lambda folder: 1000
    workers._work(where, 0, None)


def test_a_second_worker_is_refused(new: Callable[..., Run]) -> None:
    from tui.runs import launch

    run = new()
    with folder.hold(run), pytest.raises(UsageError, match="is running"):
        launch.start(run)
