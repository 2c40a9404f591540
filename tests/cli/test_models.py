"""`headnotes models` and `prepare`, against a hub on loopback: fetched, resumed, refused, out of reach."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hub import COMMIT, Hub, serve

COURSE = "distilbert/distilbert-base-uncased-finetuned-sst-2-english"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A tiny classifier with the backbone's vocabulary."""
    from transformers import BertConfig, BertForSequenceClassification

    from tui.models import loading

    folder = tmp_path_factory.mktemp("classifier")
    small = BertConfig(
        vocab_size=30522, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label={0: "NEGATIVE", 1: "POSITIVE"},
    )  # fmt: skip
    BertForSequenceClassification(small).save_pretrained(folder)
    loading.tokenizer().save_pretrained(folder)
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def headnotes(*words: str, cache: Path, hub: Hub | None, **environment: str) -> subprocess.CompletedProcess[str]:
    names = {**os.environ, "HF_HUB_OFFLINE": "0", "HF_HOME": str(cache), "HF_HUB_DISABLE_XET": "1", **environment}
    names["HF_ENDPOINT"] = hub.address if hub else "http://127.0.0.1:9"
    return subprocess.run(
        [sys.executable, "-m", "tui", *words], env=names, capture_output=True, text=True, timeout=120, check=False
    )


def test_a_task_is_fetched_and_answers(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({COURSE: {**files, "pytorch_model.bin": b"pickle", "onnx/model.onnx": b"x"}}) as hub:
        done = headnotes("models", "get", "sentiment-analysis", "--yes", cache=tmp_path, hub=hub)
        assert done.returncode == 0, done.stderr
        assert f"{COURSE}: " in done.stdout
        assert not [asked for asked in hub.asked if "pytorch_model" in asked or "onnx" in asked]
        again = headnotes("models", "get", "sentiment-analysis", "--yes", cache=tmp_path, hub=hub)
        assert "on this machine already" in again.stdout
    listed = headnotes("models", "list", "--json", cache=tmp_path, hub=None)
    rows = {row["task"]: row for row in json.loads(listed.stdout)}
    assert rows["text-classification"]["course_at_hand"]
    assert not rows["summarization"]["course_at_hand"]
    words = ("try", "pipeline", "text=good", "model=course", "--json")
    answered = json.loads(headnotes(*words, cache=tmp_path, hub=None, HF_HUB_OFFLINE="1").stdout)
    assert answered["answered_by"]["checkpoint"] == COURSE
    assert answered["label"] in ("NEGATIVE", "POSITIVE")


def test_a_hub_id_is_a_model_of_any_instrument_once_it_was_fetched(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({"owner/small": files}) as hub:
        words = ("try", "anatomy", "text=good", "model=owner/small", "--json")
        before = headnotes(*words, cache=tmp_path, hub=hub)
        assert "headnotes models get owner/small" in before.stderr
        assert hub.asked == []
        assert headnotes("models", "get", "owner/small", "--yes", cache=tmp_path, hub=hub).returncode == 0
        fetched = len(hub.asked)
        after = json.loads(headnotes(*words, cache=tmp_path, hub=hub).stdout)
        assert after["answered_by"]["checkpoint"] == "owner/small"
        pinned = headnotes(*words[:3], f"model=owner/small@{COMMIT}", "--json", cache=tmp_path, hub=hub)
        assert json.loads(pinned.stdout)["logits"] == after["logits"]
        other = headnotes(*words[:3], "model=owner/small@v9", cache=tmp_path, hub=hub)
        assert "headnotes models get owner/small --revision v9" in other.stderr
        assert len(hub.asked) == fetched


def test_a_mirror_in_the_settings_is_asked_and_named(files: dict[str, bytes], tmp_path: Path) -> None:
    config = tmp_path / "home" / "config"
    config.mkdir(parents=True)
    names = {name: value for name, value in os.environ.items() if name not in ("HF_ENDPOINT", "HF_HUB_OFFLINE")}
    names |= {"HF_HOME": str(tmp_path), "HF_HUB_DISABLE_XET": "1", "HEADNOTES_HOME": str(config.parent)}
    with serve({COURSE: files}) as hub:
        (config / "settings.toml").write_text(f'hf_endpoint = "{hub.address}"\n')
        command = [sys.executable, "-m", "tui", "models", "get", "sentiment-analysis", "--yes"]
        done = subprocess.run(command, env=names, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert f"from {hub.address}" in done.stdout
    command = [sys.executable, "-m", "tui", "doctor", "--json"]
    report = subprocess.run(command, env=names, capture_output=True, text=True, timeout=120, check=False).stdout
    assert json.loads(report)["hugging face"]["endpoint"] == hub.address


def test_a_line_that_breaks_is_taken_up_again(files: dict[str, bytes], tmp_path: Path) -> None:
    large = {**files, "model.safetensors": os.urandom(24_000_000)}  # the client reads 10 MB at a time
    with serve({COURSE: large}) as hub:
        hub.break_after = 15_000_000
        done = headnotes("models", "get", "sentiment-analysis", "--yes", cache=tmp_path, hub=hub)
        assert done.returncode == 0, done.stderr
        assert hub.break_after is None
        assert hub.ranges
        assert not hub.ranges[0].startswith("bytes=0-")
    (weights,) = tmp_path.rglob("model.safetensors")
    assert weights.read_bytes() == large["model.safetensors"]


def test_what_was_whole_before_an_interrupt_is_not_fetched_twice(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({COURSE: files}) as hub:
        assert headnotes("models", "get", COURSE, "--yes", cache=tmp_path, hub=hub).returncode == 0
        for name in ("model.safetensors", "tokenizer.json"):
            (link,) = tmp_path.rglob(name)
            link.resolve().unlink()
            link.unlink()
        hub.asked.clear()
        assert headnotes("models", "get", COURSE, "--yes", cache=tmp_path, hub=hub).returncode == 0
        fetched = {asked.rsplit("/", 1)[1] for asked in hub.asked if asked.startswith("GET") and "/resolve/" in asked}
        assert fetched == {"model.safetensors", "tokenizer.json"}


def test_a_half_fetched_checkpoint_is_not_used(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({COURSE: {name: data for name, data in files.items() if name != "model.safetensors"}}) as hub:
        refused = headnotes("models", "get", COURSE, "--yes", cache=tmp_path, hub=hub)
        assert refused.returncode == 1
        assert "no safetensors weights" in refused.stderr
        hub.repositories[COURSE] = files
        assert headnotes("models", "get", COURSE, "--yes", cache=tmp_path, hub=hub).returncode == 0
    (link,) = tmp_path.rglob("model.safetensors")
    link.unlink()
    words = ("try", "pipeline", "text=good", f"model={COURSE}", "--json")
    tried = headnotes(*words, cache=tmp_path, hub=None, HF_HUB_OFFLINE="1")
    assert tried.returncode == 1
    assert "fetched only in part" in tried.stderr


def test_without_a_yes_nothing_is_fetched(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({COURSE: files}) as hub:
        done = headnotes("models", "get", COURSE, cache=tmp_path, hub=hub)
        assert done.returncode == 2
        assert "has to be confirmed" in done.stderr
        assert not [asked for asked in hub.asked if "resolve" in asked]


def test_what_the_hub_refuses_is_a_sentence(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({COURSE: files, "secret/model": files}) as hub:
        hub.gated.add("secret/model")
        for words, sentence in (
            (("nobody/nothing",), "The Hub has no nobody/nothing"),
            (("secret/model",), "accepted its terms"),
            ((COURSE, "--revision", "never"), "no such revision"),
            (("a/b/c",), "not a Hub id"),
        ):
            done = headnotes("models", "get", *words, "--yes", cache=tmp_path, hub=hub)
            assert done.returncode == 1
            assert sentence in done.stderr
            assert "Traceback" not in done.stderr


def test_without_a_network_it_says_so_in_two_seconds(tmp_path: Path) -> None:
    quick = headnotes("--version", cache=tmp_path, hub=None)
    assert quick.returncode == 0
    start = time.perf_counter()
    done = headnotes("models", "get", "ner", "--yes", cache=tmp_path, hub=None)
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr
    assert "stand-in" in done.stderr
    assert time.perf_counter() - start < 20  # its client alone would try for longer


def test_a_chapter_that_is_not_there(tmp_path: Path) -> None:
    done = headnotes("prepare", "--chapter", "99", cache=tmp_path, hub=None)
    assert done.returncode == 2
    assert "There is no chapter 99" in done.stderr


def test_preparing_a_chapter_asks_for_what_its_lessons_use(files: dict[str, bytes], tmp_path: Path) -> None:
    with serve({COURSE: files}) as hub:
        done = headnotes("prepare", "--chapter", "2", "--yes", cache=tmp_path, hub=hub)
    assert done.returncode == 0, done.stderr
    assert COURSE in done.stdout
