"""What a reader should know about the inputs of a task before believing its answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from tui.errors import Phrase, ResultWarning, phrase, warning
from tui.instruments.pipeline.calls import gaps, labels_of, written_labels
from tui.instruments.pipeline.spec import PipelineSpec
from tui.models.text_warnings import Passage, clean, room, text_warnings

if TYPE_CHECKING:
    from tui.models.loading import Loaded

HYPOTHESIS = "This example is {}."
"""What the library's zero-shot pipeline writes around a label."""


def input_warnings(specs: Sequence[PipelineSpec], task: str, loaded: Loaded) -> list[ResultWarning]:
    """Of one call, or of many with the same options: then the texts are called by their rows, counted from 1."""
    several = len(specs) > 1
    rows = [phrase("models.passage.row", row=number) for number in range(1, len(specs) + 1)]
    names = rows if several else [phrase("models.passage.text")]
    passages = [_passage(name, spec, task, loaded) for name, spec in zip(names, specs, strict=True)]
    warnings = list(loaded.warnings)
    if specs and task == "question-answering":
        passages.append(Passage(phrase("models.passage.question"), clean(specs[0].question)))
    if specs and task == "zero-shot-classification":
        labels = labels_of(specs[0])
        each = None if _compares_labels(loaded) else room(loaded.tokenizer)
        passages += [Passage(phrase("models.passage.label", label=label), label, each) for label in labels]
        warnings += _label_warnings(written_labels(specs[0]), labels, loaded)
    if task == "fill-mask":
        warnings += _gap_warnings(names, passages, loaded.tokenizer)
    return [*warnings, *text_warnings(loaded.tokenizer, passages)]


def _passage(name: Phrase, spec: PipelineSpec, task: str, loaded: Loaded) -> Passage:
    """The text of a call, with the room that the task's pipeline leaves for it."""
    text, tokenizer = clean(spec.text), loaded.tokenizer
    if task in ("question-answering", "text-generation"):  # read in windows; refused when it is too long
        return Passage(name, text)
    if task == "token-classification" and spec.aggregation != "none":
        return Passage(name, text)
    if task == "zero-shot-classification" and _compares_labels(loaded):
        taken = max(_length(HYPOTHESIS.format(label), tokenizer) for label in labels_of(spec))
        return Passage(name, text, room(tokenizer, pair=True, taken=taken))
    prefix = ""
    if task in ("summarization", "translation_en_to_fr"):
        from tui.models.pipelines.restored import prefix_of

        prefix = prefix_of(loaded.model.config, task)
    return Passage(name, text, room(tokenizer, taken=_length(prefix, tokenizer)))


def _compares_labels(loaded: Loaded) -> bool:
    """Whether a zero-shot model reads text and label together, as a pair: all but our stand-in do."""
    return type(loaded.model).__name__.endswith("ForSequenceClassification")


def _length(text: str, tokenizer: Any) -> int:
    return len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


def _label_warnings(written: Sequence[str], labels: Sequence[str], loaded: Loaded) -> Iterator[ResultWarning]:
    for label, count in Counter(written).items():
        if count > 1:
            yield warning(
                "instruments.pipeline.warning.repeated-label", code="duplicate-labels", label=label, count=count
            )
    alike: dict[tuple[int, ...], list[str]] = {}
    for label in labels:
        alike.setdefault(tuple(loaded.tokenizer(label, verbose=False)["input_ids"]), []).append(label)
    for same in alike.values():
        if len(same) > 1:
            labels = list(map(repr, same))
            yield warning("instruments.pipeline.warning.same-tokens", code="duplicate-labels", labels=labels)
    names = getattr(loaded.model.config, "id2label", None) or {}
    if _compares_labels(loaded) and not any(str(name).lower().startswith("entail") for name in names.values()):
        yield warning("instruments.pipeline.warning.no-entailment-label")


def _gap_warnings(names: Sequence[Phrase], passages: Sequence[Passage], tokenizer: Any) -> Iterator[ResultWarning]:
    for name, passage in zip(names, passages, strict=True):
        whole, read = gaps(passage.text, tokenizer)
        if read < whole:
            yield warning("instruments.pipeline.warning.gaps-truncated", lost=whole - read, gaps=whole, name=name)
