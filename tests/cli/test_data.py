"""`headnotes data` for programs: rows as they are stored, and what may have been misread."""

from __future__ import annotations

import datetime
import json
import math
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest


def data(*words: str) -> str:
    command = [sys.executable, "-m", "tui", "data", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Columns of many types; 97.5 stands below the rows that the decimals are guessed from."""
    rows = 1_500
    columns: dict[str, Any] = {
        "x": [97.5 if row == 1_300 else 1.0 for row in range(rows)],
        "id": [1_700_000_000_000_000_001] * rows,
        "u": pyarrow.array([2**64 - 1] * rows, pyarrow.uint64()),
        "dec": [Decimal("12345678901234567890.123456789")] * rows,
        "when": [datetime.datetime(2024, 1, 2, 3, 4, 5, 678900)] * rows,
        "nan": [math.nan, math.inf, None] * (rows // 3),
        "list": [["中", None]] * rows,
        "flag": [True] * rows,
        "bytes": [b"\x00\xff"] * rows,
    }
    path = tmp_path_factory.mktemp("data") / "types.parquet"
    pyarrow.parquet.write_table(pyarrow.table(columns), path)
    return path


def test_json_has_typed_rows_and_warnings(file: Path) -> None:
    answer = json.loads(data(str(file), "--json", "--rows", "2"), parse_constant=lambda name: pytest.fail(name))
    rest = ["12345678901234567890.123456789", "2024-01-02 03:04:05.678900"]
    assert answer["rows"] == [
        [1.0, 1_700_000_000_000_000_001, 2**64 - 1, *rest, "NaN", ["中", None], True, "00ff"],
        [1.0, 1_700_000_000_000_000_001, 2**64 - 1, *rest, "Infinity", ["中", None], True, "00ff"],
    ]
    assert type(answer["rows"][0][0]) is float
    assert [(one["code"], one["message"]) for one in answer["warnings"]] == [
        ("missing-values", "Missing of 1,500: 500 in nan")
    ]
    assert "doubts" not in answer


def test_an_option_of_the_reader_and_plain_output(tmp_path: Path) -> None:
    (tmp_path / "zeros.csv").write_text("zip,x\n007,97.5\n")
    plain = data(str(tmp_path / "zeros.csv"))
    assert plain.splitlines()[0] == "# train: 1 rows"
    assert plain.splitlines()[1].startswith("# warning: zip, line 2: 007 was read as the number 7.")
    assert plain.splitlines()[2:] == ["zip\tx", "7\t97.5"]
    words = ("--format", "pandas", "--option", "dtype=str", "--option", "keep_default_na=False")
    assert data(str(tmp_path / "zeros.csv"), *words).splitlines()[1:] == ["zip\tx", "007\t97.5"]
    assert "dtype='str', keep_default_na=False" in data(str(tmp_path / "zeros.csv"), *words, "--script")
