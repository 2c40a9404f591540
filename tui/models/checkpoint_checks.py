"""Which checkpoints may be loaded: safetensors only, no remote code, whole, of a known architecture and a true size."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import CheckpointError
from tui.models.checkpoint_files import INDEX, WEIGHTS, check_files, read_json, weight_files
from tui.models.checkpoint_sizes import check_sizes
from tui.models.digests import check_bundled


def check(folder: Path, head: str) -> None:
    """Refuse what must not be loaded, before a library opens it: files that lead elsewhere, pickled weights, code of
    strangers, sizes that nothing backs, a folder that is not a checkpoint.
    """
    config = check_kind(folder)

    if lost := missing_weights(folder):
        pickled = [
            file.name for pattern in ("*.bin", "*.pt", "*.pth", "*.ckpt", "*.pkl") for file in folder.glob(pattern)
        ]
        if pickled:
            raise CheckpointError(
                f"{folder.name} holds only pickled weights ({pickled[0]}), which are refused.",
                "Loading a pickle runs whatever code is in it.",
                "Look for a revision with model.safetensors, or convert it on a machine you can spare.",
            )
        raise CheckpointError(
            f"{folder.name} lacks {lost}.", "It may have been fetched only in part.", "Fetch it again."
        )
    check_sizes(folder, config, head)


def check_kind(folder: Path) -> dict[str, Any]:
    """The configuration of a folder whose files may be opened and whose architecture the library has."""
    if folder.parent == paths.models_dir():
        check_bundled(folder)
    config = _config(folder)
    from transformers import CONFIG_MAPPING

    if config["model_type"] not in CONFIG_MAPPING:
        why = "It brings Python files of its own, and running them is refused." if "auto_map" in config else ""
        raise CheckpointError(
            f"{folder.name}: the installed library does not know the model type {config['model_type']!r}.",
            why or "It may be newer than the library.",
            "Name a checkpoint whose architecture the library has.",
        )
    return config


def missing_weights(folder: Path) -> str:
    """What a checkpoint's folder lacks of its weights; empty when they are all there. Opens no weights."""
    try:
        files = weight_files(folder)
    except CheckpointError:
        return f"a readable {INDEX}"
    if not files:
        return f"its weights ({WEIGHTS})"
    return ", ".join(str(file.relative_to(folder)) for file in files if not file.is_file())


def _config(folder: Path) -> dict[str, Any]:
    """The configuration of a folder whose files may be opened."""
    if not os.path.lexists(folder / "config.json"):
        adapter = os.path.lexists(folder / "adapter_config.json")
        raise CheckpointError(
            f"{folder} holds no config.json, so it is no checkpoint.",
            "It is an adapter to one." if adapter else "",
            "Name another folder.",
        )
    check_files(folder)
    weight_files(folder)
    config = read_json(folder / "config.json")
    if not isinstance(config.get("model_type"), str):
        raise CheckpointError(f"{folder / 'config.json'} names no model_type.", "", "Name another folder.")
    for key, value in config.items():
        if key.endswith("_implementation") and "/" in str(value):
            raise CheckpointError(
                f"{folder.name} is refused: its config.json asks for code from {value!r}.",
                "Running code of strangers is refused.",
                "Name another checkpoint.",
            )
    return config
