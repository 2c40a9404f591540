"""Accelerate's configuration: read and checked by Accelerate itself, as its launcher does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tui.errors import UsageError
from tui.models.run_checkpoints import SavedCheckpoint
from tui.recipes import launch_config
from tui.recipes.recipe import Recipe
from tui.runs import folder, launch

RECIPES: dict[str, dict[str, Any]] = {
    "one": {},
    "two": {"processes": 2},
    "machines": {"processes": 4, "machines": 2, "main_address": "10.0.0.1:29500"},
    "bf16": {"processes": 2, "precision": "bf16"},
    "fsdp": {"processes": 2, "strategy": "fsdp"},
    "zero1": {"processes": 2, "strategy": "deepspeed", "zero_stage": 1},
    "zero3": {"processes": 2, "strategy": "deepspeed", "zero_stage": 3, "accumulation": 4, "clip": 0.0},
}


@pytest.mark.parametrize("gpu", [False, True])
@pytest.mark.parametrize("name", RECIPES)
def test_accelerate_takes_it(name: str, gpu: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from accelerate.commands.config.config_args import load_config_from_file
    from accelerate.commands.launch import _validate_launch_command, launch_command_parser

    monkeypatch.setattr(launch_config, "has_gpu", lambda: gpu)
    recipe = Recipe(data="pairs", launcher="accelerate", **RECIPES[name])
    file = tmp_path / "accelerate.yaml"
    file.write_text(launch_config.make(recipe))
    loaded = load_config_from_file(str(file))  # refuses names it does not know
    assert loaded.num_processes == recipe.processes * recipe.machines
    assert loaded.num_machines == recipe.machines
    words = launch.command(folder.Run(tmp_path), recipe, None)
    arguments, _, _ = _validate_launch_command(
        launch_command_parser().parse_args(words[words.index("--config_file") :])
    )
    assert arguments.mixed_precision == ("no" if recipe.precision == "fp32" else recipe.precision)
    assert arguments.use_fsdp == (recipe.strategy == "fsdp")
    assert arguments.use_deepspeed == (recipe.strategy == "deepspeed")
    assert arguments.multi_gpu == (recipe.strategy == "ddp" and recipe.processes > 1)
    assert arguments.module
    assert arguments.training_script == launch.WORKER
    if recipe.strategy == "deepspeed":
        assert arguments.zero_stage == recipe.zero_stage
        assert arguments.gradient_accumulation_steps == recipe.accumulation
    if recipe.machines > 1:
        assert (arguments.main_process_ip, arguments.main_process_port) == ("10.0.0.1", 29500)


def test_a_file_of_ones_own_is_used_as_it_is(tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("# mine\ncompute_environment: LOCAL_MACHINE\n")
    assert launch_config.read(str(own)) == own.read_text()


@pytest.mark.parametrize("content", ["- a\n", "compute: x\n", "a: [\n", "\x00", ""])
def test_a_file_that_is_none(tmp_path: Path, content: str) -> None:
    own = tmp_path / "own.yaml"
    own.write_text(content)
    with pytest.raises(UsageError) as caught:
        launch_config.read(str(own))
    assert caught.value.next_step == "`accelerate config` makes one."


def test_what_starts_a_worker(tmp_path: Path) -> None:
    run = folder.Run(tmp_path)
    checkpoint = SavedCheckpoint(8, tmp_path / "checkpoint-8", 1)
    local = launch.command(run, Recipe(data="pairs"), checkpoint)
    assert local[1:] == ["-P", "-m", launch.WORKER, str(tmp_path), "--orders-from", "0", "--resume", "8"]
    several = launch.command(run, Recipe(data="pairs", launcher="torchrun", processes=3), None)
    assert several[several.index("--nproc_per_node") + 1] == "3"
    assert several[-1] == "--launched"  # it ends with the launcher
    assert launch.environment(Recipe(data="pairs", threads=3))["OMP_NUM_THREADS"] == "3"
    assert yaml.safe_load(launch_config.make(Recipe(data="pairs")))["num_processes"] == 1
