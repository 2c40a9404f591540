"""Diagnostics: on curves that are made to be so, they see what is there and nothing else."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.runs import diagnostics
from tui.runs.curves import Evaluation
from tui.runs.diagnostics import Diagnosis
from tui.runs.run_status import Status


class Made:
    """Curves that no run has written."""

    def __init__(self, losses: Sequence[float], *, measured: Sequence[tuple[int, float]] = (), steps: int = 0,
                 state: str = "training", rates: Sequence[float] = (),
                 matrix: list[list[int]] | None = None) -> None:  # fmt: skip
        self._series = {"loss": (list(range(1, len(losses) + 1)), list(losses)),
                        "lr": (list(range(1, len(rates) + 1)), list(rates))}  # fmt: skip
        labels = ["no", "yes"] if matrix else []
        self.evaluations = [Evaluation(step, 0.0, 0.0, {"loss": loss}, [], labels, matrix or [], "", False)
                            for step, loss in measured]  # fmt: skip
        self.status = Status(state=state, steps=steps or len(losses))

    def series(self, name: str) -> tuple[list[float], list[float]]:
        return self._series[name]  # type: ignore[return-value]

    @property
    def confusion(self) -> Evaluation | None:
        return next((one for one in reversed(self.evaluations) if one.confusion), None)


def seen(made: Made) -> dict[str, Diagnosis]:
    return {one.kind: one for one in diagnostics.diagnose(made)}  # type: ignore[arg-type]


def falling(count: int, *, start: float = 0.7, floor: float = 0.1, noise: float = 0.01, seed: int = 0,
            tau: float = 0.5) -> list[float]:  # fmt: skip
    drawn = random.Random(seed)
    return [floor + (start - floor) * math.exp(-n / (tau * count)) + drawn.gauss(0, noise) for n in range(count)]


MADE = settings(max_examples=40)
SEED = st.integers(0, 10_000)


@MADE
@given(st.integers(30, 600), st.floats(0.4, 4), st.floats(0, 0.02), SEED)
def test_a_run_that_falls_is_left_in_peace(count: int, start: float, noise: float, seed: int) -> None:
    losses = falling(count, start=start, floor=start / 7, noise=noise, seed=seed)
    third = count // 3
    measured = [(third, start / 2), (2 * third, start / 3), (count, start / 4)]
    assert seen(Made(losses, measured=measured, rates=[5e-5], state="done")) == {}


@MADE
@given(st.integers(0, 80), SEED)
def test_a_loss_that_is_no_number_is_the_only_thing_said(at: int, seed: int) -> None:
    losses = falling(100, seed=seed)
    losses[at:] = [math.nan] * (100 - at)
    found = seen(Made(losses, state="done"))
    assert list(found) == ["nan_loss"]
    assert found["nan_loss"].bad
    assert found["nan_loss"].values == {"step": at + 1}


@MADE
@given(st.floats(2.0, 20.0), st.integers(60, 300), SEED)
def test_a_loss_that_runs_away_diverges(times: float, count: int, seed: int) -> None:
    first = falling(count // 3, seed=seed)
    rest = count - len(first)
    losses = [*first, *(first[-1] + (0.7 * times - first[-1]) * n / rest * 1.5 for n in range(rest))]
    found = seen(Made(losses))
    assert "divergence" in found
    assert found["divergence"].bad
    assert "plateau" not in found
    assert "gap" not in found


@MADE
@given(st.floats(0.03, 1.0), SEED)
def test_a_validation_loss_that_rises_while_the_other_falls_is_a_gap(rise: float, seed: int) -> None:
    losses = falling(400, seed=seed)
    measured = [(100, 0.6), (200, 0.5), (300, 0.5 * (1 + rise / 2)), (400, 0.5 * (1 + rise))]
    found = seen(Made(losses, measured=measured))
    assert found["gap"].values["step"] == 200
    assert found["gap"].lesson == "3.5"


@MADE
@given(SEED)
def test_one_bad_evaluation_is_no_gap(seed: int) -> None:
    losses = falling(400, seed=seed)
    assert "gap" not in seen(Made(losses, measured=[(100, 0.6), (200, 0.5), (300, 0.6)]))
    assert "gap" not in seen(Made(losses, measured=[(100, 0.6), (200, 0.5), (300, 0.6), (400, 0.45)]))


@MADE
@given(st.floats(0.2, 2.0), st.floats(0, 0.02), SEED)
def test_a_loss_that_has_come_to_rest_early_is_a_plateau(floor: float, noise: float, seed: int) -> None:
    losses = falling(300, start=3 * floor, floor=floor, noise=noise * floor, seed=seed, tau=0.05)
    found = seen(Made(losses, steps=1000))
    assert "plateau" in found
    assert found["plateau"].values["now"] == pytest.approx(floor, rel=0.05)
    assert "plateau" not in seen(Made(losses, steps=310))  # at its end a run may rest


@MADE
@given(st.floats(0.3, 3.0), st.floats(0, 0.05), SEED)
def test_a_run_that_ends_where_it_began_has_learned_hardly_anything(level: float, noise: float, seed: int) -> None:
    losses = falling(120, start=level, floor=level, noise=noise * level, seed=seed)
    assert set(seen(Made(losses, state="done"))) == {"underfit"}
    assert "underfit" not in seen(Made(losses))  # it may still learn


@given(st.integers(1, 500), st.integers(1, 500))
def test_one_class_for_every_row(first: int, second: int) -> None:
    losses = falling(50)
    found = seen(Made(losses, measured=[(50, 0.6)], matrix=[[0, first], [0, second]]))
    assert found["one_class"].values == {"step": 50, "label": "yes", "rows": first + second}
    assert "one_class" not in seen(Made(losses, measured=[(50, 0.6)], matrix=[[1, first], [0, second]]))
    assert "one_class" not in seen(Made(losses, measured=[(50, 0.6)], matrix=[[0, 0], [0, second]]))  # all are yes


def test_a_first_step_without_a_rate() -> None:
    assert seen(Made(falling(50), rates=[0.0, 1e-5]))["idle_first_step"].lesson == "3.4"
    assert seen(Made(falling(50), rates=[1e-5, 0.0])) == {}


def test_a_run_without_anything() -> None:
    assert seen(Made([])) == {}
    assert seen(Made([0.7], state="done")) == {}
