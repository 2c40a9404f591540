"""A recipe in the words of `TrainingArguments`, for the worker and for the script that does the same."""

from __future__ import annotations

from typing import Any

from tui.recipes.recipe import Recipe


def training_arguments(recipe: Recipe, *, on_cpu: bool) -> dict[str, Any]:
    """Everything but the folder. Losses are logged at every step, NaN as NaN."""
    made: dict[str, Any] = {
        "per_device_train_batch_size": recipe.batch_size,
        "per_device_eval_batch_size": recipe.eval_batch_size,
        "num_train_epochs": recipe.epochs,
        "learning_rate": recipe.learning_rate,
        "lr_scheduler_type": recipe.schedule,
        "weight_decay": recipe.weight_decay,
        "max_grad_norm": recipe.clip,
        "seed": recipe.seed,
        "logging_steps": 1,
        "logging_nan_inf_filter": False,
        "save_total_limit": recipe.keep,
        "report_to": recipe.report_to,
        "remove_unused_columns": False,
        "use_cpu": on_cpu,
        "dataloader_pin_memory": not on_cpu,
        **_every("eval", recipe.evaluate_every, wanted=bool(recipe.eval_split)),
        **_every("save", recipe.save_every, wanted=True),
    }
    if recipe.max_steps:
        made["max_steps"] = recipe.max_steps
    if recipe.warmup:
        made["warmup_steps"] = recipe.warmup if recipe.warmup < 1 else int(recipe.warmup)
    if recipe.accumulation > 1:
        made["gradient_accumulation_steps"] = recipe.accumulation
    if recipe.precision != "fp32":
        made[recipe.precision] = True
    return made


def _every(what: str, steps: int, *, wanted: bool) -> dict[str, Any]:
    if not wanted:
        return {f"{what}_strategy": "no"}
    return {f"{what}_strategy": "steps", f"{what}_steps": steps} if steps else {f"{what}_strategy": "epoch"}
