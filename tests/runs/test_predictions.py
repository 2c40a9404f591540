"""What changed between two evaluations of the same rows."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.runs.recorded import Recorded
from tui.runs import predictions
from tui.runs.curves import Curves, Evaluation
from tui.runs.predictions import sign_test


def curves_of(made: Recorded) -> Curves:
    curves = Curves(made.run)
    curves.read()
    return curves


def written(made: Recorded, step: int, rows: list[tuple[str, str]]) -> Evaluation:
    """An evaluation with these (truth, prediction)."""
    name = f"evaluations/step-{step:06d}.jsonl"
    made.run.evaluations.mkdir(exist_ok=True)
    lines = [json.dumps({"row": at, "truth": t, "prediction": p}) for at, (t, p) in enumerate(rows)]
    (made.run.folder / name).write_text("\n".join(lines))
    return Evaluation(step, 1.0, 1.0, {}, [], [], [], name, False)


labels = st.sampled_from(["a", "b", "c"])


@given(st.lists(st.tuples(labels, labels, labels), min_size=1, max_size=30))
def test_every_row_is_counted_where_it_belongs(rows: list[tuple[str, str, str]]) -> None:
    made = Recorded()
    before = written(made, 1, [(truth, old) for truth, old, _ in rows])
    after = written(made, 2, [(truth, new) for truth, _, new in rows])
    found = predictions.changes((made.run, before), (made.run, after))
    assert found is not None
    assert found.rows == len(rows)
    assert found.won == sum(new == truth != old for truth, old, new in rows)
    assert found.lost == sum(old == truth != new for truth, old, new in rows)
    assert sorted(one.row for one in found.changed) == [at for at, (_, old, new) in enumerate(rows) if old != new]
    kinds = [one.gained for one in found.changed]
    assert kinds == sorted(kinds, key=[1, -1, 0].index)


def test_the_figures_of_the_evaluations_agree() -> None:
    made = Recorded().begin().evaluation(50, 0.4).evaluation(100, 0.3, ((45, 5), (2, 48)))
    earlier, later = curves_of(made).evaluations
    found = predictions.changes((made.run, earlier), (made.run, later))
    assert found is not None
    right = [sum(one.confusion[at][at] for at in (0, 1)) for one in (earlier, later)]
    assert found.won - found.lost == right[1] - right[0]
    assert found.changed[0].text.startswith("sentence")


@pytest.mark.parametrize(
    ("one", "other", "p"), [(0, 0, 1.0), (1, 0, 1.0), (5, 5, 1.0), (10, 2, 0.0385742), (0, 10, 0.001953125)]
)
def test_chance(one: int, other: int, p: float) -> None:
    """Figures of the binomial distribution with one half, by hand."""
    assert sign_test(one, other) == pytest.approx(p, rel=1e-5)
    assert sign_test(other, one) == sign_test(one, other)


def test_ten_thousand_rows_do_not_overflow() -> None:
    assert 0 <= sign_test(4_000, 6_000) < 1e-80
    assert sign_test(5_000, 5_000) == 1.0


def test_other_rows_are_not_compared() -> None:
    one, other = Recorded("one").begin().evaluation(50, 0.4), Recorded("other").begin().evaluation(50, 0.4)
    first, second = curves_of(one).evaluations[0], curves_of(other).evaluations[0]
    assert predictions.changes((one.run, first), (other.run, second)) is not None
    (other.run.evaluations / "rows.jsonl").write_text(json.dumps({"row": 0, "text": "another"}))
    assert predictions.changes((one.run, first), (other.run, second)) is None
    (one.run.folder / first.file).unlink()
    assert predictions.changes((one.run, first), (one.run, first)) is None
