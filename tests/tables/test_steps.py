"""Steps: read, refused, done, told; and the script of ten of them, run alone, makes the same table."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.errors import DataError, HeadnotesError, UsageError
from tui.tables import apply, steps
from tui.tables.opening import is_stream, splits
from tui.tables.source import Source
from tui.tables.steps import OPERATIONS, parse
from tui.tables.table_store import DESK, Table

Names = Callable[[Table], list[str | None]]


def do(table: Table, *texts: str) -> Table:
    for text in texts:
        table = DESK.step(table.handle, text).table
    return table


def data(table: Table) -> Any:
    return DESK.find(table.handle).data


# -- reading ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["filter(lambda row: row['n'] > 3)", " dataset.sort('n') ", "dataset = dataset.take(3)"]
)
def test_a_step_is_a_call(text: str) -> None:
    assert parse(text).name in ("filter", "sort", "take")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fliter(len)", "Did you mean filter"), ("filter(", "not Python"), ("3 + 4", "one call"), ("", ""),
        ("push_to_hub('x')", "not a step"), ("os.remove('x')", "one call"), ("shuffle()", "needs a seed"),
        ("train_test_split(test_size=0.1)", "needs a seed"), ("filter(lambda row: row[“n”] > 3)", "full-width"),
        ("sample(rows=x, seed=1)", ""),
    ],
)  # fmt: skip
def test_what_is_no_step_is_told(text: str, said: str, table: Table) -> None:
    with pytest.raises(UsageError) as error:
        DESK.step(table.handle, text)
    assert said in str(error.value)


@given(texts)
def test_reading_any_text_ends_in_a_step_or_a_sentence(text: str) -> None:
    try:
        steps.lines(parse(text))
    except HeadnotesError:
        pass
    except (ValueError, TypeError, KeyError) as error:  # an argument of ours that is no plain value
        raise AssertionError(text) from error


def test_every_operation_has_an_example_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("a\n1\n")
    for operation in OPERATIONS:
        step = parse(operation.example.replace("COLUMN", "name"))
        assert step.name == operation.name
        assert steps.lines(step)


# -- doing ------------------------------------------------------------------------------------------------------------


def test_every_operation_can_be_done(rows_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("name,n,k\nmore,1,2\n")
    for operation in OPERATIONS:
        table = DESK.open(Source((str(rows_csv),)))
        if operation.name == "only":
            table = do(table, "split(test=0.1, validation=0.1, seed=42)")
        changed = DESK.step(table.handle, operation.example.replace("COLUMN", "name"))
        assert changed.table.steps[-1].startswith(operation.name) or operation.name == "slice"
        assert changed.after


def test_every_operation_for_streams_can_be_done_on_one(rows_csv: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("name,n,k\nmore,1,2\n")
    for operation in OPERATIONS:
        table = DESK.open(Source((str(rows_csv),), streaming=True))
        if operation.name in ("only", "interleave"):  # wants several splits, or another stream
            continue
        if operation.stream:
            example = operation.example.replace("COLUMN", "name").replace(
                "list(range(len(dataset)))", "list(range(100))"
            )
            made = DESK.step(table.handle, example).table
            assert DESK.more(made.handle, made.splits[0].name, 3).known
        else:
            with pytest.raises(UsageError, match="stream"):
                DESK.step(table.handle, operation.example.replace("COLUMN", "name"))


def test_rows_go_where_they_should(table: Table, names_of: Names) -> None:
    assert names_of(do(table, "filter(lambda row: row['n'] >= 98)")) == ["row 98", "row 99"]
    assert names_of(do(table, "sort('n', reverse=True)", "[0:2]")) == ["row 99", "row 98"]
    assert names_of(do(table, "[-2:]")) == ["row 98", "row 99"]
    assert names_of(do(table, "select([5, 1])")) == ["row 5", "row 1"]
    shuffled = names_of(do(table, "shuffle(seed=1)"))
    assert shuffled != names_of(table)
    assert sorted(map(str, shuffled)) == sorted(map(str, names_of(table)))
    assert names_of(do(table, "shuffle(seed=1)")) == shuffled
    assert names_of(do(table, "sample(3, seed=1)")) == shuffled[:3]
    assert len(names_of(do(table, "pandas(lambda frame: frame.drop_duplicates('k'))"))) == 3


def test_a_map_may_give_more_rows_than_it_got(table: Table) -> None:
    function = "lambda rows: {'letter': [c for name in rows['name'] for c in name]}"
    text = f"map({function}, batched=True, remove_columns=dataset.column_names)"
    changed = DESK.step(table.handle, text)
    assert (changed.before, changed.after) == (100, 590)
    assert (changed.added, changed.removed) == (["letter"], ["name", "n", "k"])


def test_three_splits_are_as_large_as_asked(table: Table) -> None:
    parts = do(table, "split(test=0.2, validation=0.1, seed=3)")
    assert [(one.name, one.rows) for one in parts.splits] == [("train", 70), ("validation", 10), ("test", 20)]
    together = sorted(n for one in data(parts).values() for n in one["n"])
    assert together == list(range(100))


def test_what_works_on_one_split_says_so(table: Table) -> None:
    parts = do(table, "train_test_split(test_size=0.2, seed=3)")
    with pytest.raises(UsageError, match="works on one split"):
        do(parts, "select(range(3))")
    assert do(parts, "['test']", "select(range(3))").splits[0].rows == 3
    assert [one.rows for one in do(parts, "filter(lambda row: row['n'] < 0)").splits] == [0, 0]


# -- failing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["", ", batched=True, batch_size=10", ", num_proc=2"])
def test_a_function_that_fails_says_on_which_row(how: str, rows_csv: Path) -> None:
    table = DESK.open(Source((str(rows_csv),)))
    function = (
        "lambda rows: {'x': [1 / (n - 70) for n in rows['n']]}"
        if "batched" in how
        else "lambda row: {'x': 1 / (row['n'] - 70)}"
    )
    with pytest.raises(DataError) as error:
        DESK.step(table.handle, f"map({function}{how})")
    assert "row 70: ZeroDivisionError" in error.value.title
    assert "n=" in error.value.detail
    assert DESK.rows(table.handle, "train", 0, 1, ["n"]).rows == [["0"]]


def test_errors_of_columns_name_the_columns(table: Table) -> None:
    for text in (
        "sort('nope')",
        "rename_column('nope', 'x')",
        "remove_columns(['nope'])",
        "filter(lambda row: row['nope'])",
    ):
        with pytest.raises(HeadnotesError) as error:
            do(table, text)
        assert "nope" in str(error.value)


def test_a_table_that_was_closed_is_gone(table: Table) -> None:
    DESK.close(table.handle)
    with pytest.raises(HeadnotesError, match="not open any more"):
        do(table, "take(1)")


# -- the cache --------------------------------------------------------------------------------------------------------


def test_a_step_done_before_comes_from_the_cache(rows_csv: Path) -> None:
    import time

    text = "map(lambda row: {'x': row['n'] + 1})"
    table = DESK.open(Source((str(rows_csv),)))
    first = DESK.step(table.handle, text)
    for file in data(first.table).cache_files:
        old = time.time() - 100
        import os

        os.utime(file["filename"], (old, old))
    again = DESK.step(DESK.open(Source((str(rows_csv),))).handle, text)
    other = DESK.step(table.handle, "map(lambda row: {'x': row['n'] + 2})")
    assert [first.cache, again.cache, other.cache] == ["written", "read", "written"]
    assert data(other.table)["x"][0] == 2


# -- the script -------------------------------------------------------------------------------------------------------

TEN = (
    "shuffle(seed=42)", "filter(lambda row: row['n'] % 2 == 0)", "map(lambda row: {'long': len(row['name'])})",
    "rename_column('k', 'kind')", "cast_column('kind', Value('string'))", "class_encode_column('kind')",
    "sort('n', reverse=True)", "pandas(lambda frame: frame[frame['n'] > 10])",
    "map(lambda rows: tokenizer(rows['name']), batched=True)", "[5:25]",
)  # fmt: skip


def test_the_script_of_ten_steps_run_alone_makes_the_same_table(rows_csv: Path, tmp_path: Path) -> None:
    table = do(DESK.open(Source((str(rows_csv),))), *TEN)
    assert len(table.steps) == len(TEN)
    wanted, got = tmp_path / "wanted.parquet", tmp_path / "got.parquet"
    data(table).to_parquet(wanted)
    script = tmp_path / "script.py"
    script.write_text(table.code + f"dataset.to_parquet({str(got)!r})\n", "utf-8")
    subprocess.run([sys.executable, str(script)], check=True, capture_output=True, cwd=tmp_path)
    import pyarrow.parquet as parquet

    assert parquet.read_table(got).to_pylist() == parquet.read_table(wanted).to_pylist()


def test_the_script_has_each_import_once(table: Table) -> None:
    code = do(
        table, "map(lambda row: {'a': re.sub('o', 'x', row['name'])})", "map(lambda row: {'b': math.sqrt(row['n'])})"
    ).code
    head = code.partition("\n\n")[0].splitlines()
    assert head == ["import math", "import re", "from datasets import load_dataset"]


@given(
    st.lists(
        st.sampled_from(["take(5)", "skip(1)", "sort('n')", "shuffle(seed=7)", "[1:4]", "sample(2, seed=3)"]),
        max_size=4,
    )
)
def test_any_steps_and_their_script_agree(some: list[str]) -> None:
    import datasets

    start = datasets.Dataset.from_dict({"n": [3, 1, 2, 5, 4, 9]})
    made = start
    try:
        for text in some:
            made = apply.apply(parse(text), made).data
    except HeadnotesError:
        return  # skipped beyond its end
    names: dict[str, Any] = {"dataset": start, "DatasetDict": datasets.DatasetDict}
    for text in some:
        exec("\n".join(steps.lines(parse(text))), names)
    assert list(names["dataset"]["n"]) == list(made["n"])
    assert not is_stream(made)
    assert len(splits(made)) == 1
