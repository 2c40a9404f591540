"""What the curves of a run show that a person with experience would point out. Pure; each names its lesson.

A diagnosis is not a verdict: it says what is seen, and the lesson says what it may mean.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from tui.runs.curves import Curves, Evaluation
from tui.runs.series import smooth

Kind = Literal["nan_loss", "divergence", "gap", "plateau", "underfit", "one_class", "idle_first_step"]
VALUES: dict[Kind, tuple[str, ...]] = {
    "nan_loss": ("step",), "divergence": ("step", "least", "now"), "gap": ("step", "best", "now", "train"),
    "plateau": ("step", "now"), "underfit": ("start", "now"), "one_class": ("step", "label", "rows"),
    "idle_first_step": ("step",),
}  # fmt: skip
"""The values in the sentence of each kind."""
LESSON = "3.5"
"""Where learning curves are read; the first step of a warm-up belongs to the arguments of the loop."""
LESSONS: dict[Kind, str] = {"idle_first_step": "3.4"}
SMOOTHING = 0.9
FEWEST = 20
"""Steps below which a curve of losses says nothing."""
RISE = 1.3
"""A smoothed loss this many times its lowest value, and above where it began, runs away."""
GAP_SHARE = 0.02
"""A validation loss this share above its best one has risen."""
FLAT = 0.05
"""What the last third of a curve falls, as a share of all that it fell, when it has come to rest."""
SHARP = 0.1
"""How far the means of such a curve may be off, as a share of its fall, if anything is to be said of it."""
LEARNED = 0.1
"""The share of its loss that a run loses at least when it learns something."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that the curves show."""

    kind: Kind
    bad: bool
    """Whether going on is of no use as it is."""
    values: dict[str, Any] = field(default_factory=dict)
    """Numbers of the sentence: steps as whole numbers, losses and shares as floats, labels as text."""

    @property
    def figures(self) -> dict[str, str]:
        """The values for its sentence: four digits of a fraction, whole numbers whole."""
        shapes = {int: ",", float: ".4g"}
        return {name: format(value, shapes.get(type(value), "")) for name, value in self.values.items()}

    @property
    def lesson(self) -> str:
        """The number of the lesson it belongs to."""
        return LESSONS.get(self.kind, LESSON)


def diagnose(curves: Curves, *, is_over: bool | None = None) -> list[Diagnosis]:
    """What the curves of a run show, the worst first; an empty list for a run that looks well.

    The worker says by `is_over` that it has made all its steps, before its state says so.
    """
    is_over = curves.status.state == "done" if is_over is None else is_over
    steps, losses = curves.series("loss")
    found = [
        _nan(steps, losses),
        _diverges(steps, losses),
        _one_class(curves.confusion),
        _gap(curves),
        _underfit(steps, losses, ended=is_over),
        _plateau(steps, losses, curves.status.steps),
        _idle(*curves.series("lr")),
    ]
    kept = [one for one in found if one is not None]
    worse = {one.kind for one in kept}
    if worse & {"nan_loss", "divergence"}:  # what else a curve shows then, it shows because of that
        kept = [one for one in kept if one.kind not in ("gap", "plateau", "underfit", "divergence" if "nan_loss" in
                                                         worse else "")]  # fmt: skip
    if "underfit" in worse:
        kept = [one for one in kept if one.kind != "plateau"]
    return kept


def read(plain: Sequence[dict[str, Any]]) -> list[Diagnosis]:
    """Diagnoses as a worker wrote them; what this version does not know is left out."""
    found = []
    for one in plain:
        values = one.get("values")
        kind = next((kind for kind in VALUES if kind == one.get("kind")), None)
        if kind is not None and isinstance(values, dict) and set(VALUES[kind]) <= set(values):
            found.append(Diagnosis(kind, bool(one.get("bad")), values))
    return found


def _nan(steps: Sequence[float], losses: Sequence[float]) -> Diagnosis | None:
    """The loss is no number (any more)."""
    for step, loss in zip(steps, losses, strict=True):
        if not math.isfinite(loss):
            return Diagnosis("nan_loss", True, {"step": int(step)})
    return None


def _diverges(steps: Sequence[float], losses: Sequence[float]) -> Diagnosis | None:
    """The loss has left its lowest value far below and is higher than where it began."""
    ys = _finite(losses)
    if len(ys) < FEWEST:
        return None
    smoothed = smooth(ys, SMOOTHING)
    start = sum(ys[: max(3, FEWEST // 4)]) / max(3, FEWEST // 4)
    lowest = min(range(len(smoothed)), key=smoothed.__getitem__)
    end = smoothed[-1]
    if end > RISE * max(smoothed[lowest], 1e-9) and end > RISE * max(start, 1e-9):
        return Diagnosis("divergence", True, {"step": int(steps[lowest]), "least": smoothed[lowest], "now": end})
    return None


def _gap(curves: Curves) -> Diagnosis | None:
    """The validation loss has risen twice in a row from its best value while the training loss fell."""
    measured = [one for one in curves.evaluations if math.isfinite(one.metrics.get("loss", math.nan))]
    if len(measured) < 3:
        return None
    losses = [one.metrics["loss"] for one in measured]
    best = min(range(len(losses)), key=losses.__getitem__)
    rising = len(losses) - best > 2 and losses[-1] >= losses[-2] > losses[best]
    if not rising or losses[-1] < losses[best] * (1 + GAP_SHARE):
        return None
    then, now = (_trained(curves, measured[at].step) for at in (best, -1))
    if then is None or now is None or now >= then:
        return None
    return Diagnosis("gap", False, {"step": measured[best].step, "best": losses[best], "now": losses[-1], "train": now})


def _trained(curves: Curves, step: int) -> float | None:
    """The mean training loss of the steps up to this one: a tenth of those there are, ten at least."""
    steps, losses = curves.series("loss")
    before = [loss for at, loss in zip(steps, losses, strict=True) if at <= step and math.isfinite(loss)]
    last = before[-max(10, len(steps) // 10) :]
    return sum(last) / len(last) if last else None


def _underfit(steps: Sequence[float], losses: Sequence[float], *, ended: bool) -> Diagnosis | None:
    """The run is over and the loss is about where it began."""
    ys = _finite(losses)
    if not ended or len(ys) < FEWEST:
        return None
    share = max(5, len(ys) // 10)
    start, end = sum(ys[:share]) / share, sum(ys[-share:]) / share
    if start * (1 - LEARNED) < end <= RISE * start:
        return Diagnosis("underfit", False, {"start": start, "now": end})
    return None


def _plateau(steps: Sequence[float], losses: Sequence[float], all_steps: int) -> Diagnosis | None:
    """The loss fell, and for a third of the run has not any more, though a good part is still to come."""
    pairs = [(step, loss) for step, loss in zip(steps, losses, strict=True) if math.isfinite(loss)]
    if len(pairs) < 3 * FEWEST or (all_steps and pairs[-1][0] > 0.8 * all_steps):
        return None
    ys = [loss for _, loss in pairs]
    third = len(ys) // 3
    start = sum(ys[: third // 4]) / (third // 4)
    middle = sum(ys[-third : -third // 2]) / (third - third // 2)
    end = sum(ys[-(third // 2) :]) / (third // 2)
    spread = (sum((y - end) ** 2 for y in ys[-(third // 2) :]) / (third // 2)) ** 0.5
    noise = 2 * spread / math.sqrt(third // 2)
    fell = start - end
    if fell > LEARNED * abs(start) and noise < SHARP * fell and middle - end < FLAT * fell:
        return Diagnosis("plateau", False, {"step": int(pairs[-third][0]), "now": end})
    return None


def _one_class(measured: Evaluation | None) -> Diagnosis | None:
    """Every row of the last evaluation was taken for the same class, though there are several."""
    if measured is None or len(measured.confusion) < 2 or len(measured.labels) != len(measured.confusion):
        return None
    columns = [sum(column) for column in zip(*measured.confusion, strict=True)]
    true_ones = [sum(row) for row in measured.confusion]
    if sum(columns) and max(columns) == sum(columns) and sum(count > 0 for count in true_ones) > 1:
        label = measured.labels[columns.index(max(columns))]
        return Diagnosis("one_class", False, {"step": measured.step, "label": label, "rows": sum(columns)})
    return None


def _idle(steps: Sequence[float], rates: Sequence[float]) -> Diagnosis | None:
    """The first step used a learning rate of 0: it changed nothing."""
    if steps and steps[0] == 1 and rates[0] == 0:
        return Diagnosis("idle_first_step", False, {"step": 1})
    return None


def _finite(values: Sequence[float]) -> list[float]:
    return [value for value in values if math.isfinite(value)]
