"""Adapters (LoRA): folders that change another checkpoint instead of being one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import CheckpointError
from tui.models import checkpoints
from tui.models.checkpoint_files import check_files, read_json
from tui.models.checkpoint_folders import in_cache

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
HEADS = {
    "SEQ_CLS": "SequenceClassification", "TOKEN_CLS": "TokenClassification", "QUESTION_ANS": "QuestionAnswering",
    "CAUSAL_LM": "CausalLM", "SEQ_2_SEQ_LM": "Seq2SeqLM", None: "MaskedLM",
}  # fmt: skip
"""`AutoModelFor...` by an adapter's `task_type`; one that trains a masked language model has none."""
REFUSED = ("megatron_config", "layer_replication", "eva_config", "corda_config", "arrow_config")
"""Settings that import modules or copy layers; the library's own defaults leave them empty."""
LARGEST_RANK = 4096
LARGEST_HEADER = 16 << 20
"""Bytes."""
NEW_LAYERS = ("classifier.weight", "score.weight", "out_proj.weight")
"""Ends of the names of the layer that gives a score for each label."""


def adapter_base(folder: Path) -> Path | None:
    """The checkpoint that an adapter changes; None for a folder that is not an adapter.

    Raises `CheckpointError` when it is not here, or the adapter is not a safetensors file.
    """
    try:
        base = str(json.loads((folder / CONFIG).read_text("utf-8"))["base_model_name_or_path"])
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CheckpointError("models.unreadable", path=str(folder / CONFIG), reason=str(error)) from error
    if not (folder / WEIGHTS).is_file():
        raise CheckpointError("models.adapter-without-safetensors", folder=str(folder))
    if base == checkpoints.BACKBONE_ID:
        return Path(checkpoints.backbone().folder)
    folder_of_base = paths.absolute(base) if Path(base).is_dir() else in_cache(base, None)
    if folder_of_base is None:
        raise CheckpointError("models.adapter-base-missing", folder=str(folder), base=base)
    return folder_of_base


def adapter_head(folder: Path) -> str:
    """The `AutoModelFor...` that an adapter was trained with. Raises `CheckpointError` for what is not plain LoRA."""
    check_files(folder)
    config = read_json(folder / CONFIG)
    ranks = [config.get("r"), *dict(config.get("rank_pattern") or {}).values()]
    if (
        config.get("peft_type") != "LORA"
        or any(config.get(name) for name in REFUSED)
        or not all(isinstance(rank, int) and 0 < rank <= LARGEST_RANK for rank in ranks)
        or config.get("task_type") not in HEADS
    ):
        raise CheckpointError("models.not-plain-lora", path=str(folder / CONFIG))
    return HEADS[config["task_type"]]


def adapter_labels(folder: Path) -> tuple[str, ...]:
    """The labels of an adapter's head by their ids: from `labels.json`, or the model of the run that it belongs to, or
    `LABEL_0` and so on, as many as the head has outputs; empty where it has no head of its own."""
    for file, key in ((folder / "labels.json", None), (folder.parent / "model" / "config.json", "id2label")):
        try:
            labels: Any = json.loads(file.read_text("utf-8"))
            return tuple(map(str, labels if key is None else labels[key].values()))
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            continue
    shapes = [entry["shape"] for name, entry in _header(folder / WEIGHTS).items() if name.endswith(NEW_LAYERS)]
    return tuple(f"LABEL_{number}" for number in range(min(shape[0] for shape in shapes) if shapes else 0))


def _header(weights: Path) -> dict[str, Any]:
    """Names, types and shapes of the tensors in a safetensors file."""
    with weights.open("rb") as opened:
        length = int.from_bytes(opened.read(8), "little")
        if length > LARGEST_HEADER:
            raise CheckpointError("models.not-safetensors", path=str(weights), reason="")
        try:
            header: dict[str, Any] = json.loads(opened.read(length))
        except ValueError as error:
            raise CheckpointError("models.not-safetensors", path=str(weights), reason=str(error)) from error
    return header
