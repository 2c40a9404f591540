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

from tests.bench.test_console import KEYS, delays_of, table  # noqa: F401 (a fixture)
from tests.terminal.terminal import Terminal
from tui.recipes import recipe
from tui.recipes.script import script
from tui.runs import events, folder, launch, run_status
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
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.console.widgets.runs import panels
before, begun = psutil.Process().memory_info().rss, time.perf_counter()
curves = Curves(Run(Path(sys.argv[1])))
curves.read()
seconds, used = time.perf_counter() - begun, []
for _ in range(20):
    start = time.process_time()
    panels.panels(curves, panels.View(), 118, 36, "en")
    used.append(time.process_time() - start)
xs, _ = curves.series("loss")
print(json.dumps({"seconds": seconds, "redraw": sorted(used)[10], "points": len(xs), "last": xs[-1],
                  "bytes": psutil.Process().memory_info().rss - before}))
"""
WATCHED = 30.0
"""Seconds for which the bytes of a live view are counted."""


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
    launch.start(run)
    while folder.alive(run):
        time.sleep(0.2)
    assert run_status.look(run).state == "done", folder.last_words(run)
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
    environment = {**launch.environment(asked(loop)), "PYTHONPATH": ""}
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
        done = subprocess.run([sys.executable, "-c", ATTACH, run.folder], check=True, capture_output=True, text=True)
        found.append(json.loads(done.stdout))
    assert all(one["last"] == MILLION for one in found)
    middle = sorted(found, key=lambda one: one["seconds"])[PAIRS // 2]
    table(
        f"Attaching to {MILLION:,} steps, {run.steps_file.stat().st_size / 1e6:.0f} MB (goals: 1 s, redraw 50 ms)",
        ("", "seconds", "redraw, CPU ms", "points", "MB more"),
        (
            "all panels, 118x36",
            f"{middle['seconds']:.3f}",
            f"{1000 * middle['redraw']:.1f}",
            middle["points"],
            f"{middle['bytes'] / 1e6:.1f}",
        ),
    )


def test_keys_and_bytes_beside_a_run_on_all_cores(table: Callable[..., None]) -> None:  # noqa: F811 (the fixture)
    wanted = recipe.load(
        "pairs-lesson", {"threads": 0, "max_steps": 5_000, "evaluate_every": 9_999, "save_every": 9_999}
    )
    run = folder.create(wanted, script(wanted))
    rows: list[tuple[object, ...]] = []
    try:
        with Terminal("2.2") as it:
            it.until("POSITIVE", "ready")
            for trains in (False, True):
                if trains:
                    launch.start(run)
                    it.wait(lambda: run_status.look(run).step > 3, "the first steps", 120)
                    it.until("F6 runs")
                it.settle(0.3)
                for name, keys in (("line down / up", ("j", "k")), ("page down / up", (" ", "\x1b[5~"))):
                    delays, _ = delays_of(it, keys)
                    shown = (delays[len(delays) // 2], delays[int(len(delays) * 0.99)], delays[-1])
                    rows.append((f"{name}{', beside a run' * trains}", *(f"{value:.1f}" for value in shown)))
            it.press("\x1b[17~")  # F6
            it.until("1 run")
            it.press("enter")
            it.until("learning rate")
            it.pump(2.0)
            before, begun = len(it.received), time.monotonic()
            while time.monotonic() < begun + WATCHED:
                it.pump(0.5)
            sent = (len(it.received) - before) / WATCHED
        assert folder.alive(run), folder.last_words(run)
    finally:
        launch.kill(run)
    table(
        f"Key to first byte of its frame, ms, {KEYS} keys; a run trains on all cores (goal p99 < 50)",
        ("", "p50", "p99", "max"),
        *rows,
    )
    table("The live view of a run at 120x40 (goal: 2,000 bytes a second)", ("bytes a second", f"{sent:.0f}"))
