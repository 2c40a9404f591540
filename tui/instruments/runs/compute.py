"""`runs`: the training runs on this machine, or one of them: its state, its curves and its evaluations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tui import paths
from tui.errors import ResultWarning, UsageError
from tui.instruments.instrument import Result
from tui.options import option
from tui.runs import folder, run_status
from tui.runs.curves import Curves
from tui.runs.folder import Run
from tui.runs.run_status import Status
from tui.runs.run_warnings import recorded_warnings, trouble_of
from tui.runs.series import extremes

LEAST_POINTS, MOST_POINTS = 8, 2000
LISTED = 100
"""Runs that are told of, the latest first."""


@dataclass(frozen=True, slots=True)
class RunsSpec:
    """All runs, or one."""

    name: str = option(default="", help="the name of a run, or its folder; empty: all of them")
    points: int = option(
        default=300,
        least=LEAST_POINTS,
        most=MOST_POINTS,
        help="a whole number: points of a curve at most, from 8 to 2000",
    )


@dataclass(frozen=True, slots=True)
class Listed:
    """One run in a line."""

    name: str
    state: str
    """new, starting, loading, tokenising, training, evaluating, saving, stopping; done, stopped, failed, dead."""
    step: int
    steps: int
    """Of all; 0 before that is known."""
    loss: float | None
    """Of the last step; None also where it is no number."""
    metric: str
    """The main metric; empty before the first evaluation."""
    best: float | None
    """Its best value."""
    best_step: int
    """Where that was; 0 before the first evaluation."""
    last: float | None
    """Its value at the last evaluation."""
    started: float
    """Seconds since 1970; 0 when it never was."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Values over steps, ascending; thinned so that first, last and extremes stay. None where it is no number."""

    name: str
    """loss, lr, grad_norm, rows_s, tokens_s, memory, cpu, gpu; eval/METRIC for what evaluations measured."""
    steps: list[int]
    values: list[float | None]


@dataclass(frozen=True, slots=True)
class Measured:
    """One evaluation."""

    step: int
    epoch: float
    metrics: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class RunsResult(Result):
    """The runs, the latest first; of a run that was asked for by name also what it did."""

    folder: str
    """Where the runs are."""
    runs: list[Listed]
    left_out: int
    """Runs that are not told of."""
    curves: list[Curve]
    evaluations: list[Measured]
    baseline: float | None
    """Accuracy of always predicting the most frequent label."""
    trouble: ResultWarning | None
    """The last error or warning of the worker."""

    @property
    def warnings_above(self) -> list[ResultWarning]:
        """Those that are not the trouble which the run's own lines tell."""
        return [one for one in self.warnings if self.trouble is None or one.message != self.trouble.message]


def run(spec: RunsSpec) -> RunsResult:
    """Read the logs. Raises `UsageError` for a run that is not there."""
    if not LEAST_POINTS <= spec.points <= MOST_POINTS:
        raise UsageError("instruments.runs.points", points=spec.points, least=LEAST_POINTS, most=MOST_POINTS)
    place = str(paths.runs_dir())
    if not spec.name:
        known = folder.all_runs()
        told = [_listed(one, run_status.look(one)) for one in known[:LISTED]]
        return RunsResult(place, told, len(known) - len(told), [], [], None, None)
    found = folder.find(spec.name)
    followed = Curves(found)
    followed.read()
    while followed.read():
        pass
    status = followed.status
    baseline = status.prepared.get("baseline")
    return RunsResult(
        folder=place,
        runs=[_listed(found, status)],
        left_out=0,
        curves=[_curve(name, *followed.series(name), spec.points) for name in followed.names],
        evaluations=[
            Measured(one.step, one.epoch, {name: _finite(value) for name, value in one.metrics.items()})
            for one in followed.evaluations
        ],
        baseline=_finite(baseline) if isinstance(baseline, int | float) else None,
        trouble=trouble_of(status),
        warnings=recorded_warnings(found, status),
    )


def code(spec: RunsSpec) -> str:
    """Read the two logs of a run, or look through all folders, with json alone. Raises `UsageError` as `run` does."""
    if not spec.name:
        return f"""import json
from pathlib import Path
{_LINES}

runs = {{}}
for about in Path({str(paths.runs_dir())!r}).glob("*/about.json"):
    steps = [event for event in lines(about.parent / "steps.jsonl") if event["kind"] == "step"]
    measured = [event for event in lines(about.parent / "events.jsonl") if event["kind"] == "evaluation"]
    runs[about.parent.name] = {{
        "created": json.loads(about.read_text())["created"],
        "step": steps[-1]["step"] if steps else 0,
        "metrics": measured[-1]["metrics"] if measured else {{}},
    }}
for name, run in sorted(runs.items(), key=lambda one: -one[1]["created"]):
    print(name, run["step"], run["metrics"])
"""
    return f"""import json
from pathlib import Path
{_LINES}

def kept(events):
    back = []  # a run that went back to a checkpoint did these steps again
    for event in events:
        while back and back[-1]["step"] >= event["step"]:
            back.pop()
        back.append(event)
    return back


folder = Path({str(folder.find(spec.name).folder)!r})
steps = kept(event for event in lines(folder / "steps.jsonl") if event["kind"] == "step")
evaluations = kept(event for event in lines(folder / "events.jsonl") if event["kind"] == "evaluation")
losses = [(event["step"], event["loss"]) for event in steps]
for event in evaluations:
    print(event["step"], event["metrics"])
"""


_LINES = '''

def lines(file):
    """The events of a log; a line that was cut off when the worker was killed is left out."""
    for line in file.read_bytes().splitlines() if file.exists() else ():
        try:
            yield json.loads(line)
        except ValueError:
            continue

'''


def _listed(run: Run, status: Status) -> Listed:
    history = status.history
    best, last = history.best, history.last
    return Listed(
        run.name, status.state, status.step, status.steps, _finite(status.loss), history.metric if last else "",
        _finite(best.value) if best else None, best.step if best else 0, _finite(last.value) if last else None,
        status.started,
    )  # fmt: skip


def _curve(name: str, steps: Sequence[float], values: Sequence[float], most: int) -> Curve:
    kept = extremes(steps, values, most)
    return Curve(name, [int(steps[at]) for at in kept], [_finite(values[at]) for at in kept])


def _finite(value: float | None) -> float | None:
    """JSON knows no NaN and no infinity."""
    return float(value) if value is not None and math.isfinite(value) else None
