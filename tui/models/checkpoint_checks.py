"""Which checkpoints may be loaded: safetensors only, no remote code, whole, of a known architecture and a true size."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import CheckpointError, Phrase, phrase
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
            raise CheckpointError("models.pickled", folder=folder.name, file=pickled[0])
        raise CheckpointError("models.incomplete", folder=folder.name, files=lost)
    check_sizes(folder, config, head)


def check_kind(folder: Path) -> dict[str, Any]:
    """The configuration of a folder whose files may be opened and whose architecture the library has."""
    if folder.parent == paths.models_dir():
        check_bundled(folder)
    config = _config(folder)
    from transformers import CONFIG_MAPPING

    if config["model_type"] not in CONFIG_MAPPING:
        why = phrase("models.own-code" if "auto_map" in config else "models.newer-than-library")
        raise CheckpointError("models.type-unknown", folder=folder.name, type=config["model_type"], why=why)
    return config


def missing_weights(folder: Path) -> list[str | Phrase]:
    """What a checkpoint's folder lacks of its weights; empty when they are all there. Opens no weights."""
    try:
        files = weight_files(folder)
    except CheckpointError:
        return [phrase("models.readable-file", file=INDEX)]
    if not files:
        return [phrase("models.weights", file=WEIGHTS)]
    return [str(file.relative_to(folder)) for file in files if not file.is_file()]


def _config(folder: Path) -> dict[str, Any]:
    """The configuration of a folder whose files may be opened."""
    if not os.path.lexists(folder / "config.json"):
        is_adapter = os.path.lexists(folder / "adapter_config.json")
        raise CheckpointError("models.adapter-alone" if is_adapter else "models.no-config", folder=str(folder))
    check_files(folder)
    weight_files(folder)
    config = read_json(folder / "config.json")
    if not isinstance(config.get("model_type"), str):
        raise CheckpointError("models.no-type", path=str(folder / "config.json"))
    for key, value in config.items():
        if key.endswith("_implementation") and "/" in str(value):
            raise CheckpointError("models.code-from-elsewhere", folder=folder.name, source=str(value))
    return config
