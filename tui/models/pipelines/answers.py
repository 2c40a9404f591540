"""What came back from a pipeline, as one shape for each kind of answer."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tui.errors import CheckpointError


@dataclass(frozen=True, slots=True)
class LabelScore:
    """A label and its probability, 0 to 1."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Entity:
    """A stretch of the text with a kind: characters `start` to `end`, counted from 0."""

    kind: str
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """A stretch of the text that answers the question."""

    text: str
    score: float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """A word for a gap. `gap` counts the gaps of the text from 0."""

    gap: int
    word: str
    score: float
    id: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A token that was written, and the probability that the model gave it before sampling changed it."""

    text: str
    probability: float


@dataclass(frozen=True, slots=True)
class Answers:
    """What one call answered; only the lists that belong to its task are filled."""

    labels: list[LabelScore]
    entities: list[Entity]
    answers: list[Answer]
    candidates: list[Candidate]
    written: str
    """Generated text (without the prompt), summary or translation."""


def plain(output: Any) -> Any:
    """The pipeline's answer with the numbers of numpy and torch made Python's own: now it can be written as JSON.

    Raises `CheckpointError` for a number that is none: a model whose weights hold NaN or infinity.
    """
    if isinstance(output, dict):
        return {str(key): plain(value) for key, value in output.items()}
    if isinstance(output, list | tuple):
        return [plain(one) for one in output]
    value = output.item() if hasattr(output, "item") else output
    if isinstance(value, float) and not math.isfinite(value):
        raise CheckpointError("models.scores-not-finite")
    return value


def read(task: str, output: Any, prompt: str) -> Answers:
    """Sort what `plain` made of a pipeline's answer into the lists."""
    made = Answers([], [], [], [], "")
    match task:
        case "text-classification":
            made.labels.extend(LabelScore(one["label"], one["score"]) for one in output)
        case "zero-shot-classification":
            made.labels.extend(map(LabelScore, output["labels"], output["scores"]))
        case "token-classification":
            made.entities.extend(
                Entity(one.get("entity_group") or one["entity"], one["score"], one["start"], one["end"])
                for one in output
            )
        case "question-answering":
            found = output if isinstance(output, list) else [output]
            made.answers.extend(Answer(one["answer"], one["score"], one["start"], one["end"]) for one in found)
        case "fill-mask":
            gaps = output if output and isinstance(output[0], list) else [output]
            made.candidates.extend(
                Candidate(gap, one["token_str"].strip(), one["score"], one["token"])
                for gap, words in enumerate(gaps)
                for one in words
            )
        case _:
            record = output[0]
            key = next(name for name in ("generated_text", "summary_text", "translation_text") if name in record)
            text = record[key].removeprefix(prompt) if key == "generated_text" else record[key]
            return Answers([], [], [], [], text)
    return made
