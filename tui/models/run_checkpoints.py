"""The models in a training run's folder: whole checkpoints, and the model that the run keeps."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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


def best_step(run: Path) -> int | None:
    """The step of the best evaluation in a run's log, the first of equals; None where there is none.

    Evaluations by order do not count, and a run that went back to a checkpoint has undone what came after.
    """
    metric, is_greater_better, scores = "loss", False, dict[int, float]()
    for event in _events(run):
        with suppress(KeyError, TypeError, ValueError):  # a log may have been cut or written by another version
            match event["kind"]:
                case "prepared":
                    metric = str(event["main"])
                    is_greater_better = bool(event.get("greater_is_better", metric not in ("loss", "perplexity")))
                case "resumed":
                    scores = {step: value for step, value in scores.items() if step <= int(event["step"])}
                case "evaluation" if not event.get("asked"):
                    scores = {step: value for step, value in scores.items() if step < int(event["step"])}
                    if math.isfinite(value := float(event["metrics"][metric])):
                        scores[int(event["step"])] = value if is_greater_better else -value
    return max(scores, key=scores.__getitem__, default=None)


def _events(run: Path) -> Iterator[dict[str, Any]]:
    with suppress(OSError), (run / "events.jsonl").open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            with suppress(ValueError, RecursionError):
                if isinstance(event := json.loads(line), dict):
                    yield event
