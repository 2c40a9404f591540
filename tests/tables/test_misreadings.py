"""What a file says and what became of it: read right, warned about, or refused for the true reason."""

from __future__ import annotations

import codecs
import datetime
import gzip
import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tui.errors import DataError, HeadnotesError
from tui.tables import misreadings, raw
from tui.tables.source import Source
from tui.tables.table_store import DESK, Table

SWALLOWED = 'id\ttext\n1\tplain\n2\t"begins here\n3\tlost one\n4\tlost two\n5\tends" here\n6\tplain\n'


def parquet(**columns: Any) -> bytes:
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out)
    return out.getvalue()


def zipped(**files: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return out.getvalue()


MAP = pyarrow.array([[("k", 1)], None], pyarrow.map_(pyarrow.string(), pyarrow.int32()))
RIGHT: list[tuple[str, bytes, list[list[Any]]]] = [
    ("array-pretty.json", b'[\n  {\n    "a": 1\n  },\n  {\n    "a": 2\n  }\n]', [[1], [2]]),
    ("big53.jsonl", b'{"id":9007199254740993}\n{"id":9007199254740995}\n', [[9007199254740993], [9007199254740995]]),
    ("floats.csv", b"x\n" + b"1.0\n" * 1_300 + b"97.5\n", [[1.0]] * 1_300 + [[97.5]]),
    ("find-case.csv", "t\nÉTÉ\nStraße\n".encode(), [["ÉTÉ"], ["Straße"]]),
    ("uint64.csv", b"n\n18446744073709551615\n1\n", [[18446744073709551615], [1]]),
    ("two.zip", zipped(one="a,b\n1,2\n", two="a,b\n3,4\n"), [[1, 2], [3, 4]]),
    ("snowflake.parquet", parquet(id=[1_700_000_000_000_000_001 + n for n in range(3)]),
     [[1_700_000_000_000_000_001 + n] for n in range(3)]),
    ("const.parquet", parquet(id=[1_700_000_000_000_000_001] * 2, f=[1e300, -1e300]),
     [[1_700_000_000_000_000_001, 1e300], [1_700_000_000_000_000_001, -1e300]]),
    ("longlist-ts.parquet", parquet(l=[list(range(2_000))], t=[datetime.datetime(2024, 1, 1, 12, 30, 45, 123456)]),
     [[list(range(2_000)), "2024-01-01 12:30:45.123456"]]),
    ("multiline.csv", b'text,label\n"one, two\nthree",1\nfour,0\n', [["one, two\nthree", 1], ["four", 0]]),
    ("blank-lines.csv", b"a,b\n\n1,2\n\n\n3,4\n", [[1, 2], [3, 4]]),
    ("inches.csv", b'size,n\n"a 5"" disk",1\n', [['a 5" disk', 1]]),
    ("old-mac.csv", b"a,b\r1,2\r3,4\r", [[1, 2], [3, 4]]),
    ("bom.json", codecs.BOM_UTF8 + b'[{"a":1}]', [[1]]),
    ("line-separator.jsonl", '{"a":"x\u2028y"}\n'.encode(), [["x\u2028y"]]),
    ("prose.txt", b"One; two.\nThree, four | five.\nSix.\n", [["One; two."], ["Three, four | five."], ["Six."]]),
]  # fmt: skip


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Table]:
    def write(name: str, content: bytes, **options: Any) -> Table:
        (tmp_path / name).write_bytes(content)
        return DESK.open(Source((str(tmp_path / name),), **options))

    return write


def rows(table: Table) -> list[list[Any]]:
    return DESK.values(table.handle, table.splits[0].name, 0, 5_000)


@pytest.mark.parametrize(("name", "content", "wanted"), RIGHT, ids=[one[0] for one in RIGHT])
def test_read_right_and_without_a_warning(
    name: str, content: bytes, wanted: list[list[Any]], put: Callable[..., Table]
) -> None:
    table = put(name, content)
    assert rows(table) == wanted
    assert table.warnings == []


WARNED: list[tuple[str, bytes, str, tuple[str, ...], dict[str, Any], list[list[Any]]]] = [
    # name, content, code, what the message names, the options it advises, the rows these give
    ("quotes-swallow.tsv", SWALLOWED.encode(), "quotes-swallow-rows", ("Row 1", "text", "3 more lines"),
     {"quotes": False}, [[1, "plain"], [2, '"begins here'], [3, "lost one"], [4, "lost two"], [5, 'ends" here'],
                         [6, "plain"]]),
    ("stray.tsv", b'id\ttext\n1\t"Well" he said\n', "stray-quotes", ("Line 2",), {"options": ("quoting=3",)},
     [[1, '"Well" he said']]),
    ("trailing-delim.csv", b"a,b\n1,2,\n3,4,\n", "trailing-delimiter", ("Line 2", "1"),
     {"options": ("index_col=False",)}, [[1, 2], [3, 4]]),
    ("trailing-ids.csv", b"id,text\n1,x,\n2,y,\n3,z,\n", "trailing-delimiter", ("Line 2", "1"),
     {"options": ("index_col=False",)}, [[1, "x"], [2, "y"], [3, "z"]]),
    ("rownames.csv", b'"mpg","cyl"\n"Mazda",21,6\n"Fiat",32,4\n', "row-names", ("Line 2", "Mazda"),
     {"options": ("header=0", "names=['row_name', 'mpg', 'cyl']")}, [["Mazda", 21, 6], ["Fiat", 32, 4]]),
    ("zeros.csv", b"zip,n\n00501,1\n02116,2\n", "leading-zeros", ("zip", "line 2", "00501", "501"),
     {"format": "pandas", "options": ("dtype=str",)}, [["00501", "1"], ["02116", "2"]]),
    ("one-column.csv", b"zip\n00501\n02116\n", "leading-zeros", ("zip", "line 2", "00501", "501"),
     {"format": "pandas", "options": ("dtype=str",)}, [["00501"], ["02116"]]),
    ("phones.csv", b"tel,n\n+4912,1\n", "leading-zeros", ("tel", "line 2", "+4912"),
     {"format": "pandas", "options": ("dtype=str",)}, [["+4912", "1"]]),
    ("na-words.csv", b"code,name\nNA,Namibia\nnull,Nil\nNone,Nobody\nFR,France\nnan,Nanette\n", "missing-value-words",
     ("code", "line 2", "NA", "null", "None"), {"options": ("keep_default_na=False",)},
     [["NA", "Namibia"], ["null", "Nil"], ["None", "Nobody"], ["FR", "France"], ["nan", "Nanette"]]),
    ("hexid.csv", b"id,e\n1e5,12e3\n2e7,1E2\n", "codes-as-numbers", ("id", "line 2", "1e5"),
     {"format": "pandas", "options": ("dtype=str",)}, [["1e5", "12e3"], ["2e7", "1E2"]]),
    ("gap.csv", b"id,x\n5,1\n,2\n", "integers-as-floats", ("id", "line 3", "cast_column('id'"), {},
     [[5.0, 1], [None, 2]]),
    ("gap-ids.csv", b"id,x\n9007199254740993,1\n,2\n", "numbers-rounded", ("id", "line 2", "9007199254740992"),
     {"format": "pandas", "options": ("dtype=str",)}, [["9007199254740993", "1"], [None, "2"]]),
    ("infinite.csv", b"x,t\n1.5,a\n-inf,b\n", "numbers-not-finite", ("x", "line 3", "-inf"), {},
     [[1.5, "a"], ["-Infinity", "b"]]),
    ("trailing-heading.csv", b"a,b,\n1,x,\n", "unnamed-column", ("Unnamed: 2", "remove_columns"), {}, [[1, "x", None]]),
    ("noheader.csv", b"1,2,3\n4,5,6\n7,8,9\n", "no-heading", ("Line 1",), {"options": ("header=None",)},
     [[1, 2, 3], [4, 5, 6], [7, 8, 9]]),
    ("noheader-text.csv", b"I like it,good\nIt is bad,bad\nNo,bad\nYes,good\nHm,good\n", "no-heading", ("good",),
     {"options": ("header=None",)},
     [["I like it", "good"], ["It is bad", "bad"], ["No", "bad"], ["Yes", "good"], ["Hm", "good"]]),
    ("duplicate-columns.csv", b"a,b,a\n1,2,3\n", "repeated-columns", ("a.1",), {}, [[1, 2, 3]]),
    ("thousands.csv", b'n,eur\n"1,234","12,5"\n"2,000","1,5"\n', "numbers-as-text", ("n", "line 2", "1,234"), {},
     [["1,234", "12,5"], ["2,000", "1,5"]]),
    ("semi.csv", b"a;b;c\n1,5;2;3\n4,5;5;6\n", "one-column", ("delimiter=;",),
     {"delimiter": ";", "options": ("decimal=,",)}, [[1.5, 2, 3], [4.5, 5, 6]]),
    ("pipe.csv", b"a|b|c\n1|2|3\n4|5|6\n", "one-column", ("delimiter=|",), {"delimiter": "|"}, [[1, 2, 3], [4, 5, 6]]),
    ("tab.txt", b"a\tb\tc\n1\t2\t3\n4\t5\t6\n", "table-in-text", ("2 tabs", "format=csv", r"delimiter=\t"),
     {"format": "csv", "delimiter": r"\t"}, [[1, 2, 3], [4, 5, 6]]),
    ("short.csv", b"a,b,c\n1,2,3\n4,5\n", "short-lines", ("Line 3", "2 of 3"), {}, [[1, 2, 3.0], [4, 5, None]]),
    ("remark.csv", b"a,b\n1,2\n# checked by x\n3,4\n", "comment-lines", ("Line 3", "comment=#"),
     {"options": ("comment=#",)}, [[1, 2], [3, 4]]),
    ("datelike.json", b'{"2024-01": [{"a": 1}, {"a": 2}]}', "date-like-keys", ("2024-01",), {"field": "2024-01"},
     [[1], [2]]),
    ("nan.json", b'[{"x":NaN},{"x":Infinity},{"x":-Infinity},{"x":1.5}]', "numbers-not-finite", ("x", "row 0", "NaN"),
     {}, [[None], [None], [None], [1.5]]),
    ("nan.jsonl", b'{"x":1.5}\n{"x":-Infinity}\n', "numbers-not-finite", ("x", "line 2", "-Infinity"), {},
     [[1.5], ["-Infinity"]]),
    ("late-date.jsonl", b'{"d":null}\n' * 300 + b'{"d":"2024-01-01T08:00:00+08:00"}\n', "texts-converted",
     ("d", "line 301", "2024-01-01 00:00:00"), {}, [[None]] * 300 + [["2024-01-01 00:00:00"]]),
    ("nested-date.jsonl", b'{"m":{"day":["2024-01-02"]}}\n', "texts-converted", ("m.day", "line 1", "2024-01-02"), {},
     [[{"day": ["2024-01-02 00:00:00"]}]]),
    ("rounded.json", b'[{"p":0.1234567890123456},{"p":1}]', "numbers-rounded", ("p", "row 0", "0.1234567890123456"), {},
     [[0.123456789], [1.0]]),
    ("obj-of-objs.json", b'{"r1": {"a": 1}, "r2": {"a": 2}}', "rows-under-keys", ("2 columns",),
     {"format": "pandas", "options": ("orient=index",)}, [[1], [2]]),
    ("late-field.jsonl", b'{"a":1}\n' * 5 + b'{"a":1,"b":2}\n', "missing-values", ("5 in b",), {},
     [[1, None]] * 5 + [[1, 2]]),
    ("emptyobj.jsonl", b'{"a":{}}\n{"a":{"x":1}}\n', "mixed-types", ("a ",), {}, [[{}], [{"x": 1}]]),
    ("norows.parquet", parquet(a=pyarrow.array([], pyarrow.int64())), "no-rows", ("no rows",), {}, []),
    ("map.parquet", parquet(map=MAP), "maps-as-lists", ("map",), {}, [[[{"key": "k", "value": 1}]], [None]]),
    ("types.parquet", parquet(map=MAP, d=["a", "b"], n=pyarrow.array([None, None])), "empty-column", ("n ",), {},
     [[[{"key": "k", "value": 1}], "a", None], [None, "b", None]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "code", "named", "options", "wanted"), WARNED, ids=[one[0] for one in WARNED]
)
def test_warned_about_with_advice_that_works(
    name: str, content: bytes, code: str, named: tuple[str, ...], options: dict[str, Any], wanted: list[list[Any]],
    put: Callable[..., Table],
) -> None:  # fmt: skip
    table = put(name, content)
    (message, *_) = [one.message for one in table.warnings if one.code == code] or [str(table.warnings)]
    assert all(part in message for part in named), message
    advised = put(name, content, **options) if options else table
    assert rows(advised) == wanted
    if options:
        assert {one.code for one in advised.warnings} <= {"missing-values"}


REFUSED: list[tuple[str, bytes, tuple[str, ...], dict[str, Any]]] = [
    # name, content, what the sentence names, the options that it advises
    ("comment.csv", b"# made by x\n# on y\na,b\n1,2\n", ("line 3", "comments", "comment=#"),
     {"options": ("comment=#",)}),
    ("huge-int.csv", b"n\n9223372036854775807\n123456789012345678901234567890\n",
     ("line 3", "column n", "123456789012345678901234567890", "64 bits"),
     {"format": "pandas", "options": ("dtype=str",)}),
    ("late.csv", b"a,b\n" + b"1,x\n" * 12_000 + b"oops,x\n", ("line 12002", "column a", "oops", "whole numbers"),
     {"format": "pandas", "options": ("dtype=str",)}),
    ("late-float.csv", b"a,b\n" + b"1,x\n" * 12_000 + b"1.5,x\n", ("line 12002", "column a", "1.5"),
     {"format": "pandas", "options": ("dtype=str",)}),
    ("late-flag.csv", b"a,b\n" + b"1,True\n" * 12_000 + b"2,maybe\n", ("line 12002", "column b", "maybe"), {}),
    ("late-text.csv", b"a,b\n" + b"1,\n" * 12_000 + b"2,x\n", ("line 12002", "column b", "x", "numbers"), {}),
    ("late.jsonl", b"".join(b'{"a":%d,"pad":"%s"}\n' % (n, b"x" * 2_000) for n in range(6_000)) + b'{"a":"oops"}\n',
     ("line 6001", "column a", "oops", "numbers"), {}),
    ("null.jsonl", b'null\n{"a":1}\n', ("first row is null",), {}),
    ("null.json", b'[null, {"a": 1}]', ("first row is null",), {}),
    ("numbers.jsonl", b"1\n2\n", ("row is not an object",), {}),
    ("twice.jsonl", b'{"a":1,"a":2}\n', ("a key occurs twice",), {}),
    ("mixed.json", b'{"data": [{"a": 1}, {"a": [2]}]}', ("column a", "several types", "one object a line"), {}),
    ("huge.json", b'[{"a":123456789012345678901234567890}]', ("64 bits",), {}),
    ("empty.parquet", b"", ("is empty",), {}),
    ("gz-plain.csv.gz", b"a,b\n1,2\n", ("is not compressed", "Rename"), {}),
    ("cut.csv.gz", gzip.compress(b"a,b\n1,2\n" * 9)[:-9], ("broken off",), {}),
    ("latin1.csv", "name,n\nZoë,1\n".encode("latin-1"), ("line 2", "not UTF-8", "encoding=cp1252"),
     {"encoding": "cp1252"}),
    ("gb18030.csv", "姓名,城市\n李雷,北京\n".encode("gb18030"), ("line 1", "not UTF-8", "encoding=gb18030"),
     {"encoding": "gb18030"}),
    ("utf16.csv", "name,n\nZoë,1\n".encode("utf-16"), ("not UTF-8", "encoding=utf-16"), {"encoding": "utf-16"}),
    ("option.csv", b"a,b\n1,2\n", ("nothing",), {}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "content", "named", "options"), REFUSED, ids=[one[0] for one in REFUSED])
def test_refused_for_the_true_reason(
    name: str, content: bytes, named: tuple[str, ...], options: dict[str, Any], put: Callable[..., Table]
) -> None:
    unknown: dict[str, Any] = {"option.csv": {"options": ("nothing=1",)}, "mixed.json": {"field": "data"}}.get(name, {})
    with pytest.raises(DataError) as error:
        put(name, content, **unknown)
    assert all(part in str(error.value) for part in named), str(error.value)
    if options:
        assert rows(put(name, content, **options))


def test_the_code_of_a_table_of_maps_makes_it(put: Callable[..., Table]) -> None:
    table = put("map.parquet", parquet(map=MAP))
    names: dict[str, Any] = {}
    exec(table.code, names)
    assert list(names["dataset"]) == [{"map": [{"key": "k", "value": 1}]}, {"map": None}]


def test_files_of_which_one_is_empty_open(tmp_path: Path) -> None:
    (tmp_path / "train-1.parquet").write_bytes(parquet(a=[1]))
    (tmp_path / "train-2.parquet").write_bytes(parquet(a=pyarrow.array([], pyarrow.int64())))
    (tmp_path / "test-1.parquet").write_bytes(parquet(a=pyarrow.array([], pyarrow.int64())))
    table = DESK.open(Source((str(tmp_path / "*.parquet"),)))
    assert [(one.name, one.rows) for one in table.splits] == [("train", 1), ("test", 0)]
    assert [(one.code, one.message[:5]) for one in table.warnings] == [("no-rows", "test:")]


fields = st.sampled_from(
    ["1", "007", "1.5", "1e5", "inf", "NA", "null", "", "x", '"', "#c", " 1", "1,2", "é", "-0", "\n"]
)


@given(
    lines=st.lists(st.lists(fields, min_size=1, max_size=3), min_size=1, max_size=5),
    delimiter=st.sampled_from([",", "\t", ";"]),
)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_file_holds_it_is_a_table_or_a_sentence(
    lines: list[list[str]], delimiter: str, put: Callable[..., Table]
) -> None:
    content = "\n".join(delimiter.join(line) for line in lines).encode()
    for name in ("a.csv", "a.txt", "a.jsonl"):
        try:
            table = put(name, content)
        except HeadnotesError as error:
            assert error.title
        else:
            assert len(rows(table)) == table.splits[0].rows
            assert all(one.code and one.message for one in table.warnings)


def test_each_split_is_checked_against_its_own_files(tmp_path: Path) -> None:
    (tmp_path / "train-1.csv").write_text("zip,n\n" + "12345,1\n" * 9)
    (tmp_path / "train-2.csv").write_text("zip,n\n" + "12345,1\n")
    (tmp_path / "test.csv").write_text("zip,n\n00501,1\n")
    for options in ({}, {"split": "test"}, {"split": "train"}, {"split": "train[:2]"}):
        table = DESK.open(Source((str(tmp_path / "*.csv"),), **options))
        told = [one.message[:9] for one in table.warnings]
        wanted = {"": ["test: zip"], "test": ["zip, line"]}
        assert told == wanted.get(options.get("split", ""), [])


def test_of_several_files_the_first_is_named(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text("zip,n\n00501,1\n")
    (warning,) = DESK.open(Source((str(tmp_path / "*.csv"),))).warnings
    assert warning.message.startswith("a.csv: zip, line 2: 00501")


def test_dates_taken_for_keys_under_a_field(put: Callable[..., Table]) -> None:
    table = put("a.json", b'{"data": {"2024-01": {"a": 1}, "2024-02": {"a": 2}}}', field="data")
    assert [one.code for one in table.warnings] == ["date-like-keys"]
    assert "rename_column('2024-01-01 00:00:00', '2024-01')" in table.warnings[0].message


def test_a_key_that_becomes_another_column(put: Callable[..., Table]) -> None:
    table = put("a.json", b'{"data": [{"0": 2}, {"0": 3}]}', field="data")
    assert [(one.code, one.message) for one in table.warnings] == [
        ("keys-changed", "row 0: the key 0 is not a column of the table, which has text.")
    ]


def test_missing_numbers_are_no_misreading(put: Callable[..., Table]) -> None:
    """`NA` in a column of numbers is what it says; the gap alone is worth a word."""
    codes = {one.code for one in put("a.csv", b"x,y\n1.5,a\nNA,b\n").warnings}
    assert codes == {"missing-values"}


def test_a_stream_is_checked_as_far_as_its_file_tells(put: Callable[..., Table]) -> None:
    table = put("a.csv", b"zip,code,zip\n00501,NA,1\n", streaming=True)
    assert {one.code for one in table.warnings} == {"repeated-columns", "leading-zeros", "missing-value-words"}


def test_of_a_large_file_the_beginning_is_checked_and_that_is_said(
    put: Callable[..., Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(raw, "HEAD_BYTES", 1_000)
    monkeypatch.setattr(raw, "COUNTED_BYTES", 1_000)
    table = put("a.csv", b"zip,n\n" + b"00501,1\n" * 5_000)
    (warning,) = table.warnings
    assert warning.code == "leading-zeros"
    assert "only the first 0.001 MB" in warning.message


def test_many_warnings_of_a_kind_are_counted(put: Callable[..., Table]) -> None:
    names = ",".join(f"c{n}" for n in range(50))
    table = put("a.csv", f"{names}\n{','.join(['007'] * 50)}\n".encode())
    assert len(table.warnings) == misreadings.MOST_EACH + 1
    assert table.warnings[-1].message == "The same in 47 more columns."


def test_lines_that_nothing_accounts_for(put: Callable[..., Table]) -> None:
    table = put("a.csv", b"text,n\n" + b'"one\ntwo",1\n' + b"skipped,2\n" * 3, options=("skipfooter=0", "nrows=2"))
    assert [one.code for one in table.warnings] == ["lines-and-rows-differ"]
