"""What every test stands on: a home of its own, no network, the checkout's own lessons."""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("headnotes", deadline=None)  # two noisy cores say nothing about speed
settings.load_profile("headnotes")
os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["IPYTHONDIR"] = tempfile.mkdtemp(prefix="headnotes-ipython-")  # a home that is not there is warned about
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["PYTHONSAFEPATH"] = "1"  # no child of a test imports from the folder it is started in
os.environ["HF_DATASETS_CACHE"] = tempfile.mkdtemp(prefix="headnotes-datasets-")

ROOT = Path(__file__).resolve().parent.parent
LESSONS = ROOT / "lessons"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--bench", action="store_true", help="run the measurements and print their tables")


def pytest_unconfigure() -> None:
    for name in ("HF_DATASETS_CACHE", "IPYTHONDIR"):
        shutil.rmtree(os.environ[name], ignore_errors=True)


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--bench"):
        config.option.markexpr = "bench"


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing of the developer's own settings, progress or language reaches a test."""
    home = tmp_path / "home"
    monkeypatch.setenv("HEADNOTES_HOME", str(home))
    for name in ("HEADNOTES_LANGUAGE", "HEADNOTES_THEME", "NO_COLOR", "TMUX", "SSH_CONNECTION", "SSH_TTY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", "a test must not touch the developer's clipboard")
    return home


@pytest.fixture
def own_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A working folder and a cache of their own, and no table that stays open after the test."""
    import datasets

    from tui.engine.ticks import tap_tqdm
    from tui.tables.table_store import DESK

    tap_tqdm(lambda what, done, total: None)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    yield
    DESK.clear()


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever reaches beyond this machine fails."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host not in ("", "127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test tried to reach {address!r}")
        real(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect)
