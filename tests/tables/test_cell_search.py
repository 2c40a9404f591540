"""Finding: in any column and any language, from where the reader is, told as it comes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.partial_results import hearing
from tui.tables import cell_search
from tui.tables.source import Source
from tui.tables.table_store import DESK, Table


def of(**columns: list[Any]) -> Table:
    import datasets

    return DESK.put(datasets.Dataset.from_dict(columns), "")


def find(table: Table, pattern: str, **options: Any) -> list[int]:
    return cell_search.find(table.handle, table.splits[0].name, pattern, **options).rows


def test_texts_numbers_lists_and_labels() -> None:
    table = of(t=["Paris", "北京", None, "parish"], n=[1, 22, 3, 222], l=[["a"], ["b", "xyz"], [], ["c"]])
    assert find(table, "paris") == [0, 3]
    assert find(table, "Paris") == [0]
    assert find(table, "京") == [1]
    assert find(table, "22", names=["n"]) == [1, 3]
    assert find(table, "xyz") == [1]
    assert find(table, "nothing of the kind") == []
    found = cell_search.find(table.handle, table.splits[0].name, "22")
    assert (found.rows, found.columns, found.count) == ([1, 3], ["n", "n"], 2)


def test_whole_values_are_searched(tmp_path: Path) -> None:
    """Beyond what a cell shows, in nested values and in values of several types, in any language."""
    table = of(l=[[f"tag{n}" for n in range(500)], ["x"]], d=[{"a": "y" * 300 + "end"}, {"a": "中"}])
    assert find(table, "tag499") == [0]
    assert find(table, "yend") == [0]
    assert find(table, "中") == [1]
    file = tmp_path / "mixed.jsonl"
    file.write_text('{"v": {"k": "caf\\u00e9"}}\n{"v": "北京"}\n{"v": 3}\n')
    mixed = DESK.open(Source((str(file),)))
    assert [find(mixed, text) for text in ("café", "京", "3", "u00e9")] == [[0], [1], [2], []]


def test_a_number_is_found_as_it_is_shown_and_as_it_is_stored() -> None:
    table = of(n=[1_234_567, 2, 1_000], x=[0.5, 97.5, 12_345.25])
    assert find(table, "1,234,567") == find(table, "1234567") == [0]
    assert find(table, "97.5") == [1]
    assert find(table, "12,345.25") == [2]


def test_bytes_are_searched_as_they_are_stored() -> None:
    import datasets
    import pyarrow

    table = of(b=[b"\x89PNG\xff", b"GIF"])
    assert find(table, "png") == [0]
    broken = pyarrow.array([b"caf\xe9", b"plain"], pyarrow.binary()).view(pyarrow.string())
    texts = DESK.put(datasets.Dataset(pyarrow.table({"t": broken})), "")
    assert [find(texts, text) for text in ("caf", "CAF", "xe9", "buffer")] == [[0], [], [0], []]


def test_patterns() -> None:
    table = of(t=["one", "two", "three", "二"])
    assert find(table, "^t", regex=True) == [1, 2]
    assert find(table, "^.$", regex=True) == [3]
    assert find(table, "(one|three)$", regex=True) == [0, 2]
    with pytest.raises(UsageError, match="not a pattern"):
        find(table, "(", regex=True)
    assert find(table, "(") == []


def test_the_search_begins_where_the_reader_is_and_goes_round() -> None:
    table = of(t=["x", "a", "x", "a", "x"])
    assert find(table, "x", start=3) == [4, 0, 2]


def test_it_follows_the_order_of_a_shuffled_table() -> None:
    table = of(t=[f"row {n}" for n in range(50)])
    shuffled = DESK.step(table.handle, "shuffle(seed=5)").table
    (row,) = find(shuffled, "row 17")
    assert DESK.rows(shuffled.handle, shuffled.splits[0].name, row, 1, ["t"]).rows == [["row 17"]]


def test_hits_are_told_before_the_end() -> None:
    table = of(t=["needle" if n == 5 else f"hay {n}" for n in range(200_000)])
    told: list[dict[str, Any]] = []
    token = hearing.set(told.append)
    try:
        found = cell_search.find(table.handle, table.splits[0].name, "needle")
    finally:
        hearing.reset(token)
    assert (found.rows, found.searched) == ([5], 200_000)
    assert told
    assert told[0]["rows"] == [5]
    assert told[0]["searched"] == cell_search.FIRST


def test_very_many_hits_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cell_search, "MOST", 10)
    found = cell_search.find((table := of(t=["x"] * 100)).handle, table.splits[0].name, "x")
    assert (len(found.rows), found.count) == (10, 100)


@given(st.lists(st.one_of(st.none(), st.text(alphabet="abAB中 ", max_size=5)), min_size=1, max_size=20),
       st.text(alphabet="abAB中", min_size=1, max_size=2))  # fmt: skip
def test_it_finds_what_python_finds(rows: list[str | None], pattern: str) -> None:
    table = of(t=rows)
    fold = str.lower if pattern == pattern.lower() != pattern.upper() else str
    wanted = [n for n, text in enumerate(rows) if text is not None and pattern in fold(text)]
    assert find(table, pattern) == (wanted if any(rows) else [])
    DESK.close(table.handle)
