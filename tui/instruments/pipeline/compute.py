"""`pipeline`: a task on a text through `transformers.pipeline`, with the time of its three stages.

Eight tasks. Five are the library's own; the three that version 5 dropped come from `tui.models.pipelines.restored`.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import asdict, dataclass, replace
from typing import Any

from tui import partial_results
from tui.errors import ResultWarning
from tui.instruments.instrument import Result
from tui.instruments.pipeline.calls import arguments, check
from tui.instruments.pipeline.input_warnings import input_warnings
from tui.instruments.pipeline.spec import RESTORED, PipelineSpec
from tui.models import catalog, checkpoints, loading
from tui.models.pipelines.answers import Answer, Candidate, Entity, LabelScore, Piece, plain, read
from tui.models.setup_code import source

ANSWERS = {
    "text-classification": ("label", "score", "labels"), "zero-shot-classification": ("label", "score", "labels"),
    "text-generation": ("written", "pieces"), "fill-mask": ("candidates", "mask"),
    "token-classification": ("entities",),
    "question-answering": ("answers",), "summarization": ("written",), "translation_en_to_fr": ("written",),
}  # fmt: skip
"""The fields of a result that a task fills, beside those of every task."""


@dataclass(frozen=True, slots=True)
class StageTimes:
    """Milliseconds in each of the pipeline's three stages."""

    tokenizer: float
    model: float
    postprocessing: float


@dataclass(frozen=True, slots=True)
class PipelineResult(Result):
    """The answer, sorted by its kind, and the library's own."""

    task: str
    answered_by: checkpoints.AnsweredBy
    label: str
    """The best label of a classification."""
    score: float
    text: str
    """What the pipeline was given as text; starts and ends below count its characters."""
    labels: list[LabelScore]
    entities: list[Entity]
    answers: list[Answer]
    candidates: list[Candidate]
    mask: str
    """The sign that stands for a gap; empty when the tokenizer has none."""
    written: str
    """Generated text (without the prompt), summary or translation."""
    pieces: list[Piece]
    """Generated text token by token."""
    output: Any
    """What `pipeline(...)` returned."""
    tokens: int
    """Length of the input the model saw, special tokens included."""
    cut: bool
    """True when the text was longer than the model takes and its end was left out."""
    milliseconds: StageTimes
    beside: PipelineResult | None = None
    """What the other model answered."""

    @property
    def warnings_above(self) -> list[ResultWarning]:
        """Two answers have theirs under the names of their models."""
        return [] if self.beside is not None else self.warnings

    def fields_left_out(self) -> Collection[str]:
        """What other tasks answer with, and the other model when there is none."""
        others = {name for names in ANSWERS.values() for name in names} - set(ANSWERS[catalog.place(self.task).task])
        return others if self.beside is not None else {*others, "beside"}


def run(spec: PipelineSpec) -> PipelineResult:
    """Call the pipeline. Raises `UsageError` for what the task cannot do, `CheckpointError` for the model's files."""
    other = run(replace(spec, model=spec.beside, beside="")) if spec.beside else None
    from tui.models.pipelines.listening import TokenListener, timed

    task = catalog.place(spec.task).task
    loaded = loading.load_for_task(task, spec.model)
    given, options = arguments(spec, task)
    check(spec, task, loaded)
    pipe = build_pipeline(spec.task, loaded)
    pieces: list[Piece] = []
    if task == "text-generation":
        import torch

        torch.manual_seed(spec.seed)
        listener = TokenListener(lambda token, p: _heard(pieces, loaded.tokenizer.decode([token]), p))
        options = {**options, **listener.options()}
    with timed(pipe) as spent:
        output = plain(pipe(given, **options))
    text = given["context"] if isinstance(given, dict) else given
    answer = read(task, output, text)
    full = len(loaded.tokenizer(text, verbose=False)["input_ids"])
    limit = loaded.tokenizer.model_max_length
    in_windows = task in ("question-answering", "token-classification") and options.get(
        "stride", task != "token-classification"
    )
    best = answer.labels[0] if answer.labels else LabelScore("", 0.0)
    return PipelineResult(
        task=spec.task,
        answered_by=loaded.answered_by,
        label=best.label,
        score=best.score,
        text=text,
        labels=answer.labels,
        entities=answer.entities,
        answers=answer.answers,
        candidates=answer.candidates,
        mask=loaded.tokenizer.mask_token or "",
        written=answer.written,
        pieces=pieces,
        output=output,
        tokens=full if in_windows else min(full, limit),
        cut=full > limit and not in_windows,
        warnings=input_warnings([spec], task, loaded),
        beside=other,
        milliseconds=StageTimes(*(1000 * spent[stage] for stage in ("preprocess", "forward", "postprocess"))),
    )


def code(spec: PipelineSpec) -> str:
    """Build the pipeline and call it; with two models, one after the other."""
    if spec.beside:
        first, second = replace(spec, beside=""), replace(spec, model=spec.beside, beside="")
        return f"{code(second)}beside = answer\n\n{code(first)}"
    task = catalog.place(spec.task).task
    given, options = arguments(spec, task)
    model = source(task, spec.model)
    build = f"pipe = pipeline({spec.task!r}, {model.arguments})"
    call = f"answer = pipe({given!r}{''.join(f', {name}={value!r}' for name, value in options.items())})"
    head = model.text()
    if task in RESTORED:
        head = "from tui.models.pipelines.restored import registered  # transformers 5 dropped this task\n" + head
        build = f"with registered():\n    {build}"
    if task == "text-generation":
        head = "import torch\n" + head
        call = f"torch.manual_seed({spec.seed})\n{call}"
    return f"{head}{build}\n{call}\nprint(answer)\n"


def _heard(pieces: list[Piece], text: str, probability: float) -> None:
    pieces.append(Piece(text, probability))
    partial_results.report({"pieces": [asdict(piece) for piece in pieces]})


def build_pipeline(task: str, loaded: loading.Loaded) -> Any:
    """The pipeline of a task around a model: 0.1 ms, so that none is kept, and no model with it."""
    from transformers import pipeline

    from tui.models.pipelines.restored import registered

    special: dict[str, Any] = {}
    if task == "zero-shot-classification" and not loaded.head:
        from tui.models.pipelines.zero_shot import EmbeddingZeroShot

        special["pipeline_class"] = EmbeddingZeroShot
    with registered() if task in RESTORED else nullcontext():
        return pipeline(task, model=loaded.model, tokenizer=loaded.tokenizer, **special)
