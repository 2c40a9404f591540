"""Which GPU a worker gets: chosen when it is started, carried out by CUDA_VISIBLE_DEVICES in its environment.

A plain Trainer takes every GPU that it sees (DataParallel) and multiplies the batch by their number: so a worker sees
one, and several only where a launcher starts a process for each.
"""

from __future__ import annotations

import dataclasses
import importlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from tui.errors import UsageError, phrase
from tui.recipes.recipe import Recipe

VISIBLE, ORDER = "CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"
_QUERY = ("nvidia-smi", "--query-gpu=uuid,memory.used,memory.free,utilization.gpu", "--format=csv,noheader,nounits")
PATIENCE = 10
"""Seconds for nvidia-smi, which wakes a sleeping driver."""
NOISE = 256 * 2**20
"""Bytes by which the memory of two free GPUs may differ."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU that this process may use."""

    name: str
    """As CUDA_VISIBLE_DEVICES has it: its number, or its UUID."""
    used: int = 0
    """Bytes."""
    free: int | None = None
    """Bytes; None when nothing on this machine tells."""
    load: int = 0
    """Per cent."""


def environment(recipe: Recipe, workers: Mapping[str, int] | None = None) -> dict[str, str]:
    """What a worker's environment says about GPUs. Raises `UsageError` for a GPU that is not there.

    `workers` counts the runs that are on a GPU already, by its name: one that has just started uses no memory yet.
    """
    if recipe.device == "cpu":
        return {VISIBLE: ""}
    if recipe.launcher == "accelerate" and recipe.launch_config:
        return {}  # the reader's own file says which
    names = [gpu.name for gpu in choose(recipe, gpus(), workers)]
    if VISIBLE in os.environ:
        return {VISIBLE: ",".join(names)}
    first = map(str, range(recipe.processes))  # where nothing tells of a GPU, and torch may see some all the same
    return {ORDER: "PCI_BUS_ID", VISIBLE: ",".join(names or first)}  # the order of NVML and nvidia-smi


def choose(recipe: Recipe, known: list[Gpu], workers: Mapping[str, int] | None = None) -> list[Gpu]:
    """The GPUs of a run, one for each process, in their order; those with the least to do where the recipe says auto.

    Raises `UsageError` for a GPU that is not there, or too few of them.
    """
    kind, _, number = recipe.device.partition(":")
    if kind == "cuda":
        known = known or _by_torch()
        if int(number) < len(known):
            return [known[int(number)]]
        gpus = [f"cuda:{at}" for at in range(len(known))]
        raise UsageError("recipes.no-such-gpu", device=recipe.device, gpus=gpus or phrase("recipes.none"))
    if not known or recipe.device == "cpu":
        return []
    if recipe.processes > len(known):
        raise UsageError("recipes.too-few-gpus", processes=recipe.processes, gpus=len(known))
    busy = workers or {}
    places = sorted(
        range(len(known)), key=lambda at: (busy.get(known[at].name, 0), known[at].used // NOISE, known[at].load, at)
    )
    return [known[at] for at in sorted(places[: recipe.processes])]


def gpus() -> list[Gpu]:
    """Every GPU that this process may use, as CUDA numbers them; empty when there is none, or nothing tells.

    Asks NVML (package nvidia-ml-py), else nvidia-smi, else the driver's folder, which knows no more than their number.
    """
    found = _by_nvml() or _by_command() or _by_driver()
    if VISIBLE not in os.environ:
        return [gpu for _, gpu in found]
    names = map(str.strip, os.environ[VISIBLE].split(","))
    return [_named(name, found) for name in takewhile(lambda name: name not in ("", "-1"), names)]  # as CUDA reads it


def _named(name: str, found: list[tuple[str, Gpu]]) -> Gpu:
    """The GPU of a number or of the beginning of a UUID; the name alone when it is not among those found."""
    for uuid, gpu in found:
        if gpu.name == name or (name.startswith(("GPU-", "MIG-")) and uuid.startswith(name)):
            return dataclasses.replace(gpu, name=name)
    return Gpu(name)


def _by_nvml() -> list[tuple[str, Gpu]]:
    """(UUID, GPU) of each."""
    with suppress(Exception):  # not installed, no driver, a GPU that does not tell: pynvml has errors of its own
        nvml: Any = importlib.import_module("pynvml")
        nvml.nvmlInit()
        try:
            return list(_listed_by(nvml))
        finally:
            nvml.nvmlShutdown()
    return []


def _listed_by(nvml: Any) -> Iterator[tuple[str, Gpu]]:
    for number in range(nvml.nvmlDeviceGetCount()):
        handle = nvml.nvmlDeviceGetHandleByIndex(number)
        memory, uuid, load = nvml.nvmlDeviceGetMemoryInfo(handle), nvml.nvmlDeviceGetUUID(handle), 0
        with suppress(Exception):  # a GPU cut into parts (MIG) has no load of its own
            load = int(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)
        name = uuid.decode() if isinstance(uuid, bytes) else str(uuid)
        yield name, Gpu(str(number), int(memory.used), int(memory.free), load)


def _by_command() -> list[tuple[str, Gpu]]:
    try:
        done = subprocess.run(_QUERY, capture_output=True, text=True, timeout=PATIENCE, check=True)
        rows = [[part.strip() for part in line.split(",")] for line in done.stdout.splitlines() if line.strip()]
        return [
            (uuid, Gpu(str(at), int(used) * 2**20, int(free) * 2**20, int(load) if load.isdecimal() else 0))
            for at, (uuid, used, free, load) in enumerate(rows)
        ]
    except (OSError, ValueError, subprocess.SubprocessError):
        return []


def _by_driver() -> list[tuple[str, Gpu]]:
    with suppress(OSError):
        return [("", Gpu(str(at))) for at, _ in enumerate(Path("/proc/driver/nvidia/gpus").iterdir())]
    return []


def _by_torch() -> list[Gpu]:
    """GPUs that torch sees and NVIDIA's tools do not, such as AMD's; asked in a process of its own where need be."""
    if torch := sys.modules.get("torch"):
        return [Gpu(str(at)) for at in range(torch.cuda.device_count())]
    words = (sys.executable, "-P", "-c", "import torch; print(torch.cuda.device_count())")
    try:
        done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True)
        return [Gpu(str(at)) for at in range(int(done.stdout))]
    except (OSError, ValueError, subprocess.SubprocessError):
        return []
