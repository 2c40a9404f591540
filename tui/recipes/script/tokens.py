"""The lines that make tokens of the rows, for each task, and the collator."""

from __future__ import annotations

from tui.recipes import base_models
from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of


def tokens(recipe: Recipe) -> str:
    task = task_of(recipe)
    lines = [
        f"checkpoint = {str(base_models.folder(recipe))!r}",
        "tokenizer = AutoTokenizer.from_pretrained(checkpoint)",
    ]
    if task.script_sets_padding:
        lines += ["if tokenizer.pad_token is None:", "    tokenizer.pad_token = tokenizer.eos_token"]
    lines += ["", *task.script_features(recipe), ""]
    if recipe.eval_split and task.script_scores_texts:
        lines.append("measured = evaluation  # as texts")
    for name in ("train", "evaluation") if recipe.eval_split else ("train",):
        lines += task.script_map(recipe, name)
    return "\n".join([*lines, task.script_collator])
