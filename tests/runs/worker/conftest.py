"""Small models and tables for all workers of the tests, and a home for each module's runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.runs.worker import making, workers
from tui.runs.folder import Run


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """For each task what a recipe says: data, checkpoint, one thread."""
    where = tmp_path_factory.mktemp("small")
    assert workers.finish(workers.begin(making.models, str(where))) == 0
    kinds = {"causal-lm": "gpt2", "seq2seq": "t5"}
    return {
        task: {"max_length": 48, **said, "task": task, "checkpoint": str(where / kinds.get(task, "bert")), "threads": 1,
               "learning_rate": 1e-2, "eval_batch_size": 4}
        for task, said in making.tables(where / "tables").items()
    }  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that lasts for a module."""
    with pytest.MonkeyPatch.context() as patch:
        where = tmp_path_factory.mktemp("home")
        patch.setenv("HEADNOTES_HOME", str(where))
        yield where


@pytest.fixture
def new(small: dict[str, dict[str, Any]]) -> Callable[..., Run]:
    """A run of pairs of sentences, or of another task, with some values changed; nothing is started."""

    def made(task: str = "text-classification", **changes: Any) -> Run:
        return workers.new({**small[task], **changes})

    return made
