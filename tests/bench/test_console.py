"""What the console costs: first paint, keys under load, the engine's overhead, bytes to the terminal."""

from __future__ import annotations

import asyncio
import os
import select
import shutil
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from tests.conftest import LESSONS, ROOT
from tests.engine.test_client import until
from tests.terminal.terminal import Terminal
from tui.engine.client import EngineClient
from tui.instruments.registry import INSTRUMENTS

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

HELLO = """
from textual.app import App
from textual.widgets import Static
class Hello(App):
    def compose(self):
        yield Static("hello, terminal")
Hello().run()
"""
PAIRS = 9
KEYS = 300
CALLS = 40


@pytest.fixture
def table(capsys: pytest.CaptureFixture[str]) -> Callable[..., None]:
    """Print rows where they can be seen."""

    def show(title: str, *rows: tuple[object, ...]) -> None:
        with capsys.disabled():
            print(f"\n{title}")
            for row in rows:
                print("   ", *(f"{cell!s:<34}" if i == 0 else f"{cell!s:>14}" for i, cell in enumerate(row)))

    return show


def seconds_until(command: list[str], words: str) -> float:
    """Wall seconds from start to these words on the screen of a fresh pty."""
    screen = pyte.Screen(120, 40)
    stream = pyte.ByteStream(screen)
    start = time.perf_counter()
    child = pexpect.spawn(command[0], command[1:], dimensions=(40, 120), encoding=None, timeout=30)
    try:
        while words not in "\n".join(screen.display):
            stream.feed(child.read_nonblocking(65536, timeout=30))
        return time.perf_counter() - start
    finally:
        child.kill(9)
        child.close(force=True)


FIRST_SCREENS = (("contents", [], "Using Transformers", 1.25), ("lesson 2.2", ["2.2"], "Three steps, one line", 1.35))
"""What is painted, the words of the command, words on it, the goal."""


def test_first_screens_painted_against_a_bare_hello(
    table: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    hello = tmp_path / "hello.py"
    hello.write_text(HELLO)
    seconds: dict[str, list[float]] = defaultdict(list)
    for _ in range(PAIRS + 1):
        seconds["bare hello"].append(seconds_until([sys.executable, str(hello)], "hello, terminal"))
        for name, arguments, words, _ in FIRST_SCREENS:
            seconds[name].append(seconds_until([sys.executable, "-m", "tui", *arguments], words))
    rows = [(f"{name}, s", values[1:]) for name, values in seconds.items()]
    for name, _, _, goal in FIRST_SCREENS:
        ratios = [ours / bare for ours, bare in zip(seconds[name], seconds["bare hello"], strict=True)]
        rows.append((f"{name} / bare (goal <= {goal})", ratios[1:]))
    table(
        f"First screen painted / bare Textual hello, {PAIRS} rounds in turn",
        ("", "min", "median", "max"),
        *((name, *(f"{f(values):.3f}" for f in (min, statistics.median, max))) for name, values in rows),
    )


@pytest.fixture
def busy_course(tmp_path: Path) -> Path:
    """A checkout whose first lesson has a cell that multiplies matrices on two threads for a minute."""
    package = tmp_path / "package"
    shutil.copytree(ROOT / "tui", package / "tui")
    shutil.copytree(LESSONS, package / "lessons")
    code = "import time, torch\ntorch.set_num_threads(2)\nend = time.time() + 60\na = torch.rand(1500, 1500)\n"
    code += "while time.time() < end: a @ a"
    for file in package.glob("lessons/*/02-*.md"):
        text = file.read_text("utf-8")
        cell = f"\n```{{code-cell}} python\n{code}\n```\n"
        file.write_text(text.replace("\n(preprocessing)=", f"{cell}\n(preprocessing)=", 1), "utf-8")
    return package


def delays_of(it: Terminal, keys: tuple[str, str]) -> tuple[list[float], int]:
    """Milliseconds from a key to the first byte of its frame, sorted, and the bytes of the largest frame."""
    fd = it.child.child_fd
    delays, largest = [], 0
    for number in range(KEYS):
        start = time.perf_counter()
        os.write(fd, keys[number % 2].encode())
        select.select([fd], [], [], 2)
        delays.append(1000 * (time.perf_counter() - start))
        size = 0
        while select.select([fd], [], [], 0.04)[0]:  # nothing is drawn here: this program must not take the processor
            size += len(os.read(fd, 65536))
        largest = max(largest, size)
    return sorted(delays), largest


def test_key_to_paint_while_the_engine_multiplies_on_two_threads(table: Callable[..., None], busy_course: Path) -> None:
    rows: list[tuple[object, ...]] = []
    with Terminal("2.2", PYTHONPATH=str(busy_course)) as it:  # `-P` leaves the working folder out
        it.until("POSITIVE", "ready")
        it.press("n", "n")
        it.until("enter runs it")
        for busy in (False, True):
            if busy:
                it.press("enter")
                it.until("working")
            it.settle()
            for name, keys in (("line down / up", ("j", "k")), ("page down / up", (" ", "\x1b[5~"))):
                delays, largest = delays_of(it, keys)
                shares = [delays[int(len(delays) * q)] for q in (0.5, 0.99)]
                what = f"{name}, engine {'busy' if busy else 'idle'}"
                rows.append((what, *(f"{value:.1f}" for value in (*shares, delays[-1])), largest))
    table(
        f"Key to first byte of its frame, ms, {KEYS} keys; busy: two threads multiply (goal p99 < 50)",
        ("", "p50", "p99", "max", "bytes, max"),
        *rows,
    )


def test_the_engine_against_the_same_python_in_process(table: Callable[..., None], tmp_path: Path) -> None:
    specs: dict[str, dict[str, Any]] = {
        "tokens": {"text": "Using a Transformer network is simple"},
        "pipeline": {"text": "I've been waiting for a HuggingFace course my whole life."},
        "anatomy": {"text": "I've been waiting for a HuggingFace course my whole life."},
        "mask": {"texts": ["Hello, how are you?", "I am fine."], "flip": [[1, 2]]},
    }

    async def measure() -> list[tuple[object, ...]]:
        engine = EngineClient(log=tmp_path / "engine.log")
        await engine.start()
        await until(lambda: engine.phase.name == "ready", 120)
        rows = []
        for name, values in specs.items():
            instrument = INSTRUMENTS[name]
            spec = instrument.read(values)
            here, there = [], []
            for _ in range(CALLS + 5):
                start = time.perf_counter()
                instrument.run(spec)
                here.append(1000 * (time.perf_counter() - start))
                start = time.perf_counter()
                await engine.ask("run", instrument=name, spec=values)
                there.append(1000 * (time.perf_counter() - start))
            one, two = statistics.median(here[5:]), statistics.median(there[5:])
            rows.append((name, f"{one:.2f}", f"{two:.2f}", f"{two - one:+.2f}", f"{100 * (two / one - 1):+.1f} %"))
        await engine.close()
        return rows

    rows = asyncio.run(measure())
    table(
        f"Through the engine / in this process, ms, median of {CALLS} calls in turn (goal +5 ms or +5 %)",
        ("", "in process", "engine", "difference", ""),
        *rows,
    )


@pytest.mark.parametrize("size", [(120, 40), (80, 24)], ids=["120x40", "80x24"])
def test_bytes_to_the_terminal(table: Callable[..., None], size: tuple[int, int]) -> None:
    with Terminal("2.2", size=size) as it:
        it.until("Three steps, one line")
        it.wait(lambda: it.settle(1.0) == 0 and "ready" in it.text(), "a ready engine")
        it.settle(6.0)
        rows: list[tuple[object, ...]] = [("start, until all is quiet", len(it.received))]
        rows.append(("idle, 5 s", it.pump(5.0)))
        for name, key in (
            ("page down", " "), ("page down", " "), ("page up", "\x1b[5~"), ("line down", "j"), ("next stop", "n"),
            ("to the bench", "\t"), ("one letter in the text", "x"), ("esc", "\x1b"), ("help", "?"), ("esc", "\x1b"),
            ("code", "c"), ("esc", "\x1b"), ("language", "l"), ("language", "l"),
        ):  # fmt: skip
            before = len(it.received)
            it.child.send(key)
            it.settle(0.8)
            rows.append((name, len(it.received) - before))
        table(
            f"Bytes to the terminal at {size[0]}x{size[1]} (goals: idle 0, a page key <= 15000)", ("", "bytes"), *rows
        )
