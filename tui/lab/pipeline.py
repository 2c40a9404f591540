"""`pipeline`: one task on one text through `transformers.pipeline`, with the time of its three stages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from time import perf_counter
from typing import Any

from tui.lab import checkpoints
from tui.lab.instrument import Instrument, option
from tui.lab.tokens import clean


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """One call of a pipeline."""

    text: str = option(help="the text to classify")
    task: str = option(
        default="sentiment-analysis",
        choices=("sentiment-analysis", "text-classification"),
        help="the task, as the library names it",
    )


@dataclass(frozen=True, slots=True)
class LabelScore:
    """A label and its probability, 0 to 1."""

    label: str
    score: float


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Milliseconds in each of the pipeline's three stages."""

    tokenizer: float
    model: float
    postprocessing: float


@dataclass(frozen=True, slots=True)
class PipelineResult:
    """The answer, all labels, best first, and which model gave it."""

    task: str
    answered_by: checkpoints.AnsweredBy
    label: str
    score: float
    labels: list[LabelScore]
    tokens: int
    """Length of the input the model saw, special tokens included."""
    cut: bool
    """True when the text was longer than the model takes and its end was left out."""
    milliseconds: StageTimes


def run(spec: PipelineSpec) -> PipelineResult:
    """Classify `spec.text`; a text beyond the model's limit is cut, and `cut` says so."""
    pipe = _pipeline(spec.task)
    text = clean(spec.text)
    start = perf_counter()
    inputs = pipe.preprocess(text, truncation=True)
    tokenized = perf_counter()
    outputs = pipe.forward(inputs)
    modelled = perf_counter()
    labels = pipe.postprocess(outputs, top_k=None, _legacy=False)
    done = perf_counter()
    length = int(inputs["input_ids"].shape[-1])
    return PipelineResult(
        task=spec.task,
        answered_by=checkpoints.sentiment().answered(),
        label=labels[0]["label"],
        score=labels[0]["score"],
        labels=[LabelScore(one["label"], one["score"]) for one in labels],
        tokens=length,
        cut=length == pipe.tokenizer.model_max_length and _longer(pipe.tokenizer, text, length),
        milliseconds=StageTimes(
            tokenizer=1000 * (tokenized - start),
            model=1000 * (modelled - tokenized),
            postprocessing=1000 * (done - modelled),
        ),
    )


def code(spec: PipelineSpec) -> str:
    """Build the pipeline and call it, asking for every label's score."""
    return (
        "from transformers import pipeline\n"
        + checkpoints.setup_code("tokenizer", "model")
        + f"classify = pipeline({spec.task!r}, model=model, tokenizer=tokenizer)\n"
        + f"answer = classify({clean(spec.text)!r}, top_k=None, truncation=True)\n"
        + "print(answer)\n"
    )


@cache
def _pipeline(task: str) -> Any:
    from transformers import pipeline

    return pipeline(task, model=checkpoints.classifier(), tokenizer=checkpoints.tokenizer())


def _longer(tokenizer: Any, text: str, length: int) -> bool:
    return len(tokenizer(text, verbose=False)["input_ids"]) > length


INSTRUMENT = Instrument(
    "pipeline",
    "A task on a text through transformers.pipeline, stage by stage",
    PipelineSpec,
    run,
    PipelineResult,
    code,
)
