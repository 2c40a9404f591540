"""What each task is called with: one place for the arguments that are run and the arguments that are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tui.errors import CheckpointError, UsageError
from tui.instruments.pipeline.spec import PipelineSpec
from tui.models.text_warnings import clean

if TYPE_CHECKING:
    from tui.models.loading import Loaded

FIELDS: dict[str, tuple[str, ...]] = {
    "text-classification": (),
    "zero-shot-classification": ("labels",),
    "text-generation": ("max_new_tokens", "temperature", "top_k", "top_p", "seed"),
    "fill-mask": ("top_k",),
    "token-classification": ("aggregation",),
    "question-answering": ("question", "top_k"),
    "summarization": (),
    "translation_en_to_fr": (),
}
"""Which fields of the Spec a task uses besides text, task and model."""

STRIDE = 64
"""Tokens that two windows of a long text share."""


def arguments(spec: PipelineSpec, task: str) -> tuple[Any, dict[str, Any]]:
    """(input, keyword arguments) of the pipeline's call. Pure. Raises `UsageError` for what is missing."""
    text = clean(spec.text)
    match task:
        case "zero-shot-classification":
            return text, {"candidate_labels": labels_of(spec)}
        case "text-generation":
            return text, _sampling(spec)
        case "fill-mask":
            return text, {"top_k": spec.top_k or 5, "tokenizer_kwargs": {"truncation": True}}
        case "token-classification":
            windows = {} if spec.aggregation == "none" else {"stride": STRIDE}
            return text, {"aggregation_strategy": spec.aggregation, **windows}
        case "question-answering":
            if not spec.question.strip():
                raise UsageError("instruments.pipeline.no-question")
            if not text.strip():
                raise UsageError("instruments.pipeline.no-context")
            return {"question": clean(spec.question), "context": text}, {"top_k": spec.top_k or 1}
        case "summarization" | "translation_en_to_fr":
            return text, {"truncation": True}
    return text, {"top_k": None, "truncation": True}


def check(spec: PipelineSpec, task: str, loaded: Loaded) -> None:
    """Raise `UsageError` for a text that this model cannot take."""
    _check_vocabulary(clean(spec.text), loaded)
    if task == "text-generation":
        return _check_length(spec, loaded)
    if task != "question-answering":  # that one reads windows of its own
        _check_positions(clean(spec.text), loaded)
    if task == "fill-mask":
        _check_mask(clean(spec.text), loaded.tokenizer)


def written_labels(spec: PipelineSpec) -> list[str]:
    """The labels as they are written, those that come again included."""
    labels = (clean(label).strip() for written in spec.labels for label in written.split(","))
    return [label for label in labels if label]


def labels_of(spec: PipelineSpec) -> list[str]:
    """The labels to choose from, each once. Raises `UsageError` for fewer than two."""
    labels = list(dict.fromkeys(written_labels(spec)))
    if len(labels) < 2:
        raise UsageError("instruments.pipeline.too-few-labels")
    return labels


def _sampling(spec: PipelineSpec) -> dict[str, Any]:
    if spec.temperature <= 0:
        return {"max_new_tokens": spec.max_new_tokens, "do_sample": False}
    return {
        "max_new_tokens": spec.max_new_tokens,
        "do_sample": True,
        "temperature": spec.temperature,
        "top_k": spec.top_k if spec.top_k is not None else 50,
        "top_p": spec.top_p,
    }


def _check_length(spec: PipelineSpec, loaded: Loaded) -> None:
    limit = getattr(loaded.model.config, "max_position_embeddings", None) or int(loaded.tokenizer.model_max_length)
    used = len(loaded.tokenizer(clean(spec.text), verbose=False)["input_ids"])
    if used == 0:
        raise UsageError("instruments.pipeline.no-beginning")
    if used + spec.max_new_tokens > limit:
        room = max(0, limit - spec.max_new_tokens)
        raise UsageError("instruments.pipeline.no-room-for-new-tokens", tokens=used, limit=limit, room=room)


def _check_vocabulary(text: str, loaded: Loaded) -> None:
    """A tokenizer of another model gives ids that this one has no embedding for."""
    highest = max(loaded.tokenizer(text, verbose=False)["input_ids"], default=0)
    known = loaded.model.get_input_embeddings().num_embeddings
    if highest >= known:
        raise CheckpointError("instruments.pipeline.tokenizer-of-another-model", highest=highest, embeddings=known)


def _check_positions(text: str, loaded: Loaded) -> None:
    """A tokenizer that knows no limit, or a wrong one, cuts nothing; the model would fail on the text."""
    positions = _positions(loaded.model)
    if positions is None or int(loaded.tokenizer.model_max_length) <= positions:
        return
    used = len(loaded.tokenizer(text, verbose=False)["input_ids"])
    if used > positions:
        raise UsageError("instruments.pipeline.too-many-tokens", tokens=used, limit=positions)


def _positions(model: Any) -> int | None:
    """The longest input of a model, in tokens; None where its positions have no end."""
    count = getattr(model.config, "max_position_embeddings", None)
    if count is None:
        return None
    tables = (module for name, module in model.named_modules() if name.endswith("position_embeddings"))
    padding = getattr(next(tables, None), "padding_idx", None)  # RoBERTa counts positions from behind it
    return int(count) - (0 if padding is None else int(padding) + 1)


def gaps(text: str, tokenizer: Any) -> tuple[int, int]:
    """(gaps in the text, those of them that are left when it is cut to the model's limit)."""
    whole = tokenizer(text, verbose=False)["input_ids"]
    read = tokenizer(text, truncation=True, verbose=False)["input_ids"]
    return whole.count(tokenizer.mask_token_id), read.count(tokenizer.mask_token_id)


def _check_mask(text: str, tokenizer: Any) -> None:
    mask = tokenizer.mask_token
    if mask is None:
        raise UsageError("instruments.pipeline.no-mask-token")
    if mask in text:
        if not gaps(text, tokenizer)[1]:
            limit = int(tokenizer.model_max_length)
            raise UsageError("instruments.pipeline.gap-beyond-limit", limit=limit, mask=mask)
        return
    other = next((sign for sign in ("[MASK]", "<mask>", "[mask]") if sign in text), "")
    if other:
        raise UsageError("instruments.pipeline.gap-of-another-model", mask=mask, other=other)
    raise UsageError("instruments.pipeline.no-gap", mask=mask)
