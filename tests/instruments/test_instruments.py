"""The instruments on the real models: what they answer, and that the code they show gives the same."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from tests.hostile import TEXTS, texts
from tui.engine.protocol import decode, encode
from tui.errors import UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.models.pipelines.answers import plain
from tui.options import revive

COURSE = "I've been waiting for a HuggingFace course my whole life."
HATE = "I hate this so much!"


def ask(name: str, /, **values: Any) -> Any:
    instrument = INSTRUMENTS[name]
    return instrument.run(instrument.read(values))


def execute(name: str, /, **values: Any) -> dict[str, Any]:
    """Run the code that the instrument shows, alone; returns its variables."""
    instrument = INSTRUMENTS[name]
    names: dict[str, Any] = {"__name__": "__main__"}
    with redirect_stdout(io.StringIO()):
        exec(compile(instrument.code(instrument.read(values)), f"<code of {name}>", "exec"), names)
    return names


# -- tokens ---------------------------------------------------------------------------------------------------------


def test_tokens_of_a_sentence() -> None:
    result = ask("tokens", text="Hello, how are you?")
    assert result.input_ids == [101, 7592, 1010, 2129, 2024, 2017, 1029, 102]
    assert result.tokens == ["[CLS]", "hello", ",", "how", "are", "you", "?", "[SEP]"]
    assert result.word_ids == [None, 0, 1, 2, 3, 4, 5, None]
    assert (result.starts[1], result.ends[1]) == (0, 5)
    assert result.special == [1, 0, 0, 0, 0, 0, 0, 1]
    assert result.decoded == "[CLS] hello, how are you? [SEP]"


def test_a_pair_has_two_types() -> None:
    result = ask("tokens", text="a b", pair="c")
    assert result.token_type_ids == [0, 0, 0, 0, 1, 1]
    assert result.sequence_ids == [None, 0, 0, None, 1, None]


def test_truncation_says_what_it_left_out() -> None:
    result = ask("tokens", text="a b c d e f", truncation=True, max_length=5)
    assert (result.length, result.cut) == (5, 3)
    assert any("left out 3 of 6 tokens" in one.message for one in result.warnings)


def test_max_length_alone_cuts_but_not_when_truncation_is_refused() -> None:
    alone = ask("tokens", text="a b c d e f", max_length=5)
    refused = ask("tokens", text="a b c d e f", max_length=5, truncation=False)
    padded = ask("tokens", text="a b c d e f", max_length=5, padding="longest")
    assert (alone.length, alone.cut) == (5, 3)
    assert (refused.length, refused.cut) == (8, 0)
    assert (padded.length, padded.cut) == (8, 0)


def test_padding_to_a_length() -> None:
    result = ask("tokens", text="a", padding="max_length", max_length=6)
    assert result.attention_mask == [1, 1, 1, 0, 0, 0]


def test_warnings_about_the_call() -> None:
    assert any(
        "as if truncation=longest_first" in one.message for one in ask("tokens", text="a", max_length=4).warnings
    )
    assert any(
        "does nothing here" in one.message for one in ask("tokens", text="a", max_length=4, truncation=False).warnings
    )
    assert any("[UNK]" in one.message for one in ask("tokens", text="我爱自然语言处理").warnings)
    assert any("more than the model takes" in one.message for one in ask("tokens", text="a " * 600).warnings)


@pytest.mark.parametrize(
    "values",
    [
        {"text": "a", "truncation": True, "max_length": 1},
        {"text": "a", "max_length": 1},
        {"text": "a", "max_length": 0},
        {"text": "a", "padding": "max_length", "max_length": 10**9},
        {"text": "a", "truncation": "only_second", "max_length": 5},
    ],
)
def test_options_that_contradict_each_other(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        ask("tokens", **values)


def test_a_long_text_is_counted_whole_and_listed_in_part() -> None:
    result = ask("tokens", text="word " * 40_000)
    assert result.length == 40_002
    assert result.listed == len(result.tokens) == 2000


# -- pipeline, anatomy, mask ----------------------------------------------------------------------------------------


def test_the_pipeline_answers_and_says_who_answered() -> None:
    good, bad = ask("pipeline", text=COURSE), ask("pipeline", text=HATE)
    assert (good.label, bad.label) == ("POSITIVE", "NEGATIVE")
    assert sum(one.score for one in good.labels) == pytest.approx(1.0, abs=1e-5)
    assert [one.score for one in good.labels] == sorted((one.score for one in good.labels), reverse=True)
    assert good.answered_by.stands_in_for == "distilbert/distilbert-base-uncased-finetuned-sst-2-english"
    assert good.answered_by.measured == "accuracy 0.880 on SST-2 (dev)"
    assert not good.cut
    assert ask("pipeline", text="good " * 900).cut


def test_anatomy_agrees_with_the_pipeline() -> None:
    stages, answer = ask("anatomy", text=COURSE), ask("pipeline", text=COURSE)
    assert stages.label == answer.label
    assert stages.score == pytest.approx(answer.score, abs=1e-5)
    assert stages.last_hidden_state.shape == [1, 16, 384]
    assert stages.pooler_output.shape == [1, 384]
    assert sum(stages.probabilities) == pytest.approx(1.0, abs=1e-5)
    assert all(-1 <= value <= 1 for value in stages.pooler_output.corner[0])


def test_the_mask_makes_the_padded_row_read_as_it_does_alone() -> None:
    result = ask("mask", texts=["Hello, how are you?", "I am fine."])
    short = {r.way: r for r in result.readings if r.row == 1}
    assert short["padded, with mask"].hidden_difference == pytest.approx(0, abs=1e-4)
    assert short["padded, no mask"].hidden_difference > 0.05
    assert result.attention_mask[1] == [1, 1, 1, 1, 1, 1, 0, 0]


def test_turning_a_cell_over_changes_the_reading_of_its_row_alone() -> None:
    result = ask("mask", texts=["Hello, how are you?", "I am fine."], flip=[[1, 2]])
    yours = {r.row: r for r in result.readings if r.way == "padded, your mask"}
    assert result.your_mask[1] == [1, 1, 0, 1, 1, 1, 0, 0]
    assert yours[1].hidden_difference > 0.05
    assert yours[0].hidden_difference == pytest.approx(0, abs=1e-4)


def test_a_row_with_nothing_to_attend_to_is_no_crash() -> None:
    result = ask("mask", texts=["a"], flip=[[0, 0], [0, 1], [0, 2]])
    assert result.your_mask == [[0, 0, 0]]
    json.dumps(asdict(result), allow_nan=False)


def test_a_cell_outside_the_batch() -> None:
    with pytest.raises(UsageError, match="no cell 5,0"):
        ask("mask", texts=["a"], flip=[[5, 0]])
    with pytest.raises(UsageError, match="texts cannot be 0"):
        ask("mask", texts=[])


# -- what is shown is what is run -----------------------------------------------------------------------------------

TOKENS_SPECS: list[dict[str, Any]] = [
    {"text": "Hello, how are you?"},
    {"text": 'it\'s [CLS] "quoted" \\ and\nlines', "pair": "second 'text'"},
    {"text": "a b c d e f", "truncation": True, "max_length": 5},
    {"text": "a", "padding": "max_length", "max_length": 6},
    {"text": "a b c d e f", "max_length": 5},
    {"text": "a b c d e f", "max_length": 5, "truncation": "no"},
    {"text": "我爱 Café 👍", "add_special_tokens": False},
    {"text": ""},
]


@pytest.mark.parametrize("values", TOKENS_SPECS)
def test_code_of_tokens(values: dict[str, Any]) -> None:
    result, names = ask("tokens", **values), execute("tokens", **values)
    encoding = names["encoding"]
    assert encoding["input_ids"] == result.input_ids
    assert encoding.tokens() == result.tokens
    assert encoding["attention_mask"] == result.attention_mask
    assert encoding["token_type_ids"] == result.token_type_ids
    assert [list(span) for span in encoding["offset_mapping"]] == [
        [a, b] for a, b in zip(result.starts, result.ends, strict=True)
    ]
    assert names["tokenizer"].decode(encoding["input_ids"]) == result.decoded


@pytest.mark.parametrize(
    "values",
    [
        {"text": COURSE},
        {"text": HATE, "task": "text-classification"},
        {"text": "good " * 900},
        {"text": "[/INST] '\"\n"},
        {"text": HATE, "beside": "stand-in"},
        {"text": COURSE, "task": "zero-shot-classification", "labels": "education, politics, business"},
        {"text": "", "task": "zero-shot-classification", "labels": ["a", "b"]},
    ],
)
def test_code_of_pipeline(values: dict[str, Any]) -> None:
    result, names = ask("pipeline", **values), execute("pipeline", **values)
    assert plain(names["answer"]) == approximately(result.output)
    if "beside" in values:
        assert plain(names["beside"]) == approximately(result.beside.output)


def approximately(output: Any) -> Any:
    """The same with its numbers allowed to differ in the seventh digit."""
    if isinstance(output, dict):
        return {key: approximately(value) for key, value in output.items()}
    if isinstance(output, list):
        return [approximately(one) for one in output]
    return pytest.approx(output, abs=1e-6) if isinstance(output, float) else output


@pytest.mark.parametrize("text", [COURSE, HATE, "字 👍", ""])
def test_code_of_anatomy(text: str) -> None:
    result, names = ask("anatomy", text=text), execute("anatomy", text=text)
    assert names["label"] == result.label
    assert names["logits"][0].tolist() == pytest.approx(result.logits, abs=1e-5)
    assert names["probabilities"][0].tolist() == pytest.approx(result.probabilities, abs=1e-6)
    for name in ("embeddings", "last_hidden_state", "pooler_output"):
        assert list(names[name].shape) == getattr(result, name).shape
        assert names[name].mean().item() == pytest.approx(getattr(result, name).mean, abs=1e-5)


@pytest.mark.parametrize(
    "values",
    [
        {"texts": ["Hello, how are you?", "I am fine."]},
        {"texts": ["Hello, how are you?", "I am fine.", "No."], "flip": [[1, 2], [2, 5]]},
        {"texts": ["alone"]},
    ],
)
def test_code_of_mask(values: dict[str, Any]) -> None:
    result, names = ask("mask", **values), execute("mask", **values)
    assert names["batch"]["input_ids"].tolist() == result.input_ids
    if "flip" in values:
        assert names["your_mask"].tolist() == result.your_mask
    ways = {"alone": None, **names["ways"]}
    for reading in result.readings:
        hidden, logits = names["alone"][reading.row]
        own, row = hidden.shape[1], reading.row
        if reading.way == "alone":
            assert logits[0].tolist() == pytest.approx(reading.logits, abs=1e-5)
            continue
        other_hidden, other_logits = ways[reading.way]
        assert other_logits[row].tolist() == pytest.approx(reading.logits, abs=1e-5)
        difference = (other_hidden[row, :own] - hidden[0]).abs().max().item()
        assert difference == pytest.approx(reading.hidden_difference, abs=1e-5)


# -- bad input ------------------------------------------------------------------------------------------------------


OF_TEXTS = [
    name for name, one in INSTRUMENTS.items() if {"text", "texts"} & set(one.spec.__slots__) and name != "collate"
]
"""Those that work on a text; in `collate` a text is the name of a column."""


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
@pytest.mark.parametrize("name", OF_TEXTS)
def test_hostile_texts_get_an_answer_that_crosses_the_line(name: str, text: str) -> None:
    values: dict[str, Any] = {"texts": [text, "and another"]} if name == "mask" else {"text": text}
    result = ask(name, **values)
    message = decode(encode({"kind": "result", "result": result}))
    assert message is not None
    assert revive(type(result), message["result"]) == result


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
def test_any_text_is_encoded_with_spans_inside_it(text: str) -> None:
    result = ask("tokens", text=text)
    assert len(result.tokens) == len(result.input_ids) == result.listed
    assert all(0 <= a <= b <= len(text) for a, b in zip(result.starts, result.ends, strict=True))


@settings(max_examples=25, deadline=None)
@given(texts)
def test_code_is_valid_python_for_any_text(text: str) -> None:
    for name in OF_TEXTS:
        values: dict[str, Any] = {"texts": [text]} if name == "mask" else {"text": text}
        instrument = INSTRUMENTS[name]
        compile(instrument.code(instrument.read(values)), name, "exec")
