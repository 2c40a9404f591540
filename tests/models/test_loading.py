"""Checkpoints that must not be loaded, cannot be, or can be and should not be believed: each gets a sentence."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from transformers import BertConfig, BertForMaskedLM, BertModel

from tui.errors import CheckpointError, UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.models import loading


def small(folder: Path, made: type = BertModel) -> Path:
    """A tiny checkpoint with the backbone's vocabulary."""
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    made(config).save_pretrained(folder)
    loading.tokenizer().save_pretrained(folder)
    return folder


def ask(**values: Any) -> Any:
    instrument = INSTRUMENTS["pipeline"]
    return instrument.run(instrument.read(values))


def test_a_checkpoint_without_the_head_of_the_task_is_not_to_be_believed(tmp_path: Path) -> None:
    result = ask(text="good", model=str(small(tmp_path / "headless")))
    assert result.answered_by.checkpoint == "headless"
    assert "no weights for classifier" in result.warnings[0].message
    assert "means nothing" in result.warnings[0].message


def test_a_checkpoint_with_the_head_of_the_task_raises_no_doubt(tmp_path: Path) -> None:
    result = ask(text="a [MASK].", task="fill-mask", model=str(small(tmp_path / "whole", BertForMaskedLM)), top_k=3)
    assert result.warnings == []
    assert len(result.candidates) == 3


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    folder = small(tmp_path / "pickled")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="pickled weights"):
        ask(text="good", model=str(folder))


def test_code_of_strangers_is_refused(tmp_path: Path) -> None:
    folder = small(tmp_path / "strange")
    config = {"model_type": "unheard_of", "auto_map": {"AutoModel": "evil.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text("raise SystemExit('ran')")
    with pytest.raises(CheckpointError, match="running them is refused"):
        ask(text="good", model=str(folder))


def test_a_model_type_that_is_not_known_is_named(tmp_path: Path) -> None:
    folder = small(tmp_path / "newer")
    (folder / "config.json").write_text('{"model_type": "newer_than_us"}')
    with pytest.raises(CheckpointError, match=r"'newer_than_us'.*newer than the library"):
        ask(text="good", model=str(folder))


@pytest.mark.parametrize("size", [0, 7, 1000])
def test_weights_that_end_too_early_are_told(tmp_path: Path, size: int) -> None:
    folder = small(tmp_path / "half")
    whole = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(whole[:size])
    with pytest.raises(CheckpointError, match="safetensors is not a whole"):
        ask(text="good", model=str(folder))


def test_a_shard_that_is_missing_is_named(tmp_path: Path) -> None:
    folder = small(tmp_path / "sharded")
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    shards = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": shards}))
    with pytest.raises(CheckpointError, match="lacks model-00002-of-00002"):
        ask(text="good", model=str(folder))


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"a": 1}'])
def test_a_configuration_that_is_none(tmp_path: Path, text: str) -> None:
    folder = small(tmp_path / "odd")
    (folder / "config.json").write_text(text)
    with pytest.raises(CheckpointError, match=r"config\.json"):
        ask(text="good", model=str(folder))


def test_an_empty_folder_is_no_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="not a checkpoint"):
        ask(text="good", model=str(tmp_path))


@pytest.mark.parametrize("choice", ["course", "openai-community/nowhere", "no such/thing at all", "../..", "~nobody"])
def test_what_is_not_here_is_said_at_once(choice: str) -> None:
    start = time.process_time()
    with pytest.raises(CheckpointError) as caught:
        ask(text="good", task="ner", model=choice)
    assert caught.value.title
    assert time.process_time() - start < 2


def test_the_sentence_names_the_command_and_the_size() -> None:
    with pytest.raises(CheckpointError, match=r"headnotes models get token-classification \(1\.3 GB\)"):
        loading.load_for_task("ner", "course")


def test_a_task_that_is_not_on_the_shelf() -> None:
    with pytest.raises(UsageError, match="no task 'juggling'"):
        loading.load_for_task("juggling")
