"""Saving: planned first, whole or not at all, and read again as it was."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tui.errors import DataError, UsageError
from tui.tables import saving
from tui.tables.source import Source
from tui.tables.table_store import DESK, Table


def rows(path: Path) -> list[dict[str, Any]]:
    table = DESK.open(Source((str(path),)))
    return list(next(iter(_splits(table).values())))


def _splits(table: Table) -> dict[str, Any]:
    from tui.tables.opening import splits

    return splits(DESK.find(table.handle).data)


@pytest.mark.parametrize("name", ["a.parquet", "a.csv", "a.jsonl", "a.json", "folder"])
def test_what_is_saved_is_read_again_as_it_was(name: str, table: Table, tmp_path: Path) -> None:
    before = list(_splits(table)["train"])
    plan = saving.save(table.handle, str(tmp_path / "new" / name))
    assert plan.rows == 100
    assert rows(tmp_path / "new" / name) == before
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [name]


def test_splits_become_files_and_their_code_does_the_same(table: Table, tmp_path: Path) -> None:
    parts = DESK.step(table.handle, "train_test_split(test_size=0.2, seed=1)").table
    plan = saving.save(parts.handle, str(tmp_path / "p.csv"))
    assert [Path(file).name for file in plan.files] == ["p-train.csv", "p-test.csv"]
    assert [len(rows(Path(file))) for file in plan.files] == [80, 20]
    folder = saving.save(parts.handle, str(tmp_path / "both"))
    assert folder.method == "save_to_disk"
    contents = [Path(file).read_text() for file in plan.files]
    for file in plan.files:
        Path(file).unlink()
    exec(plan.code, {"dataset": DESK.find(parts.handle).data})
    assert [Path(file).read_text() for file in plan.files] == contents


def test_nothing_is_replaced_without_a_word(table: Table, tmp_path: Path) -> None:
    target = tmp_path / "a.parquet"
    target.write_text("precious")
    assert saving.plan(table.handle, str(target)).standing == [str(target)]
    with pytest.raises(UsageError, match="exists already"):
        saving.save(table.handle, str(target))
    assert target.read_text() == "precious"
    saving.save(table.handle, str(target), replace=True)
    assert len(rows(target)) == 100


def test_a_folder_is_replaced_whole(table: Table, tmp_path: Path) -> None:
    target = tmp_path / "saved"
    saving.save(table.handle, str(target))
    less = DESK.step(table.handle, "take(3)").table
    saving.save(less.handle, str(target), replace=True)
    assert len(rows(target)) == 3
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".saved")] == []


@pytest.mark.parametrize("path", ["", "a.xlsx", "rows.csv/a.parquet", "."])
def test_paths_that_cannot_be(path: str, table: Table) -> None:
    with pytest.raises(UsageError):
        saving.plan(table.handle, path)


def test_a_full_disk_leaves_what_was_there(table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.parquet"
    saving.save(table.handle, str(target))
    before = target.read_bytes()
    data = DESK.find(table.handle).data

    def full(self: Any, path: str, **_: Any) -> None:
        Path(path).write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(type(data), "to_parquet", full)
    with pytest.raises(DataError, match="disk is full"):
        saving.save(table.handle, str(target), replace=True)
    assert target.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if ".part" in p.name] == []


def test_too_little_room_is_said_before_anything_is_written(
    table: Table, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = type("Usage", (), {"free": 10})
    monkeypatch.setattr(saving.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DataError, match="are free"):
        saving.save(table.handle, str(tmp_path / "a.csv"))
    assert not (tmp_path / "a.csv").exists()


cell = st.one_of(st.none(), st.text(max_size=20).filter(lambda t: "\r" not in t and "\0" not in t))


@settings(max_examples=25)
@given(st.lists(st.tuples(cell, st.one_of(st.none(), st.integers(-(2**50), 2**50)),
                          st.lists(st.integers(0, 9), max_size=3)), min_size=1, max_size=8))  # fmt: skip
def test_parquet_and_folders_keep_any_table(
    tmp_path_factory: pytest.TempPathFactory, some: list[tuple[str | None, int | None, list[int]]]
) -> None:
    import datasets

    folder = tmp_path_factory.mktemp("saved")
    try:
        made = datasets.Dataset.from_dict(
            {"t": [r[0] for r in some], "n": [r[1] for r in some], "l": [r[2] for r in some]}
        )
    except UnicodeEncodeError:  # a lone surrogate is no text
        return
    table = DESK.put(made, "")
    for name in ("a.parquet", "saved"):
        saving.save(table.handle, str(folder / name))
        assert rows(folder / name) == list(made)
    DESK.close(table.handle)


def _kinds() -> Any:
    import datetime
    import decimal

    import datasets
    import pyarrow as pa

    moment = datetime.datetime(2020, 1, 2, 3, 4, 5, 678901)
    table = pa.table(
        {
            "text": ["a", "b"],
            "code": ["007", "12"],
            "gap": ["", "x"],
            "word": ["NA", "x"],
            "list": [list(range(2000)), None],
            "record": [{"a": 1}, None],
            "when": pa.array([moment, None], pa.timestamp("us")),
            "day": pa.array([moment.date(), None]),
            "price": pa.array([decimal.Decimal("1.10"), None]),
            "raw": pa.array([b"ab", None]),
            "ratio": [0.1 + 0.2, 1.0],
            "empty": [float("nan"), 1.0],
            "large": pa.array([9007199254740993, None]),
            "half": [0.5, 97.5],
        }
    )
    features = datasets.Features.from_arrow_schema(table.schema)
    kinds = datasets.Dataset(table, info=datasets.DatasetInfo(features=features))
    return kinds.add_column("label", [0, 1]).cast_column("label", datasets.ClassLabel(names=["no", "yes"]))


def test_a_plan_names_what_the_format_cannot_hold(tmp_path: Path) -> None:
    table = DESK.put(_kinds(), "")

    def lost(name: str) -> dict[str, list[str]]:
        return {loss.code: loss.columns for loss in saving.plan(table.handle, str(tmp_path / name)).losses}

    assert lost("a.csv") == {
        "reread-texts": ["code", "word"],
        "empty-texts": ["gap"],
        "nested": ["list", "record"],
        "times": ["when", "day"],
        "decimals": ["price"],
        "bytes": ["raw"],
        "not-finite": ["empty"],
        "class-names": ["label"],
    }
    assert lost("a.jsonl") == {
        "times": ["when", "day"],
        "decimals": ["price"],
        "bytes": ["raw"],
        "rounded": ["ratio"],
        "not-finite": ["empty"],
        "class-names": ["label"],
    }
    assert lost("a.parquet") == lost("folder") == {}


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_long_lists_moments_and_numbers_are_written_in_full(name: str, tmp_path: Path) -> None:
    import json

    data = _kinds().select_columns(["list", "record", "when", "large", "half", "ratio"])
    table = DESK.put(data, "")
    plan = saving.save(table.handle, str(tmp_path / name))
    text = (tmp_path / name).read_text()
    assert "..." not in text
    assert "…" not in text
    assert "9007199254740993" in text
    assert "97.5" in text
    assert "678901" in text
    if name == "a.csv":
        import csv

        with (tmp_path / name).open(newline="") as opened:
            first = next(csv.DictReader(opened))
        assert json.loads(first["list"]) == list(range(2000))
        assert first["ratio"] == "0.30000000000000004"
    else:
        assert json.loads(text.splitlines()[0])["list"] == list(range(2000))
    (tmp_path / name).unlink()
    exec(plan.code, {"dataset": data})
    assert (tmp_path / name).read_text() == text


@pytest.mark.parametrize("folder", ["plain", "it's {odd}", 'two "quotes" \\ and\nlines', "数据"])
def test_the_shown_code_escapes_the_path(folder: str, tmp_path: Path) -> None:
    import datasets

    parts = datasets.DatasetDict(
        train=datasets.Dataset.from_dict({"l": [[1]]}), test=datasets.Dataset.from_dict({"l": [[2]]})
    )
    (tmp_path / folder).mkdir()
    plan = saving.plan(DESK.put(parts, "").handle, str(tmp_path / folder / "r.csv"))
    exec(plan.code, {"dataset": parts})
    assert sorted(file.name for file in (tmp_path / folder).iterdir()) == ["r-test.csv", "r-train.csv"]
    assert [Path(file).exists() for file in plan.files] == [True, True]


@settings(max_examples=20)
@given(texts=st.lists(st.one_of(st.none(), st.text(alphabet="aé07. ", max_size=4), st.sampled_from(["NA", "null", ""])),
                      min_size=2, max_size=4),
       numbers=st.lists(st.one_of(st.none(), st.floats(), st.just(97.5)), min_size=2, max_size=4),
       name=st.sampled_from(["a.csv", "a.jsonl"]))  # fmt: skip
@example(texts=[None, None], numbers=[None, 1.192092896e-07], name="a.jsonl")
@example(texts=[None, "0 "], numbers=[None, None], name="a.csv")
@example(texts=["True", "false"], numbers=[None, None], name="a.csv")
@example(texts=["\t7\n", "-inf"], numbers=[None, None], name="a.csv")
@example(texts=["Infinity", None], numbers=[None, None], name="a.csv")
def test_a_value_comes_back_or_its_loss_was_listed(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str | None], numbers: list[float | None], name: str
) -> None:
    import datasets

    count = min(len(texts), len(numbers))
    columns = {"text": [f"row {n}" for n in range(count)], "some": texts[:count], "number": numbers[:count]}
    features = {"text": "string", "some": "string", "number": "float64"}
    made = datasets.Dataset.from_dict(
        columns, features=datasets.Features({key: datasets.Value(value) for key, value in features.items()})
    )
    table, path = DESK.put(made, ""), tmp_path_factory.mktemp("saved") / name
    lost = {column for loss in saving.save(table.handle, str(path)).losses for column in loss.columns}
    read = rows(path)
    for column in columns:
        if column not in lost:
            assert [row[column] for row in read] == columns[column], column
    DESK.close(table.handle)


def test_a_blank_text_alone_on_its_line_is_listed(tmp_path: Path) -> None:
    import datasets

    table = DESK.put(datasets.Dataset.from_dict({"some": ["a", "  "]}), "")
    (loss,) = saving.save(table.handle, str(tmp_path / "a.csv")).losses
    assert (loss.code, loss.columns) == ("reread-texts", ["some"])
    assert len(rows(tmp_path / "a.csv")) == 1
    DESK.close(table.handle)
