"""Whether the way in which processes share a model can act on this machine, found out before anything is started."""

from __future__ import annotations

import importlib.util

import yaml

from tui.errors import UsageError
from tui.recipes import launch_config
from tui.recipes.recipe import Recipe

NAMES = {"fsdp": "FSDP", "deepspeed": "DeepSpeed"}


def check_strategy(recipe: Recipe, device: str) -> None:
    """Raise `UsageError` where the strategy would silently be another one, or end in the middle of the start."""
    if recipe.launcher != "accelerate":
        return
    strategy, processes = recipe.strategy, recipe.processes * recipe.machines
    if recipe.launch_config:
        own = yaml.safe_load(launch_config.read(recipe.launch_config))
        strategy, processes = str(own.get("distributed_type")).lower(), own.get("num_processes")
        device = "cpu" if own.get("use_cpu") is True else device
    name = NAMES.get(strategy)
    if name is None:
        return

    if strategy == "deepspeed" and importlib.util.find_spec("deepspeed") is None:
        raise UsageError("recipes.deepspeed-missing")
    if device == "cpu":
        raise UsageError("recipes.strategy-needs-gpus", strategy=name)
    if processes == 1:
        raise UsageError("recipes.strategy-needs-processes", strategy=name)
