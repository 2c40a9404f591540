"""Sizes that a checkpoint's configuration asks for, against its files and this machine's memory.

They are checked before anything is allocated: a configuration is a few bytes of text, and one digit more in it fills
the memory. What the files hold is known from the headers of the weights, which are bounded by the files themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from tui.errors import CheckpointError, Phrase, phrase
from tui.models.checkpoint_files import read_json, weight_files
from tui.text.sizes import size_text

LEAST = 1_024
"""A count up to this is never asked about."""
MOST_LAYERS = 10_000
MOST_BEAMS = 100
MOST_POSITIONS, MOST_ROTARY_POSITIONS = 1 << 14, 1 << 27
"""Without a table of positions in the files; rotary positions take no memory."""
FACTOR = 10
"""A model may have so many times the parameters of its files: quantized weights are packed, a head may be new."""
SMALL = 64 << 20
"""Bytes that are never asked about."""
POSITIONS = re.compile(
    r"^(max_(2d_)?position_embeddings|n_positions|n_ctx|max_(source|target)_positions|max_seq_len\w*)$"
)
BEAMS = re.compile(r"^(num_beams|num_beam_groups|num_return_sequences)$")
LABELS = re.compile(r"^_?num_labels$")
LAYERS = re.compile(r"(^|_)(layers?|depth|blocks|groups|group_num|experts|heads?)$")


@dataclass(frozen=True, slots=True)
class _Held:
    """What the files of the weights hold."""

    tensors: int
    parameters: int
    largest: int
    """The largest size of any axis."""


def check_sizes(folder: Path, config: Mapping[str, Any], head: str) -> None:
    """Raise `CheckpointError` when the configuration asks for more than the files or the memory can back."""
    held = _held(folder)
    _check_counts(folder, "config.json", config, held)
    with suppress(FileNotFoundError):
        _check_counts(folder, "generation_config.json", read_json(folder / "generation_config.json"), held)
    parameters = _parameters(folder, head)
    needed = 4 * parameters  # float32, as everything here is computed
    if needed <= SMALL:
        return
    if parameters > FACTOR * held.parameters:
        raise CheckpointError(
            "models.too-many-parameters", folder=folder.name, parameters=parameters, saved=held.parameters
        )
    import psutil

    if needed > (free := psutil.virtual_memory().available):
        raise CheckpointError(
            "models.too-large", folder=folder.name, needed=size_text(needed), free=size_text(free),
            parameters=parameters,
        )  # fmt: skip


def _held(folder: Path) -> _Held:
    """From the headers. Raises `CheckpointError` for a header that lies: too long, or pointing outside its file."""
    from safetensors import SafetensorError, safe_open

    tensors = parameters = largest = 0
    for file in weight_files(folder):
        try:
            with safe_open(str(file), framework="pt") as opened:
                shapes = [opened.get_slice(name).get_shape() for name in opened.keys()]  # noqa: SIM118
        except (SafetensorError, OSError, ValueError) as error:
            raise CheckpointError("models.not-safetensors", path=str(file), reason=str(error)) from None
        tensors += len(shapes)
        parameters += sum(map(prod, shapes))
        largest = max([largest, *(size for shape in shapes for size in shape)])
    return _Held(tensors, parameters, largest)


def _check_counts(folder: Path, name: str, config: Mapping[str, Any], held: _Held) -> None:
    """Counts that the library loops over, or makes lists of, before it makes a tensor."""
    for key, value, is_rotary in _integers(config):
        positions = MOST_ROTARY_POSITIONS if is_rotary else MOST_POSITIONS
        most = (
            MOST_BEAMS if BEAMS.search(key)
            else max(positions, held.largest) if POSITIONS.search(key)
            else max(LEAST, held.largest) if LABELS.search(key)
            else min(MOST_LAYERS, max(LEAST, held.tensors)) if LAYERS.search(key)
            else None
        )  # fmt: skip
        if most is not None and value > most:
            raise CheckpointError(
                "models.count-too-high", folder=folder.name, file=name, key=key, value=_short(value), most=most
            )


def _integers(config: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[str, int, bool]]:
    """(key, number, whether the positions beside it are rotary), also of the configurations inside it."""
    is_rotary = any("rope" in key or "rotary" in key for key in config)
    for key, value in config.items():
        if isinstance(value, int) and not isinstance(value, bool):
            yield key, value, is_rotary
        elif isinstance(value, dict) and depth < 8:
            yield from _integers(value, depth + 1)


def _parameters(folder: Path, head: str) -> int:
    """Of the model as the configuration has it: made on torch's meta device, where a tensor is only its shape."""
    import torch
    import transformers

    try:
        config = transformers.AutoConfig.from_pretrained(str(folder), trust_remote_code=False)
        with torch.device("meta"):
            model = getattr(transformers, f"AutoModelFor{head}").from_config(config)
    except Exception as error:  # a stranger's configuration may break the library anywhere
        first = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise CheckpointError("models.config-refused", folder=folder.name, reason=first) from error
    return sum(weights.numel() for weights in (*model.parameters(), *model.buffers()))


def _short(number: int) -> str | Phrase:
    if abs(number) >= 10**300:
        return phrase("models.huge-number")
    return f"{number:,}" if abs(number) < 10**15 else f"{float(number):.1e}"
