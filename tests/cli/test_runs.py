"""`headnotes runs`, on run folders that were made without training: what it prints, does and refuses."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
import threading
import unicodedata
from pathlib import Path
from typing import Any

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.made import BEGUN, DONE, checkpoint, headnotes, make, measured, obeying, stage, write
from tests.console.languages import english
from tests.hostile import TEXTS
from tui.cli import export, follow
from tui.models.run_checkpoints import SavedCheckpoint
from tui.runs import events, folder, launch
from tui.runs.events import Log
from tui.runs.folder import Run

Printed = pytest.CaptureFixture[str]


def done(name: str = "one", f1: float = 0.7, **changes: Any) -> Run:
    return make(name, *BEGUN, measured(10, f1=f1, loss=0.5), DONE, steps=10, **changes)


def stopped(name: str = "one") -> Run:
    run = make(name, *BEGUN, ("stopped", {"step": 4, "why": "by order"}), steps=4)
    checkpoint(run, 4)
    return run


# -- looking ------------------------------------------------------------------------------------------------------


def test_list_for_people_and_for_programs(capsys: Printed) -> None:
    assert headnotes("list") == 0
    assert "There are no runs" in capsys.readouterr().out
    done("finished")
    make("broken", *BEGUN, ("error", {"title": "No.", "detail": "", "next_step": ""}), steps=3)
    assert headnotes("list") == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == ["run", "state", "step", "best", "at", "step", "last", "begun"]
    assert [line.split()[:3] for line in lines] == [["broken", "failed", "3/10"], ["finished", "done", "10/10"]]
    assert headnotes("list", "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert [(one["name"], one["state"], one["best"]) for one in listed] == [
        ("broken", "failed", None), ("finished", "done", {"metric": "f1", "step": 10, "value": 0.7})
    ]  # fmt: skip


def test_show(capsys: Printed) -> None:
    run = stopped()
    write(run, measured(4, f1=0.25), ("warning", {"title": "Watch out.", "detail": "a", "next_step": "b"}))
    assert headnotes("show", "one") == 0
    out = capsys.readouterr().out
    assert "one: stopped, step 4 of 10" in out
    assert 'data = "pairs"' in out
    assert "step 4, epoch 0.4: f1 0.2500" in out
    assert "checkpoints: 4 (" in out
    assert "warning: Watch out. a b" in out
    assert headnotes("show", str(run.folder), "--json") == 0
    plain = json.loads(capsys.readouterr().out)
    assert plain["recipe"]["learning_rate"] == 5e-5
    assert plain["evaluations"] == [{"step": 4, "epoch": 0.4, "metrics": {"f1": 0.25}, "asked": False}]
    assert [one["step"] for one in plain["checkpoints"]] == [4]


def test_a_dead_run_is_shown_with_its_last_words(capsys: Printed) -> None:
    run = make("gone", *BEGUN, steps=2)
    run.log_file.write_text("first\nKilled by somebody\n")
    assert headnotes("show", "gone") == 0
    assert "Killed by somebody" in capsys.readouterr().out
    assert headnotes("follow", "gone") == 1
    assert "Killed by somebody" in capsys.readouterr().out


@pytest.mark.parametrize("text", TEXTS)
def test_nothing_from_outside_reaches_the_terminal_as_a_command(text: str, capsys: Printed) -> None:
    run = make("odd", *BEGUN, measured(2, **{text: 0.5}),
               ("error", {"title": text, "detail": text, "next_step": text}))  # fmt: skip
    run.log_file.write_text(text, "utf-8", "surrogatepass")
    for words in (["list"], ["show", "odd"], ["follow", "odd"], ["compare", "odd", "odd"]):
        headnotes(*words)
        out = capsys.readouterr().out
        assert {sign for sign in out if unicodedata.category(sign)[0] in "CZ"} <= {" ", "\n", "\u3000"}


def test_a_name_that_is_nearly_right(capsys: Printed) -> None:
    done("pairs-lesson")
    assert headnotes("show", "pairs-lessn") == 2
    assert "There is no run 'pairs-lessn'.\nDid you mean 'pairs-lesson'?" in capsys.readouterr().err


# -- following ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "code", "last"),
    [
        (DONE, 0, "done: 10 steps in 3 s  f1 0.7000"),
        (("stopped", {"step": 4, "why": "by order"}), 1, "stopped at step 4 by order"),
        (("error", {"title": "No.", "detail": "So.", "next_step": "Do."}), 1, "error: No. So. Do."),
    ],
)
def test_follow_a_run_that_has_ended(end: tuple[str, Any], code: int, last: str, capsys: Printed) -> None:
    make("one", *BEGUN, measured(4, f1=0.5), end, steps=4)
    assert headnotes("follow", "one") == code
    out = capsys.readouterr().out
    assert out.splitlines()[-1].endswith(last)
    assert "100 training rows, 20 evaluation rows; 10 steps; 5 of 50 weights are trained; on cpu" in out
    assert "\x1b" not in out
    assert "\r" not in out


def test_follow_as_json_gives_every_event_and_step(capsys: Printed) -> None:
    make("one", *BEGUN, DONE, steps=3)
    assert headnotes("follow", "one", "--json") == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["kind"] for line in lines] == [
        "stage", "stage", "prepared", "stage", "done", "step", "step", "step", "end"
    ]  # fmt: skip
    assert lines[-1]["state"] == "done"


def test_a_run_that_was_never_started(capsys: Printed) -> None:
    make("new")
    assert headnotes("follow", "new") == 1
    assert "new has not been started." in capsys.readouterr().out


def test_a_worker_that_died_before_its_first_word(capsys: Printed) -> None:
    run = make("new")
    run.worker_file.write_text("{}")
    run.log_file.write_text("ImportError: no torch\n")
    assert headnotes("follow", "new") == 1
    assert "ImportError: no torch" in capsys.readouterr().out


def test_follow_a_run_that_goes_on(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follow, "POLL", 0.01)
    monkeypatch.setattr(follow, "STEP_EVERY", 0.0)
    run = make("one", *BEGUN, steps=2)
    held, looked = threading.Event(), threading.Event()
    real = folder.alive

    def alive(run: Run) -> bool:
        looked.set()
        return real(run)

    monkeypatch.setattr(folder, "alive", alive)

    def work() -> None:
        lock = folder.hold(run)  # which belongs to this thread
        held.set()
        looked.wait(10)  # what was there before is not told as steps
        looked.clear()
        looked.wait(10)
        log = Log(run.steps_file)
        log.write("step", step=3, epoch=0.3, loss=0.25, lr=0.1)
        log.close()
        write(run, DONE)
        lock.release()

    worker = threading.Thread(target=work)
    worker.start()
    assert held.wait(10)
    assert headnotes("follow", "one") == 0
    worker.join()
    out = capsys.readouterr().out
    assert "step 3/10  loss 0.2500  lr 0.1" in out
    assert "step 2/10" not in out


class Terminal(io.StringIO):
    """What a terminal is sent."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("term", "words", "rewritten"), [
    ("xterm-256color", [], True), ("dumb", [], False), ("xterm-256color", ["--plain"], False),
])  # fmt: skip
def test_on_a_terminal_the_line_about_steps_is_rewritten_and_fits(
    term: str, words: list[str], rewritten: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("COLUMNS", "30")
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    run = make("one", *BEGUN)

    def asleep(seconds: float) -> None:
        """Meanwhile the worker does its work and ends."""
        log = Log(run.steps_file)
        log.write("step", step=10, epoch=0.3, loss=0.25, lr=0.1, grad_norm=1.0, rows_s=10.0)
        log.close()
        write(run, DONE)
        lock.release()

    monkeypatch.setattr(follow.time, "sleep", asleep)
    lock = folder.hold(run)
    assert headnotes("follow", "one", *words) == 0
    sent = screen.getvalue()
    assert ("\x1b[K" in sent) is rewritten
    assert "step 10/10" in sent
    if rewritten:
        drawn = [part for part in sent.split("\r\x1b[K") if "step 10/10" in part]
        assert all(len(part.rstrip("\n")) < 30 for part in drawn)


def test_leaving_a_run_leaves_it_running(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make("one", *BEGUN, steps=2)

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(follow.time, "sleep", interrupted)
    lock = folder.hold(run)
    try:
        assert headnotes("follow", "one") == 130
    finally:
        lock.release()
    assert "one goes on. To see it again: headnotes runs follow one" in capsys.readouterr().err


# -- orders -------------------------------------------------------------------------------------------------------


def test_save_and_eval_wait_for_their_answer(capsys: Printed) -> None:
    run = make("one", *BEGUN, steps=2)
    seen = []

    def answer(log: Log, order: str, name: str) -> bool:
        seen.append(order)
        log.write("checkpoint", step=2, folder="checkpoint-2", bytes=1_000_000, seconds=0.5)
        log.write("order", order=order, id=name, state="done")
        return False

    with obeying(run, answer):
        assert headnotes("save", "one") == 0
        assert "checkpoint-2 saved: 1.0 MB in 0.5 s" in capsys.readouterr().out
        assert headnotes("eval", "one", "--json") == 0
        assert json.loads(capsys.readouterr().out)["answer"] == "done"
    assert seen == ["save", "evaluate"]


def test_stop_waits_until_the_worker_is_gone(capsys: Printed) -> None:
    run = make("one", *BEGUN, steps=2)

    def answer(log: Log, order: str, name: str) -> bool:
        log.write("order", order=order, id=name, state="done")
        log.write("stopped", step=2, why="by order")
        return True

    with obeying(run, answer):
        assert headnotes("stop", "one") == 0
        assert not folder.alive(run)
    assert "stopped at step 2 by order" in capsys.readouterr().out


def test_an_order_that_is_refused(capsys: Printed) -> None:
    run = make("one", *BEGUN, steps=2)

    def answer(log: Log, order: str, name: str) -> bool:
        log.write("warning", title="No room.", detail="", next_step="Make some.")
        log.write("order", order=order, id=name, state="refused")
        return False

    with obeying(run, answer):
        assert headnotes("stop", "one") == 1
    out = capsys.readouterr().out
    assert "No room. Make some." in out
    assert "one did not do it; it goes on." in out


def test_a_worker_that_ends_before_it_answers(capsys: Printed) -> None:
    run = make("one", *BEGUN, steps=2)
    with obeying(run, lambda log, order, name: True):
        assert headnotes("save", "one", "--json") == 1
    said = json.loads(capsys.readouterr().out)
    assert (said["answer"], said["state"]) == ("unanswered", "dead")


@pytest.mark.parametrize("words", [["stop"], ["save"], ["eval"], ["stop", "--kill", "--yes"]])
def test_nobody_is_there_to_take_an_order(words: list[str], capsys: Printed) -> None:
    done()
    assert headnotes(words[0], "one", *words[1:]) == 2
    assert "one is not running." in capsys.readouterr().err


def test_kill_asks_and_kills(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    run = make("one", *BEGUN, steps=2)
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    known = {"pid": process.pid, "create_time": psutil.Process(process.pid).create_time()}
    run.worker_file.write_text(json.dumps(known))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False)
    assert headnotes("stop", "one", "--kill") == 2
    assert "Pass --yes" in capsys.readouterr().err
    assert process.poll() is None
    assert headnotes("stop", "one", "--kill", "--yes") == 0
    process.wait(10)  # it would have slept for longer
    assert "one is killed." in capsys.readouterr().out


# -- going on -----------------------------------------------------------------------------------------------------


@pytest.fixture
def launched(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Run, SavedCheckpoint | None]]:
    """What was started, instead of starting it."""
    found: list[tuple[Run, SavedCheckpoint | None]] = []

    def start(run: Run, resume: SavedCheckpoint | None = None) -> int:
        found.append((run, resume))
        return os.getpid()

    monkeypatch.setattr(launch, "start", start)
    return found


Launched = list[tuple[Run, SavedCheckpoint | None]]


def test_resume_takes_the_last_whole_checkpoint_or_the_one_that_is_named(launched: Launched, capsys: Printed) -> None:
    run = stopped()
    checkpoint(run, 2)
    (run.folder / "checkpoint-8").mkdir()  # torn
    assert headnotes("resume", "one", "--set", "keep=5") == 0
    assert headnotes("resume", "one", "--checkpoint", "2") == 0
    assert [one.step for _, one in launched if one] == [4, 2]
    assert run.recipe().keep == 5
    assert "headnotes runs follow one" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--checkpoint", "3"], "no whole checkpoint of step 3.\nThere are: 4."),
        (["--set", "epochs=9"], "With another epochs it would not be the same run."),
        (["--set", "keep"], "'keep' is not key=value."),
    ],
)
def test_what_cannot_be_resumed(words: list[str], sentence: str, launched: Launched, capsys: Printed) -> None:
    stopped()
    assert headnotes("resume", "one", *words) == 2
    assert sentence in capsys.readouterr().err
    assert launched == []


def test_nothing_to_resume_from_done_already_and_running_already(launched: Launched, capsys: Printed) -> None:
    make("empty", *BEGUN, steps=2)
    assert headnotes("resume", "empty") == 2
    assert "empty has no whole checkpoint." in capsys.readouterr().err
    done("over")
    assert headnotes("resume", "over") == 2
    assert "over is done.\nheadnotes runs fork over" in capsys.readouterr().err
    run = stopped("busy")
    lock = folder.hold(run)
    try:
        assert headnotes("resume", "busy") == 2
        assert headnotes("rm", "busy", "--yes") == 2
    finally:
        lock.release()
    assert "busy is running." in capsys.readouterr().err
    assert run.folder.is_dir()
    assert launched == []


# -- side by side -------------------------------------------------------------------------------------------------


def test_compare(capsys: Printed) -> None:
    for name, f1, rate in (("a", 0.7, 1e-4), ("b", 0.8, 3e-4)):
        run = done(name, f1, learning_rate=rate)
        run.evaluations.mkdir()
        (run.evaluations / "rows.jsonl").write_text("the same")
    assert headnotes("compare", "a", "b") == 0
    lines = {line[:18].strip(): line[18:].split() for line in capsys.readouterr().out.splitlines()}
    assert lines["learning_rate"] == ["0.0001", "0.0003"]
    assert lines["f1"] == ["0.7000", "0.8000", "*"]
    assert lines["loss"] == ["0.5000", "0.5000"]
    assert lines["most frequent labe".strip()][-2:] == ["0.6000", "0.6000"]
    assert not any(line.startswith("doubt") for line in lines)
    assert headnotes("compare", "a", "b", "--json") == 0
    assert json.loads(capsys.readouterr().out)["best"] == {"f1": [1], "loss": []}


def test_compare_says_what_cannot_be_compared(capsys: Printed) -> None:
    for name in ("a", "b"):
        run = done(name)
        run.evaluations.mkdir()
        (run.evaluations / "rows.jsonl").write_text(name)
    make("c", *BEGUN, measured(2, f1=0.1), steps=5)
    make("d", *BEGUN)
    assert headnotes("compare", "a", "b", "c", "d") == 0
    out = capsys.readouterr().out
    assert "not evaluated on the same rows" in out
    assert "c was evaluated at step 2 and is at 5." in out
    assert "d has not been evaluated." in out
    assert headnotes("compare", "a") == 2
    assert "nothing to compare one run with" in capsys.readouterr().err


# -- taking out and away ------------------------------------------------------------------------------------------


def test_export_of_the_curves(tmp_path: Path, capsys: Printed) -> None:
    make("one", *BEGUN, measured(2, f1=0.5), measured(3, f1=0.75), steps=3)
    file = tmp_path / "one.csv"
    assert headnotes("export", "one", str(file)) == 0
    with file.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["kind"], row["step"]) for row in rows] == [
        ("step", "1"), ("step", "2"), ("evaluation", "2"), ("step", "3"), ("evaluation", "3")
    ]  # fmt: skip
    assert [float(row["loss"]) for row in rows if row["kind"] == "step"] == [1.0, 0.5, pytest.approx(1 / 3)]
    assert rows[-1]["eval_f1"] == "0.75"
    assert headnotes("export", "one", str(file)) == 2
    assert "is there already" in capsys.readouterr().err
    assert headnotes("export", "one", str(file), "--replace") == 0


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(1, 6)), min_size=1, max_size=5))
@settings(max_examples=50)
def test_what_a_resume_made_void_is_not_exported(parts: list[tuple[int, int]]) -> None:
    """Each part goes back to a checkpoint at most as far as it had come, and then makes some steps."""
    with tempfile.TemporaryDirectory() as where:
        run = Run(Path(where))
        log, expected = Log(run.steps_file), []
        for number, (back, count) in enumerate(parts):
            expected = expected[:back]
            first = len(expected) + 1
            for step in range(first, first + count):
                expected.append((step, float(number)))
                log.write("step", step=step, loss=float(number), epoch=0.0)
        log.close()
        found = [(event.whole("step"), event.number("loss")) for event in export._valid_steps(run)]
    assert found == expected


def test_steps_after_the_checkpoint_are_void_as_soon_as_it_is_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events.time, "time", lambda: 100.0)
    run = make("again", *BEGUN, steps=6)
    monkeypatch.setattr(events.time, "time", lambda: 200.0)
    write(run, ("resumed", {"step": 4, "folder": "checkpoint-4"}))
    assert [event.whole("step") for event in export._valid_steps(run)] == [1, 2, 3, 4]


def test_export_of_the_model_and_of_a_checkpoint(tmp_path: Path, capsys: Printed) -> None:
    run = stopped()
    target = tmp_path / "model"
    assert headnotes("export", "one", str(target)) == 2
    assert "no model yet" in capsys.readouterr().err
    assert headnotes("export", "one", str(target), "--checkpoint", "4") == 0
    assert {file.name for file in target.iterdir()} == {"model.safetensors", "config.json", "tokenizer.json"}
    run.model.mkdir()
    (run.model / "config.json").write_text("the last")
    assert headnotes("export", "one", str(target)) == 2
    assert headnotes("export", "one", str(target), "--replace") == 0
    assert {file.name for file in target.iterdir()} == {"config.json"}
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "letter.txt").write_text("dear")
    assert headnotes("export", "one", str(precious), "--replace") == 2
    assert (precious / "letter.txt").read_text() == "dear"


def test_rm_asks_and_deletes(capsys: Printed, monkeypatch: pytest.MonkeyPatch) -> None:
    run, other = done("one"), done("other")
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: "n")
    assert headnotes("rm", "one") == 130
    assert run.folder.is_dir()
    monkeypatch.setattr("builtins.input", lambda question: "y")
    assert headnotes("rm", "one", "other") == 0
    assert not run.folder.exists()
    assert not other.folder.exists()
    assert "Deleted: one, other" in capsys.readouterr().out


def test_stage_lines_are_not_repeated_for_ever(capsys: Printed) -> None:
    circles = [stage("evaluating"), stage("training"), stage("saving"), stage("training")] * 5
    make("one", *BEGUN, *circles, DONE)
    assert headnotes("follow", "one") == 0
    assert capsys.readouterr().out.replace("training rows", "").count("training") == 1
    assert events.last_seq(folder.find("one").events_file) == len(BEGUN) + len(circles) + 1


def test_a_run_is_followed_in_chinese(capsys: Printed) -> None:
    """States, figures, reasons, and errors whose code the log has; no sentence of English is left."""
    bad = {"title": "The order cannot be written.", "detail": "", "next_step": "", "key": "runs.not-running",
           "values": {"name": "one"}}  # fmt: skip
    make("one", *BEGUN, measured(4, f1=0.7), ("order", {"id": "1", "order": "stop", "state": "seen"}),
         ("checkpoint", {"step": 4, "folder": "checkpoint-4", "bytes": 12, "seconds": 1.0}), ("warning", bad),
         ("resumed", {"step": 4}), ("stopped", {"step": 4, "why": "no better f1 in 3 evaluations"}))  # fmt: skip
    assert headnotes("follow", "one", "--plain", "--language", "zh") == 1
    lines = capsys.readouterr().out
    for words in ("警告：one 没有在运行。", "连续 3 次评估 f1 都没有提高", "指令“停止并保存”：已收到"):
        assert words in lines
    done("two")
    assert headnotes("follow", "two", "--plain", "--language", "zh") == 0
    lines += capsys.readouterr().out
    assert headnotes("rm", "two", "--yes", "--language", "zh") == 0
    lines += capsys.readouterr().out
    assert english(lines) == []
    assert "已删除：two" in lines


def test_runs_are_listed_shown_and_compared_in_chinese(capsys: Printed) -> None:
    assert headnotes("list", "--language", "zh") == 0
    done("one")
    done("two")
    for words in (("list",), ("show", "one"), ("compare", "one", "two")):
        assert headnotes(*words, "--language", "zh") == 0
    lines = capsys.readouterr().out
    assert "还没有训练" in lines
    assert "前开始" in lines
    shown = "\n".join(line for line in lines.splitlines() if " = " not in line)  # a recipe is written as it is
    assert english(shown) == []
