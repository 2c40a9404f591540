"""The library's learning-rate schedules: what each takes, the rate of every step, and how many steps a run has."""

from __future__ import annotations

import difflib
import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tui.errors import UsageError, phrase

TAKES: dict[str, tuple[str, ...]] = {
    "linear": (),
    "cosine": ("num_cycles",),
    "cosine_with_restarts": ("num_cycles",),
    "polynomial": ("lr_end", "power"),
    "constant": (),
    "constant_with_warmup": (),
    "inverse_sqrt": ("timescale",),
    "cosine_with_min_lr": ("num_cycles", "min_lr", "min_lr_rate"),
    "cosine_warmup_with_min_lr": ("num_cycles", "min_lr", "min_lr_rate", "warmup_lr_rate"),
    "warmup_stable_decay": (
        "num_decay_steps", "num_stable_steps", "warmup_type", "decay_type", "min_lr_ratio", "num_cycles",
    ),
}  # fmt: skip
"""Schedules that can be drawn, with the options that each takes besides steps and warm-up, in the library's words."""
MEASURED = ("reduce_lr_on_plateau", "greedy")
"""Schedules whose rate depends on what is measured in the run: there is no curve before it."""
NEEDS = {
    "cosine_with_min_lr": ("min_lr", "min_lr_rate"),
    "cosine_warmup_with_min_lr": ("min_lr", "min_lr_rate"),
    "warmup_stable_decay": ("num_decay_steps",),
}
"""Options of which the library demands one."""
NAMES = (*TAKES, *MEASURED)
SPECIFIC = tuple(dict.fromkeys(name for names in TAKES.values() for name in names))
SHAPES = ("", "linear", "cosine", "1-sqrt")
MOST_POINTS = 400

MOST_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """What the numbers of a run come to, counted as the library's Trainer counts."""

    batches: int
    """In an epoch, on each process; the last one may be smaller."""
    steps_an_epoch: int
    """Steps of the optimizer; the last one of an epoch may be of fewer batches."""
    steps: int
    warmup_steps: int
    effective_batch: int
    """Rows behind one step: of a batch, times batches that are added up, times processes."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The rate of one schedule. Step 1 is the first step of the optimizer; a rate is the one that this step uses."""

    name: str
    options: dict[str, Any]
    """What the schedule takes, with the library's defaults where nothing was given."""
    steps: list[int]
    """At most 400: all of them, or the lowest and highest of every stretch; first, last and highest among them."""
    rates: list[float]
    first: float
    middle: float
    """At step (steps + 1) // 2."""
    last: float
    after: float
    """What is left when the last step is done; no step uses it."""
    highest: float
    highest_at: int
    """The first step with the highest rate."""


def arithmetic(
    rows: int, batch_size: int, accumulation: int, processes: int, epochs: float, max_steps: int, warmup: float
) -> Arithmetic:
    """Batches and steps of a run. Raises `UsageError` for numbers that make none."""
    counts = {"rows": rows, "batch_size": batch_size, "accumulation": accumulation, "processes": processes}
    for name, count in counts.items():
        if count < 1:
            raise UsageError("recipes.below-one", name=name, value=count)
    if max_steps < 0 or warmup < 0 or (epochs <= 0 and not max_steps):
        raise UsageError("recipes.no-steps")
    batches = math.ceil(rows / (batch_size * processes))
    steps_an_epoch = math.ceil(batches / accumulation)
    steps = max_steps or math.ceil(epochs * steps_an_epoch)
    warmup_steps = int(warmup) if warmup >= 1 else math.ceil(steps * warmup)
    return Arithmetic(batches, steps_an_epoch, steps, warmup_steps, batch_size * accumulation * processes)


def rates(
    name: str, steps: int, warmup_steps: int, learning_rate: float, points: int = MOST_POINTS
) -> list[tuple[float, float]]:
    """(step, rate) of a schedule with the library's own options, at most so many; none for one that needs measurements.

    Raises `UsageError` for a schedule that needs an option.
    """
    named = [one for one in names(name, "", {}) if one in TAKES]
    drawn = [draw(one, learning_rate, steps, warmup_steps, {}, points) for one in named]
    return [(float(step), rate) for curve in drawn for step, rate in zip(curve.steps, curve.rates, strict=True)]


def names(first: str, further: str, options: Mapping[str, Any]) -> list[str]:
    """The schedules to draw, each once. Raises `UsageError` for unknown ones and for options that are not theirs.

    `further` is written with commas between; `all` stands for every one that needs no further option.
    """
    written = [name.strip() for name in further.split(",") if name.strip()]
    for name in written:
        if name in MEASURED:
            raise UsageError("recipes.schedule-without-curve", name=name, schedules=list(TAKES))
        if name not in (*TAKES, "all"):
            near = difflib.get_close_matches(name, TAKES, 1)
            hint = phrase("errors.did-you-mean", name=near[0]) if near else ""
            raise UsageError("recipes.no-such-schedule", name=name, hint=hint, schedules=list(TAKES))
    if "all" in written:
        written = [name for name in TAKES if not _missing(name, options)]
    found = list(dict.fromkeys([first, *written]))
    for name in found:
        if needs := _missing(name, options):
            either = phrase("recipes.either", first=needs[0], second=needs[1]) if len(needs) > 1 else needs[0]
            example = "min_lr_rate=0.1" if "min_lr_rate" in needs else f"{needs[0]}=100"
            raise UsageError("recipes.schedule-needs", name=name, options=either, example=example)
    taken = {one for name in found for one in TAKES.get(name, ())}
    for one, value in options.items():
        least = 1 if one == "timescale" else 0
        if one not in taken:
            those = [name for name in TAKES if one in TAKES[name]]
            raise UsageError("recipes.schedule-does-not-take", name=first, option=one, schedules=those)
        if not isinstance(value, str) and value < least:
            raise UsageError("recipes.schedule-option", option=one, value=value, least=least)
    return found


def draw(
    name: str, rate: float, steps: int, warmup_steps: int, options: Mapping[str, Any], most: int = MOST_POINTS
) -> Curve:
    """Step through the library's scheduler; keep at most so many points. Raises `UsageError` for what it refuses."""
    import torch
    from transformers import get_scheduler

    mine = {one: value for one, value in options.items() if one in TAKES[name]}
    optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    rates: list[float] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # that stable steps and all steps are both given
            scheduler = get_scheduler(
                name, optimizer, num_warmup_steps=warmup_steps, num_training_steps=steps, scheduler_specific_kwargs=mine
            )
        optimizer.step()  # once is enough: nothing is learned, and it is most of the work
        for _ in range(steps):
            rates.append(float(scheduler.get_last_lr()[0]))
            scheduler.step()
        after = float(scheduler.get_last_lr()[0])
    except ValueError as error:
        raise UsageError("recipes.schedule-refuses", name=name, reason=str(error)) from error
    except ZeroDivisionError as error:  # in a run it comes after the last step
        raise UsageError("recipes.schedule-divides-by-zero", name=name, steps=steps) from error
    kept, highest = _kept(rates, most), max(rates)
    return Curve(
        name, _with_defaults(name, mine), [place + 1 for place in kept], [rates[place] for place in kept],
        rates[0], rates[(steps + 1) // 2 - 1], rates[-1], after, highest, rates.index(highest) + 1,
    )  # fmt: skip


def _missing(name: str, options: Mapping[str, Any]) -> tuple[str, ...]:
    """Options of which one has to be given, when none is."""
    needs = NEEDS.get(name, ())
    return () if any(one in options for one in needs) else needs


def _kept(rates: list[float], most: int) -> list[int]:
    """Places to keep: all, or in each stretch the lowest and the highest, so that no restart is lost."""
    if len(rates) <= most:
        return list(range(len(rates)))
    kept = {0, len(rates) - 1}
    stretches = (most - 2) // 2
    for number in range(stretches):
        stretch = range(len(rates) * number // stretches, len(rates) * (number + 1) // stretches)
        kept |= {min(stretch, key=rates.__getitem__), max(stretch, key=rates.__getitem__)}
    return sorted(kept)


def _with_defaults(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    import inspect

    from transformers.optimization import TYPE_TO_SCHEDULER_FUNCTION
    from transformers.trainer_utils import SchedulerType

    known = inspect.signature(TYPE_TO_SCHEDULER_FUNCTION[SchedulerType(name)]).parameters
    made = {one: options.get(one, known[one].default) for one in TAKES[name]}
    return {one: value for one, value in made.items() if value not in (None, inspect.Parameter.empty)}
