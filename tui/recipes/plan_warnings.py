"""What a reader should know before a run is started."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.errors import ResultWarning, warning
from tui.recipes.recipe import Recipe
from tui.recipes.run_plan import Plan
from tui.recipes.task import task_of
from tui.text.sizes import size_text

FEW = 10
"""Rows of a label from which nothing is learned."""
CUT = 0.02
"""Share of rows that may be longer than max_length without a word."""
ONE_LABEL = 0.85
"""Share of the most frequent label above which accuracy says little."""


def warnings(plan: Plan, recipe: Recipe, *, slow_bf16: bool) -> Iterator[ResultWarning]:
    """Those that follow from the numbers of a plan."""
    for code, applies, values in (*_room(plan), *_data(plan, recipe), *_run(plan, recipe, slow_bf16)):
        if applies:
            yield warning(f"recipes.warning.{code}", **values)
    if found := task_of(recipe).label_warning(plan.labels):
        yield found


Rule = tuple[str, bool, dict[str, Any]]
"""(Code, whether it applies, the values of its sentence)."""


def _room(plan: Plan) -> Iterator[Rule]:
    disk = {"needed": size_text(plan.disk), "free": size_text(plan.disk_free)}
    yield "disk", plan.disk > plan.disk_free, disk
    memory = {"needed": size_text(plan.memory), "free": size_text(plan.memory_free)}
    yield "memory", plan.memory > plan.memory_free, memory


def _data(plan: Plan, recipe: Recipe) -> Iterator[Rule]:
    cut = plan.lengths.cut if plan.lengths else 0.0
    yield "truncated", cut > CUT, {"share": cut, "limit": recipe.max_length}
    share = plan.baseline or 0.0
    yield "one-label", share > ONE_LABEL, {"share": share}
    few = [name for name, count in plan.labels.items() if 0 < count < FEW]
    yield "few-rows", bool(few), {"few": FEW, "labels": few[:5]}
    yield "one-batch", plan.rows < plan.arithmetic.effective_batch, {}
    yield "no-evaluation", not plan.eval_rows, {}


def _run(plan: Plan, recipe: Recipe, slow_bf16: bool) -> Iterator[Rule]:
    steps, warmup = plan.arithmetic.steps, plan.arithmetic.warmup_steps
    never = {"warmup": warmup, "steps": steps, "rate": recipe.learning_rate}
    yield "long-warmup", warmup >= steps and recipe.schedule != "constant", never
    evaluations = math.ceil(steps / (recipe.evaluate_every or plan.arithmetic.steps_an_epoch)) if plan.eval_rows else 0
    idle = {"patience": recipe.early_stopping, "evaluations": evaluations}
    yield "idle-early-stopping", recipe.early_stopping > 0 and evaluations < recipe.early_stopping + 2, idle
    yield "shared-cpu", plan.device == "cpu" and recipe.processes > 1, {}
    yield "slow-bf16", slow_bf16, {}
    yield "new-optimizer", Path(recipe.checkpoint).name.startswith("checkpoint-"), {}
