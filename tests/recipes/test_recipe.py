"""A recipe: to TOML and back, what it complains of, spoilt files, paths that become absolute."""

from __future__ import annotations

import dataclasses
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.recipes import recipe
from tui.recipes.recipe import Recipe

words = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)


def _values(field: dataclasses.Field[Any]) -> st.SearchStrategy[Any]:
    if choices := field.metadata["choices"]:
        return st.sampled_from(choices)
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "bool": st.booleans(), "int": st.integers(0, 10**12), "str": words,
        "float": st.floats(0, 1e9, allow_nan=False) | st.integers(0, 99).map(float),
    }  # fmt: skip
    return kinds[str(field.type)]


FIELDS = {field.name: field for field in dataclasses.fields(Recipe)}


@settings(max_examples=40)
@given(st.fixed_dictionaries({"data": words}, optional={n: _values(f) for n, f in FIELDS.items() if n != "data"}))
def test_it_comes_back_from_its_toml(values: dict[str, Any]) -> None:
    made = Recipe(**values)
    assert Recipe(**tomllib.loads(recipe.text(made))) == made


def test_it_writes_what_differs_with_its_meaning() -> None:
    text = recipe.text(Recipe(data="pairs", seed=7))
    assert list(tomllib.loads(text)) == ["data", "seed"]
    assert "# a whole number: the same seed gives the same run" in text


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"batch_size": 0}, "batch_size cannot be 0: it is 1 or more."),
        ({"learning_rate": 0.0}, "learning_rate is more than 0."),
        ({"epochs": 0.0}, "epochs is more than 0, or max_steps is."),
        ({"eval_share": 1.0}, "eval_share is a share of the rows: more than 0, less than 1."),
        ({"warmup": -1.0}, "warmup, weight_decay and clip are not below 0."),
        ({"processes": 2}, "launcher local starts one process: use torchrun or accelerate."),
        ({"machines": 2, "launcher": "accelerate"}, "machines above 1 need launcher accelerate and main_address"),
        ({"strategy": "fsdp"}, "strategy fsdp needs launcher accelerate."),
        ({"strategy": "deepspeed", "launcher": "accelerate", "zero_stage": 4}, "zero_stage is 1, 2 or 3."),
        ({"early_stopping": 2, "eval_split": ""}, "early_stopping needs eval_split."),
        ({"best_metric": "bleu"}, "best_metric of text-classification is one of: loss, accuracy, f1."),
        ({"lora_rank": 4, "freeze": "lower"}, "lora_rank freezes all layers by itself"),
        ({"name": "a/b"}, "name is the name of a folder"),
        ({"name": ".."}, "name is the name of a folder"),
        ({"name": "--json"}, "name cannot begin with a dash"),
        ({"name": "é" * 51}, "name is too long: 100 bytes at most."),
        ({"seed": 2**32}, "seed is 4,294,967,295 at most."),
        ({"split_seed": 2**32}, "split_seed is 4,294,967,295 at most."),
        ({"split_seed": -1}, "split_seed cannot be -1"),
        ({"device": "gpu"}, "device cannot be 'gpu': it is auto, cpu or cuda:N"),
        ({"device": "cuda:0", "processes": 2, "launcher": "torchrun"}, "device cuda:0 is one GPU"),
        ({"task": "text-clasification"}, "recipe: task cannot be 'text-clasification'."),
        ({"epochs": "many"}, "recipe: epochs cannot be 'many'."),
        ({"learning_rate": float("nan")}, "recipe: learning_rate cannot be nan."),
        ({"epoch": 2}, "A recipe has no option 'epoch'."),
    ],
)
def test_it_says_what_cannot_work(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        recipe.read({"data": "pairs", **values})
    assert caught.value.title.startswith(said)
    assert caught.value.next_step


def test_it_needs_data() -> None:
    with pytest.raises(UsageError, match="A recipe needs data"):
        recipe.read({"epochs": 1.0})


@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | st.just(b"a=" + b"[" * 5000))
def test_a_spoilt_file_is_one_sentence(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "spoilt.toml"
    file.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        recipe.load(str(file))
    assert str(file) in caught.value.title


@given(words | st.sampled_from(["~nobody-of-this-name/x", "a\0b", "x" * 5000, "", "."]))
def test_any_name_is_a_recipe_or_one_sentence(name: str) -> None:
    try:
        recipe.load(name)
    except UsageError as error:
        assert error.next_step
    else:
        assert name in recipe.shipped()


def test_a_near_name_is_proposed_and_changes_are_read() -> None:
    name = recipe.shipped()[0]
    with pytest.raises(UsageError) as caught:
        recipe.load(name[:-1])
    assert f"Did you mean {name!r}?" in caught.value.next_step
    assert recipe.load(name, {"seed": "7"}).seed == 7
    with pytest.raises(UsageError, match="seed cannot be"):
        recipe.load(name, {"seed": "seven"})


def test_a_folder_of_its_name_does_not_hide_a_recipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = recipe.shipped()[0]
    (tmp_path / name).mkdir()
    monkeypatch.chdir(tmp_path)
    assert recipe.load(name).data


def test_shipped_recipes_load() -> None:
    assert recipe.shipped()
    for name in recipe.shipped():
        assert recipe.load(name).data


def test_differences() -> None:
    one = Recipe(data="pairs", name="a")
    other = dataclasses.replace(one, name="b", seed=1, epochs=2.0)
    assert recipe.differences([one, other]) == {"seed": [42, 1], "epochs": [3.0, 2.0]}
    assert recipe.differences([one]) == recipe.differences([one, one]) == {}


def test_paths_become_absolute_where_they_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "rows").mkdir()
    for name in ("rows/a.csv", "rows/b.csv", "launch.yaml"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    made = recipe.anchored(Recipe(data="rows/*.csv", checkpoint="rows", launch_config="launch.yaml"))
    assert made.data == str(tmp_path / "rows/*.csv")
    assert made.checkpoint == str(tmp_path / "rows")
    assert made.launch_config == str(tmp_path / "launch.yaml")
    for name in ("pairs", "https://example.org/x.csv", "someone/some-data", "no/*.csv", "~nobody-of-this-name/x"):
        kept = Recipe(data=name)
        assert recipe.anchored(kept) == kept
    Path("model [1]").mkdir()
    assert recipe.anchored(Recipe(data="pairs", checkpoint="model [1]")).checkpoint == str(tmp_path / "model [1]")
    Path("MiniLM").mkdir()
    assert recipe.anchored(Recipe(data="pairs")).checkpoint == recipe.BACKBONE
