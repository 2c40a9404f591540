"""Runs that never ran: folders with the events that a worker would have written."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from tui.recipes import recipe
from tui.runs import folder
from tui.runs.events import Log
from tui.runs.folder import Run


class Recorded:
    """A run folder that a test writes on."""

    def __init__(self, name: str = "pairs", *, steps: int = 100, **changes: Any) -> None:
        self.recipe = recipe.read({"data": "pairs", "name": name, "text": "sentence1", "pair": "sentence2", **changes})
        self.run: Run = folder.create(self.recipe, "print('the same run')\n")
        self.events, self.steps = Log(self.run.events_file), Log(self.run.steps_file)
        self.all_steps = steps

    def begin(self, **prepared: Any) -> Recorded:
        """Up to the first step."""
        self.events.write("stage", stage="starting")
        told = {"steps": self.all_steps, "steps_an_epoch": max(1, self.all_steps // 4), "main": "f1", "baseline": 0.667,
                "labels": ["no", "yes"], "device": "cpu", "processes": 1,
                "recipe": dataclasses.asdict(self.recipe)}  # fmt: skip
        self.events.write("prepared", **{**told, **prepared})
        self.events.write("stage", stage="training")
        return self

    def losses(self, losses: Sequence[float], first: int = 1, rate: float = 5e-5) -> Recorded:
        """Steps with these losses."""
        for step, loss in enumerate(losses, first):
            self.steps.write(
                "step", step=step, epoch=4 * step / self.all_steps, loss=loss, lr=rate, grad_norm=2.0, rows_s=11.5,
                tokens_s=600.0, memory=812_000_000,
            )  # fmt: skip
        return self

    def evaluation(self, step: int, loss: float, matrix: Sequence[Sequence[int]] = ((40, 10), (5, 45))) -> Recorded:
        """An evaluation whose rows are kept."""
        labels = ["no", "yes"]
        rows = [{"truth": labels[one], "prediction": labels[other], "score": 0.75}
                for one in (0, 1) for other in (0, 1) for _ in range(matrix[one][other])]  # fmt: skip
        rows = [{"row": number, **row} for number, row in enumerate(rows)]
        file = f"evaluations/step-{step:06d}.jsonl"
        self.run.evaluations.mkdir(exist_ok=True)
        (self.run.folder / file).write_text("\n".join(map(json.dumps, rows)))
        texts = [{"row": row["row"], "text": f"sentence {row['row']} [CLS]"} for row in rows]
        (self.run.evaluations / "rows.jsonl").write_text("\n".join(map(json.dumps, texts)))
        right = (matrix[0][0] + matrix[1][1]) / max(1, len(rows))
        self.events.write(
            "evaluation", step=step, epoch=4 * step / self.all_steps, metrics={"loss": loss, "f1": right},
            examples=[{**row, "text": f"sentence {row['row']} [CLS]"} for row in rows[::13][:8]], labels=labels,
            confusion=matrix, file=file, asked=False,
        )  # fmt: skip
        return self

    def end(self, **more: Any) -> Recorded:
        """It is done."""
        self.events.write("done", step=self.all_steps, seconds=10.0, metrics={}, why="", **more)
        return self
