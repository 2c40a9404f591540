"""Curves: what is followed is what was written, whatever was torn, undone or too long to be read."""

from __future__ import annotations

import json
import math
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.recorded import Recorded
from tui.runs import series as module
from tui.runs.curves import Curves
from tui.runs.series import MOST, extremes, smooth

NUMBERS = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60)


def test_what_is_written_is_read_as_it_comes() -> None:
    made = Recorded(steps=40).begin()
    curves = Curves(made.run)
    assert curves.read()
    assert curves.names == []
    assert not curves.read()
    made.losses([0.7, 0.6, 0.5])
    assert curves.read()
    assert curves.series("loss") == ([1, 2, 3], [0.7, 0.6, 0.5])
    assert curves.series("loss", "epoch")[0] == [0.1, 0.2, 0.3]
    assert curves.status.step == 3
    assert curves.status.steps == 40
    made.losses([0.4], first=4).evaluation(4, 0.55)
    assert curves.read()
    assert curves.series("loss")[1][-1] == 0.4
    assert curves.series("eval/loss") == ([4], [0.55])
    assert curves.confusion is not None
    assert curves.confusion.confusion == [[40, 10], [5, 45]]
    assert [history[0][0] for history in curves.examples] == [4] * 8
    assert curves.series("nothing") == ([], [])


def test_going_back_to_a_checkpoint_makes_void_what_came_after_it() -> None:
    made = Recorded(steps=40).begin().losses([1.0] * 10).evaluation(5, 0.9).evaluation(10, 0.8)
    curves = Curves(made.run)
    curves.read()
    made.events.write("resumed", step=5, folder="checkpoint-5")
    made.losses([2.0] * 7, first=6)
    curves.read()
    assert curves.series("loss") == (list(range(1, 13)), [1.0] * 5 + [2.0] * 7)
    assert [one.step for one in curves.evaluations] == [5]
    assert curves.series("eval/loss") == ([5], [0.9])
    assert Curves(made.run).read()
    again = Curves(made.run)
    again.read()
    assert again.series("loss") == curves.series("loss")


def test_a_torn_line_and_nonsense_are_passed_over() -> None:
    made = Recorded().begin().losses([0.7])
    with made.run.steps_file.open("ab") as out:
        out.write(b'{"v":1,"seq":2,"t":1,"kind":"st')
    with made.run.events_file.open("ab") as out:
        out.write(
            b'{"seq":9,"t":1,"kind":"evaluation","metrics":[1],"examples":3,"confusion":[[1],[2,3]],"step":"x"}\n'
        )
    curves = Curves(made.run)
    curves.read()
    assert curves.series("loss") == ([1], [0.7])
    assert curves.evaluations[-1].metrics == {}
    assert curves.evaluations[-1].confusion == []


def test_nan_stays_and_is_not_averaged() -> None:
    made = Recorded().begin().losses([1.0, math.nan, 1.0])
    curves = Curves(made.run)
    curves.read()
    assert math.isnan(curves.series("loss")[1][1])
    ys = curves.series("loss", smoothing=0.9)[1]
    assert math.isnan(ys[1])
    assert ys[2] == pytest.approx(1.0)


@given(NUMBERS, st.floats(0, 0.99))
def test_smoothing_stays_between_the_values_and_begins_at_the_first(values: list[float], weight: float) -> None:
    smoothed = smooth(values, weight)
    assert len(smoothed) == len(values)
    assert smoothed[0] == pytest.approx(values[0], abs=1e-6)
    slack = 1e-6 * (1 + max(map(abs, values)))
    assert all(min(values) - slack <= one <= max(values) + slack for one in smoothed)


@given(st.floats(-100, 100), st.integers(1, 50), st.floats(0, 0.99))
def test_a_constant_stays_what_it_is(value: float, count: int, weight: float) -> None:
    assert smooth([value] * count, weight) == pytest.approx([value] * count)


def test_smoothing_is_the_documented_average() -> None:
    # by hand: m1 = .5, m2 = .25*... divided by 1 - .5^n
    assert smooth([1.0, 0.0, 1.0], 0.5) == pytest.approx([1.0, 0.25 / 0.75, 0.625 / 0.875])
    with pytest.raises(ValueError, match="below 1"):
        smooth([1.0], 1.0)


@given(st.lists(st.one_of(st.floats(-1e3, 1e3), st.just(math.nan)), min_size=1, max_size=400), st.integers(8, 60))
def test_thinning_keeps_first_last_and_extremes(values: list[float], most: int) -> None:
    kept = extremes(list(range(len(values))), values, most)
    assert kept == sorted(set(kept))
    assert len(kept) <= max(most, min(len(values), most))
    assert {0, len(values) - 1} <= set(kept)
    numbers = [value for value in values if math.isfinite(value)]
    there = [values[place] for place in kept]
    if numbers:
        assert min(numbers) in there
        assert max(numbers) in there
    if len(numbers) < len(values):
        assert any(math.isnan(value) for value in there)


def test_memory_is_flat_and_extremes_survive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 256)
    made = Recorded(steps=3000).begin()
    made.losses([9.0 if step == 1234 else 0.5 for step in range(3000)])
    curves = Curves(made.run)
    curves.read()
    xs, ys = curves.series("loss")
    assert len(xs) <= 256
    assert xs[0] == 1
    assert xs[-1] == 3000
    assert max(ys) == 9.0


@pytest.mark.parametrize("count", [40_000, pytest.param(1_000_000, marks=pytest.mark.drill)])
def test_a_long_run_is_opened_at_once(count: int) -> None:
    made = Recorded(steps=count).begin()
    head = '{"v":1,"seq":%d,"t":%d,"kind":"step","step":%d,"epoch":0.5,"loss":%.4f,"lr":0.0001,"grad_norm":1.5}'
    with made.run.steps_file.open("w") as out:
        for block in range(0, count, 1000):
            out.write("\n".join(head % (n, n, n, 1e6 / (n + 1e6)) for n in range(block + 1, block + 1001)) + "\n")
    curves = Curves(made.run)
    begun = perf_counter()
    curves.read()
    took = perf_counter() - begun
    xs, ys = curves.series("loss")
    assert xs[0] == 1
    assert xs[-1] == count
    assert 1000 < len(xs) <= MOST
    assert all(abs(y - 1e6 / (x + 1e6)) < 1e-3 for x, y in zip(xs, ys, strict=True))
    assert took < 5, took  # a second on a quiet machine; the bench table says how long
    made.steps.seq = count
    made.losses([0.1], first=count + 1)
    curves.read()
    assert curves.series("loss")[0][-1] == count + 1


def test_time_does_not_run_backwards(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Recorded().begin()
    lines = [json.dumps({"seq": n, "t": at, "kind": "step", "step": n, "loss": 1.0})
             for n, at in enumerate((4e9, 4e9 + 5, 1e9, 1e9 + 5), 1)]  # fmt: skip
    made.run.steps_file.write_text("\n".join(lines) + "\n")
    curves = Curves(made.run)
    curves.read()
    xs = curves.series("loss", "time")[0]
    assert xs == sorted(xs)
    assert xs[-1] - xs[0] == 10


def test_a_worker_that_is_gone_makes_the_run_dead() -> None:
    made = Recorded().begin().losses([0.7])
    curves = Curves(made.run)
    curves.read()
    assert curves.status.state == "dead"  # there never was a worker
    made.end()
    curves.read()
    assert curves.status.state == "done"
