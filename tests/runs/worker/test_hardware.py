"""What is told of the machine: by psutil of this one, and of a GPU as torch would tell it."""

from __future__ import annotations

import psutil
import pytest
import torch

from tui.runs.worker import hardware
from tui.runs.worker.hardware import Hardware


@pytest.fixture(autouse=True)
def every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "APART", -1.0)


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that uses 3 GB, 250 W."""
    for name, value in {"is_available": True, "max_memory_allocated": 3 * 10**9, "power_draw": 250_000,
                        "temperature": 61, "utilization": 97}.items():  # fmt: skip
        monkeypatch.setattr(torch.cuda, name, lambda *_, value=value: value)


def test_without_a_gpu_the_process_is_told() -> None:
    found = Hardware().now()
    assert set(found) == {"memory", "cpu"}
    assert found["memory"] == pytest.approx(psutil.Process().memory_info().rss, rel=0.2)
    assert 0 <= found["cpu"] <= 110


def test_a_gpu_tells_load_power_and_temperature(gpu: None) -> None:
    found = Hardware().now()
    assert {name: found[name] for name in ("memory", "gpu", "watts", "celsius")} == {
        "memory": 3 * 10**9, "gpu": 97, "watts": 250.0, "celsius": 61,
    }  # fmt: skip


def test_a_gpu_that_does_not_tell_is_asked_once(gpu: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def missing(*_: object) -> int:
        asked.append(1)
        raise ModuleNotFoundError("pynvml does not seem to be installed")

    monkeypatch.setattr(torch.cuda, "power_draw", missing)
    machine = Hardware()
    for _ in range(3):
        assert set(machine.now()) == {"memory", "cpu"}
    assert len(asked) == 1


def test_it_looks_once_a_second_and_not_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware, "APART", 3600.0)
    machine = Hardware()
    assert machine.now() is machine.now()
    assert "cpu" not in machine.now(), "a share of no time is no share"
