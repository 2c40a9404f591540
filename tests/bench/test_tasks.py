"""What a first answer costs: each task through `headnotes try` against the shown Python alone, in fresh processes."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.bench.test_console import table  # noqa: F401 (a fixture)
from tui.instruments.registry import INSTRUMENTS
from tui.models.catalog import SHELF

pytestmark = [pytest.mark.bench, pytest.mark.timeout(1800)]
PAIRS = 3
EXAMPLES: dict[str, dict[str, Any]] = {
    "text-classification": {"text": "What a day!"},
    "zero-shot-classification": {"text": "The engine uses less fuel.", "labels": "sports, technology, cooking"},
    "text-generation": {"text": "In the morning", "max_new_tokens": 20},
    "fill-mask": {"text": "The capital of France is [MASK]."},
    "token-classification": {"text": "My name is Anna and I live in Lisbon."},
    "question-answering": {"text": "Anna lives in Lisbon.", "question": "Where does Anna live?"},
    "summarization": {"text": "This package contains a small program that shows the weather in a terminal."},
    "translation_en_to_fr": {"text": "Where is the station?"},
}


def seconds(command: list[str]) -> float:
    """Wall seconds of a process that ends well."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, "OMP_WAIT_POLICY": "PASSIVE"})
    return time.perf_counter() - start


def test_a_cold_first_answer(table: Callable[..., None], tmp_path: Path) -> None:  # noqa: F811 (the fixture)
    instrument, rows = INSTRUMENTS["pipeline"], []
    for at in SHELF:
        if not at.is_bundled:
            continue
        values = {"task": at.task, **EXAMPLES[at.task]}
        script = tmp_path / "bare.py"
        script.write_text(instrument.code(instrument.read(values)), "utf-8")
        words = [f"{name}={value}" for name, value in values.items()]
        bare, ours = [], []
        for _ in range(PAIRS):
            bare.append(seconds([sys.executable, str(script)]))
            ours.append(seconds([sys.executable, "-m", "tui", "try", "pipeline", *words, "--json"]))
        ratios = [a / b for a, b in zip(ours, bare, strict=True)]
        rows.append(
            (at.task, *(f"{statistics.median(one):.2f}" for one in (bare, ours)), f"{statistics.median(ratios):.2f}")
        )
    table(
        f"A cold first answer, seconds, {PAIRS} pairs in turn (goal: ratio <= 1.15)",
        ("", "bare", "headnotes", "ratio"),
        *rows,
    )
