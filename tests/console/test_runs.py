"""Stories of runs: the list, one run with its pages, orders, the overlay, the strip; on folders that were written."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import psutil
import pytest

from tests.console.console import Driver, InProcess, console
from tests.console.test_hostile import assert_harmless
from tests.hostile import TEXTS
from tests.runs.recorded import Recorded
from tests.runs.test_console_lock import HOLDS
from tui import paths
from tui.console import run_actions
from tui.console.run_watch import RunWatch
from tui.console.screens import runs as runs_screen
from tui.console.screens.overlay import Overlay
from tui.console.screens.reader import Reader
from tui.console.screens.run import RunScreen
from tui.console.screens.runs import Runs
from tui.console.screens.windows import ListWindow, TextWindow
from tui.console.widgets.runs import evaluated, facts, pages
from tui.console.widgets.runs.evaluation_page import EvaluationPage
from tui.console.widgets.runs.strip import RunStrip
from tui.console.widgets.runs.views import CurvesPage, LogPage
from tui.models.run_checkpoints import SavedCheckpoint
from tui.runs import folder, launch, predictions
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.runs.predictions import Changed, Changes
from tui.text.lines import line_text
from tui.text.visible import visible

FALLING = [0.1 + 0.6 * math.exp(-n / 30) for n in range(100)]


def finished(name: str = "pairs", **changes: object) -> Recorded:
    made = Recorded(name, **changes).begin().losses(FALLING)
    return made.evaluation(50, 0.4).evaluation(100, 0.3, ((45, 5), (2, 48))).end()


@pytest.fixture
def worked_at() -> Iterator[Recorded]:
    """A run whose lock is held, as its worker holds it."""
    made = Recorded("live").begin().losses(FALLING[:40]).evaluation(25, 0.5)
    lock = folder.hold(made.run)
    yield made
    lock.release()


async def at(it: Driver, run: Run) -> RunScreen:
    screen = RunScreen(run)
    await it.app.push_screen(screen)
    await it.until(lambda: screen._polling is not None, "the run to be read")
    return screen


async def test_the_list_tells_of_every_run_and_of_what_changes(worked_at: Recorded) -> None:
    finished("over")
    Recorded("gone").begin().losses([0.7])
    async with console() as it:
        await it.press("f6")
        await it.until_shown("over", "gone", "live", "training", "40 / 100", "done", "dead", "3 runs, 1 going on")
        worked_at.losses(FALLING[40:60], first=41)
        await it.until_shown("60 / 100")
        worked_at.events.write("stage", stage="saving")
        await it.until_shown("saving")
        await it.press("l")
        await it.until_shown("保存中", "完成", "3 次训练")
        await it.press("q")
        assert not isinstance(it.app.screen, Runs)


async def test_an_empty_list_says_what_to_do() -> None:
    async with console() as it:
        await it.press("f6")
        await it.until_shown("There are no runs yet", "headnotes train")
        await it.press("enter", "o", "s", "r", "x", "d", "m", "y")
        assert isinstance(it.app.screen, Runs)


async def test_a_run_has_its_curves_and_a_cursor_that_reads_them() -> None:
    made = finished()
    async with console() as it:
        await at(it, made.run)
        await it.until_shown("done", "step 100 of 100", "best f1 0.93", "learning rate", "baseline 0.667", "validation")
        page = it.app.screen.query_one(CurvesPage)
        await it.press("home")
        await it.until_shown("step 1   epoch 0.04", f"loss  {FALLING[0]:.4g}")
        await it.press("right")
        assert page.view.cursor is not None
        assert page.view.cursor > 1
        await it.press("a")
        assert page.view.axis == "epoch"
        assert page.view.cursor is None
        await it.press("o", "minus", "minus", "z")
        assert page.view.log
        assert page.view.smoothing == 0.0
        assert page.view.panel == 0
        assert "gradient norm  " not in it.screen().split("along", 1)[1]
        await it.press("y")


async def test_a_run_is_followed_as_it_goes_on(worked_at: Recorded) -> None:
    async with console() as it:
        screen = await at(it, worked_at.run)
        await it.until_shown("training", "step 40 of 100")
        worked_at.losses(FALLING[40:80], first=41)
        await it.until_shown("step 80 of 100", "80%")
        await it.press("p")
        await it.until_shown("display paused")
        worked_at.losses(FALLING[80:], first=81)
        await it.pilot.pause(0.6)
        assert "step 80 of 100" in it.screen()
        await it.press("p")
        await it.until_shown("step 100 of 100")
        assert screen.curves.status.state == "training"


async def test_orders_are_written_with_the_name_of_who_gave_them(worked_at: Recorded) -> None:
    async with console() as it:
        await at(it, worked_at.run)
        for count, key in enumerate("ves", 1):
            await it.press(key)
            await it.until(lambda count=count: len(pages.orderers(worked_at.run)) == count)
        given = [json.loads(line) for line in worked_at.run.orders_file.read_text().splitlines()]
        assert [one["order"] for one in given] == ["save", "evaluate", "stop"]
        worked_at.events.write("order", order="save", id=given[0]["id"], state="seen")
        await it.press("4")
        await it.until_shown("save now, asked by", given[0]["by"], "seen")


async def test_a_second_console_only_reads(worked_at: Recorded) -> None:
    words = [sys.executable, "-c", HOLDS, str(worked_at.run.folder)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"True\n"
        async with console() as it:
            await it.press("f6")
            await it.until_shown("live")
            await it.press("s")
            await it.until_shown("Another console has live")
            await it.press("enter")
            await it.until_shown("Another console has live open", f"process {other.pid} on")
            for key in ("s", "v", "x", "r"):
                await it.press(key)
                await it.until_shown("Close the run there")
            assert not worked_at.run.orders_file.exists()
            other.kill()
            other.wait()
            await it.until(lambda: "only reads" not in it.text_of("#head"), "it takes over")
            await it.press("v")
            await it.until(lambda: worked_at.run.orders_file.exists(), "the order")


async def test_a_run_whose_folder_cannot_be_written_is_read(worked_at: Recorded) -> None:
    (worked_at.run.folder / "console").mkdir()
    async with console() as it:
        await at(it, worked_at.run)
        await it.until_shown("The folder of live cannot be written to")
        await it.press("v")
        await it.until(lambda: it.screen().count("The folder of live") == 2, "the answer to the order")
    assert not worked_at.run.orders_file.exists()


async def test_an_order_to_nobody_is_answered_with_a_sentence() -> None:
    made = finished()
    async with console() as it:
        await at(it, made.run)
        await it.press("s")
        await it.until_shown("is not running")
        await it.press("r")
        await it.until_shown("has no whole checkpoint")
    assert not made.run.orders_file.exists()


async def test_a_dead_worker_is_shown_with_its_last_words() -> None:
    made = Recorded().begin().losses([0.7, 0.6])
    made.run.log_file.write_text("some noise\nRuntimeError: out of memory\n")
    lock = folder.hold(made.run)
    async with console() as it:
        await at(it, made.run)
        await it.until_shown("training")
        lock.release()
        await it.until(lambda: "out of memory" in it.screen(), "the last words", 5)
        assert "The worker died" in it.screen()


async def test_evaluations_have_a_matrix_with_the_rows_behind_it() -> None:
    made = finished()
    async with console() as it:
        await at(it, made.run)
        await it.press("2")
        await it.until_shown("evaluation 2 of 2", "45 rows: true no, predicted no", "sentence 0 [CLS]")
        await it.press("right")
        await it.until_shown("5 rows: true no, predicted yes", "sentence 45 [CLS]")
        await it.press("left_square_bracket", "down", "left")
        await it.until_shown("evaluation 1 of 2", "5 rows: true yes, predicted no", "sentence 50 [CLS]")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        await it.press("q")
        text = it.text_of("#evaluations")
        assert "* 0.3" in text
        assert "the same eight examples" in text
        assert "true yes" in text


async def test_two_checkpoints_are_compared_on_the_same_rows() -> None:
    made = finished().evaluation(150, 0.3, ((48, 2), (2, 48)))
    async with console() as it:
        await at(it, made.run)
        await it.press("2")
        await it.until_shown("what changed since step 100", "3 became right, 0 became wrong, of 100 rows", "p = 0.25")
        await it.press("left_square_bracket", "left_square_bracket")
        await it.until_shown("evaluation 1 of 3")
        assert "what changed" not in it.text_of("#evaluations")
        await it.press("d")
        await it.until_shown("There are no such rows here")
        await it.press("b", "right_square_bracket", "right_square_bracket")
        await it.until_shown("what changed since step 50", "11 became right, 0 became wrong", "=       50")
        await it.press("d")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        await it.until_shown("+     42  yes > no", "sentence 42 [CLS]")


async def test_what_was_fetched_of_steps_that_are_measured_again_is_forgotten(worked_at: Recorded) -> None:
    async with console() as it:
        await at(it, worked_at.run)
        await it.press("2")
        await it.until_shown("40 rows: true no, predicted no", "sentence 39 [CLS]")
        worked_at.events.write("resumed", step=10)
        worked_at.evaluation(25, 0.5, ((2, 48), (5, 45)))
        await it.until_shown("2 rows: true no, predicted no", "sentence 1 [CLS]", seconds=15)
        assert "sentence 2 [CLS]" not in it.text_of("#evaluations").split("all evaluations")[0]


async def test_recipe_and_log() -> None:
    made = finished(learning_rate=3e-5)
    made.run.log_file.write_text("first line of the worker\nlast line\n")
    async with console() as it:
        await at(it, made.run)
        await it.press("tab", "tab")
        await it.until_shown("3e-05", "sentence1", "versions")
        await it.press("tab")
        await it.until_shown("evaluated  step 50", "last line")
        await it.ask("slash", "FIRST LINE")
        page = it.app.screen.query_one(LogPage)
        assert len(page.hits) == 1
        assert page._at == page.hits[0]
        await it.ask("slash", "nowhere")
        await it.until_shown("Nothing found")
        await it.press("c")
        await it.until_shown("the same run")


async def test_what_is_seen_in_curves_leads_to_its_lesson() -> None:
    made = Recorded().begin().losses([0.0 if step == 0 else 0.7 for step in range(10)], rate=0.0)
    made.losses([math.nan], first=11)
    engine = InProcess()
    engine.hold = True  # what the lesson has on its bench is not asked for
    async with console(engine=engine) as it:
        screen = await at(it, made.run)
        await it.until_shown("not finite from step 11 on", "See lesson 3.5")
        assert screen.diagnoses[0].kind == "nan_loss"
        await it.press("w")
        await it.until(lambda: isinstance(it.app.screen, Reader) or "is not in this book" in it.screen())


async def test_the_best_score_its_step_and_the_last_are_shown_in_both_languages() -> None:
    made = Recorded(steps=60).begin().losses([0.7, 0.6])
    for step, matrix in ((20, [[40, 10], [5, 45]]), (40, [[48, 2], [1, 49]]), (60, [[30, 20], [5, 45]])):
        made.evaluation(step, 0.5, matrix)
    made.losses([0.5], first=60).end(model_step=40)
    async with console() as it:
        await at(it, made.run)
        await it.until_shown("best f1 0.970 at step 40   last 0.750   model of step 40")
        await it.press("l")
        await it.until_shown("最佳 f1 0.970（第 40 步）   最近 0.750   模型取自第 40 步")


async def test_a_run_that_failed_says_why_and_what_was_warned_of() -> None:
    from tui.errors import ResultWarning

    made = Recorded().begin().losses([0.7, math.nan])
    made.events.write("warning", code="disk-full", title="No room.", detail="", next_step="Make some.")
    made.events.write("diagnosis", found=[{"kind": "nan_loss", "bad": True, "values": {"step": 2}}])
    made.events.write("error", code="not-finite", title="The loss is nan at step 2.", detail="", next_step="Fork it.")
    about = made.run.about() | {"warnings": [asdict(ResultWarning("plan", "Few rows [have] that label."))]}
    made.run.about_file.write_text(json.dumps(about))
    async with console() as it:
        await at(it, made.run)
        await it.until_shown("failed", "The loss is nan at step 2. Fork it.")
        await it.press("tab", "tab")
        await it.until_shown("Few rows [have] that label.")
        await it.press("tab")
        await it.until_shown("No room.", "diagnosis: The loss is not finite from step 2 on", "Fork it.")


async def test_killing_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Recorded().begin().losses([0.7])
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        known = {"pid": process.pid, "create_time": psutil.Process(process.pid).create_time()}
        made.run.worker_file.write_text(json.dumps(known))
        async with console() as it:
            await at(it, made.run)
            for choice in ("escape", "enter"):
                await it.press("x")
                await it.until(lambda: isinstance(it.app.screen, ListWindow))
                await it.press(choice)
                assert process.poll() is None
            await it.press("x")
            await it.until(lambda: isinstance(it.app.screen, ListWindow))
            await it.press("down", "enter")
            await it.until(lambda: process.poll() is not None)
            await it.until_shown("dead")
    finally:
        process.kill()
        process.communicate()


FORK = """
import sys
from tui.runs import folder
from tui.recipes import recipe
if "learning_rat=1" in sys.argv:
    sys.exit("A recipe has no learning_rat.")
changes = dict(word.split("=") for word in sys.argv[2:])
folder.create(recipe.read({"data": "pairs", "name": "fork", **changes}), "", parent={"run": sys.argv[1]})
"""


async def test_going_on_and_forking(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[tuple[Run, SavedCheckpoint | None]] = []

    def start(run: Run, resume: SavedCheckpoint | None = None) -> int:
        started.append((run, resume))
        return 1

    def command(run: Run, words: list[str]) -> list[str]:
        return [sys.executable, "-c", FORK, run.name, *words]

    monkeypatch.setattr(launch, "start", start)
    monkeypatch.setattr(run_actions, "fork_command", command)
    made = finished()
    for step in (50, 100):
        kept = made.run.folder / f"checkpoint-{step}"
        kept.mkdir()
        (kept / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    async with console() as it:
        await it.press("f6")
        await it.until_shown("pairs")
        await it.press("r")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("down", "enter")
        await it.until(lambda: started)
        assert started[0][0] == made.run
        assert started[0][1] is not None
        assert started[0][1].step == 50
        await it.ask("f", "learning_rat=1")
        await it.until_shown("has no learning_rat")
        await it.ask("f", "learning_rate=1e-6 seed=7")
        await it.until_shown("fork", "2 runs")
        forked = folder.find("fork")
        assert (forked.recipe().learning_rate, forked.recipe().seed) == (1e-6, 7)
        await it.ask("f", "nonsense")
        await it.until_shown("is not a change")


def test_a_fork_is_the_command_of_that_name() -> None:
    from tui.cli.main import COMMANDS

    assert "runs" in COMMANDS
    words = run_actions.fork_command(Run(Path("/runs/one")), ["seed=7", "epochs=1"])
    assert words[1:] == ["-P", "-m", "tui", "runs", "fork", "/runs/one", "--set", "seed=7", "epochs=1", "--plain"]


async def test_removing_asks_first_and_refuses_a_live_run(worked_at: Recorded) -> None:
    async with console() as it:
        await it.press("f6")
        await it.until_shown("live")
        await it.press("d")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("down", "enter")
        await it.until_shown("live is running")
        assert worked_at.run.folder.exists()
        old = finished("old")
        await it.until_shown("old")
        at_old = next(n for n, one in enumerate(it.app.screen.overview.glances) if one.run == old.run)
        it.app.screen.query_one(runs_screen.RunTable).go_to(at_old)
        await it.press("d")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("enter")
        assert old.run.folder.exists()
        await it.press("d")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("down", "enter")
        await it.until(lambda: not old.run.folder.exists())


async def test_marked_runs_lie_over_each_other() -> None:
    finished("one", seed=1)
    two = finished("two", seed=2, learning_rate=1e-4)
    async with console() as it:
        await it.press("f6")
        await it.until_shown("one", "two")
        await it.press("m", "m", "o")
        await it.until(lambda: isinstance(it.app.screen, Overlay))
        await it.until_shown("A two", "B one", "learning_rate", "0.0001", "5e-05", "last metrics", "loss")
        await it.until_shown("Of 100 rows two alone is right in 0, one alone in 0.", "p = 1.")
        await it.press("A")
        await it.until_shown("A two hidden")
        await it.press("H", "A")
        await it.until(lambda: "A two hidden" not in it.screen())
        two.events.write("resumed", step=50)
        two.evaluation(100, 0.3, ((50, 0), (2, 48)))
        await it.until_shown("Of 100 rows two alone is right in 5, one alone in 0.", seconds=15)
        assert "not measured on the same rows" not in it.screen()
        (two.run.evaluations / "rows.jsonl").write_text('{"row": 0, "text": "another"}')
        two.events.write("resumed", step=50)
        two.losses([0.1], first=51)
        await it.until_shown("not measured on the same rows", seconds=15)
        assert "two alone" not in it.screen()
        await it.press("left")
        await it.until_shown("step 100")
        await it.press("z", "tab", "l")
        await it.until_shown("配方的不同之处")
        await it.press("q")
        await it.until(lambda: isinstance(it.app.screen, Runs))


async def test_a_strip_tells_of_a_run_on_every_other_screen(
    worked_at: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.console.run_watch.EVERY", 0.1)
    async with console() as it:
        await it.until(lambda: it.app.screen.query(RunStrip), "the strip")
        await it.until_shown("live", "training", "step 40 of 100", "F6 runs")
        worked_at.losses(FALLING[40:50], first=41)
        await it.until_shown("step 50 of 100")
        await it.press("f6")
        await it.until_shown("50 / 100")
        assert not it.app.screen.query(RunStrip)
        await it.press("q")
        worked_at.end()
        folder_alive = folder.alive
        monkeypatch.setattr(folder, "alive", lambda run: False)
        await it.until(lambda: not it.app.screen.query(RunStrip), "the strip to go")
        monkeypatch.setattr(folder, "alive", folder_alive)


def test_without_runs_nothing_is_loaded_to_watch_them(own_home: Path) -> None:
    code = (
        "import sys, tui.console.run_watch as w; one = w.RunWatch.__new__(w.RunWatch); one._overview = None;"
        "one._read(); sys.exit('tui.runs' in sys.modules)"
    )
    assert not paths.runs_dir().exists()
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert RunWatch.begin


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("size", [(120, 40), (80, 24), (40, 12)])
async def test_every_page_at_every_size(size: tuple[int, int], language: str) -> None:
    made = finished()
    async with console(size=size, language=language) as it:
        await at(it, made.run)
        for key in ("1", "z", "2", "3", "4"):
            await it.press(key)
            assert all(len(line) <= 2 * size[0] for line in it.screen().splitlines())
        await it.press("q", "f6")
        await it.until_shown("pairs")


async def test_whatever_a_run_holds_is_shown_and_does_no_harm() -> None:
    made = Recorded(steps=len(TEXTS)).begin(labels=TEXTS, main=TEXTS[0], device=TEXTS[-1]).losses(FALLING)
    for step, text in enumerate(TEXTS, 1):
        made.events.write("evaluation", step=step, epoch=1, metrics={text: 0.5, "loss": 0.4}, labels=[text, "yes"],
                          examples=[{"row": text, "truth": text, "prediction": text, "text": text}],
                          confusion=[[1, 2], [3, 4]], file="../../" + text, asked=True)  # fmt: skip
        made.events.write("warning", title=text, detail=text, next_step=text)
        made.events.write(text or "other", what=text)
        made.events.write("stage", stage=text)
    made.run.log_file.write_text("\n".join(TEXTS), "utf-8", "replace")
    async with console() as it:
        await at(it, made.run)
        for key in ("1", "2", "3", "4"):
            await it.press(key)
            await it.press("end")
            assert_harmless(it.screen())
        await it.press("2")
        for _ in TEXTS:
            await it.press("left_square_bracket")
            assert_harmless(it.screen())
        assert it.app.screen.query_one(EvaluationPage).chosen == 0


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_nothing_in_a_run_breaks_a_line_of_its_pages(text: str) -> None:
    made = Recorded().begin(labels=[text], main=text)
    made.events.write("evaluation", step=1, metrics={text: 1}, labels=[text, text], confusion=[[1, 0], [0, 1]],
                      examples=[{"row": text, "truth": text, "prediction": text, "text": text}], file=text)  # fmt: skip
    curves = Curves(made.run)
    curves.read()
    assert not predictions.rows_behind(made.run, curves.evaluations[0], text, text)
    changes = Changes(1, [Changed(1, text, text + "x", text, text), Changed(2, text, text, text + "x", text)])
    view = evaluated.View(0, (0, 0), [], None, (0, 0), changes)
    lines = evaluated.evaluation_lines(curves, view, 80, "en") + pages.log_lines(made.run, curves, [text], "zh")
    lines += [*pages.recipe_lines(made.run, curves, 80, "en"), facts.progress_line(curves, "en")]
    assert_harmless("\n".join(visible(line_text(line)) for line in lines))


def test_a_file_outside_the_run_is_never_read(tmp_path: Path) -> None:
    made = finished()
    (made.run.folder.parent / "secret.jsonl").write_text('{"row": 0, "truth": "no", "prediction": "no"}\n')
    assert predictions.json_lines(made.run, "../secret.jsonl") == []
