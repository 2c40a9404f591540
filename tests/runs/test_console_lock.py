"""Of several consoles on one run, one gives the orders."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.runs.recorded import Recorded
from tui.runs import console_lock
from tui.runs.folder import Run

HOLDS = """
import sys
from pathlib import Path
from tui.runs import console_lock
from tui.runs.folder import Run
print(console_lock.take(Run(Path(sys.argv[1]))), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def run() -> Run:
    return Recorded().run


def other_console(run: Run) -> tuple[subprocess.Popen[str], bool]:
    """Another process that asks for the seat; whether it got it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(run.folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline() == "True\n"


def test_the_first_has_it_until_it_is_killed(run: Run) -> None:
    first, got = other_console(run)
    assert got
    assert not console_lock.take(run)
    assert console_lock.is_taken(run)
    assert console_lock.holder(run) == (first.pid, os.uname().nodename, "-")
    second, got = other_console(run)
    assert not got
    assert console_lock.holder(run) == (first.pid, os.uname().nodename, "-"), "asking leaves no trace"
    second.kill()
    second.communicate()
    assert not console_lock.take(run)
    first.kill()
    first.communicate()
    assert console_lock.take(run)
    console_lock.leave(run)


def test_screens_of_one_console_share_it(run: Run) -> None:
    assert console_lock.take(run)
    assert console_lock.take(run)
    console_lock.leave(run)
    other, got = other_console(run)
    assert not got
    other.kill()
    other.communicate()
    console_lock.leave(run)
    console_lock.leave(run)  # once too often does no harm
    other, got = other_console(run)
    assert got
    other.kill()
    other.communicate()


def test_a_folder_that_cannot_be_written_has_none(tmp_path: Path) -> None:
    missing = Run(tmp_path / "gone")
    assert not console_lock.take(missing)
    assert not console_lock.is_taken(missing)
    assert console_lock.holder(missing) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_spoilt_name_is_no_name(run: Run, text: str) -> None:
    (run.folder / "console").write_text(text)
    assert console_lock.holder(run) is None


def test_a_full_disk_takes_the_name_and_not_the_seat(run: Run, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    (run.folder / "console").symlink_to("/dev/full")
    assert console_lock.take(run)
    assert console_lock.holder(run) is None
    console_lock.leave(run)
