"""The lines that make the model and freeze it."""

from __future__ import annotations

from tui.models.adapters import adapter_base
from tui.recipes import base_models
from tui.recipes.recipe import Recipe
from tui.recipes.task import task_of


def model(recipe: Recipe) -> str:
    task = task_of(recipe)
    head = f"AutoModelFor{task.head}"
    base = adapter_base(base_models.folder(recipe))
    where = repr(str(base)) if base else "checkpoint"
    decoder = ", is_decoder=True" if base_models.is_made_decoder(recipe) else ""
    loaded = [f"model = {head}.from_pretrained({where}, dtype='float32'{decoder})"]
    if task.has_labels:
        problem = f",\n    problem_type={task.problem_type!r}" if task.problem_type else ""
        loaded = [f"model = {head}.from_pretrained(",
                  f"    {where}, dtype='float32', num_labels=len(labels), id2label=dict(enumerate(labels)){problem}",
                  ")"]  # fmt: skip
    if base:
        loaded.append("model = PeftModel.from_pretrained(model, checkpoint).merge_and_unload().requires_grad_(True)")
    lines = [*task.script_constants(recipe), f"set_seed({recipe.seed})  # the new head is drawn at random", *loaded]
    if recipe.lora_rank:
        kind = f"task_type=TaskType.{task.lora_type}, " if task.lora_type else ""
        lines.append(f"model = get_peft_model(model, LoraConfig({kind}r={recipe.lora_rank}, "
                     f"lora_alpha={2 * recipe.lora_rank}, lora_dropout=0.05))")  # fmt: skip
    lines += _FREEZING[recipe.freeze]
    return "\n".join(lines)


_FREEZING = {
    "none": [],
    "embeddings": [
        "for name, weights in model.named_parameters():",
        "    weights.requires_grad = 'embeddings.' not in name and name.split('.')[1] not in ('wte', 'wpe', 'shared')",
    ],
    "lower": [
        "lower = model.config.num_hidden_layers * 2 // 3",
        "for name, weights in model.named_parameters():",
        "    layer = next((int(part) for part in name.split('.') if part.isdigit()), None)",
        "    low = 'embeddings.' in name or (layer is not None and layer < lower)",
        "    weights.requires_grad = not (name.startswith(model.base_model_prefix) and low)",
    ],
    "encoder": [
        "for name, weights in model.named_parameters():",
        "    inside = name.startswith(model.base_model_prefix + '.') and 'pooler' not in name",
        "    weights.requires_grad = not inside",
    ],
}  # fmt: skip
