"""The Python that does what a recipe does, alone: with the libraries, and nothing of ours but the metric modules.

Pure: reads no data. A test runs every kind of it and compares each step with what the worker wrote.
"""

from __future__ import annotations

import re

from tui.recipes.recipe import Recipe, anchored
from tui.recipes.script import data, gpu, loops, model, scores, tokens
from tui.recipes.task import task_of


def script(recipe: Recipe) -> str:
    """The whole script, to be run from any folder. Raises `UsageError` when the data is a path that is not there."""
    recipe = anchored(recipe)
    loop = loops.trainer if recipe.loop == "trainer" else loops.accelerate
    parts = [data.data(recipe), tokens.tokens(recipe), model.model(recipe), scores.scores(recipe), loop(recipe)]
    body = "\n\n".join(part.strip("\n") for part in parts if part)
    return "\n\n".join(filter(None, [gpu.visible(recipe), _imports(body, recipe), f"{body}\n"]))


_FROM = {
    "Accelerator": "accelerate", "DataLoaderConfiguration": "accelerate.utils", "LoraConfig": "peft",
    "PeftModel": "peft", "TaskType": "peft", "get_peft_model": "peft",
    "DataLoader": "torch.utils.data", "tqdm": "tqdm.auto", "get_parameter_names": "transformers.trainer_pt_utils",
    **dict.fromkeys(
        ["AutoTokenizer", "get_scheduler", "set_seed", "Trainer", "EarlyStoppingCallback", "TrainingArguments"],
        "transformers",
    ),
}  # fmt: skip
"""Where a name comes from that is not of a task."""


def _imports(body: str, recipe: Recipe) -> str:
    """What the body uses, in the order of isort."""
    plain = [f"import {name}" for name in ("math", "evaluate", "torch") if re.search(rf"\b{name}\.", body)]
    plain += ["import numpy as np"] if re.search(r"\bnp\.", body) else []
    modules: dict[str, list[str]] = {}
    task = task_of(recipe)
    own = (name.rpartition(".") for name in (*task.script_imports, f"transformers.AutoModelFor{task.head}"))
    for name, module in {**_FROM, **{name: module for module, _, name in own}}.items():
        if re.search(rf"\b{name}\b", body):
            modules.setdefault(module, []).append(name)
    named = [_import(module, sorted(names)) for module, names in modules.items()]
    return "\n".join([*plain, *sorted([*named, data.data_import(recipe)])])


def _import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= 100 else f"from {module} import (\n" + "".join(f"    {n},\n" for n in names) + ")"
