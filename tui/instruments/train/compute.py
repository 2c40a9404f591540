"""`train`: what a recipe would do, found out before anything is started. The bench starts it as a run of its own."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tui.instruments.instrument import Result
from tui.options import option
from tui.recipes import planning, recipe
from tui.recipes.recipe import SCHEDULES, Recipe
from tui.recipes.run_plan import Plan
from tui.recipes.script import script


@dataclass(frozen=True, slots=True)
class TrainSpec:
    """A recipe, and what is changed in it; what is empty stays as the recipe has it."""

    recipe: str = option(default="pairs-lesson", help="a recipe that ships with the lessons, or a TOML file")
    loop: str = option(default="", choices=("", "trainer", "accelerate"), help="which of the two loops")
    epochs: float | None = option(default=None, least=0, help="passes over the rows")
    max_steps: int | None = option(default=None, least=0, help="a whole number: steps in all, instead of epochs")
    rows: int | None = option(default=None, least=0, help="a whole number: only so many training rows")
    eval_rows: int | None = option(default=None, least=0, help="a whole number: only so many evaluation rows")
    batch_size: int | None = option(default=None, least=1, help="a whole number: rows in a batch")
    accumulation: int | None = option(default=None, least=1, help="a whole number: batches whose gradients make a step")
    learning_rate: float | None = option(default=None, least=0, help="the highest learning rate")
    schedule: str = option(default="", choices=("", *SCHEDULES), help="how the learning rate changes")
    warmup: float | None = option(default=None, least=0, help="steps in which it rises; below 1 a share of all steps")
    seed: int | None = option(default=None, least=0, help="a whole number: the same seed gives the same run")
    freeze: str = option(
        default="", choices=("", "none", "embeddings", "lower", "encoder"), help="weights that stay as they are"
    )
    evaluate_every: int | None = option(default=None, least=0, help="a whole number: steps between two measurements")


@dataclass(frozen=True, slots=True)
class TrainResult(Result):
    """What the run will be, and what its folder would hold."""

    plan: Plan
    recipe: str
    """TOML."""
    script: str
    """The Python that does the same; made here, because looking at a checkpoint takes the libraries."""


def recipe_of(spec: TrainSpec) -> Recipe:
    """The recipe with its changes. Raises `UsageError`."""
    return recipe.load(spec.recipe, changes(spec))


def changes(spec: TrainSpec) -> dict[str, Any]:
    """Options that were set."""
    given = {field.name: getattr(spec, field.name) for field in fields(spec) if field.name != "recipe"}
    return {name: value for name, value in given.items() if value not in (None, "")}


def run(spec: TrainSpec) -> TrainResult:
    """Look at data and checkpoint; train nothing. Raises `UsageError`, `DataError`, `CheckpointError`."""
    asked = planning.settled(recipe_of(spec))
    plan = planning.plan(asked)
    return TrainResult(plan, recipe.text(asked), script(asked), warnings=plan.warnings)


def code(spec: TrainSpec) -> str:
    """The script that does the run, without any of this project's modules but the metrics."""
    return script(planning.settled(recipe_of(spec)))


def title(spec: TrainSpec) -> str:
    """What the recipe is called."""
    return Path(spec.recipe).stem
