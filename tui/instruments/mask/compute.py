"""`mask`: a padded batch, its attention mask, and what the model reads with, without and with another mask."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tui.errors import UsageError, phrase
from tui.instruments.instrument import Result
from tui.models.checkpoints import AnsweredBy
from tui.models.classifiers import load_classifier
from tui.models.setup_code import CLASSIFIER, setup_code
from tui.models.suggestions import MODEL_HELP, models
from tui.models.text_warnings import Passage, clean, room, text_warnings
from tui.options import option

MOST_TEXTS = 8
ALONE, NO_MASK, WITH_MASK, YOUR_MASK = "alone", "padded, no mask", "padded, with mask", "padded, your mask"


@dataclass(frozen=True, slots=True)
class MaskSpec:
    """A batch of texts, and cells of its attention mask to turn over."""

    texts: tuple[str, ...] = option(help="the texts of the batch, one to eight")
    flip: tuple[tuple[int, int], ...] = option(
        default=(), help="mask cells to turn over, each as row,column counted from 0"
    )
    model: str = option(default=CLASSIFIER, suggestions=models, help=MODEL_HELP)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model made of one row in one way of presenting it."""

    row: int
    way: str
    """`alone`, `padded, no mask`, `padded, with mask` or `padded, your mask`."""
    logits: list[float | None]
    label: str
    hidden_difference: float | None
    """Largest absolute difference of the last hidden state from `alone`, over the row's own tokens.
    None when the model gave no number (nothing left to attend to)."""
    logits_difference: float | None


@dataclass(frozen=True, slots=True)
class MaskResult(Result):
    """The batch as the model gets it, [rows, columns], and the readings of every row."""

    answered_by: AnsweredBy
    texts: list[str]
    tokens: list[list[str]]
    input_ids: list[list[int]]
    attention_mask: list[list[int]]
    """The tokenizer's: 1 for a real token, 0 for padding."""
    your_mask: list[list[int]]
    """The same with the cells of `flip` turned over."""
    pad_id: int
    labels: list[str]
    readings: list[Reading]
    cut: bool
    """True when a text was longer than the model takes and its end was left out."""


def run(spec: MaskSpec) -> MaskResult:
    """Read every text alone and in the padded batch. Raises `UsageError` for a cell outside the batch."""
    if not 1 <= len(spec.texts) <= MOST_TEXTS:
        raise UsageError("instruments.mask.texts", count=len(spec.texts), most=MOST_TEXTS)
    loaded = load_classifier(spec.model, "mask")
    tokenizer, model = loaded.tokenizer, loaded.model
    if tokenizer.pad_token is None or model.config.pad_token_id is None:
        raise UsageError("instruments.mask.no-padding-token", model=spec.model)
    texts = [clean(text) for text in spec.texts]
    batch = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")
    rows, columns = batch["input_ids"].shape
    your_mask = batch["attention_mask"].clone()
    for row, column in spec.flip:
        if not (0 <= row < rows and 0 <= column < columns):
            raise UsageError("instruments.mask.no-such-cell", row=row, column=column, rows=rows, columns=columns)
        your_mask[row, column] = 1 - your_mask[row, column]

    alone = [_read(model, **tokenizer(text, truncation=True, return_tensors="pt")) for text in texts]
    ways = {NO_MASK: _read(model, input_ids=batch["input_ids"]), WITH_MASK: _read(model, **batch)}
    if spec.flip:
        ways[YOUR_MASK] = _read(model, **{**batch, "attention_mask": your_mask})

    readings = []
    for row, (hidden, logits) in enumerate(alone):
        own = hidden.shape[1]
        readings.append(_reading(row, ALONE, logits[0], 0.0, 0.0, model))
        for way, (batch_hidden, batch_logits) in ways.items():
            hidden_difference = float((batch_hidden[row, :own] - hidden[0]).abs().max())
            logits_difference = float((batch_logits[row] - logits[0]).abs().max())
            readings.append(_reading(row, way, batch_logits[row], hidden_difference, logits_difference, model))

    passages = [
        Passage(phrase("models.passage.numbered", number=number), text, room(tokenizer))
        for number, text in enumerate(texts, 1)
    ]
    longest = max(len(ids) for ids in tokenizer(texts, verbose=False)["input_ids"])
    return MaskResult(
        answered_by=loaded.answered_by,
        texts=texts,
        tokens=[tokenizer.convert_ids_to_tokens(ids) for ids in batch["input_ids"].tolist()],
        input_ids=batch["input_ids"].tolist(),
        attention_mask=batch["attention_mask"].tolist(),
        your_mask=your_mask.tolist(),
        pad_id=tokenizer.pad_token_id,
        labels=[model.config.id2label[i] for i in range(model.config.num_labels)],
        readings=readings,
        cut=longest > columns,
        warnings=[*loaded.warnings, *text_warnings(tokenizer, passages)],
    )


def code(spec: MaskSpec) -> str:
    """Pad the batch, read it each way, compare with the texts alone."""
    flips = "".join(f"your_mask[{row}, {column}] = 1 - your_mask[{row}, {column}]\n" for row, column in spec.flip)
    yours = f'    "{YOUR_MASK}": read(**{{**batch, "attention_mask": your_mask}}),\n' if spec.flip else ""
    return (
        "import torch\n"
        + setup_code("tokenizer", "model", model=spec.model)
        + f"texts = {[clean(text) for text in spec.texts]!r}\n"
        + 'batch = tokenizer(texts, padding=True, truncation=True, return_tensors="pt")\n'
        + (f'your_mask = batch["attention_mask"].clone()\n{flips}' if spec.flip else "")
        + "\n"
        + "def read(**inputs):\n"
        + "    with torch.no_grad():\n"
        + "        outputs = model(**inputs, output_hidden_states=True)\n"
        + "        return outputs.hidden_states[-1], outputs.logits\n"
        + "\n"
        + 'alone = [read(**tokenizer(text, truncation=True, return_tensors="pt")) for text in texts]\n'
        + "ways = {\n"
        + f'    "{NO_MASK}": read(input_ids=batch["input_ids"]),\n'
        + f'    "{WITH_MASK}": read(**batch),\n'
        + yours
        + "}\n"
        + "for row, (hidden, logits) in enumerate(alone):\n"
        + f'    print(row, "{ALONE}", logits[0].tolist())\n'
        + "    for way, (batch_hidden, batch_logits) in ways.items():\n"
        + "        difference = (batch_hidden[row, : hidden.shape[1]] - hidden[0]).abs().max().item()\n"
        + "        print(row, way, batch_logits[row].tolist(), difference)\n"
    )


def _read(model: Any, **inputs: Any) -> tuple[Any, Any]:
    import torch

    with torch.inference_mode():
        outputs = model(**inputs, output_hidden_states=True)
        return outputs.hidden_states[-1], outputs.logits


def _reading(row: int, way: str, logits: Any, hidden: float, moved: float, model: Any) -> Reading:
    return Reading(
        row=row,
        way=way,
        logits=[_number(value) for value in logits.tolist()],
        label=model.config.id2label[int(logits.argmax())],
        hidden_difference=_number(hidden),
        logits_difference=_number(moved),
    )


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
