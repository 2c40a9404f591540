"""References of every kind are found and loaded, and what cannot be says what to do."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.models.checkpoints_for_tests import save_classifier, save_run
from tui import paths
from tui.errors import CheckpointError
from tui.models import loading
from tui.models.catalog import SHELF
from tui.models.location import locate, run_names
from tui.models.reference import catalog_names, parse
from tui.recipes import base_models
from tui.recipes.recipe import Recipe, anchored
from tui.recipes.script import script


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HEADNOTES_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def labels(model: str) -> int:
    return int(loading.load(model, "SequenceClassification").model.config.num_labels)


@pytest.mark.parametrize("name", catalog_names())
def test_names_of_the_catalog(name: str) -> None:
    head = next((at.head for at in SHELF if at.folder == name != "zero-shot"), "")
    loaded = loading.load(name, head)
    assert not loaded.warnings
    assert loaded.answered_by == loading.answered_by(name)
    assert loading.tokenizer(name)("good")["input_ids"] == loaded.tokenizer("good")["input_ids"]


def test_a_run_by_its_best_its_last_and_a_step(home: Path) -> None:
    save_run(paths.runs_dir(), "pairs", 3, 10)
    assert labels("run:pairs") == labels("run:pairs@best") == 2
    assert labels("run:pairs@last") == labels("run:pairs@10") == 12
    assert labels("run:pairs@3") == 5
    assert loading.answered_by("run:pairs@last").checkpoint == "run:pairs, step 10"
    assert loading.answered_by("run:pairs").checkpoint == "run:pairs"
    assert labels(f"run:{paths.runs_dir() / 'pairs'}@3") == 5
    assert run_names() == ["pairs"]


def test_a_recipe_starts_from_a_run_as_it_is_now(home: Path) -> None:
    folder = save_run(paths.runs_dir(), "pairs", 3, 10)
    recipe = Recipe(data="pairs", checkpoint="run:pairs@3")
    assert base_models.folder(recipe) == folder / "checkpoint-3"
    assert anchored(recipe).checkpoint == str(folder / "checkpoint-3")
    assert anchored(Recipe(data="pairs", checkpoint="run:pairs")).checkpoint == str(folder / "model")
    assert f"checkpoint = {str(folder / 'checkpoint-3')!r}\n" in script(recipe)
    absent = Recipe(data="pairs", checkpoint="run:nothing")
    assert anchored(absent) == absent
    with pytest.raises(CheckpointError, match="There is no run 'nothing'"):
        base_models.folder(absent)


def test_a_run_that_goes_on_has_its_newest_checkpoint(home: Path) -> None:
    save_run(paths.runs_dir(), "pairs", 4, has_model=False)
    assert labels("run:pairs") == 6


@pytest.mark.parametrize(
    ("events", "step"),
    [
        ([("prepared", {"main": "f1", "greater_is_better": True}), (3, 0.5), (6, 0.9), (9, 0.7)], 6),
        ([("prepared", {"main": "f1", "greater_is_better": False}), (3, 0.5), (6, 0.9), (9, 0.7)], 3),
        ([("prepared", {"main": "f1"}), (3, 0.5), (6, 0.9), ("resumed", {"step": 3}), (6, 0.4), (9, 0.7)], 9),
        ([("prepared", {"main": "f1"}), (3, 0.7), (6, 0.7), (9, "NaN")], 3),
        ([("prepared", {"main": "f1"}), (3, 0.5), (7, 0.9)], 9),
        ([("prepared", {}), ("evaluation", {"step": "x"})], 9),
    ],
    ids=["highest", "lowest", "undone", "first of equals", "best is not saved", "nothing measured"],
)
def test_the_best_checkpoint_of_a_run_that_is_not_done(home: Path, events: list[tuple[Any, Any]], step: int) -> None:
    folder = paths.runs_dir() / "pairs"
    for number in (3, 6, 9):
        (folder / f"checkpoint-{number}").mkdir(parents=True)
        (folder / f"checkpoint-{number}" / "trainer_state.json").write_text(json.dumps({"global_step": number}))
    (folder / "about.json").write_text("{}")
    log = [
        {"kind": kind, **what}
        if isinstance(kind, str)
        else {"kind": "evaluation", "step": kind, "metrics": {"f1": what}}
        for kind, what in events
    ]
    (folder / "events.jsonl").write_text("".join(json.dumps(one) + "\n" for one in log) + '{"kind": "eval')
    assert locate(parse("run:pairs")).folder.name == f"checkpoint-{step}"
    assert locate(parse("run:pairs@last")).folder.name == "checkpoint-9"


def test_a_run_that_saves_its_model_anew_is_loaded_anew(home: Path) -> None:
    folder = save_run(paths.runs_dir(), "pairs")
    assert labels("run:pairs") == 2
    save_classifier(folder / "model", num_labels=7)
    assert labels("run:pairs") == 7


def test_an_adapter_of_a_run(home: Path) -> None:
    folder = save_run(paths.runs_dir(), "lora", has_model=False)
    step = folder / "checkpoint-2"
    shutil.copytree(paths.models_dir() / "sentiment", step)
    (step / "trainer_state.json").write_text('{"global_step": 2}')
    loading.tokenizer().save_pretrained(step)
    loaded, bundled = (loading.load(name, "SequenceClassification") for name in ("run:lora", "sentiment"))
    assert loaded.model.config.id2label == {0: "LABEL_0", 1: "LABEL_1"}
    inputs = loaded.tokenizer("so good", return_tensors="pt")
    assert loaded.model(**inputs).logits.tolist() == bundled.model(**inputs).logits.tolist()


@pytest.mark.parametrize(
    "change", [{"megatron_config": {"a": 1}}, {"r": 10**9}, {"peft_type": "IA3"}, {"rank_pattern": {"query": 10**9}}]
)
def test_an_adapter_that_is_not_plain_lora_is_refused(home: Path, change: dict[str, object]) -> None:
    folder = save_run(paths.runs_dir(), "lora", has_model=False)
    step = folder / "checkpoint-2"
    shutil.copytree(paths.models_dir() / "sentiment", step)
    (step / "trainer_state.json").write_text('{"global_step": 2}')
    config = json.loads((step / "adapter_config.json").read_text())
    (step / "adapter_config.json").write_text(json.dumps({**config, **change}))
    with pytest.raises(CheckpointError, match="not a plain LoRA adapter"):
        loading.load("run:lora", "SequenceClassification")


def test_folders_and_their_order(home: Path) -> None:
    save_classifier(home / "sentiment", num_labels=4)
    save_classifier(home / "own model", num_labels=5)
    save_classifier(home / "a@b", num_labels=6)
    assert labels("./sentiment") == 4
    assert labels("sentiment") == 2
    assert labels("own model") == labels(str(home / "own model")) == 5
    assert labels("a@b") == 6


def test_a_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    save_classifier(home / "model", num_labels=4)
    assert labels("~/model") == 4


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        ("sentimnt", "Did you mean 'sentiment'"),
        ("./nowhere", "There is no folder of this name"),
        ("run:nothing", "There is no run 'nothing'. Did you mean 'nothing-yet'"),
        ("run:nothing-yet", "no checkpoint"),
        ("run:pairs@5", "no checkpoint at step 5. There are: 3"),
        ("empty", "has no config.json"),
        ("C:\\models\\x", "There is no folder of this name"),
        ("fill-mask", r"weights are for AutoModelForMaskedLM"),
        ("zero-shot", "has no head"),
    ],
)
def test_what_cannot_be_loaded_says_why(home: Path, model: str, sentence: str) -> None:
    save_run(paths.runs_dir(), "pairs", 3)
    save_run(paths.runs_dir(), "nothing-yet", has_model=False)
    Path("empty").mkdir()
    with pytest.raises(CheckpointError) as caught:
        loading.load(model, "SequenceClassification")
    assert sentence in str(caught.value)
    assert caught.value.next_step


def test_a_half_written_checkpoint_of_a_run_is_not_its_last(home: Path) -> None:
    folder = save_run(paths.runs_dir(), "pairs", 3)
    save_classifier(folder / "checkpoint-9")
    assert locate(parse("run:pairs@last")).folder.name == "checkpoint-3"
