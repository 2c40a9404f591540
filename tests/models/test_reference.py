"""References to models: each text is read in one way, and written again as the same reference."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.errors import UsageError
from tui.models.reference import Reference, catalog_names, parse

PARTS = ["run:", "@", "/", "best", "last", "500", "sentiment", "MiniLM", "stand-in", "~", "./", "..", "--", "\\", "C:",
         "owner", "model-1.0", " ", "refs/pr/1", "中文", "\n"]  # fmt: skip
odd = st.one_of(texts, st.lists(st.sampled_from(PARTS), max_size=6).map("".join))
run_names = st.from_regex(r"[\w.][\w.-]{0,20}", fullmatch=True)
references = st.one_of(
    st.sampled_from(catalog_names()).map(lambda name: Reference("catalog", name)),
    st.builds(Reference, st.just("run"), run_names, st.sampled_from(["best", "last", "0", "1200"])),
    st.builds(Reference, st.just("run"), run_names.map(lambda name: f"/x@last/{name}@best"), st.just("last")),
    st.builds(Reference, st.just("run"), run_names.map(lambda name: f"{name}@last"), st.just("best")),
    st.builds(
        Reference, st.just("hub"), st.sampled_from(["gpt2", "owner/a_b-c.1"]), st.sampled_from(["", "v1", "refs/pr/1"])
    ),
    st.sampled_from(["./sentiment", "~/x", "/x@y/z", "a/b/c", "C:\\x", "C:/x", "a b", "..", "x@", "模型"]).map(
        lambda path: Reference("folder", path)
    ),
)


@given(reference=references)
def test_a_reference_is_read_as_it_was_written(reference: Reference) -> None:
    assert parse(str(reference)) == reference


@given(text=odd)
def test_whatever_can_be_read_is_written_alike(text: str) -> None:
    with suppress(UsageError):
        assert parse(str(parse(text))) == parse(text)


@pytest.mark.parametrize(
    ("text", "kind", "name", "revision"),
    [
        ("sentiment", "catalog", "sentiment", ""),
        ("MiniLM", "catalog", "MiniLM", ""),
        ("./sentiment", "folder", "./sentiment", ""),
        ("sentiment@main", "hub", "sentiment", "main"),
        ("run:pairs-0412", "run", "pairs-0412", "best"),
        ("run:pairs-0412@last", "run", "pairs-0412", "last"),
        ("run:/runs/a@b/c", "run", "/runs/a@b/c", "best"),
        ("openai-community/gpt2", "hub", "openai-community/gpt2", ""),
        ("openai-community/gpt2@607a30d", "hub", "openai-community/gpt2", "607a30d"),
        ("../../x", "folder", "../../x", ""),
        ("a/b/c", "folder", "a/b/c", ""),
        ("C:\\models\\x", "folder", "C:\\models\\x", ""),
        ("~/models/x", "folder", "~/models/x", ""),
    ],
)
def test_the_order_of_the_kinds(text: str, kind: str, name: str, revision: str) -> None:
    assert parse(text) == Reference(kind, name, revision)


def test_the_models_of_a_task() -> None:
    assert parse("stand-in", "ner") == Reference("catalog", "token-classification")
    assert parse("course", "translation") == Reference("hub", "google-t5/t5-base", "a9723ea")
    with pytest.raises(UsageError, match="no task is named"):
        parse("course")


@pytest.mark.parametrize("text", ["", "  ", "run:", "run:@last", "run:x@newest", "run:x@-1"])
def test_what_names_nothing(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(text)
    assert caught.value.next_step
