"""The lines that measure a model, and say by which metric the best one is chosen."""

from __future__ import annotations

from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of


def chooses(recipe: Recipe) -> bool:
    """Whether evaluations decide anything: which model is kept, or when it ends."""
    return bool(recipe.eval_split) and (recipe.best == "best" or recipe.early_stopping > 0)


def is_greater_better(recipe: Recipe) -> bool:
    task = task_of(recipe)
    return task.is_greater_better(recipe, recipe.best_metric or task.main_metric([]))


def scores(recipe: Recipe) -> str:
    """What loads the metrics, takes predictions and references, and gives the scores."""
    if not recipe.eval_split:
        return ""
    task = task_of(recipe)
    chosen = [f"metric = {task.script_main_metric(recipe)}"] if chooses(recipe) else []
    return "\n".join([*task.script_metrics(recipe), *chosen])


def compute_metrics(recipe: Recipe) -> list[str]:
    """The function of the Trainer."""
    body = task_of(recipe).script_compute
    return ["def compute_metrics(prediction):", *body, ""] if body else []
