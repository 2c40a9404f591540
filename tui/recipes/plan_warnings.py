"""What a reader should know before a run is started."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

from tui.errors import ResultWarning
from tui.recipes.recipe import Recipe
from tui.recipes.run_plan import Plan
from tui.recipes.task import task_of
from tui.text.sizes import size_said

FEW = 10
"""Rows of a label from which nothing is learned."""
CUT = 0.02
"""Share of rows that may be longer than max_length without a word."""
ONE_LABEL = 0.85
"""Share of the most frequent label above which accuracy says little."""


def warnings(plan: Plan, recipe: Recipe, *, slow_bf16: bool) -> Iterator[ResultWarning]:
    """Those that follow from the numbers of a plan."""
    for code, applies, message in (*_room(plan), *_data(plan, recipe), *_run(plan, recipe, slow_bf16)):
        if applies:
            yield ResultWarning(code, message)


Rule = tuple[str, bool, str]
"""(Code, whether it applies, the sentence)."""


def _room(plan: Plan) -> Iterator[Rule]:
    disk, memory = (f"{size_said(needed)}, and {size_said(free)} are free" for needed, free in
                    ((plan.disk, plan.disk_free), (plan.memory, plan.memory_free)))  # fmt: skip
    yield "disk", plan.disk > plan.disk_free, f"The checkpoints take {disk}: lower keep."
    more = f"Training may take {memory}: lower batch_size, or max_length."
    yield "memory", plan.memory > plan.memory_free, more


def _data(plan: Plan, recipe: Recipe) -> Iterator[Rule]:
    cut = plan.lengths.cut if plan.lengths else 0.0
    yield "truncated", cut > CUT, f"{cut:.0%} of the rows are longer than max_length={recipe.max_length} and are cut."
    share = plan.baseline or 0.0
    one = f"{share:.0%} of the rows have one label: accuracy says little here, look at F1."
    yield "one-label", share > ONE_LABEL, one
    few = [name for name, count in plan.labels.items() if 0 < count < FEW]
    yield "few-rows", bool(few), f"Fewer than {FEW} rows with {', '.join(few[:5])}: nothing can be learned from so few."
    if warning := task_of(recipe).label_warning(plan.labels):
        yield warning[0], True, warning[1]
    small = plan.rows < plan.arithmetic.effective_batch
    yield "one-batch", small, "There are fewer rows than one step takes."
    alone = "Nothing is measured: without eval_split nobody knows how good the model becomes."
    yield "no-evaluation", not plan.eval_rows, alone


def _run(plan: Plan, recipe: Recipe, slow_bf16: bool) -> Iterator[Rule]:
    steps, warmup = plan.arithmetic.steps, plan.arithmetic.warmup_steps
    never = f"The warm-up takes {warmup:,} steps and the run has {steps:,}: it never uses {recipe.learning_rate:g}."
    yield "long-warmup", warmup >= steps and recipe.schedule != "constant", never
    evaluations = math.ceil(steps / (recipe.evaluate_every or plan.arithmetic.steps_an_epoch)) if plan.eval_rows else 0
    idle = f"early_stopping={recipe.early_stopping} needs more evaluations than the {evaluations} of this run."
    yield "idle-early-stopping", recipe.early_stopping > 0 and evaluations < recipe.early_stopping + 2, idle
    shared = "Several processes on one CPU share its cores: this shows how it works, and is not faster."
    yield "shared-cpu", plan.device == "cpu" and recipe.processes > 1, shared
    slow = "This CPU has no instructions for bf16: it computes right, and slower than in fp32."
    yield "slow-bf16", slow_bf16, slow
    again = "It starts from the weights of another run, with a new optimizer and schedule."
    yield "new-optimizer", Path(recipe.checkpoint).name.startswith("checkpoint-"), again
