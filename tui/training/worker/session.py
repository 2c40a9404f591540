"""What both loops stand on: everything of one run, and what happens to it after a step, a save, an evaluation."""

from __future__ import annotations

import math
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.errors import Explained
from tui.lab.recipes.rows import Rows
from tui.lab.recipes.scoring import Scorer, Scores
from tui.lab.schedule import Arithmetic
from tui.runs import folder, standing
from tui.runs.folder import Checkpoint, Run
from tui.runs.recipe import Recipe
from tui.training.worker.control import Control, Wishes, agreed, world
from tui.training.worker.counting import Counting
from tui.training.worker.recording import Recorder, free_space

PROJECT = "headnotes"
"""Under this name are all runs, where the curves go to a tracker as well."""
ROOM = 1.1
"""So many times its size must be free for a checkpoint."""


@dataclass(slots=True)
class Session:
    """One run, prepared."""

    run: Run
    recipe: Recipe
    rows: Rows
    train: Any
    """Rows to learn from, as token ids."""
    evaluation: Any | None
    tokenizer: Any
    model: Any
    collator: Counting
    scorer: Scorer | None
    arithmetic: Arithmetic
    main: str
    """The metric that says which of two models is better."""
    recorder: Recorder
    control: Control
    resume: Checkpoint | None = None
    speaks: bool = True
    """Whether this is the first process."""
    step: int = 0
    best: float | None = None
    since_best: int = 0
    """Evaluations without a better one."""
    metrics: dict[str, float] | None = None
    """Of the last evaluation."""
    stopped: str = ""
    """Why it ended before its time."""
    _clock: float = 0.0
    _rows: list[int] = field(default_factory=list)
    """Numbers of the rows that were trained in this epoch."""

    # -- steps ----------------------------------------------------------------------------------------------------

    def start_clock(self) -> None:
        """The time of the next step begins."""
        self._clock = time.perf_counter()

    def step_done(self, step: int, epoch: float, loss: float, rate: float, norm: float | None) -> None:
        """Write a step."""
        now = time.perf_counter()
        rows = self.recipe.batch_size * self.recipe.accumulation * world()
        seen, tokens = self.collator.trained(self._batches(step))
        self._rows += seen
        self.recorder.step(step, epoch, loss, rate, norm, rows, tokens * world(), now - self._clock)
        self._clock = now

    def _batches(self, step: int) -> int:
        """Batches behind a step: the last one of an epoch may have fewer."""
        counted, every = self.arithmetic, self.recipe.accumulation
        return min(every, counted.batches - (step - 1) % counted.steps_an_epoch * every)

    def ends_epoch(self, step: int) -> bool:
        """Whether an epoch ends with a step; the last one ends where the run does.

        What is saved there is saved after what else an epoch ends with, so that a resumed run has nothing to catch up.
        """
        return step % self.arithmetic.steps_an_epoch == 0 or step == self.arithmetic.steps

    def epoch_done(self) -> None:
        """Tell how many rows were seen, and how many different ones: each once, if all is well."""
        epoch = math.ceil(self.step / self.arithmetic.steps_an_epoch)
        seen, self._rows = self._rows, []
        self.collator.forget()
        everything = _gathered(seen)
        self.recorder.event("epoch", epoch=epoch, rows=len(everything), distinct=len(set(everything)))

    def answer(self, wishes: Wishes) -> bool:
        """Say what became of the orders of this step, and whether the run ends here.

        An order to stop is not carried out while nothing could be kept; a signal is. After the last step there is
        nothing to stop.
        """
        saved = self.is_saved(self.step)
        if wishes.stop and self.step < self.arithmetic.steps:
            saved = agreed([saved])[0]  # only the first process knows when it is whole
            if saved or wishes.signal:
                self.stopped = "by SIGTERM" if wishes.signal else "by order"
            else:
                self.recorder.trouble("warning", Explained(
                    "NotStopped", "It goes on, because there was no room to keep what it has learnt.", "",
                    "Free some space and stop it again; kill ends it in any case.",
                ))  # fmt: skip
        could = {"save": saved, "stop": bool(self.stopped) or self.step >= self.arithmetic.steps}
        for order in wishes.orders:
            self.control.done([order], "done" if could.get(order[0], True) else "refused")
        return bool(self.stopped)

    # -- evaluations ----------------------------------------------------------------------------------------------

    @contextmanager
    def measuring(self) -> Iterator[None]:
        """While it is measured, nothing counts as trained."""
        self.recorder.stage("evaluating")
        with self.collator.aside():
            yield
        self.recorder.stage("training")
        self.start_clock()

    def evaluated(self, step: int, epoch: float, metrics: dict[str, float], scores: Scores | None) -> None:
        """Write an evaluation and see whether it is the best."""
        self.metrics = metrics
        value = metrics.get(self.main)
        if value is not None and not self.control.by_order:
            better = self.best is None or standing.is_better(self.main, value, self.best)
            self.best, self.since_best = (value, 0) if better else (self.best, self.since_best + 1)
        if self.evaluation is not None and self.rows.evaluation is not None:
            self.recorder.evaluation(step, epoch, metrics, scores, self.rows.evaluation, self.rows, self.recipe,
                                     asked=self.control.by_order)  # fmt: skip

    @property
    def is_exhausted(self) -> bool:
        """Whether early stopping has waited long enough."""
        return 0 < self.recipe.early_stopping <= self.since_best

    def look_exhausted(self) -> None:
        """End it where early stopping has waited long enough."""
        if self.is_exhausted and self.step < self.arithmetic.steps:
            self.stopped = f"no better {self.main} in {self.since_best} evaluations"

    @contextmanager
    def without_trace(self) -> Iterator[None]:
        """An evaluation that was asked for: what is random afterwards is as if it had not been."""
        import numpy
        import torch

        kept = torch.get_rng_state(), numpy.random.get_state()
        gpu = torch.cuda.get_rng_state_all() if torch.cuda.is_available() else None
        self.control.by_order = True
        try:
            yield
        finally:
            self.control.by_order = False
            torch.set_rng_state(kept[0])
            numpy.random.set_state(kept[1])
            if gpu is not None:
                torch.cuda.set_rng_state_all(gpu)

    # -- checkpoints ----------------------------------------------------------------------------------------------

    def save(self, step: int, write: Callable[[Path], None]) -> None:
        """Save a checkpoint into its folder. What fails for want of room is told and taken away; the run goes on."""
        where = self.run.folder / f"checkpoint-{step}"
        begun = time.perf_counter()
        self.recorder.stage("saving")
        if self.speaks:
            (where / "trainer_state.json").unlink(missing_ok=True)  # while it is written again it is not whole
        try:
            if (need := self.checkpoint_bytes()) * ROOM > (free := free_space(self.run.folder)):
                raise OSError(28, f"{free / 1e6:,.0f} MB are free, and {need / 1e6:,.0f} MB are needed")
            write(where)
        except Exception as error:
            if not is_full(error, self.run.folder, self.checkpoint_bytes()):
                raise
            if self.speaks:
                shutil.rmtree(where, ignore_errors=True)
            self.recorder.trouble("warning", Explained(
                "DiskFull", f"checkpoint-{step} could not be saved: the disk is full.", str(error).splitlines()[0],
                "Free some space; the run goes on, and the next save tries again.",
            ), step=step)  # fmt: skip
        else:
            if self.speaks:
                size = sum(file.stat().st_size for file in where.rglob("*") if file.is_file())
                seconds = round(time.perf_counter() - begun, 3)
                self.recorder.event("checkpoint", step=step, folder=where.name, bytes=size, seconds=seconds)
        finally:
            self.recorder.stage("training")

    def is_saved(self, step: int) -> bool:
        """Whether there is a whole checkpoint of this step."""
        return any(one.step == step for one in folder.checkpoints(self.run))

    def checkpoint_bytes(self) -> int:
        """About the size of a checkpoint: the weights, and two moments of those that are trained."""
        everything = sum(one.numel() for one in self.model.parameters())
        trained = sum(one.numel() for one in self.model.parameters() if one.requires_grad)
        return int(4 * (trained if self.recipe.lora_rank else everything) + 8 * trained)


def load_weights(model: Any, where: Path) -> None:
    """Give a model the weights of a checkpoint; of one with LoRA the adapter, which is all that was trained."""
    from safetensors.torch import load_file, load_model

    if (adapter := where / "adapter_model.safetensors").is_file():
        from peft import set_peft_model_state_dict

        set_peft_model_state_dict(model, load_file(adapter))
    else:
        load_model(model, where / "model.safetensors", strict=False)  # tied weights are there once


def is_full(error: BaseException, where: Path, need: int) -> bool:
    """Whether an error means that the disk is full: torch says so in words of its own, without a number."""
    text = str(error)
    if getattr(error, "errno", None) == 28 or "No space left" in text or "os error 28" in text:
        return True
    return isinstance(error, RuntimeError) and "inline_container" in text and free_space(where) < need


def _gathered(rows: list[int]) -> list[int]:
    """The lists of all processes after each other."""
    if world() == 1:
        return rows
    import torch.distributed as together

    lists: list[Any] = [None] * world()
    together.all_gather_object(lists, rows)
    return [row for some in lists for row in some]
