"""The models in a training run's folder: whole checkpoints, and the model that the run keeps."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_NAME = re.compile(r"checkpoint-(\d+)")


@dataclass(frozen=True, slots=True)
class SavedCheckpoint:
    """A checkpoint that is whole."""

    step: int
    folder: Path
    bytes: int


def whole_checkpoints(run: Path) -> list[SavedCheckpoint]:
    """Checkpoints of a run that are whole, in the order of their steps: `trainer_state.json` is written last."""
    found = []
    for folder in run.glob("checkpoint-*"):
        match = _NAME.fullmatch(folder.name)
        if match and _steps_done(folder) == int(match[1]):
            with suppress(OSError):  # it is being deleted just now
                size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
                found.append(SavedCheckpoint(int(match[1]), folder, size))
    return sorted(found, key=lambda checkpoint: checkpoint.step)


def _steps_done(folder: Path) -> int | None:
    try:
        state = json.loads((folder / "trainer_state.json").read_text("utf-8"))
        return int(state["global_step"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
