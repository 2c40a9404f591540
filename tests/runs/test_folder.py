"""Run folders: states from events alone, names, checkpoints that are whole, copies, clocks that jump."""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui import paths
from tui.cli import follow
from tui.errors import UsageError
from tui.recipes.recipe import Recipe
from tui.runs import console_lock, events, folder, launch, orders, run_status
from tui.runs.curves import Curves
from tui.runs.events import Event, Log
from tui.runs.folder import Run
from tui.runs.run_status import Status


def made(**values: Any) -> Run:
    return folder.create(Recipe(**{"data": "pairs", **values}), "print()\n")


def told(run: Run, *lines: tuple[str, dict[str, Any]]) -> Run:
    log = Log(run.events_file)
    for kind, fields in lines:
        log.write(kind, **fields)
    log.close()
    return run


def checkpoint(run: Run, step: int, **state: Any) -> Path:
    where = run.folder / f"checkpoint-{step}"
    where.mkdir()
    (where / "model.safetensors").write_bytes(b"x" * 10)
    if state:
        (where / "trainer_state.json").write_text(json.dumps(state))
    return where


def stage(name: str) -> tuple[str, dict[str, Any]]:
    return "stage", {"stage": name}


STOP_SEEN = ("order", {"order": "stop", "id": "a", "state": "seen"})
STOP_REFUSED = ("order", {"order": "stop", "id": "a", "state": "refused"})


@pytest.mark.parametrize(
    ("lines", "alive", "dead"),
    [
        ([], "starting", "new"),
        ([stage("starting")], "starting", "dead"),
        ([stage("starting"), stage("loading")], "loading", "dead"),
        ([stage("training"), stage("evaluating")], "evaluating", "dead"),
        ([stage("training"), STOP_SEEN], "stopping", "dead"),
        ([stage("training"), STOP_SEEN, STOP_REFUSED], "training", "dead"),
        ([stage("training"), STOP_SEEN, stage("saving"), stage("training")], "training", "dead"),
        ([stage("training"), ("stopped", {"step": 3})], "starting", "stopped"),
        ([stage("training"), ("done", {"step": 3}), stage("done")], "starting", "done"),
        ([stage("loading"), ("error", {"title": "No."})], "starting", "failed"),
        ([stage("training"), ("warning", {"title": "Full."})], "training", "dead"),
        ([("error", {"title": "No."}), stage("starting")], "starting", "dead"),
    ],
)
def test_states(lines: list[tuple[str, dict[str, Any]]], alive: str, dead: str) -> None:
    run = told(made(), *lines)
    assert run_status.look(run).state == dead
    with folder.hold(run):
        status = run_status.look(run)
        assert status.alive
        assert status.state == alive


def test_a_status_knows_step_loss_metric_and_trouble() -> None:
    run = told(
        made(),
        ("prepared", {"main": "f1", "steps": 20}),
        *(("evaluation", {"step": at, "metrics": {"f1": value}}) for at, value in ((4, 0.5), (8, 0.7), (12, "nan"))),
        ("evaluation", {"step": 16, "metrics": {"f1": 0.6}}),
        ("warning", {"title": "Full."}),
    )
    log = Log(run.steps_file)
    for step in (1, 2, 3):
        log.write("step", step=step, loss=1 / step)
    log.close()
    status = run_status.look(run)
    assert (status.step, status.steps, status.loss) == (3, 20, 1 / 3)
    best, last = status.history.best, status.history.last
    assert best
    assert last
    assert (status.history.metric, best.step, best.value, last.step, last.value) == ("f1", 8, 0.7, 16, 0.6)
    assert status.trouble is not None
    assert status.trouble.fields["title"] == "Full."
    assert status.changed > 0


def test_losses_are_better_when_they_fall() -> None:
    scores = enumerate((9.0, 7.0, 8.0))
    run = told(made(), ("prepared", {"main": "perplexity"}),
               *(("evaluation", {"step": at, "metrics": {"perplexity": value}}) for at, value in scores))  # fmt: skip
    best = run_status.look(run).history.best
    assert best is not None
    assert (best.step, best.value) == (1, 7.0)


def test_the_direction_of_the_recipe_counts() -> None:
    run = told(made(), ("prepared", {"main": "perplexity", "greater_is_better": True}),
               ("evaluation", {"step": 1, "metrics": {"perplexity": 2.0}}),
               ("evaluation", {"step": 2, "metrics": {"perplexity": 3.0}}))  # fmt: skip
    best = run_status.look(run).history.best
    assert best is not None
    assert best.step == 2


def test_what_was_undone_and_what_was_asked_for_is_not_the_best() -> None:
    run = told(made(), ("prepared", {"main": "f1"}), ("evaluation", {"step": 2, "metrics": {"f1": 0.5}}),
               ("evaluation", {"step": 3, "metrics": {"f1": 0.9}, "asked": True}),
               ("evaluation", {"step": 4, "metrics": {"f1": 0.8}}), ("resumed", {"step": 2}))  # fmt: skip
    history = run_status.look(run).history
    assert [score.step for score in history.scores] == [2]


junk = st.none() | st.floats() | st.text(max_size=4) | st.integers() | st.just([1]) | st.just({"f1": "x"})
fields = st.dictionaries(st.sampled_from(["stage", "steps", "main", "metrics", "order", "state", "step"]), junk)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.sampled_from(["stage", "prepared", "evaluation", "order", "error", "x"]), fields), max_size=5)
)
def test_no_event_breaks_a_status(lines: list[tuple[str, dict[str, Any]]]) -> None:
    status = Status()
    for kind, some in lines:
        run_status.take(status, Event(1, 0.0, kind, some))
    run_status.settle(status, Run(Path("nowhere")))


def test_a_clock_that_is_set_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    run, clock = made(), itertools.count(2_000_000_000.0, -3600.0)
    with monkeypatch.context() as some:
        some.setattr(time, "time", lambda: next(clock))
        told(run, stage("starting"), ("prepared", {"steps": 4}), stage("training"), ("done", {"step": 4}))
    times = [event.time for event in events.read_all(run.events_file)]
    assert times == sorted(times, reverse=True)
    status = run_status.look(run)
    assert (status.state, status.steps) == ("done", 4)


def test_orders_hold_when_the_clock_is_set_back(monkeypatch: pytest.MonkeyPatch) -> None:
    run, inbox = made(), orders.Inbox
    box = inbox(run.orders_file, 0)
    clock = itertools.count(2_000_000_000.0, -3600.0)
    with folder.hold(run), monkeypatch.context() as some:
        some.setattr(time, "time", lambda: next(clock))
        given_ = [orders.give(run, order, "test") for order in ("save", "stop")]
    assert box.new() == [("save", given_[0]), ("stop", given_[1])]


def test_names_of_folders(tmp_path: Path) -> None:
    file = tmp_path / "my rows: best.v2.csv"
    file.touch()
    assert made(data=str(file)).name == "my-rows-best"
    assert [made(name="a b").name for _ in range(3)] == ["a-b", "a-b-2", "a-b-3"]
    assert made(data="...").name == "run"
    assert made(data="https://example.org/rows.csv?x=1").folder.parent == paths.runs_dir()


@settings(max_examples=30)
@given(st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=60))
def test_any_data_gives_a_folder_in_its_place(data: str) -> None:
    try:
        run = made(data=data)
    except UsageError as error:
        assert error.next_step
    else:
        assert run.folder.parent == paths.runs_dir()
        assert run.recipe().data in (data, os.path.abspath(os.path.expanduser(data)))  # noqa: PTH100, PTH111 (links and unknown homes stay)
        shutil.rmtree(run.folder)


def test_a_relative_path_is_found_from_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rows.csv").touch()
    monkeypatch.chdir(tmp_path)
    run = made(data="rows.csv")
    monkeypatch.chdir("/")
    assert run.recipe().data == str(tmp_path / "rows.csv")


def modes(run: Run) -> dict[str, int]:
    """Permissions of the folder and of all that is in it."""
    return {str(one.relative_to(run.folder)): stat.S_IMODE(one.stat().st_mode) for one in run.folder.rglob("*")}


@pytest.mark.parametrize("group", [False, True])
def test_a_run_is_private_or_its_groups(group: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the umask: what the console writes, what a worker writes, and what stands in older folders."""
    code = "import os; os.mkdir('evaluations'); open('evaluations/rows.jsonl', 'w'); open('events.jsonl', 'w')"
    run = made(group=group)
    monkeypatch.setattr(
        launch, "command", lambda *_: [sys.executable, "-c", f"import os; os.chdir({str(run.folder)!r}); {code}"]
    )
    run.folder.chmod(0o755)  # as an earlier version made it
    before = os.umask(0)
    try:
        launch.start(run)
        assert console_lock.take(run)
        with folder.hold(run):
            orders.give(run, "save", "test")
    finally:
        os.umask(before)
    console_lock.leave(run)
    while folder.worker_process(run) is not None:
        time.sleep(0.01)
    assert stat.S_IMODE(run.folder.stat().st_mode) == (0o750 if group else 0o700)
    found = modes(run)
    by_console = {"recipe.toml", "about.json", "script.py", "log.txt", "worker.json", "console", "orders.jsonl", "lock"}
    assert set(found) >= {*by_console, "events.jsonl", "evaluations/rows.jsonl"}
    assert found.pop("evaluations") == (0o750 if group else 0o700)
    assert set(found.values()) == {0o640 if group else 0o600}, found


@pytest.mark.parametrize("launcher", ["local", "torchrun"])
def test_a_launch_that_ends_before_the_first_event_has_failed(launcher: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(word: str) -> None:
        code = f"print('a torch of another age'); raise SystemExit({word!r})"
        monkeypatch.setattr(launch, "command", lambda *_: [sys.executable, "-c", code])
        launch.start(run)
        while folder.alive(run):
            time.sleep(0.01)

    run = made(launcher=launcher)
    assert run_status.look(run).state == "new"
    curves = Curves(run)
    curves.read()
    assert curves.status.state == "new"
    dies("No module named torch")
    curves.read()
    for status in (run_status.look(run), curves.status):
        assert status.state == "failed"
        assert status.trouble is not None
        assert status.trouble.fields["detail"].endswith("a torch of another age | No module named torch")
    assert follow.stay(run, plain=True, as_json=False) == 1

    told(run, stage("starting"), stage("training"), ("stopped", {"step": 3}))
    assert run_status.look(run).state == "stopped"
    dies("and once more, when it was to go on")
    assert run_status.look(run).state == "failed"
    told(run, stage("starting"), stage("training"))
    assert run_status.look(run).state == "dead"


def test_names_that_commands_would_misread() -> None:
    for name, made_ in [("-x", "x"), ("--json", "json"), ("...", "run"), ("é" * 200, "é" * 50), ("!!", "run")]:
        assert made(data=name).name.rstrip("-2") == made_
    assert made(name="-rf").name == "rf"


def test_a_run_of_the_first_version_keeps_its_rows() -> None:
    run = made(seed=7)
    assert (run.recipe().split_seed, run.recipe().stratify) == (42, True)
    run.about_file.write_text(json.dumps({**run.about(), "version": 1}))
    assert (run.recipe().split_seed, run.recipe().stratify, run.recipe().seed) == (7, False, 7)
    run.about_file.write_text("[")
    assert run.recipe().stratify


def test_find() -> None:
    run = made(name="first-try")
    assert folder.find("first-try") == folder.find(str(run.folder)) == run
    with pytest.raises(UsageError) as caught:
        folder.find("frist-try")
    assert "Did you mean 'first-try'?" in caught.value.next_step
    for name in ("", "~nobody-of-this-name", "a\0b", "x" * 5000):
        with pytest.raises(UsageError):
            folder.find(name)


def test_spoilt_folders_leave_the_others_alone() -> None:
    runs = [made(name=name) for name in "abc"]
    for spoilt in ("[]", "{", '{"created": "soon"}', '{"created": [1]}'):
        runs[1].about_file.write_text(spoilt)
        assert {run.name for run in folder.all_runs()} == {"a", "b", "c"}
    (paths.runs_dir() / "no-run").mkdir()
    assert len(folder.all_runs()) == 3
    runs[0].recipe_file.write_text("data = ")
    with pytest.raises(UsageError, match=r"recipe\.toml is not TOML"):
        runs[0].recipe()


def test_checkpoints_that_are_whole() -> None:
    run = made()
    checkpoint(run, 12, global_step=12)
    checkpoint(run, 4, global_step=4, epoch=1.0)
    checkpoint(run, 8)  # trainer_state.json is written last: this one is not whole
    checkpoint(run, 9, global_step=3)
    torn = checkpoint(run, 10, global_step=10)
    (torn / "trainer_state.json").write_text('{"global_st')
    (run.folder / "checkpoint-x").mkdir()
    found = folder.checkpoints(run)
    assert [one.step for one in found] == [4, 12]
    assert found[0].bytes > 10
    assert launch.latest(run).step == 12
    shutil.rmtree(run.folder / "checkpoint-4")
    shutil.rmtree(run.folder / "checkpoint-12")
    with pytest.raises(UsageError, match="no whole checkpoint"):
        launch.latest(run)


def test_a_copied_folder_is_a_run(tmp_path: Path) -> None:
    run = told(made(), stage("training"), ("done", {"step": 4}))
    checkpoint(run, 4, global_step=4)
    with folder.hold(run):
        copy = Run(Path(shutil.copytree(run.folder, tmp_path / "elsewhere")))
        assert folder.alive(run)
        assert not folder.alive(copy)
    shutil.rmtree(run.folder)
    assert folder.find(str(copy.folder)) == copy
    assert run_status.look(copy).state == "done"
    assert [one.folder.parent for one in folder.checkpoints(copy)] == [copy.folder]
    assert str(run.folder) not in "".join(file.read_text() for file in copy.folder.glob("*.*"))


def test_one_worker_at_a_time() -> None:
    run = made()
    with folder.hold(run), pytest.raises(UsageError, match="Another worker"):
        folder.hold(run, timeout=0.1)
    assert not folder.alive(run)


def test_who_asks_is_not_taken_for_the_worker() -> None:
    run = made()
    with folder.hold(run):
        pass
    with run.lock_file.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)  # another console asks at this moment
        assert not folder.alive(run)


def test_a_worker_is_known_by_number_and_birth() -> None:
    run = made()
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        born = psutil.Process(process.pid).create_time()
        run.worker_file.write_text(json.dumps({"pid": process.pid, "create_time": born}))
        assert folder.alive(run)  # it does not have the lock yet
        run.worker_file.write_text(json.dumps({"pid": process.pid, "create_time": born - 60}))
        assert not folder.alive(run)  # the number is another's by now
        run.worker_file.write_text(json.dumps({"pid": process.pid, "create_time": born}))
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not folder.alive(run)  # a zombie
    for spoilt in ("", "[]", '{"pid": "x"}', '{"pid": -1, "create_time": 1}'):
        run.worker_file.write_text(spoilt)
        assert not folder.alive(run)


def test_a_run_that_is_alive_is_not_removed() -> None:
    run = made()
    with folder.hold(run), pytest.raises(UsageError, match="is running"):
        folder.remove(run)
    folder.remove(run)
    assert not run.folder.exists()


def test_last_words() -> None:
    run = made()
    assert folder.last_words(run) == []
    run.log_file.write_bytes(b"x\n" * 20_000 + b"10%\r50%\rall\n\n\xff\xfe\nValueError: no\n")
    assert folder.last_words(run, 3)[0] == "all"
    assert folder.last_words(run, 3)[-1] == "ValueError: no"


def test_whoever_started_a_worker_may_end_before_it_without_a_warning() -> None:
    code = "import subprocess; from tui.runs import launch; launch._STARTED.append(subprocess.Popen(['sleep', '3']))"
    done = subprocess.run([sys.executable, "-X", "dev", "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == ""
