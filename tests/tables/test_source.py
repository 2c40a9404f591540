"""How the library is told to open what a reader names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tui.errors import UsageError
from tui.tables import source
from tui.tables.opening import load
from tui.tables.source import Source, call, ending, format_of, shipped, source_from_text, split_of


@pytest.mark.parametrize(
    ("path", "format", "end"),
    [
        ("a.csv", "csv", ".csv"), ("A.CSV", "csv", ".csv"), ("a.tsv.gz", "csv", ".tsv"),
        ("x/y.jsonl.zst", "json", ".jsonl"),
        ("a.json", "json", ".json"), ("a.txt", "text", ".txt"), ("a.parquet", "parquet", ".parquet"),
        ("a.arrow", "arrow", ".arrow"), ("http://h/a.csv.zip?x=1", "csv", ".csv"), ("a", "", ""), ("a.b", "", ".b"),
    ],
)  # fmt: skip
def test_names_say_the_format(path: str, format: str, end: str) -> None:
    assert (format_of(path), ending(path)) == (format, end)


@pytest.mark.parametrize(
    ("path", "split"),
    [("train.csv", "train"), ("my-dev.jsonl", "validation"), ("x/test_1.csv", "test"), ("data.csv", ""),
     ("contest.csv", ""), ("valid.csv", "validation")],
)  # fmt: skip
def test_names_say_the_split(path: str, split: str) -> None:
    assert split_of(path) == split


def make(folder: Path, *names: str) -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("a,b\n1,2\n" if ".csv" in name else "a\tb\n1\t2\n", "utf-8")


def test_several_files_become_splits(tmp_path: Path) -> None:
    make(tmp_path, "test.csv", "train-1.csv", "train-2.csv")
    how = call(Source((str(tmp_path / "*.csv"),)))
    assert list(how.options["data_files"]) == ["train", "test"]
    assert len(how.options["data_files"]["train"]) == 2
    assert "split" not in how.options


def test_a_single_file_is_one_split(tmp_path: Path) -> None:
    make(tmp_path, "test.csv")
    how = call(Source((str(tmp_path / "test.csv"),)))
    assert how.options == {"data_files": str(tmp_path / "test.csv"), "split": "train"}


def test_a_tsv_has_tabs(tmp_path: Path) -> None:
    make(tmp_path, "a.tsv")
    assert call(Source((str(tmp_path / "a.tsv"),))).options["delimiter"] == "\t"
    assert call(Source((str(tmp_path / "a.tsv"),), delimiter=";")).options["delimiter"] == ";"
    assert call(Source((str(tmp_path / "a.tsv"),), delimiter="\\t")).options["delimiter"] == "\t"


def test_quotation_marks_may_be_signs_like_others(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text('a\tb\n1\t"half a quotation\n2\tx\n', "utf-8")
    source = Source((str(tmp_path / "a.tsv"),), quotes=False)
    assert call(source).options["quoting"] == 3
    assert [row["b"] for row in load(source).data] == ['"half a quotation', "x"]


def test_a_folder_of_mixed_files_takes_the_most_and_says_what_it_left(tmp_path: Path) -> None:
    make(tmp_path, "a.csv", "b.csv", "c.tsv", ".hidden.csv", "README.md")
    (tmp_path / "d.json").write_text("[]")
    how = call(Source((str(tmp_path),)))
    assert how.arguments == ("csv",)
    assert how.left_out == ("c.tsv", "d.json")  # a table with tabs is not read with commas


def test_files_with_tabs_and_with_commas_are_one_table_only_with_a_delimiter_for_all(tmp_path: Path) -> None:
    make(tmp_path, "a.csv", "b.tsv")
    both = (str(tmp_path / "a.csv"), str(tmp_path / "b.tsv"))
    with pytest.raises(UsageError, match=r"csv, tsv"):
        call(Source(both))
    assert call(Source(both, delimiter=";")).options["delimiter"] == ";"
    folder = tmp_path / "tabs"
    folder.mkdir()
    make(folder, "a.tsv", "b.tsv")
    assert call(Source((str(folder),), format="csv")).options["delimiter"] == "\t"


def test_a_folder_with_a_card_is_read_by_its_card(tmp_path: Path) -> None:
    make(tmp_path, "a.csv")
    (tmp_path / "README.md").write_text("---\nlicense: x\nconfigs:\n  - config_name: default\n---\n")
    assert call(Source((str(tmp_path),))).arguments == (str(tmp_path),)


def test_a_hub_id_is_told_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert call(Source(("nyu-mll/glue",), config="mrpc")).options == {"name": "mrpc"}
    with pytest.raises(UsageError, match="no file"):
        call(Source(("rows.csv",)))


def test_data_that_ships_is_found_by_its_short_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Path(shipped("countries/countries.csv")).is_file()
    assert shipped("nothing/like.csv") == "nothing/like.csv"
    make(tmp_path, "pairs")
    assert shipped("pairs") == "pairs"  # a file that is here comes first


@pytest.mark.parametrize("path", ["a.pkl", "b.PICKLE", "c.npy", "d.pt"])
def test_pickles_are_refused(path: str) -> None:
    with pytest.raises(UsageError, match="refused"):
        call(Source((path,)))


@pytest.mark.parametrize("paths", [(), ("",), ("*.nothing",), ("missing.csv",)])
def test_what_is_not_there(paths: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError):
        call(Source(paths))


def test_a_misspelt_name_is_answered_with_the_one_beside_it(tmp_path: Path) -> None:
    make(tmp_path, "countries.csv")
    with pytest.raises(UsageError) as error:
        call(Source((str(tmp_path / "contries.csv"),)))
    assert "countries.csv" in error.value.detail


@pytest.mark.parametrize(
    "path", ["a\0b", "a\0b.csv", "~nobody\0/x.csv", "*\0*.csv", "x" * 5000, "x/" * 3000, "\ud800.csv"]
)
def test_a_name_that_no_file_can_have_is_a_sentence(path: str) -> None:
    assert shipped(path) == path  # asked in the console, where nothing may raise
    with pytest.raises(UsageError, match=r"cannot be the name of a file|is too long for the name of a file"):
        call(Source((path,)))


def test_a_folder_of_too_many_files_is_a_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source, "MOST_FILES", 3)
    for n in range(4):
        (tmp_path / f"{n}.csv").write_text("a\n1\n")
    with pytest.raises(UsageError, match="more than 3 files"):
        call(Source((str(tmp_path),)))
    (tmp_path / "3.csv").rename(tmp_path / ".hidden")
    assert len(call(Source((str(tmp_path),))).options["data_files"]) == 3


def test_a_folder_with_a_link_that_cannot_be_followed_opens(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("a\n1\n")
    (tmp_path / "broken.csv").symlink_to("x" * 300)  # `headnotes data /` ended at /proc/1/cwd
    assert call(Source((str(tmp_path),))).options["data_files"] == str(tmp_path / "rows.csv")


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("rows.csv", {}),
        (" rows.csv delimiter=; ", {"delimiter": ";"}),
        ("my rows.csv format=pandas dtype=str keep_default_na=False",
         {"path": "my rows.csv", "format": "pandas", "options": ("dtype=str", "keep_default_na=False")}),
        ("a.json field=data", {"path": "a.json", "field": "data"}),
        (r"t.txt format=csv delimiter=\t", {"path": "t.txt", "format": "csv", "delimiter": r"\t"}),
        ("http://x.org/a.csv?b=1", {"path": "http://x.org/a.csv?b=1"}),
        ("there a=1", {"path": "there a=1"}),
        ("x" * 5_000 + " a=1", {"path": "x" * 5_000, "options": ("a=1",)}),
        ("~nobody\0 a=1", {"path": "~nobody\0", "options": ("a=1",)}),
    ],
)  # fmt: skip
def test_what_a_reader_types_to_open(
    text: str, fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there a=1").touch()
    path = fields.pop("path", "rows.csv")
    assert source_from_text(text) == Source((path,), **fields)
