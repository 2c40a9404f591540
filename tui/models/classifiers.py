"""Models under a classification head, for the instruments that look inside one."""

from __future__ import annotations

from tui.errors import UsageError
from tui.models import loading
from tui.models.checkpoint_checks import check_kind
from tui.models.location import locate
from tui.models.reference import parse

HEAD = "SequenceClassification"


def load_classifier(model: str, instrument: str) -> loading.Loaded:
    """The model of a reference under a classification head.

    Raises `UsageError` for an encoder-decoder, whose texts go through two halves, and as `loading.load` does.
    """
    reference = parse(model, "text-classification")
    at = locate(reference)
    if not at.is_bundled or at.adapter is None:
        from transformers import AutoConfig

        check_kind(at.folder)
        if AutoConfig.from_pretrained(str(at.folder), trust_remote_code=False).is_encoder_decoder:
            raise UsageError("models.encoder-decoder", instrument=instrument, model=model)
    return loading.load(reference, HEAD)
