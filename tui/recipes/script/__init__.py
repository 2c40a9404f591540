"""The Python that does what a recipe does, alone: with the libraries, and nothing of ours but the metric modules.

Pure: reads no data. A test runs every kind of it and compares each step with what the worker wrote.
"""

from __future__ import annotations

import re

from tui.recipes import base_models
from tui.recipes.recipe import Recipe, anchored
from tui.recipes.script import data, gpu, loops, model, scores, tokens


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
        ["AutoTokenizer", "DataCollatorForLanguageModeling", "DataCollatorForSeq2Seq", "get_scheduler", "set_seed",
         "DataCollatorForTokenClassification", "DataCollatorWithPadding", "Seq2SeqTrainer", "Trainer",
         "EarlyStoppingCallback", "Seq2SeqTrainingArguments", "TrainingArguments",
         *(f"AutoModelFor{head}" for head in base_models.HEADS.values())],
        "transformers",
    ),
}  # fmt: skip
"""Where a name comes from."""


def _imports(body: str, recipe: Recipe) -> str:
    """What the body uses, in the order of isort."""
    plain = [f"import {name}" for name in ("math", "evaluate", "torch") if re.search(rf"\b{name}\.", body)]
    plain += ["import numpy as np"] if re.search(r"\bnp\.", body) else []
    modules: dict[str, list[str]] = {}
    for name, module in _FROM.items():
        if re.search(rf"\b{name}\b", body):
            modules.setdefault(module, []).append(name)
    named = [_import(module, sorted(names)) for module, names in modules.items()]
    return "\n".join([*plain, *sorted([*named, data.data_import(recipe)])])


def _import(module: str, names: list[str]) -> str:
    line = f"from {module} import {', '.join(names)}"
    return line if len(line) <= 100 else f"from {module} import (\n" + "".join(f"    {n},\n" for n in names) + ")"
