"""What each task is called with, on tiny untrained models: gaps, windows, labels, lengths, sampling."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import (
    BertConfig,
    BertForMaskedLM,
    BertForQuestionAnswering,
    BertForTokenClassification,
    GPT2Config,
    GPT2LMHeadModel,
)

from tests.hostile import TEXTS
from tui.errors import HeadnotesError, UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.models import checkpoints, loading

HEADS = {
    "fill-mask": BertForMaskedLM,
    "question-answering": BertForQuestionAnswering,
    "ner": BertForTokenClassification,
}


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """A folder for each task."""
    torch.manual_seed(0)
    made = {}
    for task, head in HEADS.items():
        folder = tmp_path_factory.mktemp(task)
        head(
            BertConfig(
                vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
            )
        ).save_pretrained(folder)
        made[task] = folder
    made["text-generation"] = tmp_path_factory.mktemp("writer")
    config = GPT2Config(vocab_size=30522, n_positions=64, n_embd=16, n_layer=1, n_head=2)
    GPT2LMHeadModel(config).save_pretrained(made["text-generation"])
    for folder in made.values():
        loading.tokenizer().save_pretrained(folder)
    return {task: str(folder) for task, folder in made.items()}


def ask(models: dict[str, str], task: str, **values: Any) -> Any:
    instrument = INSTRUMENTS["pipeline"]
    return instrument.run(instrument.read({"task": task, "model": models[task], **values}))


def test_one_gap_and_two(models: dict[str, str]) -> None:
    one = ask(models, "fill-mask", text="A [MASK] day.", top_k=3)
    two = ask(models, "fill-mask", text="A [MASK] and [MASK] day.", top_k=3)
    assert [c.gap for c in one.candidates] == [0, 0, 0]
    assert [c.gap for c in two.candidates] == [0, 0, 0, 1, 1, 1]
    assert one.mask == "[MASK]"


@pytest.mark.parametrize(("text", "hint"), [("A <mask> day.", "writes [MASK], not <mask>"), ("A day.", "Write [MASK]")])
def test_no_gap_or_the_sign_of_another_model(models: dict[str, str], text: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        ask(models, "fill-mask", text=text)
    assert hint in caught.value.next_step


def test_a_model_without_a_mask_token(models: dict[str, str], tmp_path: Path) -> None:
    tokenizer = type(loading.tokenizer()).from_pretrained(checkpoints.backbone().folder)
    tokenizer.mask_token = None
    tokenizer.save_pretrained(tmp_path)
    for file in Path(models["fill-mask"]).glob("*"):
        if not file.name.startswith("tokenizer"):
            (tmp_path / file.name).write_bytes(file.read_bytes())
    with pytest.raises(UsageError, match="no mask token"):
        ask({"fill-mask": str(tmp_path)}, "fill-mask", text="A [MASK] day.")


def test_the_rest_of_a_long_text_is_cut_and_told(models: dict[str, str]) -> None:
    result = ask(models, "fill-mask", text="A [MASK] day. " + "word " * 900)
    assert result.cut
    assert result.tokens == 512


def test_entities_of_a_long_text_are_looked_for_to_its_end(models: dict[str, str]) -> None:
    text = "Anna went home. " * 300
    result = ask(models, "ner", text=text)
    assert not result.cut
    assert max(entity.end for entity in result.entities) >= len(text) - 20


def test_a_long_context_is_searched_to_its_end(models: dict[str, str]) -> None:
    result = ask(models, "question-answering", question="Who?", text="Anna went home. " * 300, top_k=3)
    assert not result.cut
    assert len(result.answers) == 3


@pytest.mark.parametrize(
    ("task", "values", "sentence"),
    [
        ("question-answering", {"text": "Anna went home."}, "needs a question"),
        ("question-answering", {"text": " ", "question": "Who?"}, "needs a text"),
        ("text-generation", {"text": "word " * 60}, "the new ones included"),
    ],
)
def test_what_is_missing_or_too_much_is_said(
    models: dict[str, str], task: str, values: dict[str, str], sentence: str
) -> None:
    with pytest.raises(UsageError, match=sentence):
        ask(models, task, **values)


@pytest.mark.parametrize("labels", ["", "one", "same, same", " , "])
def test_fewer_than_two_labels(labels: str) -> None:
    instrument = INSTRUMENTS["pipeline"]
    with pytest.raises(UsageError, match="at least two labels"):
        instrument.run(instrument.read({"text": "a", "task": "zero-shot-classification", "labels": labels}))


def test_sampling_stays_within_top_k(models: dict[str, str]) -> None:
    greedy = ask(models, "text-generation", text="in this", temperature=0, max_new_tokens=8)
    only_best = ask(models, "text-generation", text="in this", top_k=1, temperature=1.5, max_new_tokens=8)
    assert greedy.written == only_best.written
    assert len(greedy.pieces) == 8


@pytest.mark.parametrize("task", HEADS)
@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_is_answered_or_explained(models: dict[str, str], task: str, text: str) -> None:
    try:
        result = ask(models, task, text=text, question="[CLS] who \x1b[31m?")
    except HeadnotesError as error:
        assert error.title
    else:
        assert result.milliseconds.model >= 0
