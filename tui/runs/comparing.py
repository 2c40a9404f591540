"""Runs side by side: in what their recipes differ, and how good each became. Pure: reads nothing but run folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tui.errors import ResultWarning, UsageError, warning
from tui.recipes import recipe
from tui.runs import predictions, run_status
from tui.runs.curves import Curves, Evaluation
from tui.runs.folder import Run


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to."""

    name: str
    state: str
    step: int
    """Its last one."""
    metrics: dict[str, float]
    """Of its model: of the evaluation at that step, before there is a model of the last one; empty without any."""
    measured_at: int
    """The step of that evaluation."""
    model_step: int | None
    """The step of the model that it ended with; None before there is one."""
    main: str
    """The metric that says which of two models is better; empty before it is known."""
    best: dict[str, Any] | None
    """That metric where it was best: metric, step, value."""
    last: dict[str, Any] | None
    """The same at the last evaluation."""
    baseline: float | None
    """The share of the most frequent label among the rows that were learned from; for classification."""


@dataclass(frozen=True, slots=True)
class Duel:
    """The models of two runs, row by row; both measured the same rows."""

    one: str
    other: str
    rows: int
    only_one: int
    """Rows that the first alone predicts right."""
    only_other: int
    p: float
    """By McNemar's exact test: how often chance alone would part the two as far."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Several runs; every list has a place for each of them, in the order in which they were asked for."""

    outcomes: list[Outcome]
    differences: dict[str, list[Any]]
    """Fields of the recipes that are not the same in all."""
    metrics: dict[str, list[float | None]]
    """Of the models."""
    best: dict[str, list[int]]
    """For each metric the places of the runs in which it is best; none where all are the same, or only one has it."""
    duels: list[Duel]
    """The first run against each of the others, where predictions of the same rows were kept."""
    warnings: list[ResultWarning]
    """Why figures may not be compared."""


def compare(runs: list[Run]) -> Comparison:
    """Set runs side by side. Raises `UsageError` for fewer than two, or a run whose recipe was spoilt."""
    if len(runs) < 2:
        raise UsageError("runs.one-run")
    recipes = [run.recipe() for run in runs]
    followed = [_followed(run) for run in runs]
    outcomes = [_outcome(curves) for curves in followed]
    names = list(dict.fromkeys(name for one in outcomes for name in one.metrics))
    metrics = {name: [one.metrics.get(name) for one in outcomes] for name in names}
    best = {name: _best(name, values) for name, values in metrics.items()}
    duels = [found for other in followed[1:] if (found := duel(followed[0], other)) is not None]
    return Comparison(outcomes, recipe.differences(recipes), metrics, best, duels, _warnings(runs, outcomes))


def duel(one: Curves, other: Curves) -> Duel | None:
    """Two runs, row by row; None where they were not measured on the same rows, or predictions are not kept."""
    first, second = evaluation_of_model(one), evaluation_of_model(other)
    if first is None or second is None:
        return None
    found = predictions.changes((one.run, first), (other.run, second))
    return Duel(one.run.name, other.run.name, found.rows, found.lost, found.won, found.p) if found else None


def evaluation_of_model(curves: Curves) -> Evaluation | None:
    """The evaluation of the model that a run ended with; of one that has none the last evaluation."""
    step = curves.status.model_step
    of_model = next((one for one in curves.evaluations if one.step == step), None)
    return of_model or (curves.evaluations[-1] if curves.evaluations else None)


def _followed(run: Run) -> Curves:
    curves = Curves(run)
    curves.read()
    while curves.behind and curves.read():
        pass
    return curves


def _outcome(curves: Curves) -> Outcome:
    """How a run stands."""
    run = curves.run
    status = run_status.look(run)
    last = evaluation_of_model(curves)
    prepared = status.prepared
    baseline = prepared.get("baseline")
    return Outcome(
        name=run.name,
        state=status.state,
        step=status.step,
        metrics=dict(last.metrics) if last else {},
        measured_at=last.step if last else 0,
        model_step=status.model_step,
        main=str(prepared.get("main") or ""),
        **status.history.fields,
        baseline=float(baseline) if isinstance(baseline, int | float) else None,
    )


def _best(name: str, values: list[float | None]) -> list[int]:
    known = [value for value in values if value is not None and value == value]
    if len(known) < 2 or len(set(known)) == 1:
        return []
    top = known[0]
    for value in known:
        top = value if run_status.is_better(name, value, top) else top
    return [place for place, value in enumerate(values) if value == top]


def _warnings(runs: list[Run], outcomes: list[Outcome]) -> list[ResultWarning]:
    found = []
    if len({digest for run in runs if (digest := predictions.measured_rows(run))}) > 1:
        found.append(warning("runs.different-rows"))
    for one in outcomes:
        if not one.metrics:
            found.append(warning("runs.not-evaluated", name=one.name))
        elif one.measured_at not in (one.step, one.model_step):
            step = one.measured_at
            found.append(warning("runs.evaluated-earlier", name=one.name, evaluated=step, step=one.step))
    return found
