"""The best evaluation of a run, and the checkpoints that are kept for it."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.recipes.best import History, greater_is_better, kept_checkpoints

VALUES = st.lists(st.sampled_from([0.1, 0.2, 0.3, 0.4, math.nan, math.inf, -math.inf]), max_size=12)


def history(values: list[float], *, greater: bool) -> History:
    made = History("f1", greater)
    for step, value in enumerate(values, 1):
        made.add(step, {"f1": value})
    return made


@given(VALUES, st.booleans())
def test_the_best_is_the_first_of_the_best_finite_scores(values: list[float], greater: bool) -> None:
    made = history(values, greater=greater)
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        assert made.best is None
        assert made.since_best == len(values)
        return
    top = (max if greater else min)(finite)
    assert made.best is not None
    assert (made.best.step, made.best.value) == (values.index(top) + 1, top)
    assert made.since_best == len(values) - made.best.step


@given(VALUES, st.booleans(), st.integers(0, 12))
def test_a_run_that_goes_back_and_on_has_the_same_best(values: list[float], greater: bool, step: int) -> None:
    made = history(values, greater=greater)
    made.rewind(step)
    assert [score.step for score in made.scores] == list(range(1, min(step, len(values)) + 1))
    for at, value in enumerate(values, 1):
        if at > step:
            made.add(at, {"f1": value})
    assert made.best == history(values, greater=greater).best


@given(st.lists(st.booleans(), min_size=1, max_size=30), st.integers(1, 5))
def test_every_kept_checkpoint_has_its_best_one(improved: list[bool], keep: int) -> None:
    """Saved at every step, kept as the worker does it: after each save."""
    kept: set[int] = set()
    best: list[int] = []
    for step, better in enumerate(improved, 1):
        best += [step] if better else []
        kept = kept_checkpoints(sorted({*kept, step}), keep, best)
        latest = sorted(kept)[-min(keep, step) :]
        assert latest == list(range(max(1, step - keep + 1), step + 1))
        assert len(kept) <= keep + 1
        for one in latest:
            if before := [at for at in best if at <= one]:
                assert max(before) in kept


def test_without_evaluations_the_latest_stay() -> None:
    assert kept_checkpoints([2, 4, 6], 2, []) == {4, 6}
    assert kept_checkpoints([], 2, [3]) == set()


@pytest.mark.parametrize(("metric", "greater"), [("loss", False), ("perplexity", False), ("f1", True), ("chrf", True)])
def test_which_way_a_metric_goes(metric: str, greater: bool) -> None:
    assert greater_is_better(metric) is greater
