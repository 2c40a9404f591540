"""Question answering, summarization and translation for `transformers.pipeline`, which version 5 has dropped.

Version 5 removed these tasks because chat models do them from a prompt; their classes are gone, and asking for one of
the names raises `KeyError`. The models behind them are still in the library, and so is everything a pipeline of one's
own needs: `Pipeline`, `ChunkPipeline` and `PIPELINE_REGISTRY`. `registered()` gives the names back, with the answers
that version 4 gave: {"score", "start", "end", "answer"}, [{"summary_text"}], [{"translation_text"}].

Imports torch and transformers: import it where it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transformers import AutoModelForQuestionAnswering, AutoModelForSeq2SeqLM, pipelines
from transformers.pipelines.base import ChunkPipeline, Pipeline

from tui.errors import UsageError


class QuestionAnswering(ChunkPipeline):
    """The span of a context that answers a question.

    Called with {"question": str, "context": str}. A context longer than the model is read in overlapping windows; the
    best span of all of them wins. Options: `top_k` (answers, default 1), `max_answer_len` (tokens, 15), `max_seq_len`
    (tokens of a window with its question, 384 or the model's limit), `doc_stride` (tokens that windows share, 128 or a
    third).
    """

    default_input_names = "question,context"

    def __call__(self, inputs: Any = None, *, question: str = "", context: str = "", **options: Any) -> Any:
        """As version 4 had it: {"question", "context"}, a list of them, or both by name."""
        return super().__call__({"question": question, "context": context} if inputs is None else inputs, **options)

    def _sanitize_parameters(self, **given: Any) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        before = {name: given[name] for name in ("max_seq_len", "doc_stride") if given.get(name) is not None}
        after = {name: given[name] for name in ("top_k", "max_answer_len") if given.get(name) is not None}
        return before, {}, after

    def preprocess(self, inputs: dict[str, str], max_seq_len: int = 384, doc_stride: int | None = None) -> Any:
        question, context = inputs["question"], inputs["context"]
        positions = getattr(self.model.config, "max_position_embeddings", None) or max_seq_len
        longest = min(max_seq_len, self.tokenizer.model_max_length, positions)
        room = longest - len(self.tokenizer(question, truncation=True)["input_ids"]) - 1
        if room < 16:
            raise UsageError("models.question-too-long", room=max(room, 0), longest=longest)
        windows = self.tokenizer(
            question,
            context,
            truncation="only_second",
            max_length=longest,
            stride=min(doc_stride or 128, room // 3),
            return_overflowing_tokens=True,
        )
        count = len(windows["input_ids"])
        for index in range(count):
            names = [name for name in self.tokenizer.model_input_names if name in windows]
            parts, words = windows.sequence_ids(index), windows.word_ids(index)
            own = [  # an answer begins and ends with a word, not in the middle of one
                tuple(windows.word_to_chars(index, word, sequence_index=1)) if part == 1 and word is not None else None
                for part, word in zip(parts, words, strict=True)
            ]
            tensors = self.tokenizer.pad({name: [windows[name][index]] for name in names}, return_tensors="pt")
            yield {**tensors, "spans": own, "context": context, "is_last": index == count - 1}

    def _forward(self, window: dict[str, Any]) -> dict[str, Any]:
        spans, context = window.pop("spans"), window.pop("context")
        is_last = window.pop("is_last")
        out = self.model(**window)
        return {"start": out.start_logits, "end": out.end_logits, "spans": spans, "context": context,
                "is_last": is_last}  # fmt: skip

    def postprocess(self, windows: list[dict[str, Any]], top_k: int = 1, max_answer_len: int = 15) -> Any:
        import torch

        found: dict[tuple[int, int], float] = {}
        for window in windows:
            spans = window["spans"] + [None] * (window["start"].shape[-1] - len(window["spans"]))  # padded in a batch
            own = torch.tensor([span is not None for span in spans])
            start = window["start"][0].float().masked_fill(~own, -1e9).softmax(-1)
            end = window["end"][0].float().masked_fill(~own, -1e9).softmax(-1)
            scores = (start[:, None] * end[None, :]).triu().tril(max_answer_len - 1)
            for place in scores.flatten().topk(min(4 * top_k, scores.numel())).indices.tolist():
                first, last = divmod(place, len(spans))
                if spans[first] is None or spans[last] is None:
                    continue
                span = spans[first][0], spans[last][1]
                found[span] = max(found.get(span, 0.0), scores[first, last].item())
        context = windows[0]["context"]
        best = sorted(found.items(), key=lambda one: -one[1])[:top_k]
        answers = [
            {"score": score, "start": first, "end": last, "answer": context[first:last]}
            for (first, last), score in best
        ]
        return answers[0] if top_k == 1 and answers else answers


def prefix_of(config: Any, task: str) -> str:
    """What is written before a text: T5 is told its task in words."""
    return str(((getattr(config, "task_specific_params", None) or {}).get(task) or {}).get("prefix") or "")


class Rewriting(Pipeline):
    """A text written anew by an encoder-decoder. Options are those of `model.generate`."""

    answer = "generated_text"

    def _sanitize_parameters(
        self, truncation: bool | None = None, **generate: Any
    ) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
        return ({} if truncation is None else {"truncation": truncation}), generate, {}

    def preprocess(self, text: str, truncation: bool = False) -> Any:
        prefix = prefix_of(self.model.config, "translation_en_to_fr" if self.task == "translation" else self.task)
        return self.tokenizer(prefix + text, truncation=truncation, return_tensors="pt")

    def _forward(self, inputs: Any, **generate: Any) -> dict[str, Any]:
        names = ("input_ids", "attention_mask")
        return {"ids": self.model.generate(**{name: inputs[name] for name in names}, **generate)}

    def postprocess(self, outputs: dict[str, Any]) -> list[dict[str, str]]:
        texts = self.tokenizer.batch_decode(outputs["ids"], skip_special_tokens=True)
        return [{self.answer: text.strip()} for text in texts]


class Summarization(Rewriting):
    """A shorter text."""

    answer = "summary_text"


class Translation(Rewriting):
    """The text in another language."""

    answer = "translation_text"


@contextmanager
def registered() -> Iterator[None]:
    """Within this block `pipeline()` knows the removed names again; after it the library is as it came."""
    made: dict[str, tuple[type, Any]] = {
        "question-answering": (QuestionAnswering, AutoModelForQuestionAnswering),
        "summarization": (Summarization, AutoModelForSeq2SeqLM),
        "translation": (Translation, AutoModelForSeq2SeqLM),
    }
    known, removed = pipelines.PIPELINE_REGISTRY, pipelines.REMOVED_TASKS
    before = dict(removed)
    try:
        for task, (pipeline_class, head) in made.items():
            removed.pop(task, None)  # the library looks here before it looks at what is registered
            known.supported_tasks[task] = {"impl": pipeline_class, "pt": (head,)}
        known.task_aliases["translation_en_to_fr"] = "translation"
        yield
    finally:
        removed.update(before)
        known.task_aliases.pop("translation_en_to_fr", None)
        for task in made:
            known.supported_tasks.pop(task, None)


def pipeline(task: str, *args: Any, **options: Any) -> Any:
    """`transformers.pipeline`, which knows the removed names here, too."""
    import transformers

    with registered():
        return transformers.pipeline(task, *args, **options)
