"""`anatomy`: everything that happens between a text and its label, with the values at every stage."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tui.errors import HeadnotesError, phrase
from tui.instruments.instrument import Result
from tui.models.checkpoints import AnsweredBy
from tui.models.classifiers import load_classifier
from tui.models.heads import MULTI_LABEL, is_multi_label
from tui.models.location import locate
from tui.models.reference import parse
from tui.models.setup_code import CLASSIFIER, setup_code
from tui.models.suggestions import MODEL_HELP, models
from tui.models.text_warnings import Passage, clean, room, text_warnings
from tui.options import option

STAGES = ("tokens", "ids", "embeddings", "hidden", "pooler", "logits", "softmax", "label")
THRESHOLD = 0.5
"""Above it a label counts where they do not exclude each other."""
LARGEST_EXPONENT = 700.0
"""exp of more overflows a float."""
SHOWN_ROWS = 64
SHOWN_COLUMNS = 8


@dataclass(frozen=True, slots=True)
class AnatomySpec:
    """One text to follow through tokenizer, model and post-processing."""

    text: str = option(help="the text to follow")
    stage: str = option(
        default="tokens", choices=STAGES, help="the stage that the bench opens at; every stage is computed in any case"
    )
    model: str = option(default=CLASSIFIER, suggestions=models, help=MODEL_HELP)


@dataclass(frozen=True, slots=True)
class TensorView:
    """A tensor's shape and a corner of its values."""

    shape: list[int]
    """Axes as torch prints them: [batch, tokens, hidden size] or [batch, hidden size]."""
    corner: list[list[float]]
    """The first values of the last axis (at most 8), one row for each of the first tokens (at most 64)."""
    mean: float
    std: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True)
class AnatomyResult(Result):
    """The stages in order, from text to label."""

    answered_by: AnsweredBy
    text: str
    tokens: list[str]
    input_ids: list[int]
    attention_mask: list[int]
    token_type_ids: list[int]
    """Empty for a model that has none."""
    cut: bool
    """True when the text was longer than the model takes and its end was left out."""
    embeddings: TensorView
    """What enters the first layer: word, position and type embeddings added and normalised."""
    last_hidden_state: TensorView
    pooler_output: TensorView | None
    """tanh(W h + b) of the hidden state at [CLS]; None for a model without a pooler."""
    logits: list[float]
    """One unbounded score a label."""
    exponentials: list[float]
    """exp(logit - largest logit), the numerator of the softmax; or exp(-logit), for the sigmoid."""
    probabilities: list[float]
    """Softmax over all labels, which sums to 1; or the sigmoid of each, where labels do not exclude each other."""
    labels: list[str]
    """id2label, in the order of the ids."""
    label: str
    """The most probable one."""
    score: float
    is_multi_label: bool = False
    """Whether labels do not exclude each other; then all above `THRESHOLD` count."""


def run(spec: AnatomySpec) -> AnatomyResult:
    """Take the text through the sentiment classifier one stage at a time."""
    import torch

    loaded = load_classifier(spec.model, "anatomy")
    tokenizer, model = loaded.tokenizer, loaded.model
    text = clean(spec.text)
    inputs = tokenizer(text, truncation=True, return_tensors="pt")
    bodies: list[Any] = []  # the head's output has no pooler_output; a second forward pass would take as long again
    with (
        torch.inference_mode(),
        model.base_model.register_forward_hook(lambda module, inputs, output: bodies.append(output)),
    ):
        logits = model(**inputs, output_hidden_states=True).logits[0]
        is_multi = model.config.problem_type == MULTI_LABEL
        probabilities = logits.sigmoid() if is_multi else logits.softmax(dim=-1)
    values = logits.tolist()
    body = bodies[0]
    pooled = getattr(body, "pooler_output", None)
    best = int(probabilities.argmax())
    ids = inputs["input_ids"][0].tolist()
    full = len(tokenizer(text, verbose=False)["input_ids"])
    return AnatomyResult(
        answered_by=loaded.answered_by,
        text=text,
        tokens=tokenizer.convert_ids_to_tokens(ids),
        input_ids=ids,
        attention_mask=inputs["attention_mask"][0].tolist(),
        token_type_ids=inputs["token_type_ids"][0].tolist() if "token_type_ids" in inputs else [],
        cut=full > len(ids),
        embeddings=_view(body.hidden_states[0]),
        last_hidden_state=_view(body.last_hidden_state),
        pooler_output=None if pooled is None else _view(pooled),
        logits=values,
        exponentials=[math.exp(min(-value, LARGEST_EXPONENT) if is_multi else value - max(values)) for value in values],
        probabilities=probabilities.tolist(),
        labels=[model.config.id2label[i] for i in range(model.config.num_labels)],
        label=model.config.id2label[best],
        score=float(probabilities[best]),
        is_multi_label=is_multi,
        warnings=[
            *loaded.warnings,
            *text_warnings(tokenizer, [Passage(phrase("models.passage.text"), text, room(tokenizer))]),
        ],
    )


def code(spec: AnatomySpec) -> str:
    """The stages one by one; each name on the left is a stage on the bench."""
    is_multi = False
    with suppress(HeadnotesError):  # loading the model says what is wrong with it
        is_multi = is_multi_label(locate(parse(spec.model)))
    last_stages = (
        "probabilities = logits.sigmoid()\n"
        f"labels = [model.config.id2label[i] for i, p in enumerate(probabilities[0].tolist()) if p > {THRESHOLD}]\n"
        if is_multi
        else "probabilities = logits.softmax(dim=-1)\n"
        "label = model.config.id2label[probabilities.argmax(dim=-1).item()]\n"
    )
    return (
        "import torch\n"
        + setup_code("tokenizer", "model", model=spec.model)
        + f"inputs = tokenizer({clean(spec.text)!r}, truncation=True, return_tensors='pt')\n"
        + "with torch.no_grad():\n"
        + "    body = model.base_model(**inputs, output_hidden_states=True)\n"
        + "    embeddings = body.hidden_states[0]\n"
        + "    last_hidden_state = body.last_hidden_state\n"
        + "    pooler_output = getattr(body, 'pooler_output', None)\n"
        + "    logits = model(**inputs).logits\n"
        + last_stages
        + "print(embeddings.shape, last_hidden_state.shape, logits.shape)\n"
        + f"print(logits, probabilities, {'labels' if is_multi else 'label'})\n"
    )


def _view(tensor: Any) -> TensorView:
    rows = tensor[0] if tensor.dim() == 3 else tensor
    return TensorView(
        shape=list(tensor.shape),
        corner=rows[:SHOWN_ROWS, :SHOWN_COLUMNS].tolist(),
        mean=float(tensor.mean()),
        std=float(tensor.std()),
        lowest=float(tensor.min()),
        highest=float(tensor.max()),
    )
