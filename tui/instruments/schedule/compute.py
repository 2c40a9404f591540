"""`schedule`: the learning rate of every step, as the library's scheduler gives it, and the arithmetic of the steps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tui.errors import ResultWarning, UsageError, warning
from tui.instruments.instrument import Result
from tui.options import option
from tui.recipes import learning_rates
from tui.recipes.learning_rates import (
    MEASURED,
    MOST_STEPS,
    NAMES,
    SHAPES,
    SPECIFIC,
    TAKES,
    Arithmetic,
    Curve,
    arithmetic,
)


@dataclass(frozen=True, slots=True)
class ScheduleSpec:
    """A schedule, and the numbers of a run that say how many steps there are."""

    name: str = option(default="linear", choices=NAMES, help="the schedule, by the library's name")
    compare: str = option(
        default="", suggestions=("", *TAKES, "all"), help="further schedules, with commas between; all for every one"
    )
    rows: int = option(default=1920, least=1, help="a whole number: training rows")
    batch_size: int = option(default=16, least=1, help="a whole number: rows in a batch, on each process")
    accumulation: int = option(
        default=1, least=1, help="a whole number: batches whose gradients are added up before a step"
    )
    processes: int = option(default=1, least=1, help="a whole number: processes that share the work")
    epochs: float = option(default=3.0, least=0, help="passes over the rows, whole or not")
    max_steps: int = option(default=0, least=0, help="a whole number: steps in all, instead of epochs; 0 for none")
    warmup: float = option(default=0.1, least=0, help="steps in which the rate rises; below 1 a share of all steps")
    learning_rate: float = option(default=5e-5, least=0, help="the highest learning rate")
    num_cycles: float | None = option(default=None, help="waves of a cosine; cosine_with_restarts: how often it starts")
    lr_end: float | None = option(default=None, help="polynomial: the rate at the end")
    power: float | None = option(default=None, help="polynomial: the exponent")
    timescale: int | None = option(default=None, help="a whole number: inverse_sqrt: how slowly it falls, in steps")
    min_lr: float | None = option(default=None, help="the lowest rate; or give min_lr_rate")
    min_lr_rate: float | None = option(default=None, help="the lowest rate as a share of learning_rate")
    warmup_lr_rate: float | None = option(default=None, help="where the warm-up begins, as a share of learning_rate")
    num_decay_steps: int | None = option(default=None, help="a whole number: steps in which the rate falls at the end")
    num_stable_steps: int | None = option(default=None, help="a whole number: steps at the highest rate")
    warmup_type: str = option(default="", choices=SHAPES, help="how the rate rises; empty: the library's default")
    decay_type: str = option(default="", choices=SHAPES, help="how the rate falls; empty: the library's default")
    min_lr_ratio: float | None = option(default=None, help="the lowest rate as a share of learning_rate")


@dataclass(frozen=True, slots=True)
class Calculation:
    """How one number of the arithmetic is found."""

    name: str
    """The field of `Arithmetic`."""
    terms: str
    """What is computed: `1,920 / (16 × 2)`; empty for a number that was given."""
    exact: float
    result: int
    """The exact number, rounded up."""


@dataclass(frozen=True, slots=True)
class ScheduleResult(Result):
    """The arithmetic and the curves; no curve for a schedule that needs measurements."""

    arithmetic: Arithmetic
    calculations: list[Calculation]
    middle_at: int
    curves: list[Curve]
    no_curve: str
    """Why the schedule has no curve: `reduce_lr_on_plateau`, `greedy`, or empty."""


def run(spec: ScheduleSpec) -> ScheduleResult:
    """Step through the library's schedulers. Raises `UsageError` for what they do not take."""
    counted, options = _counted(spec), given(spec)
    names = learning_rates.names(spec.name, spec.compare, options)
    drawn = [learning_rates.draw(name, spec.learning_rate, counted.steps, counted.warmup_steps, options)
             for name in names if name in TAKES]  # fmt: skip
    no_curve = spec.name if spec.name in MEASURED else ""
    warnings = [] if no_curve else list(_warnings(spec, counted, drawn[0]))
    return ScheduleResult(
        counted, calculations(spec, counted), (counted.steps + 1) // 2, drawn, no_curve, warnings=warnings
    )


def code(spec: ScheduleSpec) -> str:
    """Make the scheduler, and ask it for the rate before every step."""
    options = given(spec)
    names = [name for name in learning_rates.names(spec.name, spec.compare, options) if name in TAKES]
    own = {name: {one: value for one, value in options.items() if one in TAKES[name]} for name in names}
    calls = "".join(f"    {name!r}: rates({name!r}, {own[name]!r}),\n" for name in names)
    optimizer = f"torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr={spec.learning_rate!r})"
    steps = spec.max_steps or f"math.ceil({spec.epochs!r} * steps_an_epoch)"
    warmup = f"math.ceil(steps * {spec.warmup!r})" if spec.warmup < 1 else int(spec.warmup)
    made = f"""import math

import torch
from transformers import get_scheduler

batches = math.ceil({spec.rows} / ({spec.batch_size} * {spec.processes}))  # on each process
steps_an_epoch = math.ceil(batches / {spec.accumulation})
steps = {steps}
warmup_steps = {warmup}
print(f"{{steps}} steps, {{warmup_steps}} of them warm-up")
"""
    if spec.name in MEASURED:
        made += f"""
optimizer = {optimizer}
scheduler = get_scheduler({spec.name!r}, optimizer)
optimizer.step()
try:
    scheduler.step()
except TypeError as error:
    print(error)  # the rate depends on what is measured in the run
"""
    if not names:
        return made
    return f"""{made}

def rates(name, options):
    optimizer = {optimizer}
    scheduler = get_scheduler(
        name, optimizer, num_warmup_steps=warmup_steps, num_training_steps=steps, scheduler_specific_kwargs=options
    )
    used = []
    for _ in range(steps):
        used.append(scheduler.get_last_lr()[0])  # what this step uses
        optimizer.step()
        scheduler.step()
    return used


curves = {{
{calls}}}
for name, used in curves.items():
    print(f"{{name}}: first {{used[0]:.3g}}, highest {{max(used):.3g}}, last {{used[-1]:.3g}}")
"""


def given(spec: ScheduleSpec) -> dict[str, Any]:
    """The options that only some schedules take, as far as they were set."""
    return {one: value for one in SPECIFIC if (value := getattr(spec, one)) not in (None, "")}


def _counted(spec: ScheduleSpec) -> Arithmetic:
    if spec.learning_rate <= 0:
        raise UsageError("instruments.schedule.learning-rate")
    counted = arithmetic(
        spec.rows, spec.batch_size, spec.accumulation, spec.processes, spec.epochs, spec.max_steps, spec.warmup
    )
    if counted.steps > MOST_STEPS:
        raise UsageError("instruments.schedule.too-many-steps", steps=counted.steps, most=MOST_STEPS)
    return counted


def calculations(spec: ScheduleSpec, counted: Arithmetic) -> list[Calculation]:
    """How each number of the arithmetic is found, in the order in which one follows from the other."""
    shared = spec.batch_size * spec.processes
    by = f"({spec.batch_size:,} × {spec.processes:,})" if spec.processes > 1 else f"{spec.batch_size:,}"
    batches, each = counted.batches, counted.steps_an_epoch
    steps, warmup = (f"{spec.epochs:g} × {each:,}", spec.epochs * each), ("", float(counted.warmup_steps))
    if spec.max_steps:
        steps = ("", float(spec.max_steps))
    if 0 < spec.warmup < 1:
        warmup = (f"{spec.warmup:g} × {counted.steps:,}", spec.warmup * counted.steps)
    behind = f"{spec.batch_size:,} × {spec.accumulation:,} × {spec.processes:,}"
    return [
        Calculation("batches", f"{spec.rows:,} / {by}", spec.rows / shared, batches),
        Calculation("steps_an_epoch", f"{batches:,} / {spec.accumulation:,}", batches / spec.accumulation, each),
        Calculation("steps", *steps, counted.steps),
        Calculation("warmup_steps", *warmup, counted.warmup_steps),
        Calculation("effective_batch", behind, float(counted.effective_batch), counted.effective_batch),
    ]


def _warnings(spec: ScheduleSpec, counted: Arithmetic, curve: Curve) -> Iterator[ResultWarning]:
    """Of the first curve."""
    decay, stable = spec.num_decay_steps or 0, spec.num_stable_steps
    planned = counted.warmup_steps + decay + (stable or 0)
    if curve.first == 0:
        yield warning("instruments.schedule.warning.first-step-idle")
    if spec.name == "constant" and counted.warmup_steps > 0:
        yield warning("instruments.schedule.warning.warmup-ignored")
    if curve.highest < spec.learning_rate * (1 - 1e-9):
        yield warning("instruments.schedule.warning.never-highest")
    if spec.name == "warmup_stable_decay" and (
        planned > counted.steps or (stable is not None and planned < counted.steps)
    ):
        yield warning("instruments.schedule.warning.decay-cut")
