"""Saving: planned first, whole or not at all, and read again as it was."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui.errors import DataError, UsageError
from tui.lab.tables import saving
from tui.lab.tables.desk import DESK, Table
from tui.lab.tables.source import Source


def rows(path: Path) -> list[dict[str, Any]]:
    table = DESK.open(Source((str(path),)))
    return list(next(iter(_splits(table).values())))


def _splits(table: Table) -> dict[str, Any]:
    from tui.lab.tables.opening import splits

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
    with pytest.raises(UsageError, match="there already"):
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
