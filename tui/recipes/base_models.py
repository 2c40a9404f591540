"""The tokenizer and the model that a recipe starts from: safetensors only, no remote code, nothing is fetched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import CheckpointError, UsageError
from tui.models import checkpoints
from tui.models.adapters import adapter_base
from tui.models.checkpoint_checks import check
from tui.models.checkpoint_folders import in_cache
from tui.models.loading import quiet_loading
from tui.models.location import locate
from tui.models.reference import parse
from tui.recipes.recipe import BACKBONE, Recipe
from tui.recipes.task import task_of

POSITIONS = ("position_embeddings", "wpe", "embed_positions")
"""Names of layers with an embedding for each position."""


def folder(recipe: Recipe) -> Path:
    """Where the checkpoint lies: MiniLM, a model of the lessons, a folder, a run's, or what the Hugging Face cache has.

    Raises `CheckpointError` when it is not here, not whole, or of a kind that is refused, and `UsageError` for a
    reference that says nothing.
    """
    name = recipe.checkpoint
    if name == BACKBONE:
        return Path(checkpoints.backbone().folder)
    own = paths.models_dir() / name
    found = paths.expanded(name) if paths.expanded(name).is_dir() else own if own.is_dir() else None
    if found is None:
        reference = parse(name)
        if reference.kind == "run":
            at = locate(reference)
            found = at.adapter or at.folder
        elif reference.kind == "hub":
            found = in_cache(reference.name, reference.revision or None)
    if found is None:
        raise CheckpointError("recipes.checkpoint-not-here", name=name, backbone=BACKBONE)
    check(adapter_base(found) or found, task_of(recipe).head)
    return found


def tokenizer(recipe: Recipe) -> Any:
    """The checkpoint's tokenizer. Raises `UsageError` when the task needs what it does not have."""
    from transformers import AutoTokenizer

    made = AutoTokenizer.from_pretrained(str(folder(recipe)), trust_remote_code=False)
    task = task_of(recipe)
    if not made.is_fast and task.needs_offsets:
        raise UsageError("recipes.slow-tokenizer", checkpoint=recipe.checkpoint, task=recipe.task)
    task.check_tokenizer(made, recipe)
    if made.pad_token is None:
        made.pad_token = made.eos_token
    return made


def model(recipe: Recipe, labels: list[str]) -> Any:
    """The model in float32, with a new head where the checkpoint has none, frozen and adapted as the recipe says."""
    made = bare(recipe, labels)
    task_of(recipe).check_model(made, recipe)
    if recipe.lora_rank:
        return with_lora(made, recipe)
    for name, weights in made.named_parameters():
        weights.requires_grad = not is_frozen(name, made, recipe.freeze)
    return made


def bare(recipe: Recipe, labels: list[str], *, empty: bool = False) -> Any:
    """The model as it is loaded; with `empty` its shapes alone, on no device."""
    import torch
    import transformers
    from safetensors import SafetensorError

    where = folder(recipe)
    base = adapter_base(where)
    task = task_of(recipe)
    named = {"num_labels": len(labels), "id2label": dict(enumerate(labels)),
             "label2id": {name: place for place, name in enumerate(labels)}} if labels else {}  # fmt: skip
    named |= {"problem_type": task.problem_type} if task.problem_type else {}
    head = getattr(transformers, f"AutoModelFor{task.head}")
    try:
        named |= decoder_options(_config(recipe), recipe)
        if empty:
            config = _config(recipe, **named)
            with torch.device("meta"):
                return head.from_config(config)
        with quiet_loading():
            made = head.from_pretrained(
                str(base or where), dtype=torch.float32, use_safetensors=True, trust_remote_code=False,
                ignore_mismatched_sizes=True, **named,
            )  # fmt: skip
            return _merged(made, where) if base else made
    except (SafetensorError, ValueError, RuntimeError, KeyError, OSError, TypeError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise CheckpointError(
            "recipes.checkpoint-not-loaded", checkpoint=recipe.checkpoint, task=recipe.task, reason=first
        ) from error


def decoder_options(config: Any, recipe: Recipe) -> dict[str, Any]:
    """What makes an encoder that learns the next token look back only, and one that learns masked words not.

    Without it a model of BERT's kind sees the token that it has to guess: a perplexity of 1.2 on 20 random words.
    """
    from transformers.models.auto.modeling_auto import MODEL_FOR_MASKED_LM_MAPPING_NAMES as ENCODERS

    is_decoder = task_of(recipe).is_decoder
    if is_decoder is None or config.model_type not in ENCODERS or config.is_encoder_decoder:
        return {}
    return {"is_decoder": is_decoder}


def is_made_decoder(recipe: Recipe) -> bool:
    """Whether the recipe trains an encoder on the next token."""
    return bool(decoder_options(_config(recipe), recipe).get("is_decoder"))


def _config(recipe: Recipe, **options: Any) -> Any:
    import transformers

    where = folder(recipe)
    where = adapter_base(where) or where
    return transformers.AutoConfig.from_pretrained(str(where), trust_remote_code=False, **options)


def positions(model: Any) -> int | None:
    """The longest row that the model's position embeddings have room for; None where positions are computed."""
    import torch

    room = []
    for name, layer in model.named_modules():
        if isinstance(layer, torch.nn.Embedding) and name.rsplit(".", 1)[-1] in POSITIONS:
            behind_pad = 0 if layer.padding_idx is None else layer.padding_idx + 1  # where RoBERTa's begin
            room.append(layer.num_embeddings - int(getattr(layer, "offset", behind_pad)))
    return min(room, default=None)


def check_length(recipe: Recipe, model: Any) -> None:
    """Raise `UsageError` where a row may be longer than the model has positions: the first such row ends a run."""
    room = positions(model)
    if room is not None and recipe.max_length > room:
        raise UsageError("recipes.max-length", length=recipe.max_length, checkpoint=recipe.checkpoint, positions=room)


def _merged(made: Any, adapter: Path) -> Any:
    """The model with what an adapter has learned in its own weights, all of which may learn again."""
    from peft import PeftModel

    return PeftModel.from_pretrained(made, str(adapter)).merge_and_unload().requires_grad_(True)


def with_lora(made: Any, recipe: Recipe) -> Any:
    import warnings

    from peft import LoraConfig, TaskType, get_peft_model

    kind = task_of(recipe).lora_type
    config = LoraConfig(
        r=recipe.lora_rank, lora_alpha=2 * recipe.lora_rank, lora_dropout=0.05,
        task_type=TaskType[kind] if kind else None, target_modules=_attention(made),
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # between peft and transformers, nothing for the reader
        return get_peft_model(made, config)


def _attention(made: Any) -> list[str]:
    """Names of the linear layers that make queries and values, in the wordings of the common architectures."""
    import torch

    last = {name.rsplit(".", 1)[-1] for name, layer in made.named_modules()
            if isinstance(layer, torch.nn.Linear) or type(layer).__name__ == "Conv1D"}  # fmt: skip
    for names in (("query", "value"), ("q_proj", "v_proj"), ("q_lin", "v_lin"), ("c_attn",), ("q", "v")):
        if set(names) <= last:
            return list(names)
    raise UsageError("recipes.lora-layers-unknown", model=type(made).__name__)


def is_frozen(name: str, made: Any, freeze: str) -> bool:
    if freeze == "none":
        return False
    inside = name.startswith(f"{made.base_model_prefix}.")
    if freeze == "encoder":
        return inside and "pooler" not in name
    if "embeddings." in name or name.split(".")[1:2] in (["wte"], ["wpe"], ["shared"]):
        return True
    if freeze == "lower":
        layers = int(getattr(made.config, "num_hidden_layers", 0))
        number = next((int(part) for part in name.split(".") if part.isdigit()), None)
        return inside and number is not None and number < layers * 2 // 3
    return False
