"""No process of ours is left behind, in whatever state it is and however its parent ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import psutil
import pytest

from tui.engine.environment import child_command, child_environment, child_folder

CONSOLE = """
import json, os, subprocess, sys
command = json.loads(sys.argv[1])
engine = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
print(engine.pid, flush=True)
for line in sys.stdin:
    engine.stdin.write(line.encode())
    engine.stdin.flush()
"""
"""A console that passes lines on to its engine, whose answers come out where its own do."""
WATCHDOG_ALONE = "from tui.engine import child, server; child.die_with_parent = lambda: None; server.main()"
"""An engine as it is where the kernel does not tell of a parent's end."""
ENGINES = {
    "kernel and watchdog": [*child_command("tui.engine.server"), "--bare"],
    "watchdog alone": [sys.executable, "-P", "-c", WATCHDOG_ALONE, "--bare"],
}
STATES = {
    "idle": "print('there', flush=True)",
    "holds Python's lock": "import sys\nsum(iter(int, 1))",
    "has forked workers": (
        "import time\nfrom multiprocess import get_context\n"
        "list(get_context('fork').Pool(2).imap(time.sleep, [600, 600]))"
    ),
    "has started a program": "import subprocess\nsubprocess.run(['sleep', '600'])",
}
CHILDREN = {"has forked workers": 2, "has started a program": 1}


class Console:
    """A console of its own process with an engine that works on some code."""

    def __init__(self, command: list[str], code: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-c", CONSOLE, json.dumps(command)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, env=child_environment(), cwd=child_folder(), text=True,
        )  # fmt: skip
        self.engine = psutil.Process(int(self._out.readline()))
        self.send(id=1, do="cell", space=None, code="import multiprocess")
        self.wait_for("result")
        self.send(id=2, do="cell", space=None, code=code)
        self.wait_for("started")

    @property
    def _out(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout

    def send(self, **message: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message) + "\n")
        self.process.stdin.flush()

    def wait_for(self, kind: str) -> None:
        """Take answers until one is of this kind."""
        assert any(json.loads(line)["kind"] == kind for line in self._out)

    def everyone(self, children: int) -> list[psutil.Process]:
        """The engine and all that it has started, as soon as it has; its watchdog is one of them."""
        while len(found := self.engine.children(recursive=True)) < children + 1:
            assert self.engine.is_running()
        return [self.engine, *found]


@pytest.fixture
def consoles() -> Iterator[list[Console]]:
    begun: list[Console] = []
    yield begun
    for console in begun:
        for process in (
            [*console.engine.children(recursive=True), console.engine] if console.engine.is_running() else []
        ):
            process.kill()
        console.process.kill()
        console.process.communicate()


def gone(processes: list[psutil.Process], seconds: float = 60) -> list[psutil.Process]:
    """What is left of these processes after a while; one that only waits for its parent to notice does not count."""
    end = time.monotonic() + seconds
    while (left := [process for process in processes if _works(process)]) and time.monotonic() < end:
        time.sleep(0.01)
    return left


def _works(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.drill
@pytest.mark.parametrize("stopped", [False, True], ids=["running", "stopped"])
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("engine", ENGINES)
def test_a_killed_console_leaves_no_process(consoles: list[Console], engine: str, state: str, stopped: bool) -> None:
    console = Console(ENGINES[engine], STATES[state])
    consoles.append(console)
    everyone = console.everyone(CHILDREN.get(state, 0))
    if stopped:
        console.engine.suspend()
    console.process.kill()
    assert gone(everyone) == []


@pytest.mark.drill
@pytest.mark.parametrize("state", CHILDREN)
@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_that_is_killed_alone_leaves_no_process(consoles: list[Console], engine: str, state: str) -> None:
    console = Console(ENGINES[engine], STATES[state])
    consoles.append(console)
    everyone = console.everyone(CHILDREN[state])
    os.kill(console.engine.pid, signal.SIGKILL)
    assert gone(everyone) == []


WORKER = r"""
import os, sys, time
from tui.engine import child
child.forks_die_with_us() if sys.argv[1] == "kernel" else child.start_watchdog()
for _ in range(2):
    if os.fork() == 0:
        if os.fork() == 0:
            os.write(1, b"%d\n" % os.getpid())
        time.sleep(600)
os.write(1, b"%d\n" % os.getpid())
time.sleep(600)
"""
STARTER = """
import subprocess, sys
subprocess.Popen([sys.executable, "-P", "-c", *sys.argv[1:]], start_new_session=True)
"""


@pytest.mark.parametrize("way", ["kernel", "watchdog"])
def test_what_a_worker_has_forked_ends_with_it_and_it_outlives_who_started_it(way: str) -> None:
    if way == "kernel" and not sys.platform.startswith("linux"):
        pytest.skip("this kernel does not tell of a parent's end")
    words = [sys.executable, "-P", "-c", STARTER, WORKER, way]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as starter:
        assert starter.stdout is not None
        pids = [int(starter.stdout.readline()) for _ in range(3)]
        starter.wait()
        worker = next(process for process in map(psutil.Process, pids) if os.getsid(process.pid) == process.pid)
        children = worker.children(recursive=True)
        assert len(children) == 4 + (way == "watchdog")
        assert worker.is_running()  # who started it is gone
        worker.kill()
        assert gone([worker, *children]) == []


def test_files_are_closed_once_in_forks() -> None:
    code = """
import os
from tui.engine import child
first, second = os.pipe()
child.close_in_forks(first)
if os.fork() == 0:
    again = os.open(os.devnull, os.O_RDONLY)
    assert again == first, (again, first)
    if os.fork() == 0:
        os.read(again, 1)
        os._exit(0)
    os._exit(os.waitstatus_to_exitcode(os.wait()[1]))
assert os.waitstatus_to_exitcode(os.wait()[1]) == 0
os.fstat(first)
"""
    subprocess.run([sys.executable, "-P", "-c", code], check=True)


def test_what_cannot_be_logged_is_lost_and_nothing_else(tmp_path: Path) -> None:
    code = """
import os, sys, warnings
from tui.engine import child
child.log_to_stderr()
print("a" * 100_000, flush=True)
print("b", file=sys.stderr)
warnings.warn("c")
os.write(3, b"to the end")
"""
    with Path("/dev/full").open("wb") as full, (tmp_path / "out").open("wb") as out:
        os.set_inheritable(out.fileno(), True)
        code = code.replace("os.write(3,", f"os.write({out.fileno()},")
        done = subprocess.run([sys.executable, "-P", "-c", code], stderr=full, pass_fds=[out.fileno()], check=False)
    assert (tmp_path / "out").read_text() == "to the end"
    assert done.returncode == 0
