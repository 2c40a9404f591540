"""`headnotes train`: recipes that ship, what is said before a run, a real run from a file of MRPC's shape."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.test_start import HEAVY, loaded_after
from tui import paths
from tui.cli.main import main
from tui.cli.train import about
from tui.errors import ResultWarning
from tui.recipes import planning, recipe
from tui.recipes.recipe import Recipe
from tui.runs import folder, launch, run_status

SHIPPED = (
    "causal-lm", "entities", "masked-lm", "mrpc", "pairs-accelerate", "pairs-course", "pairs-gpu", "pairs-lesson",
    "parallel-en-fr", "question-answering",
)  # fmt: skip
GAP = ResultWarning("gap", "Mind the gap.")
COURSE = {"epochs": 3.0, "batch_size": 8, "learning_rate": 5e-5, "schedule": "linear", "warmup": 0.0, "freeze": "none",
          "weight_decay": 0.0, "clip": 1.0, "accumulation": 1, "max_steps": 0, "loop": "trainer"}  # fmt: skip
"""`TrainingArguments` as the course leaves them."""


def msr(file: Path, count: int = 24) -> Path:
    """A file as Microsoft's: a mark at its beginning, tabs, quotation marks that nobody closes."""
    draw = random.Random(0)
    words = ["a", '"quoted', "word", ",", "he", "said", "'s", "rain", "``plan''", "price", "rose"]
    lines = ["\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String"]
    for number in range(count):
        first, second = (" ".join(draw.choices(words, k=9)) for _ in range(2))
        lines.append(f'{number % 2}\t{1000 + number}\t{2000 + number}\t"{first}\t{second}')
    file.write_text("\n".join(lines) + "\n", "utf-8")
    return file


def headnotes(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command in a process of its own, which may train: as slow as a busy machine is."""
    return subprocess.run(
        [sys.executable, "-m", "tui", *words], capture_output=True, text=True, timeout=900, check=False, cwd=folder
    )


def test_the_recipes_that_ship_are_these() -> None:
    assert tuple(recipe.shipped()) == SHIPPED
    without_data = {"multi-label-classification"}  # no data that ships has rows with several labels
    assert {recipe.load(name).task for name in SHIPPED} == set(recipe.TASKS) - without_data


@pytest.mark.parametrize("name", SHIPPED)
def test_every_recipe_says_what_it_is_for_and_how_long_it_takes(name: str) -> None:
    said = about(name)
    assert len(said) >= 2
    assert "minute" in " ".join(said)
    text = (paths.recipes_dir() / f"{name}.toml").read_text("utf-8")
    assert max(map(len, text.splitlines())) <= 120
    values = tomllib.loads(text)
    defaults = recipe.read({"data": "x"})
    assert all(value != getattr(defaults, key) for key, value in values.items())


@pytest.mark.parametrize("name", [name for name in SHIPPED if name != "mrpc"])
def test_every_recipe_can_be_started(name: str) -> None:
    plan = planning.plan(recipe.load(name))
    assert plan.rows > 0
    assert plan.eval_rows > 0
    assert 0 < plan.trainable <= plan.parameters
    assert plan.lengths is not None
    assert plan.lengths.cut == 0
    assert {warning.code for warning in plan.warnings} <= {"slow-bf16"}


def test_both_loops_have_the_same_recipe() -> None:
    trainer, accelerate = recipe.load("pairs-lesson"), recipe.load("pairs-accelerate")
    assert recipe.differences([trainer, accelerate]) == {"loop": ["trainer", "accelerate"]}


@pytest.mark.parametrize("name", ["mrpc", "pairs-course"])
def test_the_course_has_its_own_settings(name: str) -> None:
    found = recipe.load(name)
    assert {key: getattr(found, key) for key in COURSE} == COURSE


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Which recipe?\nWith the lessons come: causal-lm,"),
        (["pairs-leson"], "There is no recipe pairs-leson.\nDid you mean 'pairs-lesson'?"),
        (["pairs-lesson", "--set", "epochs"], "'epochs' is not key=value."),
        (["pairs-lesson", "--set", "epoch=1"], "Did you mean 'epochs'?"),
        (["pairs-lesson", "--set", "epochs=many"], "epochs cannot be 'many'."),
        (["pairs-lesson", "--set", "batch_size=0"], "batch_size cannot be 0: it is 1 or more."),
    ],
)
def test_wrong_usage(words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", *words]) == 2
    out, err = capsys.readouterr()
    assert sentence in err
    assert out == ""
    assert folder.all_runs() == []


@pytest.mark.parametrize("words", [["train", "--help"], ["runs", "list"], ["runs", "show", "one"], ["runs", "--help"]])
def test_looking_loads_nothing_heavy(words: list[str], own_home: Path) -> None:
    folder.create(Recipe(data="pairs", name="one"), "")
    code = f"from tui.cli.main import main\ntry: main({words!r})\nexcept SystemExit: pass"
    assert loaded_after(code) & set(HEAVY) == set()


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command runs in this process and leaves nothing behind in it."""
    monkeypatch.setattr("tui.cli.quiet.child_environment", dict)
    monkeypatch.setattr("tui.engine.ticks.tap_tqdm", lambda tell: None)


def test_what_cannot_work_is_said_before_anything_is_started(here: None, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "pairs-lesson", "--set", "text=sentence"]) == 2
    assert "pairs has no column 'sentence'.\nDid you mean 'sentence" in capfd.readouterr().err
    assert folder.all_runs() == []


def test_check_says_what_it_comes_to_and_starts_nothing(
    tmp_path: Path, here: None, capfd: pytest.CaptureFixture[str]
) -> None:
    words = ["train", "mrpc", "--set", f"data={msr(tmp_path / 'msr.txt')}", "--check"]
    assert main(words) == 0
    lines = {line[:11].strip(): line[11:] for line in capfd.readouterr().out.splitlines()}
    assert lines["rows"] == "21 for training, 3 for evaluation"
    assert lines["steps"] == "9 of 8 rows, 3 an epoch"
    assert lines["text"].startswith('"')
    assert main([*words, "--json"]) == 0
    plain = json.loads(capfd.readouterr().out)
    assert plain["plan"]["rows"] == 21
    assert plain["warnings"] == []
    assert "warnings" not in plain["plan"]
    assert plain["recipe"]["quotes"] is False
    assert folder.all_runs() == []


def test_a_file_of_mrpcs_shape_trains_with_the_courses_settings(tmp_path: Path) -> None:
    """Only the path is said; started from another folder by a relative one, and followed in plain lines."""
    msr(tmp_path / "msr.txt")
    done = headnotes("train", "mrpc", "--set", "data=msr.txt", "threads=1", "--wait", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "\r" not in done.stdout
    assert "\x1b" not in done.stdout
    assert "21 training rows, 3 evaluation rows; 9 steps" in done.stdout
    run = folder.find("mrpc")
    status = run_status.look(run)
    assert (status.state, status.step, status.steps) == ("done", 9, 9)
    kept = run.recipe()
    assert {key: getattr(kept, key) for key in COURSE} == COURSE
    assert kept.data == str(tmp_path / "msr.txt")
    assert (run.model / "model.safetensors").is_file()
    assert main(["runs", "compare", "mrpc", "mrpc"]) == 0


def test_without_wait_it_says_how_to_follow_it(
    here: None, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    started: list[Recipe] = []
    monkeypatch.setattr(planning, "plan", lambda asked: SimpleNamespace(warnings=[GAP]))
    monkeypatch.setattr(launch, "start", lambda run: started.append(run.recipe()) or 77)
    assert main(["train", "pairs-lesson", "--set", "rows=5"]) == 0
    out, err = capfd.readouterr()
    assert "To follow it: headnotes runs follow pairs-lesson" in out
    assert "warning: Mind the gap." in err
    assert main(["train", "pairs-lesson", "--json"]) == 0
    said: dict[str, Any] = json.loads(capfd.readouterr().out)
    assert (said["name"], said["pid"]) == ("pairs-lesson-2", 77)
    assert said["warnings"] == [{"code": "gap", "message": "Mind the gap."}]
    assert [one.rows for one in started] == [5, 4800]


@pytest.mark.drill
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", SHIPPED)
def test_every_recipe_runs_to_its_end(name: str, tmp_path: Path) -> None:
    few = {"max_steps": 4, "rows": 32, "eval_rows": 4, "batch_size": 2, "max_length": 64, "threads": 1}
    few |= {"data": msr(tmp_path / "msr.txt")} if name == "mrpc" else {}
    changed = [f"{key}={value}" for key, value in few.items()]
    done = headnotes("train", name, "--wait", "--plain", "--set", *changed)
    assert done.returncode == 0, done.stdout + done.stderr
    status = run_status.look(folder.find(name))
    assert (status.state, status.step) == ("done", 4)
    assert status.history.last is not None


@pytest.mark.drill
@pytest.mark.timeout(900)
def test_a_run_is_stopped_resumed_and_forked() -> None:
    """As a reader would: start, stop with a checkpoint, go on to the end, and learn on from there with another rate."""
    few = ("rows=64", "eval_rows=8", "max_steps=30", "batch_size=2", "threads=1")
    assert headnotes("train", "pairs-lesson", "--set", *few).returncode == 0
    run = folder.find("pairs-lesson")
    while not (run.steps_file.exists() and run_status.look(run).step):
        assert folder.alive(run)
        time.sleep(0.2)
    assert headnotes("runs", "stop", "pairs-lesson").returncode == 0
    assert run_status.look(run).state == "stopped"
    stopped_at = folder.checkpoints(run)[-1].step
    assert 0 < stopped_at < 30
    assert headnotes("runs", "resume", "pairs-lesson", "--wait").returncode == 0
    assert run_status.look(run).step == 30
    forked = headnotes("runs", "fork", "pairs-lesson", "--set", "learning_rate=1e-5", "max_steps=2", "--wait")
    assert forked.returncode == 0, forked.stderr
    child = folder.find("pairs-lesson-fork")
    assert child.about()["parent"] == {"run": "pairs-lesson", "step": 30}
    assert child.recipe().learning_rate == 1e-5
