"""What the worker costs: its steps per second against script.py alone, and attaching to a run of a million steps."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.test_console import table  # noqa: F401 (a fixture)
from tui.lab.recipes.script import script
from tui.runs import events, folder, launching, recipe
from tui.runs.folder import Run

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]
PAIRS = int(os.environ.get("HEADNOTES_BENCH_PAIRS", "3"))
STEPS = int(os.environ.get("HEADNOTES_BENCH_STEPS", "120"))
MILLION = 1_000_000
CLOCK = """
import time
from transformers import TrainerCallback
clock = []
class Clock(TrainerCallback):
    def on_step_end(self, *given, **named):
        clock.append(time.perf_counter())
"""
ATTACH = """
import json, sys, time, psutil
from pathlib import Path
from tui.runs import events
before, begun = psutil.Process().memory_info().rss, time.perf_counter()
kept = [(event.number("step"), event.number("loss")) for event in events.sample(Path(sys.argv[1]), 1500)]
print(json.dumps({"seconds": time.perf_counter() - begun, "points": len(kept), "last": kept[-1][0],
                  "bytes": psutil.Process().memory_info().rss - before}))
"""


def asked(loop: str) -> recipe.Recipe:
    """The pairs that ship, the encoder that is always here, nothing but steps."""
    return recipe.read({
        "data": "pairs", "text": "sentence1", "pair": "sentence2", "loop": loop, "eval_split": "", "max_length": 64,
        "batch_size": 16, "max_steps": STEPS, "save_every": 10 * STEPS, "threads": 1,
    })  # fmt: skip


def through_the_worker(loop: str) -> float:
    """Steps per second between the first and the last one."""
    wanted = asked(loop)
    run = folder.create(wanted, script(wanted))
    launching.start(run)
    while folder.alive(run):
        time.sleep(0.2)
    assert folder.look(run).state == "done", folder.last_words(run)
    times = [event.time for event in events.read_all(run.steps_file)]
    return (len(times) - 1) / (times[-1] - times[0])


def by_the_script(loop: str, where: Path) -> float:
    """The same of the shown Python in a process as polite as the worker."""
    text = script(asked(loop)).replace("trainer.train()", "trainer.add_callback(Clock())\ntrainer.train()")
    text = text.replace("losses.append(total.item())", "losses.append(total.item()); clock.append(time.perf_counter())")
    where.mkdir()
    (where / "script.py").write_text(
        f"{CLOCK}\n{text}\nprint()\nprint((len(clock) - 1) / (clock[-1] - clock[0]))\n", "utf-8"
    )
    environment = {**launching.environment(asked(loop)), "PYTHONPATH": ""}
    done = subprocess.run(["nice", "-n", "5", sys.executable, "script.py"], cwd=where, env=environment,
                          check=True, capture_output=True, text=True)  # fmt: skip
    return float(done.stdout.split()[-1])


def test_steps_per_second(table: Callable[..., None], tmp_path: Path) -> None:  # noqa: F811 (the fixture)
    rows = []
    for loop in ("trainer", "accelerate"):
        alone, ours = [], []
        for number in range(PAIRS):
            alone.append(by_the_script(loop, tmp_path / f"{loop}-{number}"))
            ours.append(through_the_worker(loop))
        ratio = statistics.median(a / b for a, b in zip(ours, alone, strict=True))
        rows.append((loop, *(f"{statistics.median(one):.2f}" for one in (alone, ours)), f"{ratio:.3f}"))
    table(
        f"Steps per second, {STEPS} steps of 16 pairs, one thread, {PAIRS} pairs in turn (goal: ratio >= 0.98)",
        ("", "script.py", "worker", "ratio"),
        *rows,
    )


def test_attaching_to_a_million_steps(table: Callable[..., None], tmp_path: Path) -> None:  # noqa: F811 (the fixture)
    run = Run(tmp_path)
    line = {
        "epoch": 1.5,
        "loss": 0.6931471824645996,
        "lr": 4.2e-05,
        "grad_norm": 1.25,
        "rows_s": 103.2,
        "memory": 10**9,
    }
    with run.steps_file.open("w") as out:
        for step in range(1, MILLION + 1):
            out.write(json.dumps({"v": 1, "seq": step, "t": 1e9 + step, "kind": "step", "step": step, **line}) + "\n")
    found = []
    for _ in range(PAIRS):
        done = subprocess.run(
            [sys.executable, "-c", ATTACH, run.steps_file], check=True, capture_output=True, text=True
        )
        found.append(json.loads(done.stdout))
    assert all(one["last"] == MILLION for one in found)
    middle = sorted(found, key=lambda one: one["seconds"])[PAIRS // 2]
    table(
        f"Attaching to {MILLION:,} steps, {run.steps_file.stat().st_size / 1e6:.0f} MB (goal: under 1 s)",
        ("", "seconds", "points", "MB more"),
        ("events.sample", f"{middle['seconds']:.3f}", middle["points"], f"{middle['bytes'] / 1e6:.1f}"),
    )
