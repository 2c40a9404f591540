"""The instruments over data sets: what they answer, and that the code they show gives the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.instruments.test_instruments import ask, execute
from tui.errors import DataError, HeadnotesError, UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.tables import generate

pytestmark = pytest.mark.usefixtures("own_tables")

PAIR = "lambda rows: tokenizer(rows['sentence1'], rows['sentence2'], truncation=True)"


# -- data -----------------------------------------------------------------------------------------------------------


def test_data_opens_what_ships_and_does_the_steps() -> None:
    result = ask("data", path="countries", steps=["filter(lambda row: row['population'] > 1_000_000_000)"], rows=5)
    assert [row[1:3] for row in result.rows] == [["China", "中国"], ["India", "印度"]]
    assert (result.changed.before, result.changed.after) == (237, 2)
    assert any("capital" in one.message for one in result.warnings)
    assert result.warnings == result.before.warnings


@pytest.mark.parametrize(
    "values",
    [
        {"path": "countries"}, {"path": "countries/countries.tsv"}, {"path": "countries/countries.csv.gz"},
        {"path": "countries/countries.json", "field": "data"}, {"path": "countries/countries.jsonl", "streaming": True},
        {"path": "countries/split"}, {"path": "countries/backgrounds.txt", "steps": ["take(3)"]},
        {"path": "pairs", "split": "test", "steps": ["filter(lambda row: row['label'] == 1)", "sort('scene')"]},
        {"path": "countries/messy.csv", "steps": ["map(lambda row: {'note': html.unescape(row['note'])})"]},
    ],
    ids=lambda values: values["path"],
)  # fmt: skip
def test_the_code_of_data_makes_the_same_table(values: dict[str, Any]) -> None:
    result, made = ask("data", **values), execute("data", **values)["dataset"]
    split = next(iter(made.values())) if isinstance(made, dict) else made
    rows = list(split.take(3)) if result.table.stream else list(split.select(range(3)))
    assert list(rows[0]) == [column.name for column in result.table.columns]
    name = result.table.columns[0].name
    assert [row[0] for row in result.rows[:3]] == [row[name] for row in rows]


# -- map ------------------------------------------------------------------------------------------------------------


def test_map_shows_before_after_and_tokens() -> None:
    result = ask("map", function=PAIR, rows=20)
    assert result.changed.added == ["input_ids", "token_type_ids", "attention_mask"]
    assert result.tokens[0][0] == "[CLS]"
    assert result.tokens[0].count("[SEP]") == 2
    second = result.tokens[0].index("[SEP]") + 1
    assert result.token_type_ids[0][second - 1 : second + 1] == [0, 1]
    assert (result.before.splits[0].rows, result.after.splits[0].rows) == (20, 20)
    made = execute("map", function=PAIR, rows=20)["dataset"]
    assert made[0]["input_ids"][0] == 101
    assert made.column_names == result.columns


def test_the_race_runs_the_same_rows_four_ways() -> None:
    result = ask("map", function=PAIR, rows=10, race=True)
    assert [(lap.batched, lap.num_proc) for lap in result.laps] == [(False, 1), (False, 2), (True, 1), (True, 2)]
    assert all(lap.rows_per_second > 0 and not lap.failed for lap in result.laps)
    only_batches = ask(
        "map", function="lambda rows: {'n': [1 // (len(rows) - 4 + 5) for t in rows]}", rows=4, race=True
    )
    assert only_batches.laps


def test_map_tells_the_row_on_which_a_function_fails() -> None:
    with pytest.raises(DataError, match="row 0: KeyError"):
        ask("map", function="lambda row: {'x': row['nope']}", batched=False, rows=5)
    with pytest.raises(UsageError, match="needs a function"):
        ask("map", function=" ")


# -- collate --------------------------------------------------------------------------------------------------------


def test_collate_counts_what_its_code_counts(capsys: pytest.CaptureFixture[str]) -> None:
    for values in ({"rows": 100}, {"rows": 50, "batch_size": 4, "pad_to_multiple_of": 8, "pair": ""}):
        result, names = ask("collate", **values), execute("collate", **values)
        assert (result.tokens, result.dynamic, result.fixed) == (names["tokens"], names["dynamic"], names["fixed"])
        assert result.tokens <= result.dynamic <= result.one_length + 8 * result.rows
        assert result.shapes["input_ids"] == [len(result.batches[0].lengths), result.batches[0].padded_to]
        assert sum(sum(batch.lengths) for batch in result.batches) == result.tokens
        assert result.count == len(result.batches)
    assert all(batch.padded_to % 8 == 0 for batch in result.batches)


def test_collate_says_how_many_rows_were_cut() -> None:
    assert ask("collate", rows=50, max_length=10).cut > 40
    assert ask("collate", rows=50, max_length=512).cut == 0
    with pytest.raises(UsageError, match="no column"):
        ask("collate", text="nope")
    with pytest.raises(UsageError):
        ask("collate", batch_size=0)


# -- memory ---------------------------------------------------------------------------------------------------------


def test_mapped_costs_pages_and_in_memory_costs_memory() -> None:
    mapped, held = ask("memory", rows=100_000), ask("memory", rows=100_000, keep="in memory")
    assert mapped.disk == held.disk > 10_000_000
    assert mapped.most_own < mapped.disk / 2
    assert held.most_own > held.disk / 2
    stages = [sample.stage for sample in mapped.samples]
    assert stages[0] == "before"
    assert stages[-1] == "closed"
    assert {"opened", "scan", "iteration"} <= set(stages)


def test_the_code_of_memory_runs() -> None:
    names = execute("memory", rows=5_000)
    assert set(names["after"]) == {"RssAnon", "RssFile"}
    assert len(names["dataset"]) == 5_000


def test_a_table_is_made_once_whole_and_the_same(own_home: Path) -> None:
    import pyarrow

    file = generate.make(2_500)
    first = file.read_bytes()
    rows = pyarrow.ipc.open_stream(first).read_all()
    assert rows.num_rows == 2_500
    assert rows.column("text")[1].as_py().endswith("年的。")
    assert generate.make(2_500) == file
    file.unlink()
    assert generate.make(2_500).read_bytes() == first
    with pytest.raises(HeadnotesError):
        generate.make(0)


def test_too_little_room_for_a_table_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    import shutil

    monkeypatch.setattr(shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(DataError, match="are free"):
        generate.make(10_000)


# -- stream ---------------------------------------------------------------------------------------------------------


def test_a_stream_in_order_with_skip_and_take() -> None:
    result = ask("stream", path="countries/countries.csv", skip=3, take=4)
    assert result.places == [3, 4, 5, 6]
    assert result.first_row <= result.all_rows
    assert result.resumed_alike is None


def test_a_shuffle_buffer_reaches_only_so_far() -> None:
    result = ask("stream", path="countries/countries.csv", take=10, buffer_size=20)
    assert result.places != sorted(result.places)
    assert all(place < 20 + number + 1 for number, place in enumerate(result.places))
    again = ask("stream", path="countries/countries.csv", take=10, buffer_size=20)
    assert again.places == result.places


def test_what_a_break_loses() -> None:
    plain = ask("stream", path="countries/countries.csv", take=8, resume_at=3)
    shuffled = ask("stream", path="countries/countries.csv", take=8, resume_at=3, buffer_size=50)
    assert plain.resumed_alike is True
    assert shuffled.resumed_alike is False
    assert plain.state


def test_two_streams_take_turns_and_steps_are_done_on_the_fly() -> None:
    result = ask("stream", path="countries/split/train.csv", other="countries/split/test.csv", take=6)
    assert result.places == [0, 1, 2, 3, 4, 5]
    some = ask(
        "stream", path="countries/countries.csv", steps=["filter(lambda row: row['population'] > 10**9)"], take=2
    )
    assert [row[1] for row in some.rows] == ["China", "India"]


@pytest.mark.parametrize(
    "values",
    [{"take": 3}, {"take": 3, "skip": 2, "buffer_size": 30}, {"take": 4, "other": "countries/split/test.csv"},
     {"take": 5, "resume_at": 2}, {"take": 2, "steps": ["filter(lambda row: row['population'] > 10**9)"]}],
    ids=str,
)  # fmt: skip
def test_the_code_of_stream_prints_the_same_rows(values: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    path = "countries/split/train.csv" if "other" in values else "countries/countries.csv"
    result = ask("stream", path=path, **values)
    instrument = INSTRUMENTS["stream"]
    code = instrument.code(instrument.read({"path": path, **values}))
    exec(compile(code, "<stream>", "exec"), {"__name__": "__main__"})
    printed = [eval(line) for line in capsys.readouterr().out.splitlines() if line.startswith("{")]
    assert [row["name"] for row in printed] == [row[1] for row in result.rows]


def test_take_has_bounds() -> None:
    with pytest.raises(UsageError):
        ask("stream", path="countries/countries.csv", take=0)
