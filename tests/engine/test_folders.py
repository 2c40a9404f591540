"""The reader's folder is where relative paths are meant, and nothing is imported from it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tui import paths
from tui.engine.client import FETCHER, EngineClient
from tui.engine.environment import PRIVATE, child_command, child_environment, child_folder
from tui.runs import launch

STRAYS = ("tui", "random", "json", "evaluate", "datasets", "torch", "numpy", "transformers", "psutil", "IPython",
          "sitecustomize", "usercustomize", "encodings", "multiprocess", "tqdm", "accelerate", "colorsys")  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a stray file of every name, in which the reader is, with a PYTHONPATH that many people have."""
    where = tmp_path / "reader"
    where.mkdir()
    for name in STRAYS:
        (where / f"{name}.py").write_text(f"open({str(where / 'was-run')!r}, 'a').write({name + ' '!r})\n")
    (where / "rows.csv").write_text("a,b\n1,2\n3,4\n")
    monkeypatch.chdir(where)
    monkeypatch.setenv("PYTHONPATH", f".{os.pathsep}{os.pathsep}reader")
    return where


def executed(folder: Path) -> list[str]:
    """Names of the stray files that were run."""
    file = folder / "was-run"
    return sorted(set(file.read_text().split())) if file.exists() else []


async def test_an_engine_imports_nothing_from_the_readers_folder(folder: Path) -> None:
    engine = EngineClient(log=folder / "engine.log", command=FETCHER)
    try:
        code = (
            "import colorsys, random, tqdm, multiprocess, subprocess, sys\n"
            "subprocess.run([sys.executable, '-c', 'import colorsys'])\n"
            "print(open('rows.csv').readline())"
        )
        answer = await engine.ask("cell", space="a", code=code)
        assert answer["output"] == "a,b\n\n"
        assert engine.pid is not None
        assert Path(psutil.Process(engine.pid).cwd()) == paths.child_dir()
        assert await engine.ask("run", instrument="metrics", spec={})
        opened = await engine.ask("data", call="open", values={"source": {"paths": ["rows.csv"]}})
        assert opened["splits"][0]["rows"] == 2
        await engine.ask("cell", space="a", code="import os; os.mkdir('below'); os.chdir('below')")
        where = (await engine.ask("cell", space="a", code="print(os.getcwd())"))["output"]
        assert where.strip() == str(folder / "below")  # the reader's code has gone there, and stays
    finally:
        await engine.close()
    assert executed(folder) == []


async def test_an_engine_begins_and_goes_on_in_a_folder_that_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = tmp_path / "gone"
    where.mkdir()
    monkeypatch.chdir(where)
    where.rmdir()
    engine = EngineClient(log=tmp_path / "engine.log", command=FETCHER)
    try:
        assert (await engine.ask("cell", space=None, code="1 + 1"))["output"] == "2\n"
        assert await engine.ask("run", instrument="metrics", spec={})
    finally:
        await engine.close()
        os.chdir(tmp_path)


@pytest.mark.parametrize(
    "command",
    [
        child_command(launch.WORKER, "--help"),
        (sys.executable, "-m", launch.WORKER, "--help"),  # as a launcher starts it
        child_command("tui", "--version"),
        child_command("torch.distributed.run", "--help"),
        child_command("accelerate.commands.launch", "--help"),
    ],
    ids=["worker", "launched worker", "command", "torchrun", "accelerate"],
)
def test_no_child_imports_from_the_folder_it_is_started_in(folder: Path, command: tuple[str, ...]) -> None:
    done = subprocess.run(command, cwd=folder, env=child_environment(), capture_output=True, text=True)
    assert (done.returncode, executed(folder)) == (0, []), done.stderr


def test_the_console_imports_nothing_from_there_either(folder: Path) -> None:
    (folder / "tui.py").unlink()  # `python -m tui` would be that file, whatever it is
    words = [sys.executable, "-m", "tui", "try", "schedule", "--json"]
    environment = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONSAFEPATH")}
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    assert (done.returncode, executed(folder)) == (0, []), done.stderr


def test_paths_in_the_environment_mean_the_same_in_a_child(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEADNOTES_HOME", "here")
    monkeypatch.setenv("HF_HOME", "~/models")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", ".", "/opt/cluster/python"]))
    environment = child_environment()
    assert environment["HEADNOTES_HOME"] == str(folder / "here")
    assert environment["HF_HOME"] == "~/models"
    assert environment["PYTHONPATH"] == "/opt/cluster/python"
    assert child_folder() == "here/cache/work"
    assert (folder / "here/cache/work").stat().st_mode & 0o77 == 0


def test_a_child_has_a_folder_where_none_can_be_made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HEADNOTES_HOME", str(tmp_path / "file"))
    assert child_folder() == os.sep


def test_what_a_reader_has_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PRIVATE:
        monkeypatch.delenv(name, raising=False)
    assert PRIVATE.items() <= child_environment().items()
    monkeypatch.setenv("HF_HUB_DISABLE_TELEMETRY", "0")
    assert child_environment()["HF_HUB_DISABLE_TELEMETRY"] == "0"


def test_libraries_know_the_switches_that_keep_them_off_the_network() -> None:
    code = """
import datasets, evaluate, huggingface_hub, os
from transformers.modeling_utils import is_env_variable_true
assert not datasets.config.HF_UPDATE_DOWNLOAD_COUNTS
assert not evaluate.config.HF_UPDATE_DOWNLOAD_COUNTS
assert huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY
assert huggingface_hub.constants.HF_HUB_DISABLE_UPDATE_CHECK
assert is_env_variable_true("DISABLE_SAFETENSORS_CONVERSION")
"""
    subprocess.run([sys.executable, "-P", "-c", code], env=child_environment(), cwd=child_folder(), check=True)
