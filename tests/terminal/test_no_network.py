"""Nothing leaves the machine unless it is asked for: every process is watched, in a namespace without a network.

A hook in each Python writes down what it tries to reach. The kernel's own counters of the namespace tell of what other
code tries (HF's Rust client, a resolver); where namespaces are not permitted, the hook alone is there.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.terminal.terminal import Terminal

RECORDER = """
import os, sys
def record(name, text):
    with open(os.path.join(os.environ["HEADNOTES_TEST_RECORD"], name), "a") as file:
        file.write(text)
def hook(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        record("attempts", f"{event} {arguments[0]!r}\\n")
    elif event in ("socket.connect", "socket.sendto", "socket.sendmsg") and isinstance(arguments[1], tuple):
        record("attempts", f"{event} {arguments[1]!r}\\n")
record("processes", f"{os.getpid()} {sys.orig_argv!r}\\n")
sys.addaudithook(hook)
"""
"""Python runs a module of this name before anything else."""
ISOLATED = """
ip link set lo up 2>/dev/null
"$@"
code=$?
cat /proc/net/snmp > "$HEADNOTES_TEST_RECORD/counters-$$"
exit $code
"""
SWITCHES = ("HF_HUB_OFFLINE", "HF_HUB_DISABLE_TELEMETRY", "HF_DATASETS_OFFLINE", "HF_EVALUATE_OFFLINE",
            "TRANSFORMERS_OFFLINE", "DO_NOT_TRACK", "DISABLE_TELEMETRY")  # fmt: skip
TRIED = [
    {"instrument": "tokens", "text": "Hello, how are you?"},
    {"instrument": "batch", "path": "rows.csv", "rows": 8},
    {"instrument": "metrics"},
    {"instrument": "schedule"},
    {"instrument": "pipeline", "task": "sentiment-analysis", "text": "good"},
    {"instrument": "pipeline", "task": "ner", "text": "Paris is in France."},
    {"instrument": "pipeline", "task": "text-generation", "text": "in this course", "max_new_tokens": 3},
]


class Record:
    """What the processes of one test tried to reach."""

    def __init__(self, folder: Path, prefix: tuple[str, ...]) -> None:
        self.folder, self.prefix = folder, prefix

    def _lines(self, name: str) -> list[str]:
        file = self.folder / name
        return file.read_text().splitlines() if file.exists() else []

    @property
    def attempts(self) -> list[str]:
        return self._lines("attempts")

    @property
    def processes(self) -> list[str]:
        return self._lines("processes")

    @property
    def packets(self) -> int:
        """Sent, or not sent for want of a route, in all namespaces."""
        total = 0
        for file in self.folder.glob("counters-*"):
            names, values = (line.split()[1:] for line in file.read_text().splitlines() if line.startswith("Ip:"))
            counted = dict(zip(names, map(int, values), strict=True))
            total += counted["OutRequests"] + counted["OutNoRoutes"]
        return total

    def run(self, *words: str, stdin: str = "") -> str:
        """Run a command to its end; what it wrote."""
        done = subprocess.run([*self.prefix, *words], input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def headnotes(self, *words: str, stdin: str = "") -> str:
        return self.run(sys.executable, "-P", "-m", "tui", *words, stdin=stdin)


def _prefix() -> tuple[str, ...]:
    """A command before a command that gives it a network of its own; empty where that is not permitted."""
    if shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0:
        return ("unshare", "-rn", "sh", "-c", ISOLATED, "sh")
    return ()


@pytest.fixture
def record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Record:
    recorder, folder = tmp_path / "recorder", tmp_path / "record"
    recorder.mkdir()
    folder.mkdir()
    (recorder / "sitecustomize.py").write_text(RECORDER)
    for name in SWITCHES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONPATH", str(recorder))
    monkeypatch.setenv("HEADNOTES_TEST_RECORD", str(folder))
    for name in ("HF_HOME", "HF_DATASETS_CACHE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    (tmp_path / "rows.csv").write_text("text,label\n" + "good,1\nbad,0\n" * 20)
    monkeypatch.chdir(tmp_path)
    return Record(folder, _prefix())


def test_the_recorder_sees_what_is_tried(record: Record) -> None:
    code = "import socket\ntry: socket.create_connection(('192.0.2.1', 80), timeout=0.1)\nexcept OSError: pass"
    record.run(sys.executable, "-P", "-c", code)
    assert record.attempts == [
        "socket.getaddrinfo '192.0.2.1'",
        "socket.connect ('192.0.2.1', 80)",
    ]
    assert len(record.processes) == 1
    assert record.packets == bool(record.prefix)


def test_opening_a_file_reaches_nobody(record: Record) -> None:
    answer = json.loads(record.headnotes("data", "rows.csv", "--json"))
    assert answer["splits"] == [{"name": "train", "rows": 40}]
    assert (record.attempts, record.packets, len(record.processes)) == ([], 0, 1)


def console(record: Record) -> None:
    """Start, a lesson with its instrument, a cell, the models, the next lesson."""
    with Terminal("2.2", prefix=record.prefix) as it:
        it.until("Three steps, one line", "POSITIVE", "ready", seconds=240)
        it.press("n", "n", "n", "enter")  # the first cell
        it.until("token_type_ids", seconds=120)
        it.press("q")
        it.until("Several sequences at once")
        it.press("ctrl+q")
        assert it.ended() == 0


def data_room(record: Record) -> None:
    """A table on the screen."""
    with Terminal("data", "rows.csv", prefix=record.prefix) as it:
        it.until("rows.csv", "good", "ready", seconds=240)
        it.press("ctrl+q")
        assert it.ended() == 0


def tried(record: Record) -> None:
    """Instruments without a screen, and what is on this machine."""
    lines = record.headnotes("try", "--stdin", stdin="\n".join(map(json.dumps, TRIED))).splitlines()
    assert ["result" in json.loads(line) for line in lines] == [True] * len(TRIED), lines
    record.headnotes("models", "list")


def data(record: Record) -> None:
    """Open, change and save."""
    record.headnotes("data", "rows.csv", "--step", "filter(lambda row: row['label'] == 1)", "--save", "good.parquet")


def train(record: Record) -> None:
    """Two steps with each loop."""
    for loop in ("trainer", "accelerate"):
        changes = ("max_steps=2", "rows=48", "batch_size=4", f"loop={loop}", "evaluate_every=2", "save_every=2")
        assert "done" in record.headnotes("train", "pairs-lesson", "--set", *changes, "--wait", "--plain")


@pytest.mark.drill
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("use", [console, data_room, tried, data, train])
def test_nothing_leaves_the_machine(
    record: Record, use: Callable[[Record], None], capsys: pytest.CaptureFixture[str]
) -> None:
    use(record)
    with capsys.disabled():
        where = "a network namespace" if record.prefix else "no namespace (not permitted)"
        print(f"\n{use.__name__}: {len(record.processes)} processes in {where}, {len(record.attempts)} attempts, "
              f"{record.packets} packets")  # fmt: skip
    assert record.attempts == []
    assert record.packets == 0
    modules = {"console": "tui.engine.server", "data_room": "tui.engine.server", "train": "tui.runs.worker"}
    assert any(modules.get(use.__name__, "tui") in line for line in record.processes)
    assert "HF_HUB_OFFLINE" not in os.environ
