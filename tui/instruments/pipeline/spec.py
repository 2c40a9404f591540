"""What a call of a pipeline takes."""

from __future__ import annotations

from dataclasses import dataclass

from tui.models.reference import STAND_IN
from tui.models.suggestions import TASK_MODEL_HELP, models_for_task
from tui.options import option

RESTORED = ("question-answering", "summarization", "translation_en_to_fr")
"""Tasks that `transformers.pipeline` knew before version 5."""
TASKS = ("sentiment-analysis", "text-classification", "zero-shot-classification", "text-generation", "fill-mask", "ner",
         "token-classification", "question-answering", "summarization", "translation_en_to_fr")  # fmt: skip


@dataclass(frozen=True, slots=True)
class PipelineSpec:
    """One call of a pipeline."""

    text: str = option(
        help="the text to work on; for question-answering, the text that holds the answer",
        other_names=("context", "inputs", "sequences", "text_inputs"),
    )
    task: str = option(default="sentiment-analysis", choices=TASKS, help="the task, as the library names it")
    model: str = option(default=STAND_IN, suggestions=models_for_task, help=TASK_MODEL_HELP)
    beside: str = option(
        default="",
        suggestions=lambda: ("", *models_for_task()),
        help="another model that answers beside the first; empty: none",
    )
    question: str = option(default="", help="question-answering: the question")
    labels: tuple[str, ...] = option(
        default=(),
        help="zero-shot-classification: the labels, with commas between",
        other_names=("candidate_labels",),
    )
    aggregation: str = option(
        default="simple",
        choices=("none", "simple", "first", "average", "max"),
        help="token-classification: how tokens are put together to entities",
        other_names=("aggregation_strategy",),
    )
    top_k: int | None = option(
        default=None,
        least=1,
        help="fill-mask, question-answering: how many answers; text-generation: draw from so many tokens",
    )
    max_new_tokens: int = option(default=40, least=1, help="text-generation: how many tokens to write at most")
    temperature: float = option(
        default=0.8, least=0, help="text-generation: 0 takes the likeliest token, more is more daring"
    )
    top_p: float = option(
        default=1.0, least=0, most=1, help="text-generation: draw from the likeliest tokens of this share, 0 to 1"
    )
    seed: int = option(default=0, least=0, help="text-generation: the same seed draws the same tokens")
