"""Run folders as a worker leaves them, made without one; and a worker that obeys without training."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tui.cli.main import main
from tui.recipes.recipe import Recipe
from tui.runs import folder
from tui.runs.events import Log
from tui.runs.folder import Run
from tui.runs.orders import Inbox

PREPARED = {"rows": 100, "eval_rows": 20, "steps": 10, "trainable": 5, "parameters": 50, "device": "cpu", "main": "f1",
            "baseline": 0.6, "notes": []}  # fmt: skip


def make(name: str = "one", *lines: tuple[str, dict[str, Any]], steps: int = 0, **changes: Any) -> Run:
    """A run whose worker wrote these events, and so many steps."""
    run = folder.create(Recipe(**{"data": "pairs", "name": name, **changes}), "print()\n")
    write(run, *lines)
    log = Log(run.steps_file)
    for step in range(1, steps + 1):
        log.write("step", step=step, epoch=step / 10, loss=1 / step, lr=0.1, grad_norm=1.0, rows_s=9.0)
    log.close()
    return run


def write(run: Run, *lines: tuple[str, dict[str, Any]]) -> None:
    """Append events."""
    log = Log(run.events_file)
    for kind, fields in lines:
        log.write(kind, **fields)
    log.close()


def stage(name: str) -> tuple[str, dict[str, Any]]:
    return "stage", {"stage": name}


def measured(step: int, **metrics: float) -> tuple[str, dict[str, Any]]:
    return "evaluation", {"step": step, "epoch": step / 10, "metrics": metrics}


BEGUN = (stage("starting"), stage("loading"), ("prepared", PREPARED), stage("training"))
DONE = ("done", {"step": 10, "seconds": 3.0, "metrics": {"f1": 0.7}})


def checkpoint(run: Run, step: int) -> None:
    """A whole checkpoint with what only going on needs."""
    where = run.folder / f"checkpoint-{step}"
    where.mkdir()
    for file in ("model.safetensors", "config.json", "tokenizer.json", "optimizer.pt", "scheduler.pt", "rng_state.pth"):
        (where / file).write_text(f"{file} of {step}")
    (where / "trainer_state.json").write_text(json.dumps({"global_step": step}))


@contextmanager
def obeying(run: Run, answer: Callable[[Log, str, str], bool]) -> Iterator[None]:
    """A thread that holds the run's lock and gives each order, by name and id, to `answer` until that returns True."""
    over, held = threading.Event(), threading.Event()

    def work() -> None:
        lock = folder.hold(run)  # which belongs to this thread
        inbox, log = Inbox(run.orders_file, 0), Log(run.events_file)
        held.set()
        ended = False
        while not ended and not over.wait(0.01):
            for order, name in inbox.new():
                log.write("order", order=order, id=name, state="seen")
                ended = answer(log, order, name)
        log.close()
        lock.release()

    thread = threading.Thread(target=work)
    thread.start()
    assert held.wait(10)
    try:
        yield
    finally:
        over.set()
        thread.join()


def headnotes(*words: str) -> int:
    """The exit code of the command, run in this process."""
    return main(["runs", *words])
