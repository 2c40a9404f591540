"""What a run must survive: kills at any moment, a console or a line that is gone. And several processes at one run."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.conftest import ROOT
from tests.runs.worker import making, workers
from tests.scales import SCALES, seed, times
from tui.recipes import recipe
from tui.runs import events, folder, launch, orders, run_status
from tui.runs.folder import Run

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1800)]
LOOPS = ("trainer", "accelerate")
KILLS = 20


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("loop", LOOPS)
def test_twenty_kills(new: Callable[..., Run], loop: str, scale: float, capsys: pytest.CaptureFixture[str]) -> None:
    kills = times(KILLS, scale)
    asked = {"loop": loop, "max_steps": 100, "save_every": 3, "pair": "two", "accumulation": 1}
    undisturbed, run = new(**asked), new(**asked)
    assert workers.worked(undisturbed) == 0
    chance, fell = random.Random(seed()), {"before": 0, "saving": 0, "evaluating": 0, "training": 0}
    for number in range(kills):
        found = folder.checkpoints(run)
        step = found[-1].step if found else None
        process = workers.work(run, step)
        aim = (step or 0) + chance.randint(1, 7)
        first = events.last_seq(run.events_file) + 1
        workers.until(lambda: _reached(run, aim, first), f"step {aim} after kill {number}")  # noqa: B023 (waited for here)
        time.sleep(chance.uniform(0.0, 0.02))
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        assert workers.finish(process) == -signal.SIGKILL, folder.last_words(run)
        status = run_status.look(run)
        assert status.state == "dead"
        last = [event.fields["stage"] for event in events.read_all(run.events_file) if event.kind == "stage"][-1]
        fell[last if last in fell else "before"] += 1
    assert workers.worked(run, launch.latest(run).step) == 0, folder.last_words(run)
    assert workers.weights(run) == workers.weights(undisturbed)
    one, other = ([event.fields["loss"] for event in workers.steps(each)] for each in (run, undisturbed))
    assert one == other
    assert len(one) == 100
    assert workers.kinds(run, "done")[-1]["metrics"] == workers.kinds(undisturbed, "done")[-1]["metrics"]
    assert len({event.seq for event in events.read_all(run.events_file)}) == len(events.read_all(run.events_file))
    shutil.rmtree(run.model)  # killed after the last checkpoint, before the model was saved
    assert workers.worked(run, launch.latest(run).step) == 0
    assert workers.weights(run) == workers.weights(undisturbed)
    with capsys.disabled():
        print(f"\n{loop}: {kills} kills ({', '.join(f'{count} {what}' for what, count in fell.items())}), equal bytes")


def _reached(run: Run, step: int, first: int) -> bool:
    """Whether the worker that has written since event `first` has made the step: old lines do not count."""
    told = events.last_events(run.events_file)
    since = [event for event in told if event.seq >= first]
    trains = any(event.fields.get("stage") == "training" for event in since)
    found = events.last_events(run.steps_file)
    return trains and bool(found) and found[-1].whole("step") >= step and found[-1].time >= since[0].time


def gone(run: Run) -> bool:
    return not folder.alive(run)


@pytest.mark.parametrize("loop", LOOPS)
@pytest.mark.parametrize("launcher", ["torchrun", "accelerate"])
def test_two_processes_against_one(
    new: Callable[..., Run], small: dict[str, dict[str, Any]], launcher: str, loop: str
) -> None:
    still = str(Path(small["text-classification"]["checkpoint"]).parent / "still")
    asked = {"loop": loop, "checkpoint": still, "rows": 24, "epochs": 2.0, "learning_rate": 1e-3}
    one = new(**asked, batch_size=8)
    assert workers.worked(one) == 0
    two = new(**asked, batch_size=4, launcher=launcher, processes=2)
    launch.start(two)
    workers.until(lambda: gone(two), "the end of both", 600)
    assert run_status.look(two).state == "done", folder.last_words(two)
    assert workers.kinds(two, "prepared")[0]["processes"] == 2
    for run in (one, two):
        assert workers.kinds(run, "epoch") == [{"epoch": at, "rows": 24, "distinct": 24} for at in (1, 2)]
    for name in ("loss", "grad_norm", "lr"):
        first, second = ([event.fields[name] for event in workers.steps(run)] for run in (one, two))
        assert first == pytest.approx(second, rel=1e-3)
    first, second = ([event["metrics"] for event in workers.kinds(run, "evaluation")] for run in (one, two))
    assert [found.pop("loss") for found in first] == pytest.approx([found.pop("loss") for found in second], rel=1e-4)
    assert first == second
    assert all(sum(map(sum, found["confusion"])) == making.MEASURED for found in workers.kinds(two, "evaluation"))


def test_two_processes_stop_together_and_go_on(new: Callable[..., Run]) -> None:
    run = new(launcher="torchrun", processes=2, batch_size=2, epochs=30.0)
    launch.start(run)
    workers.until(lambda: events.last_seq(run.steps_file) >= 2, "two steps", 600)
    orders.give(run, "stop", "test")
    workers.until(lambda: gone(run), "the end of both", 600)
    status = run_status.look(run)
    assert status.state == "stopped", folder.last_words(run)
    assert launch.latest(run).step == status.step < status.steps
    launch.start(run, launch.latest(run))
    workers.until(lambda: gone(run), "the end of both", 600)
    assert run_status.look(run).state == "done", folder.last_words(run)
    assert [event.whole("step") for event in workers.steps(run)] == list(range(1, status.steps + 1))


def test_a_killed_worker_is_dead_within_five_seconds(new: Callable[..., Run]) -> None:
    run = new(epochs=400.0, save_every=1000, evaluate_every=1000)
    launch.start(run)
    workers.until(lambda: events.last_seq(run.steps_file) >= 2, "two steps", 600)
    assert run_status.look(run).state == "training"
    process = folder.worker_process(run)
    assert process is not None
    process.kill()
    begun = time.monotonic()
    workers.until(lambda: run_status.look(run).state == "dead", "its death")
    assert time.monotonic() - begun < 5
    assert any(launch.WORKER in line for line in folder.last_words(run))
    assert launch.kill(run) is False


def test_workers_end_with_a_launcher_that_is_killed(new: Callable[..., Run]) -> None:
    run = new(launcher="torchrun", processes=2, batch_size=2, epochs=400.0, save_every=1000, evaluate_every=1000)
    launch.start(run)
    workers.until(lambda: events.last_seq(run.steps_file) >= 2, "two steps", 600)
    launcher = folder.worker_process(run)
    assert launcher is not None
    trained = launcher.children(recursive=True)
    assert len(trained) >= 2
    launcher.kill()
    workers.until(lambda: not any(process.is_running() for process in trained), "their end")
    assert run_status.look(run).state == "dead"


@pytest.fixture
def asked(small: dict[str, dict[str, Any]], tmp_path: Path) -> Path:
    """A recipe of 200 steps, as a file."""
    file = tmp_path / "long.toml"
    wanted = recipe.read({**small["text-classification"], "epochs": 50.0, "save_every": 100, "evaluate_every": 100})
    file.write_text(recipe.text(wanted), "utf-8")
    return file


def the_run() -> Run | None:
    found = folder.all_runs()
    return found[0] if found else None


def goes_on(run: Run) -> None:
    """It comes to its end, every step once."""
    workers.until(lambda: gone(run), "its end", 600)
    status = run_status.look(run)
    assert (status.state, status.step) == ("done", 200), folder.last_words(run)
    assert [event.whole("step") for event in workers.steps(run)] == list(range(1, 201))


@pytest.mark.parametrize("end", ["killed", "hung up", "terminal closed"])
def test_the_console_is_gone(asked: Path, end: str) -> None:
    console = pexpect.spawn(sys.executable, ["-m", "tui", "train", str(asked), "--wait"], cwd=str(ROOT), timeout=600)
    run = workers.until(the_run, "a run", 600)
    workers.until(lambda: events.last_seq(run.steps_file) >= 2, "two steps", 600)
    assert run_status.look(run).step < 200  # in its middle; a slow console may end after the run
    match end:
        case "killed":
            console.kill(signal.SIGKILL)
        case "hung up":
            console.kill(signal.SIGHUP)
        case _:
            os.close(console.fileno())
            console.ptyproc.closed = console.closed = True
            console.ptyproc.fd = console.child_fd = -1
    workers.until(lambda: not console.isalive(), "the end of the console", 60)
    goes_on(run)
    if end != "terminal closed":
        console.close()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[list[str]]:
    """`ssh ... host` to an sshd of our own on this machine."""
    tools = {name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("sshd", "ssh", "ssh-keygen")}
    if missing := [name for name, found in tools.items() if found is None]:
        pytest.skip(f"{' and '.join(missing)} not installed")
    where = tmp_path / "ssh"
    where.mkdir(mode=0o700)
    for name in ("host", "own"):
        subprocess.run([str(tools["ssh-keygen"]), "-q", "-t", "ed25519", "-N", "", "-f", where / name], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (where / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {where}/host\nAuthorizedKeysFile {where}/own.pub\n"
        f"StrictModes no\nUsePAM no\nPermitRootLogin yes\nPidFile {where}/pid\nClientAliveInterval 1\n"
    )
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    words = [str(tools["ssh"]), "-tt", "-i", f"{where}/own", "-p", str(port), "-o", "StrictHostKeyChecking=no",
             "-o", "UserKnownHostsFile=/dev/null", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR",
             "127.0.0.1"]  # fmt: skip
    with (where / "log").open("wb") as log:
        server = subprocess.Popen([str(tools["sshd"]), "-D", "-e", "-f", where / "config"], stdout=log, stderr=log)
    try:
        end = time.monotonic() + 60
        while subprocess.run([*words, "true"], capture_output=True).returncode:
            if server.poll() is not None or time.monotonic() > end:
                pytest.skip(f"no line to this machine: {(where / 'log').read_text()[-300:]}")
        yield words
    finally:
        server.kill()
        server.wait()


def test_the_line_is_dropped(asked: Path, line: list[str], own_home: Path) -> None:
    kept = {name: os.environ[name] for name in ("HF_HUB_OFFLINE", "HF_DATASETS_CACHE")}
    settings = " ".join(f"{name}={value}" for name, value in {**kept, "HEADNOTES_HOME": str(own_home)}.items())
    remote = f"cd {ROOT} && {settings} {sys.executable} -m tui train {asked} --wait"
    console = pexpect.spawn(line[0], [*line[1:], remote], timeout=600)
    run = workers.until(the_run, "a run", 600)
    workers.until(lambda: events.last_seq(run.steps_file) >= 2, "two steps", 600)
    assert run_status.look(run).step < 200
    console.kill(signal.SIGKILL)  # the client is gone without a word; the server hangs up on what it had started
    workers.until(lambda: not console.isalive(), "the end of the client", 60)
    goes_on(run)
    console.close()
