"""Which `AutoModelFor...` a checkpoint's weights are for, as its configuration says. Opens no weights."""

from __future__ import annotations

import re

from tui.errors import CheckpointError
from tui.models.checkpoint_files import read_json
from tui.models.location import Location

_HEADS = {"ConditionalGeneration": "Seq2SeqLM", "MTModel": "Seq2SeqLM"}
_GENERATORS = re.compile(r"(?:LMHeadModel|DoubleHeadsModel)$")
MULTI_LABEL = "multi_label_classification"
"""The `problem_type` of a classifier that judges every label for itself."""


def is_multi_label(location: Location) -> bool:
    """Whether the labels of a classifier do not exclude each other, as its configuration says."""
    try:
        return read_json(location.folder / "config.json").get("problem_type") == MULTI_LABEL
    except (FileNotFoundError, CheckpointError):
        return False


def head_of(location: Location) -> str:
    """The name behind `AutoModelFor`; empty for a model without a head, or one that does not say."""
    if location.head is not None:
        return location.head
    try:
        architectures = read_json(location.folder / "config.json").get("architectures")
    except (FileNotFoundError, CheckpointError):
        return ""
    architecture = str(architectures[0]) if isinstance(architectures, list) and architectures else ""
    if _GENERATORS.search(architecture):
        return "CausalLM"
    _, separator, head = architecture.partition("For")
    return _HEADS.get(head, head) if separator else ""
