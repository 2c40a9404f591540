"""Small checkpoints of several architectures, made in a folder of the test."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
import transformers

from tui.models import loading


def save_classifier(folder: Path, kind: str = "Bert", **config: Any) -> Path:
    """A classifier with random weights and the bundled tokenizer; `kind` names the architecture as the library does."""
    torch.manual_seed(0)
    sizes = {
        "Bert": {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 16},
        "DistilBert": {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 16},
        "GPT2": {"n_embd": 16, "n_layer": 1, "n_head": 2, "n_positions": 64},
        "Bart": {"d_model": 16, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
                 "decoder_attention_heads": 2, "encoder_ffn_dim": 16, "decoder_ffn_dim": 16},
    }  # fmt: skip
    made = getattr(transformers, f"{kind}Config")(vocab_size=30522, **{**sizes[kind], **config})
    getattr(transformers, f"{kind}ForSequenceClassification")(made).save_pretrained(folder)
    loading.tokenizer().save_pretrained(folder)
    return folder


def save_run(runs: Path, name: str, *steps: int, has_model: bool = True) -> Path:
    """A run's folder with checkpoints of these steps, as the worker leaves it; each has other weights."""
    folder = runs / name
    folder.mkdir(parents=True)
    (folder / "about.json").write_text('{"created": 1}')
    for step in steps:
        save_classifier(folder / f"checkpoint-{step}", num_labels=2 + step)
        (folder / f"checkpoint-{step}" / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    if has_model:
        save_classifier(folder / "model", num_labels=2)
    return folder


def remove_from_tokenizer(folder: Path, **values: Any) -> Path:
    """Change the configuration of a checkpoint's tokenizer; None leaves a setting out."""
    file = folder / "tokenizer_config.json"
    known = {**json.loads(file.read_text()), **values}
    file.write_text(json.dumps({name: value for name, value in known.items() if value is not None}))
    return folder
