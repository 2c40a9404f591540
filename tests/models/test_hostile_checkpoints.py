"""Checkpoints that strangers made to do harm: each is refused with a sentence, and nothing of it is opened or run."""

from __future__ import annotations

import json
import os
import resource
import socket
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification

from tests.instruments.test_instruments import ask
from tui.errors import CheckpointError, HeadnotesError
from tui.models import checkpoint_folders, download, loading
from tui.models.checkpoint_checks import missing_weights

Change = Callable[[Path], Any]
WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny checkpoint with nothing wrong."""
    folder = tmp_path_factory.mktemp("sound")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    loading.tokenizer().save_pretrained(folder)
    return folder


@pytest.fixture
def hostile(sound: Path, tmp_path: Path) -> Path:
    """A copy of it, to be changed."""
    folder = tmp_path / "model" / "hostile"
    folder.mkdir(parents=True)
    for file in sound.iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    return folder


def config(**values: Any) -> Change:
    return lambda folder: edit(folder / "config.json", **values)


def edit(file: Path, **values: Any) -> None:
    known = json.loads(file.read_text()) if file.exists() else {}
    file.write_text(json.dumps({**known, **values}))


def index(**shards: Any) -> Change:
    def change(folder: Path) -> None:
        (folder / WEIGHTS).rename(folder / "part.safetensors")
        (folder.parent / "outside.safetensors").write_bytes((folder / "part.safetensors").read_bytes())
        (folder / INDEX).write_text(json.dumps({"weight_map": {"a": "part.safetensors", **shards}}))

    return change


def replace(name: str, make: Callable[[Path], object]) -> Change:
    def change(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        make(folder / name)

    return change


def a_socket(path: Path) -> None:
    before = Path.cwd()
    os.chdir(path.parent)  # the path of a socket is short
    try:
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(path.name)
    finally:
        os.chdir(before)


def link_out(path: Path) -> None:
    outside = path.parent.parent / f"outside-{path.name}"
    outside.write_text("{}")
    path.symlink_to(outside)


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def header(length: int | None = None, **tensors: Any) -> Change:
    """A file of weights with a header that lies."""

    def change(folder: Path) -> None:
        text = json.dumps(tensors).encode()
        (folder / WEIGHTS).write_bytes(struct.pack("<Q", len(text) if length is None else length) + text + b"\0" * 64)

    return change


def adapter(folder: Path) -> None:
    (folder / "adapter_config.json").write_text(
        json.dumps({"peft_type": "LORA", "base_model_name_or_path": str(folder.parent)})
    )


def shard(name: str, make: Callable[[Path], object]) -> Change:
    def change(folder: Path) -> None:
        index(b=name)(folder)
        make(folder / name)

    return change


FILES: dict[str, tuple[Change, str]] = {
    "index up": (index(b="../outside.safetensors"), "names '../outside.safetensors'"),
    "index up from below": (index(b="x/../../outside.safetensors"), "inside the folder"),
    "index absolute": (index(b="/etc/outside.safetensors"), "inside the folder"),
    "index with a backslash": (index(b="..\\outside.safetensors"), "inside the folder"),
    "index names a pickle": (index(b="part.bin"), r"only \*.safetensors"),
    "index names a config": (index(b="config.json"), r"only \*.safetensors"),
    "index of numbers": (index(b=3), "no weight_map of names"),
    "index of lists": (index(b=["part.safetensors"]), "no weight_map of names"),
    "index with a NUL": (index(b="a\0.safetensors"), "inside the folder"),
    "shard is a link out": (shard("b.safetensors", link_out), "a link out of the folder"),
    "shard is a FIFO": (shard("b.safetensors", os.mkfifo), "b.safetensors is a FIFO"),
    "shard is a folder": (shard("b.safetensors", os.mkdir), "b.safetensors is a folder"),
    "index is a FIFO": (replace(INDEX, os.mkfifo), "is a FIFO"),
    "index is a list": (lambda folder: (index()(folder), (folder / INDEX).write_text("[]")), "not a JSON object"),
    "weights are a FIFO": (replace(WEIGHTS, os.mkfifo), "model.safetensors is a FIFO"),
    "weights are a device": (replace(WEIGHTS, lambda path: path.symlink_to("/dev/zero")), "is a device"),
    "weights are a folder": (replace(WEIGHTS, os.mkdir), "model.safetensors is a folder"),
    "weights are a link out": (replace(WEIGHTS, link_out), "a link out of the folder"),
    "weights are a circle": (replace(WEIGHTS, circle), "a link that leads nowhere"),
    "config is a FIFO": (replace("config.json", os.mkfifo), "config.json is a FIFO"),
    "config is a device": (replace("config.json", lambda path: path.symlink_to("/dev/zero")), "is a device"),
    "config is a socket": (replace("config.json", a_socket), "config.json is a socket"),
    "config is a link out": (replace("config.json", link_out), "a link out of the folder"),
    "config is huge": (
        replace("config.json", lambda path: (path.touch(), os.truncate(path, 1 << 40))), "larger than 16 MB"
    ),
    "config is deep": (replace("config.json", lambda path: path.write_text("[" * 10**6)), "cannot be read"),
    "config is bytes": (replace("config.json", lambda path: path.write_bytes(b"\xff\xfe{")), "cannot be read"),
    "config with a number of 5,000 digits": (
        replace("config.json", lambda path: path.write_text('{"vocab_size": ' + "9" * 5000 + "}")), "cannot be read"
    ),
    "tokenizer is a FIFO": (replace("tokenizer.json", os.mkfifo), "tokenizer.json is a FIFO"),
    "tokenizer's config is a FIFO": (replace("tokenizer_config.json", os.mkfifo), "is a FIFO"),
    "special tokens are a FIFO": (replace("special_tokens_map.json", os.mkfifo), "is a FIFO"),
    "generation config is a FIFO": (replace("generation_config.json", os.mkfifo), "is a FIFO"),
    "template is a FIFO": (replace("chat_template.jinja", os.mkfifo), "is a FIFO"),
    "template below is a FIFO": (
        lambda folder: (
            (folder / "additional_chat_templates").mkdir(),
            os.mkfifo(folder / "additional_chat_templates" / "x.jinja"),
        ),
        "x.jinja is a FIFO",
    ),
    "tokenizer of a version elsewhere": (
        lambda folder: edit(folder / "tokenizer_config.json", fast_tokenizer_files=["../tokenizer.1.0.0.json"]),
        "inside the folder",
    ),
    "config names its weights": (config(transformers_weights="../outside.safetensors"), "inside the folder"),
    "an adapter's base": (adapter, "a checkpoint and an adapter at once"),
    "kernels of strangers": (config(_attn_implementation="nobody/kernel"), "asks for code from"),
}  # fmt: skip
HEADERS: dict[str, Change] = {
    "longer than the file": header(length=1 << 62),
    "negative as a signed number": header(length=(1 << 64) - 1),
    "longer than allowed": header(length=200 << 20),
    "not JSON": lambda folder: (folder / WEIGHTS).write_bytes(struct.pack("<Q", 5) + b"{{{{{" + b"\0" * 64),
    "a pickle": lambda folder: torch.save({"a": torch.zeros(2)}, folder / WEIGHTS),
    "outside the file": header(a={"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 1 << 42]}),
    "shape beyond its bytes": header(a={"dtype": "F32", "shape": [1 << 40], "data_offsets": [0, 64]}),
    "shape that overflows": header(a={"dtype": "F32", "shape": [1 << 40, 1 << 40], "data_offsets": [0, 64]}),
    "backwards": header(a={"dtype": "F32", "shape": [16], "data_offsets": [64, 0]}),
    "no such type": header(a={"dtype": "X9", "shape": [16], "data_offsets": [0, 64]}),
    "two over each other": header(
        a={"dtype": "F32", "shape": [16], "data_offsets": [0, 64]},
        b={"dtype": "F32", "shape": [16], "data_offsets": [0, 64]},
    ),
}
SIZES: dict[str, Change] = {
    "vocabulary": config(vocab_size=10**12),
    "hidden": config(hidden_size=10**9),
    "hidden beyond 64 bits": config(hidden_size=10**30),
    "layers": config(num_hidden_layers=10**6),
    "labels": config(num_labels=10**9, id2label=None, label2id=None),
    "positions": config(max_position_embeddings=10**9),
    "feed-forward": config(intermediate_size=10**11),
    "types": config(type_vocab_size=10**12),
    "heads": config(num_attention_heads=10**7),
    "below": config(encoder={"num_layers": 10**7}),
    "beams": lambda folder: edit(folder / "generation_config.json", num_beams=10**6),
    "everything": config(hidden_size=2**20, intermediate_size=2**22, vocab_size=2**24, num_hidden_layers=1000),
    "sinusoids": config(model_type="distilbert", sinusoidal_pos_embds=True, max_position_embeddings=10**8),
    "shared layers": config(model_type="albert", inner_group_num=10**7),
}
NONSENSE: dict[str, Change] = {
    "hidden of nothing": config(hidden_size=0),
    "hidden below nothing": config(hidden_size=-8),
    "heads of nothing": config(num_attention_heads=0),
    "hidden as a text": config(hidden_size="x" * 10),
    "layers as a list": config(num_hidden_layers=[1]),
    "labels as a number": config(id2label=3),
    "activation": config(hidden_act="os.system"),
    "quantized": config(quantization_config={"quant_method": "bitsandbytes", "load_in_4bit": True}),
    "tokenizer of nothing": replace("tokenizer.json", lambda path: path.write_text("{}")),
    "tokenizer of a list": replace("tokenizer.json", lambda path: path.write_text("[]")),
    "tokenizer deep": replace("tokenizer.json", lambda path: path.write_text("[" * 10**5)),
    "tokenizer of no version": lambda folder: edit(folder / "tokenizer.json", model={"type": "Nobody"}),
    "tokenizer's config deep": replace("tokenizer_config.json", lambda path: path.write_text('{"a":' * 10**5)),
    "ids beyond the embeddings": lambda folder: many_ids(folder),
    "weights of NaN": lambda folder: not_numbers(folder),
}


def many_ids(folder: Path) -> None:
    known = json.loads((folder / "tokenizer.json").read_text())
    known["model"]["vocab"]["good"] = 40_000
    (folder / "tokenizer.json").write_text(json.dumps(known))


def not_numbers(folder: Path) -> None:
    from safetensors.torch import load_file

    tensors = load_file(folder / WEIGHTS)
    save_file({name: torch.full_like(one, float("nan")) for name, one in tensors.items()}, folder / WEIGHTS,
              metadata={"format": "pt"})  # fmt: skip


def peak() -> int:
    """The most memory that this process has had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


@pytest.mark.parametrize("name", FILES)
def test_files_that_lead_elsewhere(name: str, hostile: Path) -> None:
    change, sentence = FILES[name]
    change(hostile)
    with pytest.raises(CheckpointError, match=sentence):
        ask("pipeline", text="good", model=str(hostile))


@pytest.mark.parametrize("name", HEADERS)
def test_headers_that_lie(name: str, hostile: Path) -> None:
    HEADERS[name](hostile)
    with pytest.raises(CheckpointError, match="not a whole safetensors file"):
        ask("pipeline", text="good", model=str(hostile))


@pytest.mark.parametrize("name", SIZES)
def test_sizes_that_nothing_backs(name: str, hostile: Path) -> None:
    ask("pipeline", text="good")
    before = peak()
    SIZES[name](hostile)
    with pytest.raises(CheckpointError) as caught:
        ask("pipeline", text="good", model=str(hostile))
    assert "refused" in caught.value.title or "No model can be made" in caught.value.detail
    assert peak() - before < 200e6


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_explained(name: str, hostile: Path) -> None:
    NONSENSE[name](hostile)
    with pytest.raises(HeadnotesError) as caught:
        ask("pipeline", text="good", model=str(hostile))
    assert caught.value.title


def test_weights_of_another_architecture_are_not_to_be_believed(hostile: Path) -> None:
    edit(hostile / "config.json", model_type="gpt2")
    result = ask("pipeline", text="good", model=str(hostile))
    assert [one.code for one in result.warnings] == ["untrained-weights"]


def test_code_beside_a_tokenizer_is_not_run(hostile: Path) -> None:
    edit(hostile / "tokenizer_config.json", auto_map={"AutoTokenizer": ["evil.T", None]}, tokenizer_class="T")
    (hostile / "evil.py").write_text("raise SystemExit('ran')")
    assert ask("pipeline", text="good", model=str(hostile)).label.startswith("LABEL_")


def test_the_sound_one_answers(hostile: Path) -> None:
    assert ask("pipeline", text="good", model=str(hostile)).label.startswith("LABEL_")
    (hostile / "notes").mkdir()
    index()(hostile)
    assert missing_weights(hostile) == []


def test_more_than_the_memory_is_a_sentence(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    monkeypatch.setattr("tui.models.checkpoint_sizes.SMALL", 0)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: type("Memory", (), {"available": 1_000_000}))
    with pytest.raises(CheckpointError, match=r"hostile needs 2\.0 MB of memory, and 1\.0 MB are free"):
        ask("pipeline", text="good", model=str(hostile))


def test_the_links_of_the_hugging_face_cache_are_followed(sound: Path, tmp_path: Path) -> None:
    blobs, snapshot = tmp_path / "models--a--b" / "blobs", tmp_path / "models--a--b" / "snapshots" / "0123"
    blobs.mkdir(parents=True)
    snapshot.mkdir(parents=True)
    for file in sound.iterdir():
        (blobs / f"blob-{file.name}").write_bytes(file.read_bytes())
        (snapshot / file.name).symlink_to(Path("..", "..", "blobs", f"blob-{file.name}"))
    assert ask("pipeline", text="good", model=str(snapshot)).label.startswith("LABEL_")
    (tmp_path / "outside").write_text("{}")
    (blobs / "blob-config.json").unlink()
    (blobs / "blob-config.json").symlink_to(tmp_path / "outside")
    loading.CACHE.clear()
    with pytest.raises(CheckpointError, match="a link out of the folder"):
        ask("pipeline", text="good", model=str(snapshot))


def test_an_odd_index_in_the_cache_is_not_at_hand(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    index(b="../outside.safetensors")(hostile)
    monkeypatch.setattr(checkpoint_folders, "in_cache", lambda name, revision: hostile)
    assert not download.is_at_hand("a/b", None)


@pytest.mark.parametrize("choice", ["x\0y", "x" * 5000, "~nobody/x", "/dev/null", "/proc/self/mem"])
def test_a_choice_that_is_no_folder(choice: str) -> None:
    with pytest.raises(CheckpointError, match="not on this machine"):
        ask("pipeline", text="good", model=choice)
