"""What the worker tells: its two logs, written by the first process alone."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from tui.errors import Explained
from tui.recipes.recipe import Recipe
from tui.recipes.rows import Rows
from tui.recipes.scoring import Scores
from tui.recipes.task import task_of
from tui.runs.event_messages import message_fields
from tui.runs.events import Log, strict_json
from tui.runs.folder import Run
from tui.runs.worker.hardware import Hardware

EXAMPLES = 8
"""Rows whose predictions are kept with every evaluation."""
TEXT_LIMIT = 400
TICK = 0.25
"""Seconds between two reports of progress."""


class Recorder:
    """Writes events and steps; silent in every process but the first."""

    def __init__(self, run: Run, *, speaks: bool) -> None:
        self.run = run
        self._events = Log(run.events_file) if speaks else None
        self._steps = Log(run.steps_file) if speaks else None
        self._hardware = Hardware()
        self._told = 0.0
        self._ended: tuple[str, float | None] | None = None
        """The stage of progress that was told to be at its end."""

    def event(self, kind: str, **fields: Any) -> None:
        """Something happened."""
        if self._events is not None:
            self._events.write(kind, **fields)

    def stage(self, name: str) -> None:
        """What the worker is at now."""
        self.event("stage", stage=name)

    def progress(self, what: str, done: float, total: float | None) -> None:
        """How far a stage has come; told four times a second, and at its end."""
        now, ends = time.monotonic(), (what, total) if done == total else None
        if now - self._told >= TICK or (ends and ends != self._ended):  # a bar that is full is drawn several times
            self._told, self._ended = now, ends
            self.event("progress", what=what, done=done, total=total)

    def step(self, step: int, epoch: float, loss: float, rate: float, norm: float | None, rows: int, tokens: int,
             seconds: float) -> None:  # fmt: skip
        """A step of the optimizer; rows and tokens since the last one, of all processes."""
        if self._steps is None:
            return
        fast = max(seconds, 1e-9)
        self._steps.write(
            "step", step=step, epoch=round(epoch, 4), loss=loss, lr=rate, grad_norm=norm,
            rows_s=round(rows / fast, 2), tokens_s=round(tokens / fast, 1), **self._hardware.now(),
        )  # fmt: skip

    def evaluation(self, step: int, epoch: float, metrics: Mapping[str, float], scores: Scores | None, table: Any,
                   rows: Rows, recipe: Recipe, *, asked: bool) -> None:  # fmt: skip
        """An evaluation; what was predicted for each row goes to a file of its own."""
        if self._events is None:
            return
        file, examples = "", []
        if scores is not None and scores.rows:
            file = f"evaluations/step-{step:06d}.jsonl"
            with suppress(OSError):
                self._write_rows(self.run.folder / file, scores.rows)
            apart = max(1, len(scores.rows) // EXAMPLES)
            examples = [{**row, "text": text_of(table[row["row"]], recipe)} for row in scores.rows[::apart][:EXAMPLES]]
        self.event(
            "evaluation", step=step, epoch=round(epoch, 4), metrics=dict(metrics), examples=examples,
            labels=rows.labels if scores and scores.confusion else [],
            confusion=scores.confusion if scores else [], file=file, asked=asked,
        )  # fmt: skip

    def texts(self, table: Any, recipe: Recipe, limit: int = 20_000) -> None:
        """The evaluation rows, as texts, so that a console needs no data set to show them."""
        if self._events is not None and table is not None:
            rows = ({"row": at, "text": text_of(table[at], recipe)} for at in range(min(limit, table.num_rows)))
            with suppress(OSError):
                self._write_rows(self.run.evaluations / "rows.jsonl", rows)

    def trouble(self, kind: str, said: Explained, **fields: Any) -> None:
        """A `warning` or an `error`."""
        self.event(kind, **message_fields(said), **fields)

    def close(self) -> None:
        """The last line is written."""
        for log in (self._events, self._steps):
            if log is not None:
                log.close()

    def _write_rows(self, file: Path, rows: Any) -> None:
        file.parent.mkdir(exist_ok=True)
        part = file.with_suffix(".part")
        try:
            with part.open("w", encoding="utf-8") as out:
                for row in rows:
                    out.write(strict_json(row, ensure_ascii=False) + "\n")
            part.replace(file)
        except OSError:
            part.unlink(missing_ok=True)
            raise


def text_of(row: Mapping[str, Any], recipe: Recipe) -> str:
    """A row for people: its texts, the second after a bar."""
    return "  |  ".join(text[:TEXT_LIMIT] for text in task_of(recipe).texts(row, recipe))


def free_space(folder: Path) -> int:
    """Bytes that are left where a run is kept."""
    return shutil.disk_usage(folder).free
