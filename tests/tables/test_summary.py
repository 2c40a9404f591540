"""A column in figures, against the same figures by pandas."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.errors import UsageError
from tui.tables import figures, summary
from tui.tables.table_store import DESK, Table


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
    assert said.numbers["least"] == "0"
    assert said.numbers["most"] == "49999"
    assert abs(float(said.numbers["median"]) - 25_000) < 1000


@pytest.mark.parametrize("column", [
    [1_700_000_000_000_000_001 + 1_000 * n for n in range(49)], [2**64 - 1, 0, 2**63], [-(2**63), 2**63 - 1, 1, 2],
    [1_700_000_000_000_000_001] * 5, [Decimal("12345678901.123456789"), Decimal("0.000000001")],
])  # fmt: skip
def test_figures_of_whole_numbers_and_decimals_are_exact(column: list[Any]) -> None:
    import pyarrow

    kind = pyarrow.uint64() if max(column) >= 2**63 else None
    table = DESK.put(datasets_of(pyarrow.array(column, kind)), "")
    said, exact = about(table, "c"), sorted(map(Fraction, column))
    read = {name: Fraction(Decimal(text)) for name, text in said.numbers.items()}
    assert (read["least"], read["most"]) == (exact[0], exact[-1])
    middle = Fraction(exact[(len(exact) - 1) // 2] + exact[len(exact) // 2]) / 2
    assert read["median"] == middle
    assert abs(read["mean"] - sum(exact) / len(exact)) < Fraction(1, 10**15)
    assert said.histogram is not None
    assert sum(said.histogram.counts) == len(column)


def datasets_of(column: Any) -> Any:
    import datasets
    import pyarrow

    return datasets.Dataset(pyarrow.table({"c": column}))


@pytest.mark.parametrize("column", [[1e300, -1e300, 1.0], [1.7e308, -1.7e308], [5e-324, 0.0], [1e300] * 4, [0.1, 0.2]])
def test_floats_of_any_size_have_figures(column: list[float]) -> None:
    said = about(of(f=column), "f")
    assert float(said.numbers["least"]) == min(column)
    assert float(said.numbers["most"]) == max(column)
    assert float(said.numbers["mean"]) == pytest.approx(float(sum(map(Fraction, column)) / len(column)))
    assert all(math.isfinite(float(text)) for text in said.numbers.values())
    assert said.histogram is not None
    assert sum(said.histogram.counts) == len(column)
    assert all(map(math.isfinite, said.histogram.edges))


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=30))
def test_every_bar_counts_what_lies_between_its_edges(numbers: list[int]) -> None:
    import numpy

    edges, counts = figures.histogram(numpy.sort(numpy.array(numbers)))
    assert counts == [sum(low <= n < high for n in numbers) for low, high in pairwise(edges)]
    assert len(counts) <= figures.BARS


@given(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=1, max_size=40))
def test_the_figures_are_those_of_pandas(numbers: list[int | None]) -> None:
    import pandas

    table = of(n=numbers)
    said = about(table, "n")
    series = pandas.Series(numbers, dtype="Int64")
    assert said.missing == int(series.isna().sum())
    if any(number is not None for number in numbers):
        assert said.distinct == series.nunique()
        assert float(said.numbers["mean"]) == pytest.approx(float(series.mean()))
        assert float(said.numbers["median"]) == pytest.approx(float(series.median()))
        assert float(said.numbers["standard deviation"]) == pytest.approx(float(series.std(ddof=0)))
        assert float(said.numbers["25 %"]) == pytest.approx(float(series.quantile(0.25)))
        assert said.histogram is not None
        assert sum(said.histogram.counts) == int(series.notna().sum())
    DESK.close(table.handle)
