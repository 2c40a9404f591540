"""How often a fuzz or a drill repeats: a tenth in `.ci/run` (marker `drill`), in full under the marker `soak`.

@pytest.mark.parametrize("scale", SCALES)
def test_kills(scale: float) -> None:
    for _ in range(times(100, scale)): ...
"""

from __future__ import annotations

import os
import subprocess
import zlib

import pytest

from tests.conftest import ROOT

SCALES = [
    pytest.param(0.1, id="tenth", marks=pytest.mark.drill),
    pytest.param(1.0, id="full", marks=pytest.mark.soak),
]


def times(full: int, scale: float) -> int:
    """`full` repetitions scaled down, at least one."""
    return max(1, round(full * scale))


def seed() -> int:
    """HEADNOTES_SEED, or a number made from the commit: other choices for every commit, the same for everyone."""
    if chosen := os.environ.get("HEADNOTES_SEED"):
        return int(chosen)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    return zlib.crc32(commit.strip().encode())
