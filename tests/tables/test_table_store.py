"""Looking into tables: pages, cells, streams, whatever the types; nothing more is decoded than is asked for."""

from __future__ import annotations

import csv
import datetime
import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import DataError, TableGone, UsageError
from tui.tables import cells, table_store
from tui.tables.source import Source
from tui.tables.table_store import DESK, Table


def of(**columns: list[Any]) -> Table:
    import datasets

    return DESK.put(datasets.Dataset.from_dict(columns), "")


def page(table: Table, first: int = 0, count: int = 50, names: list[str] | None = None) -> list[list[str | None]]:
    names = names or [column.name for column in table.columns]
    return DESK.rows(table.handle, table.splits[0].name, first, count, names).rows


def test_pages_anywhere(table: Table) -> None:
    assert page(table, 0, 2) == [["row 0", "0", "0"], ["row 1", "1", "1"]]
    assert page(table, 98, 40, ["n"]) == [["98"], ["99"]]
    assert page(table, 500, 40) == []
    assert page(table, -5, 2) == []
    assert page(table, 1, 1, ["k", "n"]) == [["1", "1"]]
    assert page(table, 0, 2, ["nope"]) == [[], []]


def test_every_kind_of_value_has_its_text() -> None:
    table = of(
        i=[1, 20000, None], f=[1.5, 2.25, math.nan], t=["x" * 500, "中国", None], b=[True, None, False],
        l=[[1, 2], None, list(range(1000))], d=[{"x": 1, "y": ["z"]}, None, {"x": None, "y": []}],
        when=[datetime.datetime(2024, 1, 2, 3, 4), None, datetime.datetime(1999, 1, 1)],
    )  # fmt: skip
    first, second, third = page(table)
    assert first[:2] == ["1", "1.50"]
    assert first[2] == "x" * cells.SHOWN + "…"
    assert first[3:6] == ["true", "[1, 2]", '{"x": 1, "y": ["z"]}']
    assert str(first[6]).startswith("2024-01-02 03:04")
    assert second == ["20,000", "2.25", "中国", None, None, second[5], None]
    assert third[1] == "nan"
    assert len(third[4] or "") <= cells.SHOWN + 10


def test_class_labels_are_shown_by_name() -> None:
    import datasets

    features = datasets.Features({"y": datasets.ClassLabel(names=["no", "yes"])})
    table = DESK.put(datasets.Dataset.from_dict({"y": [1, 0]}, features), "")
    assert page(table) == [["yes"], ["no"]]
    assert (table.columns[0].kind, table.columns[0].type) == ("label", "class label of 2")


@pytest.mark.parametrize(
    ("exact", "decimals", "shown"),
    [("7", 0, "7"), ("2024", 0, "2024"), ("10000", 0, "10,000"), ("-123456", 0, "-123,456"), ("0.5", 2, "0.50"),
     ("12345.5", 1, "12,345.5"), ("1e-09", 3, "1e-09"), ("inf", 2, "inf"), ("0", 2, "0.00"), ("97.5", 0, "97.5"),
     ("0.1234567890123", 3, "0.123…"), ("1.2345678901234e-10", 2, "1.23456…e-10"), ("1e+300", 0, "1e+300"),
     ("1700000000000000001", 0, "1,700,000,000,000,000,001"), ("1.5E-9", 0, "1.5E-9"),
     ("12345678901234567890.123456789", 6, "12,345,678,901,234,567,890.123456…")],
)  # fmt: skip
def test_a_number_is_shown_as_it_is_or_marked_as_shortened(exact: str, decimals: int, shown: str) -> None:
    assert cells.number_text(exact, decimals) == shown


def test_a_whole_cell_is_whole(tmp_path: Path) -> None:
    long = "字" * 1_000_000
    deep: Any = {"n": 1}
    for _ in range(50):
        deep = {"a": deep}
    table = of(t=[long], d=[[{"x": [1, 2]}]])
    split = table.splits[0].name
    assert DESK.cell(table.handle, split, 0, "t") == long
    assert json.loads(DESK.cell(table.handle, split, 0, "d")) == [{"x": [1, 2]}]
    file = tmp_path / "deep.jsonl"
    file.write_text(json.dumps(deep) + "\n")
    nested = DESK.open(Source((str(file),)))
    assert len(page(nested)[0][0] or "") <= cells.SHOWN + 30
    assert '"n": 1' in DESK.cell(nested.handle, "train", 0, nested.columns[0].name)
    with pytest.raises(UsageError):
        DESK.cell(table.handle, split, 5, "t")
    with pytest.raises(UsageError):
        DESK.cell(table.handle, "nope", 0, "t")


def test_a_number_beyond_the_sample_is_not_rounded() -> None:
    """The decimals of a column are guessed from a few rows; 97.5 was shown and copied as 98."""
    table = of(x=[97.5 if row == 1_300 else 1.0 for row in range(2_001)], n=[1.0] * 2_001)
    split = table.splits[0].name
    assert page(table, 1_300, 1) == [["97.5", "1"]]
    assert DESK.cell(table.handle, split, 1_300, "x") == "97.5"
    assert DESK.lines(table.handle, split, [1_300]) == "x\tn\n97.5\t1\n"
    assert DESK.values(table.handle, split, 1_300, 1) == [[97.5, 1.0]]


def test_rows_are_copied_whole_and_tab_separated() -> None:
    table = of(a=['x\ty\n"z"', "w" * 1000], n=[1_700_000_000_000_000_001, 2], l=[["中", None], []])
    text = DESK.lines(table.handle, table.splits[0].name, [0, 1])
    rows = list(csv.reader(io.StringIO(text), "excel-tab"))
    assert rows == [["a", "n", "l"], ['x\ty\n"z"', "1700000000000000001", '["中", null]'], ["w" * 1000, "2", "[]"]]


def test_bytes_that_are_no_text_are_shown() -> None:
    import pyarrow

    broken = pyarrow.array([b"caf\xe9", b"ok"], pyarrow.binary()).view(pyarrow.string())
    table = pyarrow.table({"t": broken})
    columns = cells.columns_of(table.schema, None)
    assert cells.texts(table, columns) == [["caf\\xe9"], ["ok"]]


def test_a_stream_gives_rows_as_they_are_asked_for(rows_csv: Path) -> None:
    table = DESK.open(Source((str(rows_csv),), streaming=True))
    assert (table.stream, table.splits[0].rows) == (True, None)
    assert DESK.rows(table.handle, "train", 0, 3, ["n"]).rows == [["0"], ["1"], ["2"]]
    more = DESK.more(table.handle, "train", 1000)
    assert (more.known, more.ended) == (100, True)
    assert DESK.rows(table.handle, "train", 99, 3, ["n"]).rows == [["99"]]


def test_a_stream_that_breaks_keeps_what_came(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.jsonl"
    good = "".join(json.dumps({"n": n, "pad": "x" * 200}) + "\n" for n in range(100_000))
    file.write_text(good + "{broken\n")
    monkeypatch.setattr(table_store, "MOST_STREAMED", 10**6)
    table = DESK.open(Source((str(file),), streaming=True))
    with pytest.raises(DataError, match="not JSON"):
        DESK.more(table.handle, "train", 200_000)
    assert DESK.rows(table.handle, "train", 10, 1, ["n"]).rows == [["10"]]


def test_only_so_many_tables_stay_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table_store, "KEPT", 3)
    tables = [of(n=[n]) for n in range(5)]
    with pytest.raises(TableGone):
        page(tables[0])
    assert page(tables[-1]) == [["4"]]


values = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**60), 2**60), st.floats(), st.text(max_size=300),
    st.lists(st.one_of(st.none(), st.text(max_size=9), st.lists(st.integers(0, 9), max_size=3)), max_size=4),
)  # fmt: skip


@given(st.lists(st.lists(values, min_size=2, max_size=2), min_size=1, max_size=4))
def test_any_table_has_texts_for_all_its_cells(columns: list[list[Any]]) -> None:
    import datasets
    import pyarrow

    try:
        made = datasets.Dataset.from_dict({f"c{i}": column for i, column in enumerate(columns)})
    except (pyarrow.ArrowInvalid, pyarrow.ArrowTypeError, OverflowError, ValueError, TypeError, UnicodeEncodeError):
        return  # no table of the library's
    table = DESK.put(made, "")
    shown = page(table)
    assert len(shown) == 2
    for row in shown:
        assert len(row) == len(columns)
        assert all(cell is None or len(cell) <= cells.SHOWN + 40 for cell in row)
    for number, column in enumerate(table.columns):
        for row in range(2):
            whole = DESK.cell(table.handle, table.splits[0].name, row, column.name)
            assert isinstance(whole, str)
            if columns[number][row] is None:
                assert shown[row][number] is None or column.kind == "nested"
    DESK.close(table.handle)
