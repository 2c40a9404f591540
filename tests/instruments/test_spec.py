"""Reading Specs from what people write."""

from __future__ import annotations

import dataclasses
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.errors import UsageError
from tui.instruments.mask.compute import MaskSpec, Reading
from tui.instruments.registry import INSTRUMENTS, find
from tui.instruments.tokens.compute import TokensSpec
from tui.options import options_of, revive

TOKENS, MASK = INSTRUMENTS["tokens"], INSTRUMENTS["mask"]


def test_a_spec_is_read_from_strings_yaml_and_json_alike() -> None:
    wanted = TokensSpec(
        text="a", padding="max_length", truncation="longest_first", max_length=8, add_special_tokens=False
    )
    assert (
        TOKENS.read(
            {"text": "a", "padding": "max_length", "truncation": "true", "max_length": "8", "add_special_tokens": "no"}
        )
        == wanted
    )
    assert (
        TOKENS.read(
            {"text": "a", "padding": "max_length", "truncation": True, "max_length": 8, "add_special_tokens": False}
        )
        == wanted
    )


@pytest.mark.parametrize("name", ["text", "context", "inputs", "sequences", "text_inputs"])
def test_the_names_of_the_library_are_other_names_of_ours(name: str) -> None:
    spec = INSTRUMENTS["pipeline"].read({name: "a", "candidate_labels": ["b", "c"], "aggregation_strategy": "max"})
    assert (spec.text, spec.labels, spec.aggregation) == ("a", ("b", "c"), "max")
    assert TOKENS.read({"text": "a", "text_pair": "b"}) == TokensSpec(text="a", pair="b")
    assert INSTRUMENTS["batch"].read({"path": "a", "candidate_labels": "b,c"}).labels == ("b,c",)


@pytest.mark.parametrize("values", [{"text": "a", "context": "b"}, {"inputs": "a", "context": "b"}])
def test_an_option_is_given_under_one_name(values: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="the same option"):
        INSTRUMENTS["pipeline"].read(values)


def test_other_names_are_on_the_page_of_options() -> None:
    (help_,) = (help_ for name, _, help_ in options_of(INSTRUMENTS["pipeline"].spec) if name == "labels")
    assert help_.endswith("(also: candidate_labels)")


def test_several_texts_and_cells() -> None:
    wanted = MaskSpec(texts=("a", "b"), flip=((1, 2),))
    assert MASK.read({"texts": ["a", "b"], "flip": [[1, 2]]}) == wanted
    assert MASK.read({"texts": ["a", "b"], "flip": "1,2"}) == wanted
    assert MASK.read({"texts": "a"}) == MaskSpec(texts=("a",))


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"text": "a", "pading": "no"}, "Did you mean 'padding'?"),
        ({"text": "a", "padding": "longst"}, "Did you mean 'longest'?"),
        ({}, "needs text"),
        ({"text": "a", "max_length": "many"}, "max_length cannot be 'many'"),
        ({"text": "a", "max_length": 1.5}, "max_length cannot be 1.5"),
        ({"text": "a", "add_special_tokens": "perhaps"}, "cannot be 'perhaps'"),
        ({"text": ["a"]}, "text cannot be"),
    ],
)
def test_what_does_not_fit_says_what_would(values: dict[str, object], words: str) -> None:
    with pytest.raises(UsageError) as caught:
        TOKENS.read(values)
    assert words in str(caught.value)
    assert caught.value.next_step


def test_an_unknown_instrument_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="Did you mean 'tokens'"):
        find("token")


def test_every_option_is_described() -> None:
    for instrument in INSTRUMENTS.values():
        for name, shape, help_ in options_of(instrument.spec):
            assert name
            assert shape
            assert help_, f"{instrument.name}.{name} has no help"


@given(st.sampled_from(list(INSTRUMENTS)), st.dictionaries(st.text(max_size=8), st.one_of(texts, st.integers())))
def test_reading_is_total(name: str, values: dict[str, object]) -> None:
    try:
        find(name).read(values)
    except UsageError as error:
        assert error.title


def test_results_come_back_from_json() -> None:
    reading = Reading(0, "alone", [0.5, None], "POSITIVE", None, 0.25)
    assert revive(Reading, json.loads(json.dumps(dataclasses.asdict(reading)))) == reading
