"""`schedule`: every rate is the library's own, the steps are counted as its Trainer counts, the code gives the same."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.instruments.test_instruments import ask, execute
from tui.errors import UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.instruments.schedule import compute as schedule
from tui.options import revive
from tui.recipes import learning_rates
from tui.recipes.learning_rates import MEASURED, MOST_POINTS, NAMES, SPECIFIC, TAKES
from tui.recipes.recipe import SCHEDULES

SHORT: dict[str, Any] = {"rows": 100, "batch_size": 10, "epochs": 3.0, "warmup": 5}
NEEDED: dict[str, dict[str, Any]] = {
    "cosine_with_min_lr": {"min_lr": 1e-6},
    "cosine_warmup_with_min_lr": {"min_lr_rate": 0.1},
    "warmup_stable_decay": {"num_decay_steps": 10},
}


def rates_of(name: str, steps: int, warmup: int, rate: float, **options: Any) -> list[float]:
    """From the library, called directly."""
    import torch
    from transformers import get_scheduler

    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    made = get_scheduler(
        name, optimizer, num_warmup_steps=warmup, num_training_steps=steps, scheduler_specific_kwargs=options
    )
    found = []
    for _ in range(steps):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        made.step()
    return found


# -- the schedules --------------------------------------------------------------------------------------------------


def test_every_schedule_of_the_installed_library_is_known_with_what_it_takes() -> None:
    import inspect

    from transformers import SchedulerType
    from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION

    assert {one.value for one in SchedulerType} == set(NAMES)
    common = {"optimizer", "num_warmup_steps", "num_training_steps", "last_epoch"}
    for name, options in TAKES.items():
        taken = set(inspect.signature(TYPE_TO_SCHEDULER_FUNCTION[SchedulerType(name)]).parameters) - common
        assert set(options) == taken, name
    assert set(SCHEDULES) <= set(TAKES)


@pytest.mark.parametrize("name", list(TAKES))
def test_every_rate_is_that_of_the_library(name: str) -> None:
    result = ask("schedule", name=name, **SHORT, **NEEDED.get(name, {}))
    (curve,) = result.curves
    expected = rates_of(name, 30, 5, 5e-5, **NEEDED.get(name, {}))
    assert curve.steps == list(range(1, 31))
    assert curve.rates == expected
    assert (curve.first, curve.middle, curve.last) == (expected[0], expected[14], expected[29])
    assert (curve.highest, curve.highest_at) == (max(expected), expected.index(max(expected)) + 1)


@pytest.mark.parametrize("name", MEASURED)
def test_a_schedule_that_needs_measurements_has_no_curve_and_says_so(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    result = ask("schedule", name=name, **SHORT)
    assert result.curves == []
    assert result.no_curve == name
    assert result.arithmetic.steps == 30
    instrument = INSTRUMENTS["schedule"]
    exec(compile(instrument.code(instrument.read({"name": name, **SHORT})), name, "exec"), {})
    assert "metrics" in capsys.readouterr().out, "the library's own words"
    with pytest.raises(UsageError, match="no curve before the run"):
        ask("schedule", compare=name)


@pytest.mark.parametrize(
    "values",
    [
        *({"name": name, **NEEDED.get(name, {})} for name in TAKES),
        {"name": "cosine", "compare": "linear, polynomial", "power": 2.0, "lr_end": 1e-6},
        {"name": "cosine_with_restarts", "num_cycles": 3},
        {"name": "linear", "warmup": 0.25, "accumulation": 3, "processes": 2, "epochs": 2.5},
        {"name": "linear", "max_steps": 17, "warmup": 0},
        {"name": "warmup_stable_decay", "num_decay_steps": 8, "decay_type": "1-sqrt", "min_lr_ratio": 0.1},
    ],
    ids=str,
)
def test_the_code_of_a_schedule_gives_its_rates(values: dict[str, Any]) -> None:
    values = {**SHORT, **values}
    result, names = ask("schedule", **values), execute("schedule", **values)
    counted = result.arithmetic
    assert (names["batches"], names["steps_an_epoch"]) == (counted.batches, counted.steps_an_epoch)
    assert (names["steps"], names["warmup_steps"]) == (counted.steps, counted.warmup_steps)
    assert {curve.name: curve.rates for curve in result.curves} == names["curves"]


def test_a_long_schedule_keeps_first_last_peaks_and_valleys() -> None:
    result = ask("schedule", name="cosine_with_restarts", num_cycles=40, max_steps=20_000, warmup=100)
    (curve,) = result.curves
    every = rates_of("cosine_with_restarts", 20_000, 100, 5e-5, num_cycles=40)
    assert len(curve.steps) <= MOST_POINTS
    assert curve.steps[0] == 1
    assert curve.steps[-1] == 20_000
    assert curve.rates == [every[step - 1] for step in curve.steps]
    assert curve.highest == max(every) == max(curve.rates)
    tops = [step for before, step, after in zip(curve.rates, curve.rates[1:], curve.rates[2:], strict=False)
            if step > max(before, after) and step > 4.9e-5]  # fmt: skip
    assert len(tops) >= 39, "no restart is lost"


def test_all_stands_for_those_that_need_nothing_more() -> None:
    without = [curve.name for curve in ask("schedule", compare="all", **SHORT).curves]
    assert without == [name for name in TAKES if name not in NEEDED]
    everything = ask("schedule", compare="all", min_lr_rate=0.1, num_decay_steps=5, **SHORT)
    assert [curve.name for curve in everything.curves] == list(TAKES)


def test_the_rates_of_a_plan_are_those_of_the_instrument() -> None:
    for name in SCHEDULES:
        found = learning_rates.rates(name, 50, 10, 3e-5, points=20)
        every = rates_of(name, 50, 10, 3e-5)
        assert len(found) <= 20
        assert all(rate == every[int(step) - 1] for step, rate in found)
    assert learning_rates.rates("greedy", 50, 10, 3e-5) == []


# -- the arithmetic -------------------------------------------------------------------------------------------------


class Rows:
    """A data set of so many empty rows."""

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, place: int) -> dict[str, int]:
        return {"x": place}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(tmp_path_factory.mktemp("trainer"))


@settings(max_examples=25)
@given(
    rows=st.integers(1, 300), batch=st.integers(1, 40), accumulation=st.integers(1, 9),
    epochs=st.one_of(st.integers(1, 5).map(float), st.floats(0.05, 4.0)), max_steps=st.sampled_from([0, 0, 1, 7, 500]),
    warmup=st.one_of(st.just(0.0), st.floats(0.001, 0.999), st.integers(1, 50).map(float)),
)  # fmt: skip
def test_steps_are_counted_as_the_trainer_counts(
    folder: str, rows: int, batch: int, accumulation: int, epochs: float, max_steps: int, warmup: float
) -> None:
    import torch
    from transformers import Trainer, TrainingArguments

    arguments = TrainingArguments(
        output_dir=folder, per_device_train_batch_size=batch, gradient_accumulation_steps=accumulation,
        num_train_epochs=epochs, max_steps=max_steps or -1, warmup_steps=warmup, use_cpu=True, report_to="none",
    )  # fmt: skip
    trainer = Trainer(torch.nn.Linear(1, 1), arguments, train_dataset=Rows(rows))  # type: ignore[arg-type]
    loader = trainer.get_train_dataloader()
    _, steps_an_epoch, _, _, effective, batches, steps = trainer.set_initial_training_values(arguments, loader)
    ours = learning_rates.arithmetic(rows, batch, accumulation, 1, epochs, max_steps, warmup)
    assert ours == schedule.Arithmetic(batches, steps_an_epoch, steps, arguments.get_warmup_steps(steps), effective)


@given(rows=st.integers(1, 400), batch=st.integers(1, 30), processes=st.integers(1, 6))
def test_batches_of_each_process_are_as_accelerate_deals_them(rows: int, batch: int, processes: int) -> None:
    from accelerate.data_loader import BatchSamplerShard
    from torch.utils.data import BatchSampler, SequentialSampler

    whole = BatchSampler(SequentialSampler(range(rows)), batch, drop_last=False)
    counts = [len(BatchSamplerShard(whole, processes, place)) for place in range(processes)]
    ours = learning_rates.arithmetic(rows, batch, 1, processes, 1.0, 0, 0.0)
    assert counts == [ours.batches] * processes
    assert ours.effective_batch == batch * processes


def test_a_calculation_says_what_is_divided_by_what() -> None:
    result = ask("schedule", rows=1_923, batch_size=16, processes=2, accumulation=4, epochs=2.5, warmup=0.1)
    told = {one.name: (one.terms, one.result) for one in result.calculations}
    assert told["batches"] == ("1,923 / (16 × 2)", 61)
    assert told["steps_an_epoch"] == ("61 / 4", 16)
    assert told["steps"] == ("2.5 × 16", 40)
    assert told["warmup_steps"] == ("0.1 × 40", 4)
    assert told["effective_batch"] == ("16 × 4 × 2", 128)
    assert all(math.ceil(one.exact - 1e-9) == one.result for one in result.calculations)
    assert asdict(result.arithmetic) == {one.name: one.result for one in result.calculations}
    given_ = {one.name: one.terms for one in ask("schedule", max_steps=12, warmup=3).calculations}
    assert given_["steps"] == given_["warmup_steps"] == ""


# -- warnings and refusals ------------------------------------------------------------------------------------------


def codes(**values: Any) -> list[str]:
    return [one.code for one in ask("schedule", **values).warnings]


def test_warnings() -> None:
    assert codes(**SHORT) == ["first-step-idle"]
    assert codes(name="constant", **SHORT) == ["warmup-ignored"]
    assert "never-highest" in codes(rows=10, batch_size=10, epochs=3.0, warmup=10)
    assert "decay-cut" in codes(name="warmup_stable_decay", num_decay_steps=50, **SHORT)
    assert codes(name="linear", rows=100, batch_size=10, warmup=0) == []


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"power": 2.0}, "These take it: polynomial"),
        ({"name": "cosine", "timescale": 4}, "inverse_sqrt"),
        ({"name": "cosine_with_min_lr"}, "needs min_lr or min_lr_rate"),
        ({"name": "warmup_stable_decay"}, "Give for example num_decay_steps=100"),
        ({"compare": "cosin"}, "Did you mean 'cosine'"),
        ({"name": "cosines"}, "Did you mean 'cosine'"),
        ({"rows": 0}, "Give rows=1 or more"),
        ({"epochs": 0.0}, "makes no steps"),
        ({"warmup": -1.0}, "warmup cannot be -1.0"),
        ({"learning_rate": 0.0}, "above 0"),
        ({"rows": 10**9, "batch_size": 1}, "too many to draw"),
        ({"name": "inverse_sqrt", "timescale": 0}, "timescale cannot be 0"),
        ({"name": "warmup_stable_decay", "num_decay_steps": 5, "decay_type": "sine"}, "one of"),
        ({"name": "cosine", "max_steps": 10, "warmup": 10}, ""),
    ],
    ids=str,
)
def test_what_does_not_fit_says_what_would(values: dict[str, Any], words: str) -> None:
    if not words:  # all steps are warm-up: allowed where the library allows it
        assert ask("schedule", **values).curves[0].highest < 5e-5
        return
    with pytest.raises(UsageError) as caught:
        ask("schedule", **values)
    assert words in str(caught.value) + (caught.value.next_step or "")
    assert caught.value.next_step


@settings(max_examples=40)
@given(
    name=st.sampled_from(NAMES), compare=st.sampled_from(["", "all", "linear,cosine"]), steps=st.integers(1, 40),
    warmup=st.one_of(st.floats(0, 0.99), st.integers(1, 60).map(float)),
    options=st.dictionaries(st.sampled_from(SPECIFIC), st.sampled_from([0, 0.1, 1, 2, 7, 10.0]), max_size=3),
)  # fmt: skip
def test_any_options_get_an_answer_that_crosses_the_line_or_a_sentence(
    name: str, compare: str, steps: int, warmup: float, options: dict[str, Any]
) -> None:
    try:
        result = ask("schedule", name=name, compare=compare, max_steps=steps, warmup=warmup, **options)
    except UsageError as said:
        assert said.title
        assert said.next_step
        return
    plain = json.loads(json.dumps(asdict(result), allow_nan=False))
    assert revive(schedule.ScheduleResult, plain) == result
    assert all(learning_rates.MOST_POINTS >= len(curve.steps) == len(curve.rates) for curve in result.curves)
