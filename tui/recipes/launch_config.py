"""Accelerate's configuration file for a recipe: one process, several GPUs, several machines, FSDP or DeepSpeed.

Accelerate itself reads and checks it (`accelerate launch --config_file`). It starts several processes for MULTI_GPU
alone; where there is no GPU, ACCELERATE_USE_CPU in the environment makes them compute on the CPU.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from tui import paths
from tui.errors import UsageError
from tui.recipes.recipe import Recipe


def make(recipe: Recipe) -> str:
    """The file, as YAML."""
    several = recipe.processes * recipe.machines > 1
    kind = {"fsdp": "FSDP", "deepspeed": "DEEPSPEED"}.get(recipe.strategy, "MULTI_GPU" if several else "NO")
    made: dict[str, Any] = {
        "compute_environment": "LOCAL_MACHINE",
        "distributed_type": kind,
        "mixed_precision": "no" if recipe.precision == "fp32" else recipe.precision,
        "num_machines": recipe.machines,
        "num_processes": recipe.processes * recipe.machines,
        "machine_rank": 0,
        "main_training_function": "main",
        "rdzv_backend": "static",
        "same_network": True,
        "use_cpu": not uses_gpu(recipe),
    }
    if recipe.machines > 1:
        address, _, port = recipe.main_address.rpartition(":")
        made |= {"main_process_ip": address, "main_process_port": int(port)}
    if recipe.strategy == "fsdp":
        made["fsdp_config"] = {
            "fsdp_version": 2, "fsdp_auto_wrap_policy": "TRANSFORMER_BASED_WRAP", "fsdp_reshard_after_forward": True,
            "fsdp_state_dict_type": "FULL_STATE_DICT", "fsdp_offload_params": False,
            "fsdp_cpu_ram_efficient_loading": True,
        }  # fmt: skip
    if recipe.strategy == "deepspeed":
        made["deepspeed_config"] = {
            "zero_stage": recipe.zero_stage, "gradient_accumulation_steps": recipe.accumulation,
            "gradient_clipping": recipe.clip or "auto", "offload_optimizer_device": "none",
            "offload_param_device": "none", "zero3_init_flag": recipe.zero_stage == 3,
            "zero3_save_16bit_model": recipe.zero_stage == 3,
        }  # fmt: skip
    return yaml.safe_dump(made, sort_keys=True)


def read(name: str) -> str:
    """A reader's own file, unchanged. Raises `UsageError` when it is no YAML with what Accelerate needs."""
    try:
        text = paths.expanded(name).read_text("utf-8")
        plain = yaml.safe_load(text)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError("recipes.launch-config-unreadable", name=name, reason=str(error)) from None
    if not isinstance(plain, dict) or "compute_environment" not in plain:
        raise UsageError("recipes.not-a-launch-config", name=name)
    return text


def has_gpu() -> bool:
    """Whether this machine has an NVIDIA GPU, asked without loading torch."""
    return Path("/proc/driver/nvidia/version").exists()


def uses_gpu(recipe: Recipe) -> bool:
    """Whether its processes compute on GPUs."""
    return recipe.device != "cpu" and has_gpu()
