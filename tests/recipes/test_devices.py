"""Which GPU a worker gets, on boxes that are made up: by NVML, by nvidia-smi, by the driver's folder, or untold."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.recipes import devices
from tui.recipes.devices import Gpu
from tui.recipes.recipe import Recipe
from tui.runs import folder, launch

GIB = 2**30
PAIRS = Recipe(data="pairs")


def nvml(used: list[int], load: list[int] | None = None) -> SimpleNamespace:
    """What the package nvidia-ml-py says on a box with these GPUs."""
    loads = load or [0] * len(used)
    return SimpleNamespace(
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: None,
        nvmlDeviceGetCount=lambda: len(used),
        nvmlDeviceGetHandleByIndex=lambda number: number,
        nvmlDeviceGetUUID=lambda handle: f"GPU-{handle:04}-abcd",
        nvmlDeviceGetMemoryInfo=lambda handle: SimpleNamespace(used=used[handle], free=80 * GIB - used[handle]),
        nvmlDeviceGetUtilizationRates=lambda handle: SimpleNamespace(gpu=loads[handle]),
    )


@pytest.fixture
def box(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make up a box; without an answer of NVML it has none."""
    monkeypatch.delenv(devices.VISIBLE, raising=False)
    monkeypatch.setattr(devices, "_by_command", list)
    monkeypatch.setattr(devices, "_by_driver", list)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.setattr(devices, "_by_torch", list)
    return lambda *given: monkeypatch.setitem(sys.modules, "pynvml", nvml(*given))


def visible(recipe: Recipe) -> str:
    return launch.environment(recipe)[devices.VISIBLE]


def test_auto_is_the_one_with_the_least_to_do(box: Callable[..., None]) -> None:
    box([60 * GIB, 2 * GIB, GIB, 70 * GIB, GIB + 1, 2 * GIB, 3 * GIB, 4 * GIB], [99, 0, 50, 99, 10, 0, 0, 0])
    assert visible(PAIRS) == "4", "of two with as much memory the one with less load"
    assert launch.environment(PAIRS)[devices.ORDER] == "PCI_BUS_ID"
    assert visible(Recipe(data="pairs", loop="accelerate")) == "4"
    assert visible(Recipe(data="pairs", device="cuda:3")) == "3"
    assert visible(Recipe(data="pairs", device="cpu")) == ""
    assert visible(Recipe(data="pairs", launcher="torchrun", processes=3)) == "1,2,4"


def test_what_is_visible_already_is_chosen_among(box: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    box([0, GIB, 2 * GIB, 3 * GIB])
    for inherited, auto, second in [
        ("3,2", "2", "2"), ("2", "2", None), ("GPU-0003,GPU-0001", "GPU-0001", "GPU-0001"), ("1,-1,0", "1", None),
        ("", "", None),
    ]:  # fmt: skip
        monkeypatch.setenv(devices.VISIBLE, inherited)
        assert visible(PAIRS) == auto
        if second is not None:
            assert visible(Recipe(data="pairs", device="cuda:1")) == second
        else:
            with pytest.raises(UsageError, match="There is no GPU cuda:1"):
                visible(Recipe(data="pairs", device="cuda:1"))


def test_a_gpu_that_is_not_there_is_refused_before_the_start(box: Callable[..., None]) -> None:
    with pytest.raises(UsageError, match=r"There is no GPU cuda:0\. Found here: none\."):
        visible(Recipe(data="pairs", device="cuda:0"))
    box([0, 0])
    with pytest.raises(UsageError, match="Found here: cuda:0, cuda:1") as caught:
        visible(Recipe(data="pairs", device="cuda:2"))
    assert caught.value.next_step == "Pass device=auto."
    run = folder.create(Recipe(data="pairs", device="cuda:2"), "")
    with pytest.raises(UsageError, match="There is no GPU cuda:2"):
        launch.start(run)
    assert not run.worker_file.exists()
    assert not run.log_file.exists()
    with pytest.raises(UsageError, match="3 processes need as many GPUs"):
        visible(Recipe(data="pairs", launcher="torchrun", processes=3))


def test_where_nothing_tells_the_first_is_taken(box: Callable[..., None]) -> None:
    assert visible(PAIRS) == "0"
    assert visible(Recipe(data="pairs", launcher="torchrun", processes=2)) == "0,1"


def test_a_file_for_accelerate_decides_by_itself(box: Callable[..., None]) -> None:
    own = Recipe(data="pairs", launcher="accelerate", launch_config="mine.yaml")
    assert devices.environment(own) == {}
    assert devices.environment(Recipe(data="pairs", device="cpu", launcher="accelerate"))[devices.VISIBLE] == ""


def test_runs_that_have_just_started_count(box: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """They use no memory of the GPU yet."""
    box([0, 0, 0])
    running = folder.create(PAIRS, "")
    running.worker_file.write_text('{"gpus": "0"}')
    assert visible(PAIRS) == "0", "it is over"
    monkeypatch.setattr(folder, "alive", lambda run: True)
    assert visible(PAIRS) == "1"


def test_nvidia_smi_and_the_driver_tell_where_nvml_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(devices.VISIBLE, raising=False)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    said = "GPU-a, 900, 80000, 3\nGPU-b, 4, 80900, [N/A]\n"
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(stdout=said))
    assert devices.gpus()[1] == Gpu("1", 4 * 2**20, 80900 * 2**20, 0)
    assert visible(PAIRS) == "1"

    def fails(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", fails)
    monkeypatch.setattr(Path, "iterdir", lambda self: iter([self / "0000:01:00.0", self / "0000:02:00.0"]))
    assert devices.gpus() == [Gpu("0"), Gpu("1")]


@given(
    st.lists(st.integers(0, 80 * GIB), max_size=9), st.integers(1, 10),
    st.sampled_from(["auto", "cpu", "cuda:0", "cuda:7"]),
)  # fmt: skip
def test_as_many_as_processes_each_once_or_a_sentence(used: list[int], processes: int, device: str) -> None:
    known = [Gpu(str(at), some, 80 * GIB - some) for at, some in enumerate(used)]
    recipe = Recipe(data="pairs", device=device, processes=1 if device.startswith("cuda") else processes)
    try:
        chosen = devices.choose(recipe, known)
    except UsageError as error:
        assert error.next_step
        return
    assert len({gpu.name for gpu in chosen}) == len(chosen) == (0 if device == "cpu" or not known else recipe.processes)
    if device == "auto" and chosen:
        others = [gpu for gpu in known if gpu not in chosen]
        assert all(one.used // devices.NOISE <= other.used // devices.NOISE for one in chosen for other in others)
