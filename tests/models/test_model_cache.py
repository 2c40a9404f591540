"""What is loaded is released by memory: few bytes stay, the newest model always does."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import psutil
import pytest

from tests.models.checkpoints_for_tests import save_classifier
from tui.models import loading
from tui.models.model_cache import ModelCache, memory_limit, model_bytes


def load(model: str | Path) -> loading.Loaded:
    return loading.load(str(model), "SequenceClassification")


def test_the_least_recently_used_goes_first() -> None:
    cache, loads = ModelCache(limit=10), []

    def get(name: str, size: int = 4) -> None:
        cache.get(name, lambda: loads.append(name), lambda _: size)

    for name in ("a", "b", "a", "c", "a", "b"):
        get(name)
    assert loads == ["a", "b", "c", "b"]
    get("large", 100)
    assert cache.bytes == 100


def test_several_models_under_a_small_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [save_classifier(tmp_path / f"model-{number}", hidden_size=256, type_vocab_size=2) for number in range(6)]
    monkeypatch.setattr(loading, "CACHE", ModelCache(limit=1))
    size = model_bytes(load(folders[0]).model)
    assert size > 30 << 20
    monkeypatch.setattr(loading, "CACHE", ModelCache(limit=5 * size // 2))
    references = []
    start = psutil.Process().memory_info().rss
    for folder in folders:
        references.append(weakref.ref(load(folder).model))
        assert loading.CACHE.bytes <= loading.CACHE.limit
    gc.collect()
    assert [reference() is not None for reference in references] == [False] * 4 + [True] * 2
    assert psutil.Process().memory_info().rss - start < 4 * size
    assert load(folders[-1]).model is references[-1]()


def test_pipelines_keep_no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.instruments.test_instruments import ask

    monkeypatch.setattr(loading, "CACHE", ModelCache(limit=1))
    folders = [save_classifier(tmp_path / name) for name in ("first", "second")]
    ask("pipeline", text="good", model=str(folders[0]))
    first = weakref.ref(load(folders[0]).model)
    ask("pipeline", text="good", model=str(folders[1]))
    gc.collect()
    assert first() is None


def test_the_limit_is_a_share_of_the_machine() -> None:
    assert memory_limit() == max(1 << 30, psutil.virtual_memory().total // 4)
