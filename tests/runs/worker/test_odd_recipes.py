"""What `--check` accepts, starts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.runs.worker import odd_recipes, workers
from tests.scales import SCALES, seed, times


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("scale", SCALES)
def test_what_a_plan_accepts_starts(
    small: dict[str, dict[str, Any]], tmp_path: Path, scale: float, record_property: Any
) -> None:
    checkpoints = {task: values["checkpoint"] for task, values in small.items()}
    kept, count = tmp_path / "found.json", times(600, scale)
    process = workers.begin(odd_recipes.try_them, checkpoints, str(tmp_path), seed(), count, str(kept))
    process.join()
    assert process.exitcode == 0
    found = json.loads(kept.read_text())
    record_property("odd recipes", {name: found[name] for name in ("refused", "accepted")})
    assert not found["failed"], json.dumps(found["failed"][0], indent=1)
    assert found["refused"] > count // 10
    assert found["accepted"] > count // 10
