"""The three tasks that transformers 5 dropped, on tiny untrained models: their shape, their windows, no trace left."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BertConfig,
    BertForQuestionAnswering,
    pipeline,
    pipelines,
)

from tui.errors import UsageError
from tui.models import loading
from tui.models.pipelines.restored import registered

CONTEXT = "My name is Sylvain and I work at Hugging Face in Brooklyn."


@pytest.fixture(scope="module")
def reader() -> Any:
    torch.manual_seed(0)
    small = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    with registered():
        return pipeline("question-answering", model=BertForQuestionAnswering(small), tokenizer=loading.tokenizer())


def writer(task: str) -> Any:
    torch.manual_seed(0)
    small = BartConfig(
        vocab_size=30522, d_model=16, encoder_layers=1, decoder_layers=1, encoder_ffn_dim=16, decoder_ffn_dim=16,
        encoder_attention_heads=2, decoder_attention_heads=2, max_position_embeddings=64, pad_token_id=0,
        bos_token_id=101, eos_token_id=102, decoder_start_token_id=101, forced_eos_token_id=102,
    )  # fmt: skip
    with registered():
        return pipeline(task, model=BartForConditionalGeneration(small), tokenizer=loading.tokenizer())


@pytest.mark.parametrize("task", ["question-answering", "summarization", "translation_en_to_fr"])
def test_outside_the_block_the_library_is_as_it_came(task: str) -> None:
    with registered():
        pass
    with pytest.raises(KeyError, match="has been removed"):
        pipeline(task)
    assert "translation_en_to_fr" not in pipelines.PIPELINE_REGISTRY.task_aliases


def test_an_answer_is_a_stretch_of_the_context(reader: Any) -> None:
    answer = reader({"question": "Where do I work?", "context": CONTEXT})
    assert set(answer) == {"score", "start", "end", "answer"}
    assert CONTEXT[answer["start"] : answer["end"]] == answer["answer"]
    assert 0 <= answer["score"] <= 1


def test_several_answers_differ_and_come_best_first(reader: Any) -> None:
    answers = reader({"question": "Where do I work?", "context": CONTEXT}, top_k=4)
    assert len(answers) == 4
    assert len({(one["start"], one["end"]) for one in answers}) == 4
    assert [one["score"] for one in answers] == sorted((one["score"] for one in answers), reverse=True)


def test_a_short_answer_is_kept_short_and_ends_with_a_word(reader: Any) -> None:
    words = CONTEXT.replace(".", " .").split()
    for one in reader({"question": "Where?", "context": CONTEXT}, top_k=8, max_answer_len=2):
        assert 1 <= len(one["answer"].replace(".", " .").split()) <= 2
        assert set(one["answer"].replace(".", " .").split()) <= set(words)


def test_a_long_context_is_read_in_windows_to_its_end(reader: Any) -> None:
    context = " ".join(f"Room {n} is empty." for n in range(300)) + " The piano stands in the attic."
    windows = list(reader.preprocess({"question": "Where is the piano?", "context": context}, max_seq_len=64))
    seen = [span for window in windows for span in window["spans"] if span]
    assert len(windows) > 20
    assert windows[-1]["is_last"]
    assert not windows[0]["is_last"]
    assert max(end for _, end in seen) == len(context)
    assert min(start for start, _ in seen) == 0
    assert all(window["input_ids"].shape[-1] <= 64 for window in windows)


def test_a_question_that_leaves_no_room_is_refused(reader: Any) -> None:
    with pytest.raises(UsageError, match="leaves"):
        reader({"question": "why " * 600, "context": CONTEXT})


@pytest.mark.parametrize(
    ("task", "key"), [("summarization", "summary_text"), ("translation_en_to_fr", "translation_text")]
)
def test_rewriting_answers_as_version_4_did(task: str, key: str) -> None:
    pipe = writer(task)
    (answer,) = pipe("How old are you?", max_new_tokens=5)
    assert set(answer) == {key}
    assert isinstance(answer[key], str)
    assert [set(one[0]) for one in pipe(["a", "b"], max_new_tokens=3)] == [{key}, {key}]
