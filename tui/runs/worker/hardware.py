"""What the machine does for a run: memory and processor by psutil, a GPU by torch, which asks NVML."""

from __future__ import annotations

import os
import time

import psutil

APART = 1.0
"""Seconds between two looks."""


class Hardware:
    """Asked at every step, it looks once a second."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first answer is always 0: from here on it counts
        self._looked = time.monotonic()
        self._asks_nvml = True
        self._known: dict[str, float] = {"memory": self._memory()}

    def now(self) -> dict[str, float]:
        """`memory` in bytes: of the GPU where one is used, else of the process; `cpu`, the share of all cores in
        per cent that this process uses; with a GPU and the package nvidia-ml-py `gpu` in per cent, `watts`, `celsius`.
        """
        if time.monotonic() - self._looked > APART:
            self._looked = time.monotonic()
            share = self._process.cpu_percent() / (os.cpu_count() or 1)
            self._known = {"memory": self._memory(), "cpu": round(share, 1), **self._gpu()}
        return self._known

    def _memory(self) -> int:
        import torch

        if torch.cuda.is_available():
            return int(torch.cuda.max_memory_allocated())
        return int(self._process.memory_info().rss)

    def _gpu(self) -> dict[str, float]:
        import torch

        if not self._asks_nvml or not torch.cuda.is_available():
            return {}
        try:
            watts, celsius = torch.cuda.power_draw() / 1000, torch.cuda.temperature()
            return {"gpu": torch.cuda.utilization(), "watts": round(watts, 1), "celsius": celsius}
        except Exception:  # no nvidia-ml-py, no NVML, a GPU that does not tell: pynvml has errors of its own
            self._asks_nvml = False
            return {}
