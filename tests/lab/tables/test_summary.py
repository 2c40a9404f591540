"""A column in figures, against the same figures by pandas."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.lab.tables import summary
from tui.lab.tables.desk import DESK, Table


def of(**columns: list[Any]) -> Table:
    import datasets

    return DESK.put(datasets.Dataset.from_dict(columns), "")


def about(table: Table, name: str, **options: Any) -> summary.Summary:
    return summary.summarise(table.handle, table.splits[0].name, name, **options)


def test_values_missing_and_repeated() -> None:
    said = about(of(r=["a", "b", "a", None, "c", "a"]), "r")
    assert (said.rows, said.missing, said.distinct, said.duplicates) == (6, 1, 3, 2)
    assert said.values[0] == ("a", 3)
    assert {name for name, _ in said.values} == {"a", "b", "c"}


def test_values_that_stand_once_each_are_not_listed() -> None:
    assert about(of(r=["a", "b", "c"]), "r").values == []


def test_labels_are_counted_by_name() -> None:
    import datasets

    features = datasets.Features({"y": datasets.ClassLabel(names=["no", "yes"])})
    table = DESK.put(datasets.Dataset.from_dict({"y": [1, 0, 1]}, features), "")
    assert about(table, "y").values == [("yes", 2), ("no", 1)]


def test_lengths_in_characters_and_in_tokens() -> None:
    said = about(of(t=["Hello, how are you?", "中国"]), "t")
    characters, tokens = said.lengths
    assert (characters.least, characters.most) == (2, 19)
    assert (tokens.unit, tokens.least, tokens.most) == ("tokens", 4, 8)
    assert sum(characters.histogram.counts) == 2


def test_lists_are_measured_by_their_items() -> None:
    (lengths,) = about(of(l=[[1, 2], [3], []]), "l").lengths
    assert (lengths.unit, lengths.least, lengths.median, lengths.most) == ("items", 0, 1, 2)


def test_nested_and_empty_columns_do_not_fail() -> None:
    table = of(d=[{"a": 1}, {"a": 2}], e=[None, None], f=[math.nan, math.inf])
    assert about(table, "d").distinct in (None, 2)
    assert about(table, "e").missing == 2
    assert about(table, "f").numbers == {}
    with pytest.raises(UsageError):
        about(table, "nope")


def test_of_a_huge_table_a_sample_is_taken_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(summary, "MOST_ROWS", 1000)
    said = about(of(n=list(range(50_000))), "n")
    assert (said.rows, said.looked_at) == (50_000, 1000)
    assert said.numbers["least"] == 0
    assert said.numbers["most"] == 49_999
    assert abs(said.numbers["median"] - 25_000) < 1000


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=40))
def test_the_figures_are_those_of_pandas(numbers: list[int | None]) -> None:
    import pandas

    table = of(n=numbers)
    said = about(table, "n")
    series = pandas.Series(numbers, dtype="Int64")
    assert said.missing == int(series.isna().sum())
    if any(number is not None for number in numbers):
        assert said.distinct == series.nunique()
        assert said.numbers["mean"] == pytest.approx(float(series.mean()))
        assert said.numbers["median"] == pytest.approx(float(series.median()))
        assert said.histogram is not None
        assert sum(said.histogram.counts) == int(series.notna().sum())
    DESK.close(table.handle)
