"""Stories of the training's instruments on the bench: plan, start, watch, stop, come back; schedules and matrices."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import pytest

from tests.console.console import Driver, console
from tests.console.test_hostile import assert_harmless
from tests.hostile import TEXTS
from tests.instruments.test_train import SMALL, begun, made_run, worked_at, write_steps
from tui.console.screens.run import RunScreen
from tui.console.widgets.option_bar import Options
from tui.course.book import Course
from tui.errors import UsageError
from tui.instruments.metrics.grid import MatrixGrid
from tui.instruments.runs.view import RunsPane
from tui.instruments.train import view as pane_module
from tui.instruments.train.view import TrainPane
from tui.runs import folder, launch, run_status
from tui.runs.events import Log
from tui.runs.folder import Run

pytestmark = pytest.mark.usefixtures("own_tables")
HEAD = """---
id: try-{language}
section: "1.1"
title: Try
minutes: 3
topic: Try
url: https://example.com
covers: []
claims: []
---

Text.

## Here

```{{try}} {fence}
```

## There

```{{try}} {other}
```
"""
TRAIN = "train\n" + "\n".join(f"{name}: {value}" for name, value in SMALL.items())
Opening = Callable[..., AbstractAsyncContextManager[Driver]]


@pytest.fixture
def lesson(tmp_path: Path) -> Opening:
    """A console at a lesson with one instrument, and another below it."""

    def opened(fence: str, other: str = "schedule", **options: Any) -> AbstractAsyncContextManager[Driver]:
        course = tmp_path / "course"
        (course / "1-x").mkdir(parents=True, exist_ok=True)
        (course / "course.toml").write_text(
            '[[chapter]]\nnumber = "1"\nfolder = "1-x"\ntitle = { en = "X", zh = "X" }\n', "utf-8"
        )
        for language in ("en", "zh"):
            page = HEAD.format(language="a", fence=fence, other=other)
            (course / "1-x" / f"01-a.{language}.md").write_text(page, "utf-8")
        return console("1.1", book=Course.open(course), **options)

    return opened


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[Run]:
    """Runs that would have been started: this process stands for their worker."""
    found: list[Run] = []

    def start(run: Run, resume: Any = None) -> int:
        found.append(run)
        begun(run)
        return os.getpid()

    monkeypatch.setattr(launch, "start", start)
    monkeypatch.setattr(pane_module, "FOLLOW_EVERY", 0.05)
    return found


def pane_of(it: Driver) -> Any:
    return it.reader.bench.pane


async def planned(it: Driver) -> TrainPane:
    """The plan is on the bench, and the keys are there."""
    await it.until(lambda: isinstance(pane_of(it), TrainPane) and pane_of(it).result is not None, "a plan", 120)
    pane: TrainPane = pane_of(it)
    if pane not in (it.app.focused.ancestors if it.app.focused else ()):
        await it.press("e")
    return pane


def shown(it: Driver, view: str) -> str:
    return it.text_of(view)


# -- train ----------------------------------------------------------------------------------------------------------


async def test_a_plan_is_read_before_anything_is_started(lesson: Opening, started: list[Run]) -> None:
    async with lesson(TRAIN) as it:
        await planned(it)
        plan = shown(it, "#plan")
        assert "f starts the run." in plan
        assert "96 for training, 32 for evaluation" in plan
        assert "96 / 16 = 6" in plan
        assert "always saying 1: accuracy 0." in plan
        assert "10,795,394 of 22,713,986 are trained: 48%" in plan
        assert "learning rate   linear" in plan
        await it.until_shown("rows  96", "learning_rate  0.0001", "freeze  embeddings", "f fine-tune")
        await it.press("l")
        await it.until(lambda: "按 f 开始训练。" in shown(it, "#plan"))
        assert started == []
        assert folder.all_runs() == []


async def test_an_option_is_changed_and_the_plan_follows(lesson: Opening, started: list[Run]) -> None:
    async with lesson(TRAIN) as it:
        pane = await planned(it)
        await it.press("right", "4")  # epochs 1.0 becomes 4
        await it.until(lambda: pane.result is not None and pane.result.plan.arithmetic.steps == 24, "24 steps", 60)
        assert pane.values() == {"recipe": "pairs-lesson", **SMALL, "epochs": 4.0}
        assert "4 × 6 = 24" in shown(it, "#plan")
        await it.press("backspace")  # nothing: as the recipe has it
        await it.until(lambda: pane.result is not None and pane.result.plan.arithmetic.steps == 6, "6 steps", 60)
        await it.press("tab", "0")  # from the options to the plan, where a digit is a key of the bench
        assert pane.query_one(Options).values["epochs"] == 1.0


async def test_a_run_is_started_watched_stopped_and_opened(lesson: Opening, started: list[Run]) -> None:
    async with lesson(TRAIN, size=(140, 60)) as it:
        await planned(it)
        await it.press("f")
        await it.until_shown("starting")
        (run,) = started
        assert run.recipe().rows == 96
        assert "Trainer(" in run.script_file.read_text("utf-8")
        assert run.about()["command"][:3] == ["headnotes", "train", "pairs-lesson"]
        assert "rows=96" in run.about()["command"]
        write_steps(run, 12, range(1, 7))
        await it.until_shown("training", "step 6 of 12", "majority 0.640", "accuracy on 32 rows")
        assert "0.66" in shown(it, "#run").splitlines()[-1]
        assert "█" in shown(it, "#run")
        await it.press("f")
        await it.until_shown("goes on: stop it first")
        assert len(started) == 1
        await it.press("p")
        await it.until(lambda: it.app.screen.query_one("#plan").region.height > 0, "the plan")
        await it.press("p", "s")
        await it.until_shown("will keep a checkpoint at its next step")
        (order,) = [json.loads(line) for line in run.orders_file.read_text("utf-8").splitlines()]
        assert order["order"] == "stop"
        log = Log(run.events_file)
        log.write("order", order="stop", id=order["id"], state="seen")
        log.write("stopped", step=6, why="by order")
        log.close()
        run.worker_file.unlink()
        await it.until_shown("stopped", "with a checkpoint to go on from")
        await it.press("l")
        await it.until_shown("已停止，并留有可继续的检查点。")
        await it.press("d")
        await it.until(lambda: isinstance(it.app.screen, RunScreen), "the run's own screen")
        await it.press("q")
        await it.until(lambda: not isinstance(it.app.screen, RunScreen))


async def test_who_comes_back_finds_the_run(lesson: Opening, started: list[Run]) -> None:
    async with lesson(TRAIN) as it:
        await planned(it)
        await it.press("f")
        await it.until(lambda: started)
        write_steps(started[0], 12, range(1, 13))
        await it.until_shown("training", "12")
    async with lesson(TRAIN) as it:
        await it.until_shown("training", "12")
        assert pane_of(it).run.name == started[0].name
        await planned(it)
        await it.press("p")
        await it.until(lambda: it.app.screen.query_one("#plan").region.height > 0, "the plan")
    other = TRAIN + "\nlearning_rate: 0.01"
    started[0].worker_file.unlink()
    async with lesson(other) as it:
        await planned(it)
        assert pane_of(it).run is None, "a run of another recipe that has ended is not shown"


async def test_a_run_with_changed_options_is_found_while_it_goes_on(lesson: Opening, started: list[Run]) -> None:
    run = made_run(done=3, state="new", epochs=4.0)
    worked_at(run)
    async with lesson(TRAIN) as it:
        await it.until_shown(run.name, "training")
    run.worker_file.unlink()
    async with lesson(TRAIN) as it:
        await planned(it)
        assert pane_of(it).run is None


async def test_a_worker_that_dies_is_shown_dead_with_its_last_words(lesson: Opening, started: list[Run]) -> None:
    async with lesson(TRAIN, size=(120, 50)) as it:
        await planned(it)
        await it.press("f")
        await it.until(lambda: started)
        write_steps(started[0], 12, range(1, 4))
        await it.until_shown("training")
        started[0].log_file.write_text("step 3\nKilled [CLS] \x1b[31m\n", "utf-8")
        started[0].worker_file.unlink()
        await it.until_shown("dead", "The worker died", "Killed [CLS]", seconds=10)
        assert_harmless(it.screen())


@pytest.mark.parametrize("trouble", [UsageError("cli.nothing-done"), OSError("no more processes")])
async def test_a_run_that_cannot_be_started_leaves_nothing(
    lesson: Opening, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def fail(run: Run, resume: Any = None) -> int:
        raise trouble

    monkeypatch.setattr(launch, "start", fail)
    async with lesson(TRAIN) as it:
        await planned(it)
        await it.press("f")
        await it.until_shown(
            "Nothing was done." if isinstance(trouble, UsageError) else "The worker cannot be started."
        )
        assert pane_of(it).run is None
    assert folder.all_runs() == []


async def test_without_a_plan_nothing_is_started(lesson: Opening, started: list[Run]) -> None:
    async with lesson("train\nrecipe: pairs-leson") as it:
        await it.until_shown("Did you mean 'pairs-lesson'")
        await it.press("e", "f")
        await it.until_shown("There is no plan to start yet.")
        await it.press("s")
        await it.until_shown("Nothing has been started")
    assert started == []


async def test_hostile_words_of_a_run_are_shown_as_they_are(lesson: Opening) -> None:
    run = made_run(done=6, state="new")
    log = Log(run.events_file)
    log.write("error", title=TEXTS[0], detail=TEXTS[8] + TEXTS[16], next_step=TEXTS[9])
    log.close()
    async with lesson(TRAIN, size=(120, 50)) as it:
        await it.until_shown("[CLS] hi [SEP]", "failed")
        assert_harmless(it.screen())


@pytest.mark.drill
async def test_a_real_run_from_the_key_to_its_end(lesson: Opening) -> None:
    async with lesson(TRAIN + "\nmax_steps: 4", size=(120, 50)) as it:
        await planned(it)
        await it.press("f")
        await it.until_shown("done", "4", "majority", seconds=240)
        (run,) = folder.all_runs()
        assert (run.model / "config.json").is_file()
        assert run_status.look(run).state == "done"


# -- runs -----------------------------------------------------------------------------------------------------------


async def test_runs_are_listed_and_one_is_looked_at(lesson: Opening) -> None:
    async with lesson("runs") as it:
        await it.until_shown("There are no runs yet.")
    first, second = made_run(), made_run(done=4, state="dead")
    async with lesson("runs", size=(120, 60)) as it:
        await it.until_shown(first.name, second.name, "done", "dead", "12 / 12", "f1 0.82")
        assert isinstance(pane_of(it), RunsPane)
        await it.press("e", "space", "space")  # the names of the runs, the latest first
        await it.until(lambda: pane_of(it).values() == {"name": first.name})
        await it.until_shown("eval/accuracy", "majority 0.640", "12")
        await it.press("l")
        await it.until_shown("多数类 0.640")


# -- schedule and metrics -------------------------------------------------------------------------------------------


async def test_a_schedule_is_drawn_changed_and_read_in_chinese(lesson: Opening) -> None:
    async with lesson("schedule\ncompare: cosine") as it:
        await it.until_shown("learning rate", "1,920 / 16 = 120", "warm-up", "Step 1 has rate 0")
        await it.press("e", "space", "space")  # linear, cosine, cosine_with_restarts
        await it.until_shown("cosine_with_restarts", "num_cycles=1")
        assert "num_cycles" in it.text_of("#options")
        await it.press("l")
        await it.until_shown("第 1 步的学习率为 0", "每轮批数")
        assert "power" not in it.text_of("#options"), "only what the drawn schedules take is offered"


async def test_a_schedule_without_a_curve_says_why(lesson: Opening) -> None:
    async with lesson("schedule\nname: reduce_lr_on_plateau") as it:
        await it.until_shown("has no curve before the run", "1,920 / 16 = 120")


async def test_a_cell_is_changed_and_the_scores_follow(lesson: Opening) -> None:
    async with lesson("metrics\nmatrix: 50 10; 5 35\nlabels: no, yes") as it:
        await it.until_shown("accuracy", "0.850")
        await it.press("e", "down", "right")
        assert isinstance(it.app.focused, MatrixGrid)
        await it.press("plus", "plus")
        await it.until(lambda: pane_of(it).result is not None and pane_of(it).result.matrix == [[50, 10], [5, 37]])
        await it.press("minus")
        await it.until(lambda: pane_of(it).result is not None and pane_of(it).result.matrix == [[50, 10], [5, 36]])
        await it.press("left", "9", "0")
        await it.until(lambda: pane_of(it).result is not None and pane_of(it).result.matrix == [[50, 10], [90, 36]])
        await it.until_shown("0.462")
        await it.press("a")
        await it.until(lambda: pane_of(it).result is not None and len(pane_of(it).result.labels) == 3)
        await it.until_shown("No row was predicted as 2", "No row is 2")
        await it.press("down", "x")
        await it.until(lambda: pane_of(it).result is not None and pane_of(it).result.labels == ["no", "yes"])
        await it.press("x")
        await it.until_shown("A matrix has 2 to 12 classes.")


async def test_wide_labels_line_up_and_an_empty_matrix_stays_in_sight(lesson: Opening) -> None:
    from rich.cells import cell_len

    async with lesson("metrics\nmatrix: 1 0; 0 0\nlabels: 组织, place", language="zh") as it:
        await it.until_shown("真实", "准确率")
        rows = [line for line in it.text_of("#matrix").splitlines() if line.startswith(("组织", "place"))]
        assert len({cell_len(line.rstrip()) for line in rows}) == 1
        await it.press("e", "minus")
        await it.until_shown("没有统计任何行", "组织")
        await it.press("plus")
        await it.until_shown("准确率")
