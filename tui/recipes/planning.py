"""What a recipe would do, found out before anything is started: rows, lengths, steps, memory, disk, warnings."""

from __future__ import annotations

import dataclasses
import importlib.util
import shutil
from typing import Any

from tui import paths
from tui.errors import UsageError, phrase
from tui.recipes import base_models, devices, learning_rates, plan_warnings, rows
from tui.recipes.learning_rates import Arithmetic
from tui.recipes.recipe import Recipe
from tui.recipes.run_plan import Lengths, Plan
from tui.recipes.strategies import check_strategy
from tui.recipes.task import task_of

SAMPLE = 2_000
"""Rows whose lengths are counted."""
LIBRARIES = 700_000_000
"""Bytes that Python with torch and transformers takes before anything is loaded."""
POINTS = 120
"""Of the learning-rate curve."""


def plan(recipe: Recipe) -> Plan:
    """Look at data and checkpoint without loading weights. Raises `UsageError`, `DataError` and `CheckpointError`."""
    recipe = settled(recipe)
    task = task_of(recipe)
    device, memory_free = check_precision(recipe), _memory_free()
    if device == "cuda":
        device, memory_free = _gpus(recipe)
    check_report(recipe)
    check_strategy(recipe, device)
    found = rows.load(recipe)
    tokenizer = base_models.tokenizer(recipe)
    lengths = _lengths(found.train, recipe, tokenizer)
    size = task.count(found.train, recipe, tokenizer)
    eval_size = 0 if found.evaluation is None else task.count(found.evaluation, recipe, tokenizer)
    counted = learning_rates.arithmetic(
        size, recipe.batch_size, recipe.accumulation, recipe.processes * recipe.machines, recipe.epochs,
        recipe.max_steps, recipe.warmup,
    )  # fmt: skip
    model = base_models.bare(recipe, found.labels, empty=True)
    base_models.check_length(recipe, model)
    everything = sum(one.numel() for one in model.parameters())
    trainable = _trainable(model, recipe)
    memory = _memory(model.config, recipe, everything, trainable, lengths)
    kept = recipe.keep + (recipe.best == "best" and eval_size > 0)
    disk = everything * 4 * (kept + 2) + trainable * 8 * (kept + 1)
    made = Plan(
        rows=size,
        eval_rows=eval_size,
        labels=found.counts,
        baseline=task.baseline(found.counts),
        example=[(what, str(found.train[0][name])[:300]) for what, name in task.columns(recipe).items()],
        lengths=lengths,
        arithmetic=counted,
        parameters=everything,
        trainable=trainable,
        device=device,
        precision=recipe.precision,
        memory=memory,
        memory_free=memory_free,
        disk=disk,
        disk_free=_disk_free(),
        rates=_rates(recipe, counted),
        notes=found.notes,
        warnings=found.warnings,
    )
    slow = device == "cpu" and recipe.precision == "bf16" and not computes_bf16(recipe)
    made.warnings.extend(plan_warnings.warnings(made, recipe, slow_bf16=slow))
    return made


def _rates(recipe: Recipe, counted: Arithmetic) -> list[tuple[float, float]]:
    """The learning rate over the run; nothing for one of so many steps that stepping through them takes minutes."""
    if counted.steps > learning_rates.MOST_STEPS:
        return []
    return learning_rates.rates(recipe.schedule, counted.steps, counted.warmup_steps, recipe.learning_rate, POINTS)


def settled(recipe: Recipe) -> Recipe:
    """The recipe with what this machine makes of `auto`: a run keeps to it wherever it goes on."""
    if recipe.precision != "auto":
        return recipe
    return dataclasses.replace(recipe, precision="bf16" if computes_bf16(recipe) else "fp32")


def computes_bf16(recipe: Recipe) -> bool:
    """Whether the GPU, or without one the CPU, has instructions for bf16; others compute it right, and slowly."""
    import torch

    if recipe.device != "cpu" and torch.cuda.is_available():
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    capabilities: dict[str, Any] = getattr(torch.cpu, "get_capabilities", dict)()  # not in every torch that is allowed
    return any(capabilities.get(name) for name in ("avx512_bf16", "amx_bf16"))


def check_precision(recipe: Recipe) -> str:
    """`cuda` or `cpu`. Raises `UsageError` when it is not there, or cannot compute in the precision asked for."""
    import torch

    if recipe.device != "cpu" and torch.cuda.is_available():
        if recipe.precision == "bf16" and not torch.cuda.is_bf16_supported():
            raise UsageError("recipes.no-bf16", device=torch.cuda.get_device_name(0))
        return "cuda"
    if recipe.device.startswith("cuda"):
        raise UsageError("recipes.no-such-gpu", device=recipe.device, gpus=phrase("recipes.none"))
    if recipe.precision == "fp16":
        raise UsageError("recipes.fp16-without-gpu")
    return "cpu"


def check_report(recipe: Recipe) -> None:
    """Raise `UsageError` when the package that would take the curves is not installed."""
    needed = {"tensorboard": ("tensorboard", "tensorboardX"), "trackio": ("trackio",)}.get(recipe.report_to, ())
    if needed and not any(importlib.util.find_spec(name) for name in needed):
        raise UsageError("recipes.report-package-missing", package=recipe.report_to)


def _lengths(table: Any, recipe: Recipe, tokenizer: Any) -> Lengths | None:
    """Tokens of the rows of a sample."""
    import statistics

    head = table.select(range(min(SAMPLE, table.num_rows)))
    counts = sorted(len(ids) for ids in task_of(recipe).token_ids(head, recipe, tokenizer))
    if not counts:
        return None
    cut = sum(count > recipe.max_length for count in counts) / len(counts)
    return Lengths(
        counts[0], int(statistics.median(counts)), counts[int(len(counts) * 0.95) - (len(counts) == 1)], counts[-1],
        len(counts), 0.0 if task_of(recipe).makes_blocks else cut,
    )  # fmt: skip


def _trainable(model: Any, recipe: Recipe) -> int:
    """Weights that will be changed."""
    if recipe.lora_rank:
        return sum(one.numel() for one in base_models.with_lora(model, recipe).parameters() if one.requires_grad)
    return sum(
        weights.numel() for name, weights in model.named_parameters()
        if not base_models.is_frozen(name, model, recipe.freeze)
    )  # fmt: skip


def _memory(config: Any, recipe: Recipe, everything: int, trainable: int, lengths: Lengths | None) -> int:
    """Weights; a gradient and two moments for each that is trained; what the layers keep for the way back."""
    length = min(recipe.max_length, lengths.most if lengths else recipe.max_length)
    hidden = int(getattr(config, "hidden_size", 0) or getattr(config, "d_model", 0) or 512)
    layers = int(getattr(config, "num_hidden_layers", 0) or 6)
    heads = int(getattr(config, "num_attention_heads", 0) or 8)
    size = 2 if recipe.precision != "fp32" else 4
    kept = recipe.batch_size * length * layers * (16 * hidden + 3 * heads * length) * size
    words = int(getattr(config, "vocab_size", 0) or 0) if task_of(recipe).predicts_tokens else 0
    return LIBRARIES + everything * 4 + trainable * 12 + kept + recipe.batch_size * length * words * 12


def _gpus(recipe: Recipe) -> tuple[str, int]:
    """The GPUs that a run would get now, and the bytes that are free on the fullest. `UsageError` for too few."""
    import torch

    known = devices.gpus()
    chosen = devices.choose(recipe, known) or known[:1]
    places = [known.index(gpu) for gpu in chosen] or [0]
    free = [gpu.free for gpu in chosen if gpu.free is not None] or [int(torch.cuda.mem_get_info(places[0])[0])]
    return ", ".join(f"cuda:{place}" for place in places), min(free)


def _memory_free() -> int:
    import psutil

    return int(psutil.virtual_memory().available)


def _disk_free() -> int:
    folder = paths.runs_dir()
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free
