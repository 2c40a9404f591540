"""Which evaluation of a run is its best one, and which checkpoints stay for it. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

LOWER_IS_BETTER = ("loss", "perplexity")


@dataclass(frozen=True, slots=True)
class Score:
    """The metric that decides, at one evaluation."""

    step: int
    value: float
    metrics: dict[str, float]
    """All that this evaluation measured."""


@dataclass(slots=True)
class History:
    """The scores of a run in the order of their steps; evaluations by order do not count, as no rerun repeats them."""

    metric: str = "loss"
    greater_is_better: bool = False
    scores: list[Score] = field(default_factory=list)

    @property
    def fields(self) -> dict[str, dict[str, Any] | None]:
        """Best and last score, as they are logged and printed as JSON."""
        return {name: {"metric": self.metric, "step": score.step, "value": score.value} if score else None
                for name, score in (("best", self.best), ("last", self.last))}  # fmt: skip

    def add(self, step: int, metrics: dict[str, float]) -> None:
        """Take an evaluation; whatever is later than it was undone. One without the metric is left out."""
        self.rewind(step - 1)
        if (value := metrics.get(self.metric)) is not None:
            self.scores.append(Score(step, value, metrics))

    def rewind(self, step: int) -> None:
        """Forget what comes after a step: the run went back to it."""
        while self.scores and self.scores[-1].step > step:
            self.scores.pop()

    @property
    def improvements(self) -> list[Score]:
        """Each score that was better than all before it. NaN never is, and of equals the first one stays."""
        found: list[Score] = []
        for score in self.scores:
            known = math.isfinite(score.value)
            if known and (not found or is_better(score.value, found[-1].value, self.greater_is_better)):
                found.append(score)
        return found

    @property
    def best(self) -> Score | None:
        """The first of the best scores; None before there is one."""
        return next(reversed(self.improvements), None)

    @property
    def last(self) -> Score | None:
        return self.scores[-1] if self.scores else None

    @property
    def since_best(self) -> int:
        """Evaluations after the best one."""
        best = self.best
        return sum(best is None or score.step > best.step for score in self.scores)


def greater_is_better(metric: str) -> bool:
    """Losses and perplexities should be low, everything else high."""
    return metric not in LOWER_IS_BETTER


def is_better(one: float, other: float, greater: bool) -> bool:
    """Whether a value is better than another."""
    return one > other if greater else one < other


def kept_checkpoints(steps: Sequence[int], keep: int, improvements: Iterable[int]) -> set[int]:
    """Of checkpoints at ascending steps those that stay: the last `keep`, and for each of them the best one up to it.

    So a run that goes back to any of them still has its best model. That is one more than `keep` at most: every
    improvement is saved, so only the oldest of the last ones can have its best one outside of them.
    """
    latest = list(steps)[-keep:]
    before = [step for step in improvements if latest and step <= latest[0]]
    return {*latest, *(set(steps) & {max(before, default=-1)})}


def history_of(prepared: dict[str, Any]) -> History:
    """An empty history of a run that is prepared."""
    metric = str(prepared.get("main") or "loss")
    greater = prepared.get("greater_is_better")
    return History(metric, greater if isinstance(greater, bool) else greater_is_better(metric))
