"""On a box of eight GPUs a run has one of them, and steps, batch and memory are those of the plan."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from tests.recipes.test_devices import GIB
from tests.runs.worker import making, workers


def on_eight(values: dict[str, Any], where: Path, *, started: bool) -> dict[str, Any]:
    run, kept = workers.new(values), where / "found.json"
    assert workers.finish(workers.begin(making.on_eight_gpus, str(run.recipe_file), started, str(kept))) == 0
    found: dict[str, Any] = json.loads(kept.read_text())
    return found


@pytest.mark.parametrize(("device", "visible", "free"), [("auto", ["5"], 79 * GIB), ("cuda:2", ["2"], 20 * GIB)])
def test_a_worker_has_one_gpu(
    small: dict[str, dict[str, Any]], home: Path, tmp_path: Path, device: str, visible: list[str], free: int
) -> None:
    values = {**small["text-classification"], "batch_size": 4, "accumulation": 2, "device": device}
    found = on_eight(values, tmp_path, started=True)
    plan = found["plan"]
    assert (found["n_gpu"], found["batch"], found["visible"]) == (1, 4, visible)
    assert plan["device"] == f"cuda:{visible[0]}"
    assert plan["memory_free"] == free
    batches = math.ceil(making.ROWS / found["batch"])
    assert (plan["arithmetic"]["batches"], plan["arithmetic"]["effective_batch"]) == (batches, 8)
    assert plan["arithmetic"]["steps"] == 3 * math.ceil(batches / 2)


def test_without_it_trainer_takes_all_eight(small: dict[str, dict[str, Any]], home: Path, tmp_path: Path) -> None:
    """What the test above is about."""
    found = on_eight({**small["text-classification"], "batch_size": 4}, tmp_path, started=False)
    assert (found["n_gpu"], found["batch"]) == (8, 32)


def test_on_the_cpu_it_sees_none(small: dict[str, dict[str, Any]], home: Path, tmp_path: Path) -> None:
    found = on_eight({**small["text-classification"], "batch_size": 4, "device": "cpu"}, tmp_path, started=True)
    assert (found["n_gpu"], found["batch"], found["visible"]) == (0, 4, [""])
    assert found["plan"]["device"] == "cpu"
