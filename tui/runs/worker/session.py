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

from tui.errors import HeadnotesError, explain
from tui.models.run_checkpoints import SavedCheckpoint
from tui.recipes.best import History, Score, kept_checkpoints
from tui.recipes.learning_rates import Arithmetic
from tui.recipes.recipe import Recipe
from tui.recipes.rows import Rows
from tui.recipes.scoring import Scorer, Scores
from tui.runs import diagnostics, folder
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.runs.worker.control import Control, Wishes, agreed, world
from tui.runs.worker.counting import Counting
from tui.runs.worker.recording import Recorder, free_space

PROJECT = "headnotes"
"""Under this name are all runs, where the curves go to a tracker as well."""
ROOM = 1.1
"""So many times its size must be free for a checkpoint."""


class NotFinite(HeadnotesError):
    """A loss or weight is NaN or infinite: what follows would train nothing."""


@dataclass(slots=True)
class Session:
    """One run, prepared."""

    run: Run
    recipe: Recipe
    rows: Rows
    train: Any
    """Training rows, as token ids."""
    evaluation: Any | None
    tokenizer: Any
    model: Any
    collator: Counting
    scorer: Scorer | None
    arithmetic: Arithmetic
    history: History
    """The metric that says which of two models is better, at each evaluation."""
    recorder: Recorder
    control: Control
    resume: SavedCheckpoint | None = None
    speaks: bool = True
    """Whether this is the first process."""
    step: int = 0
    model_score: Score | None = None
    """The evaluation of the model that is kept at the end, where there is one."""
    model_step: int = 0
    """The step of that model."""
    stopped: str = ""
    """Why it ended before its time."""
    _unsaved: tuple[int, dict[str, Any]] | None = None
    """(step, weights) of the best model while there is no room for its checkpoint."""
    _curves: Curves | None = None
    _diagnosed: list[dict[str, Any]] = field(default_factory=list)
    _clock: float = 0.0
    _rows: list[int] = field(default_factory=list)
    """Numbers of the rows that were trained in this epoch."""

    # -- steps ----------------------------------------------------------------------------------------------------

    def start_clock(self) -> None:
        """The time of the next step begins."""
        self._clock = time.perf_counter()

    def step_done(self, step: int, epoch: float, loss: float, rate: float, norm: float | None) -> None:
        """Write a step. Raises `NotFinite` where its loss is none."""
        now = time.perf_counter()
        rows = self.recipe.batch_size * self.recipe.accumulation * world()
        seen, tokens = self.collator.trained(self._batches(step))
        self._rows += seen
        self.recorder.step(step, epoch, loss, rate, norm, rows, tokens * world(), now - self._clock)
        self._clock = now
        if not math.isfinite(loss):
            raise NotFinite("runs.loss-not-finite", loss=str(loss), step=step)

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
                self.recorder.trouble("warning", explain(HeadnotesError("runs.not-stopped"), "NotStopped"))
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
        """Write an evaluation and see whether it is the best. Raises `NotFinite` where its loss is none."""
        if not self.control.by_order:
            self.history.add(step, metrics)
        if self.evaluation is not None and self.rows.evaluation is not None:
            self.recorder.evaluation(step, epoch, metrics, scores, self.rows.evaluation, self.rows, self.recipe,
                                     asked=self.control.by_order)  # fmt: skip
        self.diagnose()
        if not math.isfinite(loss := metrics.get("loss", 0.0)):
            raise NotFinite("runs.evaluation-loss-not-finite", loss=str(loss), step=step)

    def is_new_best(self, step: int) -> bool:
        """Whether the evaluation of this step is the best so far, so that its checkpoint is to be kept."""
        best = self.history.best
        return self.keeps_best and best is not None and best.step == step and not self.control.by_order

    @property
    def keeps_best(self) -> bool:
        return self.recipe.best == "best" and self.evaluation is not None

    def look_exhausted(self) -> None:
        """End it where early stopping has waited long enough."""
        waited = self.history.since_best
        if 0 < self.recipe.early_stopping <= waited and self.step < self.arithmetic.steps:
            self.stopped = f"no better {self.history.metric} in {waited} evaluations"

    def diagnose(self, *, is_over: bool = False) -> None:
        """Write what the curves show by now, where that has changed."""
        if not self.speaks:
            return
        self._curves = self._curves or Curves(self.run)
        while self._curves.read():
            pass
        found = [{"kind": one.kind, "bad": one.bad, "values": one.values}
                 for one in diagnostics.diagnose(self._curves, is_over=is_over)]  # fmt: skip
        if found != self._diagnosed:
            self._diagnosed = found
            self.recorder.event("diagnosis", found=found)

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
        """Save a checkpoint into its folder. What fails for want of room is told and taken away; the run goes on.

        Raises `NotFinite` for weights that are none: the checkpoints before it stay.
        """
        self.check_weights(step)
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
                if self.is_new_best(step):
                    self._unsaved = step, {name: one.detach().cpu().clone() for name, one in self._weights().items()}
            full = HeadnotesError("runs.checkpoint-disk-full", step=step, reason=str(error).splitlines()[0])
            self.recorder.trouble("warning", explain(full, "DiskFull"), step=step)
        else:
            if self.speaks:
                size = sum(file.stat().st_size for file in where.rglob("*") if file.is_file())
                seconds = round(time.perf_counter() - begun, 3)
                self.recorder.event("checkpoint", step=step, folder=where.name, bytes=size, seconds=seconds)
                self._forget_old()
        finally:
            self.recorder.stage("training")

    def _forget_old(self) -> None:
        """Delete checkpoints but for the latest, and the best."""
        saved = folder.checkpoints(self.run)
        best = [score.step for score in self.history.improvements] if self.keeps_best else []
        kept = kept_checkpoints([one.step for one in saved], self.recipe.keep, best)
        for old in saved:
            if old.step not in kept:
                shutil.rmtree(old.folder, ignore_errors=True)

    def check_weights(self, step: int) -> None:
        """Raise `NotFinite` where a weight that is trained is none: the loss shows it one step later."""
        import torch

        for name, weights in self.model.named_parameters():
            if weights.requires_grad and not torch.isfinite(weights).all():
                raise NotFinite("runs.weights-not-finite", step=step, name=name)

    def choose_model(self, model: Any) -> None:
        """Give the model the weights that the run ends with: those of the best evaluation, or it keeps the last ones.

        What it is is told in `model_step` and `model_score`.
        """
        best, last = self.history.best, self.history.last
        self.model_step = self.step
        self.model_score = last if last is not None and last.step == self.step else None
        if not self.keeps_best or best is None or best.step == self.step:
            return
        saved = {one.step: one.folder for one in folder.checkpoints(self.run)}
        if best.step in saved:
            load_weights(model, saved[best.step])
        elif self._unsaved is not None and self._unsaved[0] == best.step:
            model.load_state_dict(self._unsaved[1], strict=False)
        else:
            lost = HeadnotesError("runs.best-lost", step=best.step)
            self.recorder.trouble("warning", explain(lost, "BestLost"))
            return
        self.model_step, self.model_score = best.step, best

    def _weights(self) -> dict[str, Any]:
        """All weights, or with LoRA those that are trained."""
        weights: dict[str, Any] = self.model.state_dict()
        if not self.recipe.lora_rank:
            return weights
        trained = {name for name, one in self.model.named_parameters() if one.requires_grad}
        return {name: one for name, one in weights.items() if name in trained}

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
