"""The curves of a run, followed while they grow: what is new in both logs, thinned so that memory stays flat.

Pure and quick: plain lists; nothing but the logs is read. What a run undid by going back to a checkpoint is forgotten.
"""

from __future__ import annotations

import dataclasses
import math
import time
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal

from tui.runs import folder, run_status
from tui.runs.events import SLICE, Event, Tail, metrics_of, sample
from tui.runs.folder import Run
from tui.runs.run_status import Status
from tui.runs.series import Points, smooth

Axis = Literal["step", "epoch", "time"]
AXES: tuple[Axis, ...] = ("step", "epoch", "time")
OF_STEPS = ("loss", "lr", "grad_norm", "rows_s", "tokens_s", "memory", "cpu", "gpu", "watts", "celsius")
"""Series with a value at every step; those of evaluations are called eval/METRIC."""
AT_WORK = ("training", "evaluating", "saving")
BIG = 2 * SLICE
"""Bytes of steps.jsonl beyond which a run is sampled when it is opened."""
SAMPLES = 1500
LIVE = SLICE // 4
"""Bytes of each log that one look at a run takes: some 10 ms, so that keys are never kept waiting."""
LOG_LINES = 2000
MOST_EVALUATIONS = 1000
ALIVE_EVERY = 1.0
"""Seconds between two looks at whether the worker lives."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One evaluation."""

    step: int
    epoch: float
    seconds: float
    """Since the run began."""
    metrics: dict[str, float]
    examples: list[dict[str, Any]]
    """The fixed examples: row, text, truth, prediction, and score where there is one."""
    labels: list[str]
    confusion: list[list[int]]
    """Rows are labels, columns are predictions; empty where the task has no labels."""
    file: str
    """Where in the run's folder the predictions of all rows are; empty when they are not kept."""
    asked: bool
    """Whether someone ordered it."""


class Curves:
    """Follows one run. Never raises for what is in its files."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.evaluations: list[Evaluation] = []
        """In the order of their steps."""
        self.log: list[Event] = []
        """What happened, the progress within a stage left out."""
        self.progress: tuple[str, float, float | None] | None = None
        """(what, done, total) of the stage that goes on."""
        self.status = Status()
        self._known = Status()
        self._events, self._steps = Tail(run.events_file), Tail(run.steps_file)
        self._series: dict[str, Points] = {}
        self._recent: deque[tuple[float, float]] = deque(maxlen=256)  # (step, seconds) of single steps
        self._opened = False
        self._began: float | None = None
        self._elapsed, self._clock = 0.0, 0.0
        self._last_step = 0.0
        self._looked = -math.inf

    def read(self) -> bool:
        """Take what has come since the last call, at most 256 kB of each log; whether there was anything new.

        The first call takes the whole of a short run and a sample of a long one.
        """
        new = False
        if not self._opened:
            self._opened = new = True
            while self._events.behind:
                self._take_events(self._events.read())
            if self._steps.behind > BIG:
                self._steps.offset = self._sampled()
            else:
                while self._steps.behind:
                    self._take_steps(self._steps.read())
        if self._events.behind and (events := self._events.read(LIVE)):
            new = True
            self._take_events(events)
        if self._steps.behind and (steps := self._steps.read(LIVE)):
            new = True
            self._take_steps(steps)
        return self._settle(new) or new

    @property
    def names(self) -> list[str]:
        """The series that have points: those of steps first."""
        found = [name for name in OF_STEPS if name in self._series]
        return found + [name for name in self._series if name not in OF_STEPS]

    def series(self, name: str, x: Axis = "step", smoothing: float = 0.0) -> tuple[list[float], list[float]]:
        """(xs, ys) of a series in ascending order of x; x in steps, epochs, or seconds since the run began.

        Empty lists when there is no such series. NaN and infinity stay where they are.
        """
        points = self._series.get(name)
        if points is None:
            return [], []
        rows = list(points.rows)
        place = AXES.index(x)
        ys = [row[3] for row in rows]
        return [row[place] for row in rows], smooth(ys, smoothing) if smoothing else ys

    def at(self, name: str, value: float, x: Axis = "step") -> tuple[float, float] | None:
        """(x, y) of the point of a series that is nearest to this x."""
        xs, ys = self.series(name, x)
        if not xs:
            return None
        place = min(range(len(xs)), key=lambda at: abs(xs[at] - value))
        return xs[place], ys[place]

    def last(self, name: str) -> float | None:
        """The last value of a series."""
        points = self._series.get(name)
        return points.rows[-1][3] if points is not None and points.rows else None

    @property
    def examples(self) -> list[list[tuple[int, dict[str, Any]]]]:
        """For each fixed example its history: (step, row) of every evaluation that kept it."""
        found: dict[Any, list[tuple[int, dict[str, Any]]]] = {}
        for one in self.evaluations:
            for place, row in enumerate(one.examples):
                found.setdefault(row.get("row", place), []).append((one.step, row))
        return list(found.values())

    @property
    def confusion(self) -> Evaluation | None:
        """The last evaluation that has a confusion matrix."""
        return next((one for one in reversed(self.evaluations) if one.confusion), None)

    @property
    def left(self) -> float | None:
        """Seconds to the last step at the speed of the last steps; None when it is not known."""
        if len(self._recent) < 2 or self.status.state not in AT_WORK or not self.status.steps:
            return None
        (first, began), (last, now) = self._recent[0], self._recent[-1]
        if last <= first or now <= began:
            return None
        return max(0.0, self.status.steps - last) * (now - began) / (last - first)

    @property
    def behind(self) -> bool:
        """Whether there is more to be read at once."""
        return bool(self._events.behind or self._steps.behind)

    @property
    def elapsed(self) -> float:
        """Seconds from the first line to the last."""
        return self._elapsed

    def _sampled(self) -> int:
        """Points spread over a long log; gives the offset up to which it stands for the file."""
        size = self._steps.behind
        found = list(sample(self.run.steps_file, SAMPLES))
        # a sample may skip the place where the run went back: what was undone is told by the events
        undone = [(event.time, event.number("step") or 0.0) for event in self.log if event.kind == "resumed"]
        self._take_steps(
            [event for event in found
             if not any(event.time < at and (event.number("step") or 0) > step for at, step in undone)]
        )  # fmt: skip
        self._recent.clear()
        return size

    def _take_events(self, events: list[Event]) -> None:
        for event in events:
            run_status.take(self._known, event)
            self._known.changed = event.time
            self._began = event.time if self._began is None else self._began
            match event.kind:
                case "progress":
                    self.progress = (str(event.fields.get("what")), event.number("done") or 0, event.number("total"))
                    continue
                case "stage":
                    self.progress = None
                case "evaluation":
                    self._evaluated(event)
                case "resumed":
                    self._forget(event.number("step") or 0.0, evaluations=True)
                    self._recent.clear()
            self.log.append(event)
            if len(self.log) > 2 * LOG_LINES:
                self.log = self.log[-LOG_LINES:]

    def _take_steps(self, events: list[Event]) -> None:
        for event in events:
            step = event.number("step")
            if event.kind != "step" or step is None or not math.isfinite(step):
                continue
            if step <= self._last_step:  # it went back to a checkpoint
                self._forget(step - 1, evaluations=False)
                self._recent.clear()
            self._last_step = step
            seconds, epoch = self._seconds(event.time), event.number("epoch") or 0.0
            self._recent.append((step, event.time))
            for name in OF_STEPS:
                if (value := event.number(name)) is not None:
                    self._series.setdefault(name, Points()).add(step, epoch, seconds, value)
            self._known.step, self._known.loss, self._known.changed = int(step), event.number("loss"), event.time

    def _seconds(self, at: float) -> float:
        """Seconds since the run began; a clock that is set back stands still here."""
        if self._began is None:
            self._began = at
        if not self._clock:
            self._clock = self._began
        self._elapsed += max(0.0, at - self._clock)
        self._clock = at
        return self._elapsed

    def _evaluated(self, event: Event) -> None:
        step, epoch = event.whole("step"), event.number("epoch") or 0.0
        metrics = metrics_of(event)
        examples, labels = event.fields.get("examples"), event.fields.get("labels")
        seconds = max(0.0, event.time - (self._began or event.time))
        if self.evaluations:
            seconds = max(seconds, self.evaluations[-1].seconds)
        made = Evaluation(
            step, epoch, seconds, metrics,
            [row for row in examples if isinstance(row, dict)] if isinstance(examples, list) else [],
            [str(label) for label in labels] if isinstance(labels, list) else [],
            _matrix(event.fields.get("confusion")),
            str(event.fields.get("file") or ""),
            bool(event.fields.get("asked")),
        )  # fmt: skip
        kept = [one for one in self.evaluations if one.step <= made.step]  # what came after it is void
        self.evaluations = [*kept, made]
        if len(self.evaluations) > MOST_EVALUATIONS:
            self.evaluations = [*self.evaluations[:-1:2], self.evaluations[-1]]
        for name, value in metrics.items():
            points = self._series.setdefault(f"eval/{name}", Points())
            points.forget(step)
            points.add(step, epoch, seconds, value)

    def _forget(self, step: float, *, evaluations: bool) -> None:
        """Points after a step are void."""
        for name, points in self._series.items():
            if name.startswith("eval/") is evaluations:
                points.forget(step)
        if evaluations:
            self.evaluations = [one for one in self.evaluations if one.step <= step]

    def _settle(self, new: bool) -> bool:
        """Bring the state up to date; whether the worker has come or gone."""
        now, was = time.monotonic(), self._known.alive
        if now - self._looked >= ALIVE_EVERY or (new and self._known.state in run_status.CLOSED):
            self._looked = now
            self._known.alive = folder.alive(self.run)
        if new or self._known.alive != was or (self.status.state == "new" and folder.launch_failed(self.run)):
            self.status = dataclasses.replace(self._known)
            run_status.settle(self.status, self.run)
            return True
        return False


def _matrix(plain: Any) -> list[list[int]]:
    """A square matrix of counts, or nothing."""
    try:
        made = [[int(count) for count in row] for row in plain or []]
    except (TypeError, ValueError):
        return []
    return made if all(len(row) == len(made) for row in made) else []
