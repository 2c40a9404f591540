"""Every answer says what a reader should know before trusting it: unknown tokens, what was cut, labels, weights."""

from __future__ import annotations

import dataclasses
import json
import typing
from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import BertConfig, BertForSequenceClassification, BertForTokenClassification

from tests.instruments.test_instruments import ask
from tui.cli.try_instrument import as_lines
from tui.errors import ResultWarning, UsageError, for_programs
from tui.instruments.instrument import Result
from tui.instruments.registry import INSTRUMENTS
from tui.models import loading

pytestmark = pytest.mark.usefixtures("own_tables")

CHINESE = "这部电影太糟糕了"
LONG = "The film was good. " * 300
CALLS: dict[str, dict[str, Any]] = {
    "pipeline": {"text": "good"},
    "batch": {"path": "pairs", "column": "sentence1", "rows": 2},
    "anatomy": {"text": "good"},
    "tokens": {"text": "good"},
    "mask": {"texts": ["good"]},
    "data": {"path": "pairs"},
    "map": {"function": "lambda row: row", "rows": 2},
    "collate": {"rows": 8},
    "memory": {"rows": 2000},
    "stream": {"path": "pairs", "take": 2},
    "schedule": {},
    "upgrade": {"code": "x = 1"},
    "metrics": {},
    "train": {},
    "runs": {},
}
TASKS: dict[str, dict[str, Any]] = {
    "text-classification": {},
    "zero-shot-classification": {"labels": "film, city"},
    "text-generation": {"max_new_tokens": 2},
    "fill-mask": {},
    "token-classification": {},
    "question-answering": {"question": "What was good?"},
    "summarization": {},
    "translation_en_to_fr": {},
}
UNKNOWN = {task: f"[MASK] {CHINESE}" if task == "fill-mask" else CHINESE for task in TASKS}
OWN_TOKENIZER = ("text-generation", "summarization", "translation_en_to_fr")
CUT = ("text-classification", "zero-shot-classification", "fill-mask", "summarization", "translation_en_to_fr")


def codes(result: Any) -> list[str]:
    return [one.code for one in result.warnings]


def message(result: Any, code: str) -> str:
    (found,) = (one.message for one in result.warnings if one.code == code)
    return str(found)


# -- every instrument -------------------------------------------------------------------------------------------------


def test_every_result_can_carry_warnings() -> None:
    assert set(CALLS) == set(INSTRUMENTS), "a new instrument belongs into this test"
    for instrument in INSTRUMENTS.values():
        assert issubclass(instrument.result, Result), instrument.name
        assert typing.get_type_hints(instrument.result)["warnings"] == list[ResultWarning]
        assert "doubts" not in {field.name for field in dataclasses.fields(instrument.result)}


@pytest.mark.parametrize("name", CALLS)
def test_json_has_a_list_of_codes_and_messages_at_its_top(name: str) -> None:
    plain = json.loads(json.dumps(for_programs(dataclasses.asdict(ask(name, **CALLS[name]))), allow_nan=False))
    assert isinstance(plain["warnings"], list)
    assert all(set(one) == {"code", "message"} for one in plain["warnings"])


def test_people_read_them_first() -> None:
    lines = as_lines(INSTRUMENTS["pipeline"], ask("pipeline", text=CHINESE), 80, "en")
    assert lines[0].startswith("warning: 6 of 8 tokens (75%)")


# -- unknown tokens ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", TASKS)
def test_the_share_of_unknown_tokens_is_said(task: str) -> None:
    result = ask("pipeline", task=task, text=UNKNOWN[task], **TASKS[task])
    if task == "text-generation":  # its tokenizer knows every byte
        assert "unknown-tokens" not in codes(result)
        return
    sign = "<unk>" if task in OWN_TOKENIZER else "[UNK]"
    assert f" of the text are {sign}: " in message(result, "unknown-tokens")
    plain = ask("pipeline", task=task, text=f"A good [MASK]. {LONG[:40]}", **TASKS[task])
    assert "unknown-tokens" not in codes(plain)


def test_a_label_and_a_question_that_are_not_read_are_named() -> None:
    zero_shot = ask("pipeline", task="zero-shot-classification", text="A film.", labels="电影, city")
    assert "the label '电影'" in message(zero_shot, "unknown-tokens")
    asked = ask("pipeline", task="question-answering", text="Anna lives in Lisbon.", question="谁住在这里？")
    assert "the question" in message(asked, "unknown-tokens")


def test_when_no_token_is_known_the_warning_says_so() -> None:
    assert "nothing of it reaches the model" in message(ask("anatomy", text="糟糕"), "unknown-tokens")
    assert "nothing of it" not in message(ask("anatomy", text="糟糕 film"), "unknown-tokens")


def test_texts_and_rows_are_named(tmp_path: Path) -> None:
    assert "of text 2 are" in message(ask("mask", texts=["good", CHINESE]), "unknown-tokens")
    file = tmp_path / "rows.csv"
    file.write_text(f"text\ngood\n{CHINESE}\n{LONG}\n", "utf-8")
    result = ask("batch", path=str(file))
    assert "of row 2 are" in message(result, "unknown-tokens")
    assert "of row 3, from character" in message(result, "truncated")


# -- truncation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("task", CUT)
def test_what_was_cut_is_counted_and_quoted(task: str) -> None:
    text = ("[MASK]. " if task == "fill-mask" else "") + LONG + "The end is here."
    said = message(ask("pipeline", task=task, text=text, **TASKS[task]), "truncated")
    at = int(said.partition("from character ")[2].partition(" ")[0].replace(",", ""))
    quoted = said.partition("“")[2].partition(" …”")[0]
    assert text[at:].startswith(quoted)
    tokens = ask("tokens", text=text).length - 2
    if task not in OWN_TOKENIZER:
        assert f"of {tokens:,} tokens" in said


def test_a_text_that_is_read_in_windows_is_not_cut() -> None:
    for task in ("token-classification", "question-answering"):
        assert "truncated" not in codes(ask("pipeline", task=task, text=LONG, **TASKS[task]))
    assert "truncated" in codes(ask("pipeline", task="ner", text=LONG, aggregation="none"))


def test_the_cut_is_where_the_model_stops_reading() -> None:
    text = "word " * 509 + "last lost one"
    result = ask("anatomy", text=text)
    assert result.tokens[-2:] == ["last", "[SEP]"]
    assert message(result, "truncated").startswith("Truncation left out 2 of 512 tokens of the text, from character ")
    assert "“lost one”" in message(result, "truncated")
    assert ask("anatomy", text="word " * 510).warnings == []


def test_both_texts_of_a_pair() -> None:
    result = ask("tokens", text="a b c d e f", pair="u v w x y z", truncation=True, max_length=7)
    said = message(result, "truncated")
    assert "8 of 12 tokens of the text, the second text" in said


def test_rows_that_the_fixed_length_cuts() -> None:
    result = ask("collate", rows=50, max_length=10)
    assert f"{result.cut} of 50 rows" in message(result, "truncated")
    assert "truncated" not in codes(ask("collate", rows=50, max_length=512))


# -- gaps -------------------------------------------------------------------------------------------------------------


def test_a_gap_that_is_cut_is_an_error_in_words() -> None:
    with pytest.raises(UsageError, match="beyond what the model reads") as caught:
        ask("pipeline", task="fill-mask", text="word " * 600 + "[MASK].")
    assert "512" in caught.value.detail


def test_of_two_gaps_one_is_cut() -> None:
    result = ask("pipeline", task="fill-mask", text="A [MASK]. " + "word " * 600 + "[MASK].")
    assert {one.gap for one in result.candidates} == {0}
    assert "1 of 2 gaps" in message(result, "gaps-truncated")


def test_a_row_whose_gap_is_cut_is_named(tmp_path: Path) -> None:
    file = tmp_path / "rows.csv"
    file.write_text("text\nA [MASK].\n" + "word " * 600 + "[MASK].\n", "utf-8")
    with pytest.raises(UsageError, match="Row 2: The gap is beyond"):
        ask("batch", path=str(file), task="fill-mask")
    file.write_text("text\nA [MASK].\nno gap\n", "utf-8")
    with pytest.raises(UsageError, match="Row 2: There is no gap"):
        ask("batch", path=str(file), task="fill-mask")


# -- labels and weights -----------------------------------------------------------------------------------------------


def tiny(folder: Path, head: type = BertForSequenceClassification, **options: Any) -> str:
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16, **options
    )
    head(config).save_pretrained(folder)
    loading.tokenizer().save_pretrained(folder)
    return str(folder)


def test_labels_given_twice_and_labels_read_alike() -> None:
    twice = ask("pipeline", task="zero-shot-classification", text="A film.", labels="film, city, film")
    assert "'film' was given 2 times" in message(twice, "duplicate-labels")
    assert len(twice.labels) == 2
    alike = ask("pipeline", task="zero-shot-classification", text="A film.", labels="Film, film, city")
    assert "'Film', 'film' alike" in message(alike, "duplicate-labels")


@pytest.mark.parametrize(
    ("task", "head"),
    [("text-classification", BertForSequenceClassification), ("ner", BertForTokenClassification)],
)
def test_a_checkpoint_that_calls_two_classes_the_same(task: str, head: type, tmp_path: Path) -> None:
    folder = tiny(tmp_path, head, num_labels=3)
    config = json.loads((tmp_path / "config.json").read_text())
    config["id2label"] = {"0": "A", "1": "B", "2": "A"}
    (tmp_path / "config.json").write_text(json.dumps(config))
    result = ask("pipeline", task=task, text="a film", model=folder)
    assert "2 of its classes 'A'" in message(result, "duplicate-labels")


def test_zero_shot_without_an_entailment_label(tmp_path: Path) -> None:
    folder = tiny(tmp_path, num_labels=3)
    result = ask("pipeline", task="zero-shot-classification", text="A film.", labels="film, city", model=folder)
    assert "no-entailment-label" in codes(result)
    named = tiny(
        tmp_path / "nli", id2label={0: "contradiction", 1: "neutral", 2: "entailment"}, label2id={"entailment": 2}
    )
    long = ask("pipeline", task="zero-shot-classification", text=LONG, labels="film, city", model=named)
    assert codes(long) == ["truncated"]


def test_the_second_model_has_warnings_of_its_own(tmp_path: Path) -> None:
    folder = tiny(tmp_path, num_labels=2, id2label={0: "A", 1: "A"}, label2id={"A": 0})
    result = ask("pipeline", text="good", beside=folder)
    assert codes(result) == []
    assert codes(result.beside) == ["duplicate-labels"]


def test_a_text_beyond_the_positions_of_a_model_whose_tokenizer_knows_no_limit(tmp_path: Path) -> None:
    folder = tiny(tmp_path, max_position_embeddings=32)
    with pytest.raises(UsageError, match="the model takes 32"):
        ask("pipeline", text="word " * 40, model=folder)


def test_undefined_scores_are_warnings() -> None:
    assert codes(ask("metrics", matrix="5 0; 5 0")) == ["undefined-precision"]
