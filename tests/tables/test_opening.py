"""Every format opens; everything that cannot be opened is answered with the file, the line and what to try."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.hub import serve, serve_files, serve_until_it_dies
from tui.errors import DataError, HeadnotesError, UsageError
from tui.tables import opening
from tui.tables.source import Source
from tui.tables.table_store import DESK

CSV = "name,n\nFrance,1\n中国,2\n"


def load(path: Path | str, **options: Any) -> Any:
    return opening.load(Source((str(path),), **options))


def rows(data: Any) -> list[dict[str, Any]]:
    return list(next(iter(opening.splits(data).values())))


# -- what opens -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [".csv", ".csv.gz", ".csv.zip", ".csv.zst", ".csv.xz", ".csv.bz2"])
@pytest.mark.parametrize("streaming", [False, True])
def test_csv_plain_and_packed(end: str, streaming: bool, tmp_path: Path) -> None:
    import zstandard

    file, plain = tmp_path / f"a{end}", CSV.encode()
    if end.endswith(".zip"):
        with zipfile.ZipFile(file, "w") as archive:
            archive.writestr("a.csv", plain)
    else:
        pack = {"gz": gzip.compress, "xz": lzma.compress, "bz2": bz2.compress, "zst": zstandard.compress}
        file.write_bytes(pack.get(end.rsplit(".", 1)[1], bytes)(plain))
    assert rows(load(file, streaming=streaming).data) == [{"name": "France", "n": 1}, {"name": "中国", "n": 2}]


def test_json_in_three_shapes(tmp_path: Path) -> None:
    wanted = [{"a": 1}, {"a": 2}]
    (tmp_path / "lines.jsonl").write_text('{"a": 1}\n{"a": 2}\n')
    (tmp_path / "list.json").write_text(json.dumps(wanted))
    (tmp_path / "under.json").write_text(json.dumps({"about": "x", "data": wanted}))
    assert rows(load(tmp_path / "lines.jsonl").data) == wanted
    assert rows(load(tmp_path / "list.json").data) == wanted
    assert rows(load(tmp_path / "under.json", field="data").data) == wanted


def test_text_parquet_arrow_saved_and_pandas(tmp_path: Path) -> None:
    import datasets

    made = datasets.Dataset.from_dict({"name": ["a", "b"], "n": [1, 2]})
    wanted = list(made)
    (tmp_path / "t.txt").write_text("one\ntwo\n")
    made.to_parquet(tmp_path / "p.parquet")
    made.save_to_disk(tmp_path / "saved")
    made.to_pandas().to_feather(tmp_path / "f.feather")
    made.to_csv(tmp_path / "c.csv")
    assert rows(load(tmp_path / "t.txt").data) == [{"text": "one"}, {"text": "two"}]
    assert rows(load(tmp_path / "p.parquet").data) == wanted
    assert rows(load(tmp_path / "saved").data) == wanted
    assert rows(load(next((tmp_path / "saved").glob("*.arrow"))).data) == wanted
    assert rows(load(tmp_path / "f.feather").data) == wanted
    assert rows(load(tmp_path / "c.csv", format="pandas").data) == wanted
    assert rows(load(tmp_path / "saved", in_memory=True).data) == wanted


def test_data_with_a_card_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    from tests.conftest import LESSONS

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    assert len(rows(load(LESSONS / "data" / "countries").data)) == 237


def test_an_arrow_stream_is_mapped_where_it_lies(tmp_path: Path) -> None:
    import datasets

    datasets.Dataset.from_dict({"n": [1]}).save_to_disk(tmp_path / "saved")
    file = next((tmp_path / "saved").glob("*.arrow"))
    opened = load(file)
    assert opened.data.cache_files == [{"filename": str(file)}]
    assert "Dataset.from_file" in opened.code


def test_other_encodings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("name\ncafé\n".encode("cp1252"))
    (tmp_path / "b.csv").write_bytes("name\n北京\n".encode("gb18030"))
    assert rows(load(tmp_path / "a.csv", encoding="cp1252").data) == [{"name": "café"}]
    assert rows(load(tmp_path / "b.csv", encoding="gb18030").data) == [{"name": "北京"}]


def test_files_on_a_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", False)
    (tmp_path / "a.csv").write_text(CSV)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    with serve_files(tmp_path) as address:
        for name in ("a.csv", "a.csv.gz"):
            assert len(rows(load(f"{address}/{name}").data)) == 2
            assert len(rows(load(f"{address}/{name}", streaming=True).data)) == 2
        with pytest.raises(DataError, match="not at that address"):
            load(f"{address}/missing.csv")


# -- warnings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("a\tb\n1\t2\n3\t4\n", r"delimiter=\t"), ("a;b\n1;2\n3;4\n", "delimiter=;"),
        ("a,b\n1,\n2,\n", "b has no values"), ("a,b\n1,\n2,x\n", "Missing of 2: 1 in b"),
        ("Unnamed: 0,a\n0,1\n", "row numbers that pandas writes"),
    ],
)  # fmt: skip
def test_warnings_about_csv(text: str, warning: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(text)
    assert any(warning in one.message for one in load(tmp_path / "a.csv").warnings), load(tmp_path / "a.csv").warnings


def test_mixed_types_are_told(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": 1}\n{"a": "x"}\n')
    assert any(one.code == "mixed-types" for one in load(tmp_path / "a.jsonl").warnings)


def test_rows_under_a_key_are_pointed_at(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"about": {"year": 2015}, "data": [{"a": 1}, {"a": 2}]}')
    assert any("field=data" in one.message for one in load(tmp_path / "a.json").warnings)


def test_a_sound_table_has_no_warnings(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(CSV)
    assert load(tmp_path / "a.csv").warnings == []


# -- what cannot be opened --------------------------------------------------------------------------------------------

BAD: list[tuple[str, bytes, dict[str, Any], str, str]] = [
    ("ragged.csv", b"a,b\n1,2\n3,4\n1,2,3\n", {}, "line 4: 3 columns, where 2 are expected", "delimiter"),
    ("quote.csv", b'a,b\n1,"x\n2,y\n', {}, "never ends", "Correct"),
    ("latin.csv", "a,b\nx,y\ncafé,2\n".encode("latin1"), {}, "line 3: this is not UTF-8", "encoding=cp1252"),
    ("wide.csv", "a,b\n1,2\n".encode("utf-16"), {}, "this is not UTF-8", "encoding=utf-16"),
    ("latin.txt", "café\n".encode("latin1"), {}, "this is not UTF-8", "encoding="),
    ("latin.jsonl", '{"a": "café"}\n'.encode("latin1"), {}, "this is not UTF-8", "encoding="),
    ("empty.csv", b"", {}, "is empty", "another"),
    ("empty.jsonl", b"", {}, "is empty", "another"),
    ("empty.txt", b"", {}, "is empty", "another"),
    ("head.csv", b"a,b\n", {}, "no rows", "another"),
    ("bad.jsonl", b'{"a": 1}\n{"a": 2,,}\n', {}, "line 2: this is not JSON", "field="),
    ("cut.json", b'[{"a": 1}, {"a"', {}, "not JSON", "field="),
    ("rows.json", b'{"data": [1]}', {"field": "nope"}, "no key 'nope'", "field="),
    ("cut.csv.gz", gzip.compress(b"a,b\n" + os.urandom(9000).hex().encode())[:3000], {}, "broken off", "Copy it again"),
    ("not.csv.gz", b"a,b\n1,2\n" * 3, {}, "", ""),
    ("bad.csv.zst", b"nothing of the kind", {}, "broken off", "Copy it again"),
    ("bad.parquet", b"hello this is no parquet file at all", {}, "not a whole Parquet file", "Copy it again"),
    ("bad.arrow", b"not arrow at all, is it", {}, "not a whole Arrow file", "Copy it again"),
    ("a.csv", b"a,b\n1,2\n", {"split": "nope"}, "Unknown split", "one of these"),
    ("a.csv", b"a,b\n1,2\n", {"format": "parquet"}, "not a whole Parquet file", ""),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "options", "said", "hint"), BAD, ids=[f"{b[0]}-{i}" for i, b in enumerate(BAD)]
)
def test_the_error_map(
    name: str, content: bytes, options: dict[str, Any], said: str, hint: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    if not said:  # whatever comes of it, it is a table or a sentence
        try:
            load(file, **options)
        except HeadnotesError as error:
            assert error.title
        return
    with pytest.raises(DataError) as error:
        load(file, **options)
    assert said in error.value.title
    assert hint in error.value.next_step
    assert "Traceback" not in str(error.value)


def test_files_with_other_columns(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("a,b\n1,2\n")
    (tmp_path / "2.csv").write_text("a,c\n1,2\n")
    with pytest.raises(DataError, match="same columns"):
        load(tmp_path / "*.csv")


def test_no_permission(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(CSV)
    file.chmod(0)
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    with pytest.raises(DataError, match="cannot be read"):
        load(file)


def test_a_folder_that_brings_a_program_is_not_run(tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    folder = tmp_path / "scripted"
    folder.mkdir()
    (folder / "scripted.py").write_text(f"open({str(proof)!r}, 'w').close()\n")
    with pytest.raises(HeadnotesError):
        load(folder)
    assert not proof.exists()


def test_without_a_network_an_address_fails_at_once() -> None:
    with pytest.raises(DataError, match="HF_HUB_OFFLINE"):
        load("http://127.0.0.1:9/a.csv")
    with pytest.raises(HeadnotesError):
        load("nobody/nothing")


def test_a_dead_server_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with pytest.raises(DataError, match="cannot be reached"):
        load("http://127.0.0.1:9/a.csv")


# -- what is unusual --------------------------------------------------------------------------------------------------


def test_unusual_tables_open(tmp_path: Path) -> None:
    (tmp_path / "long.csv").write_text("a,b\n" + "x" * 2_000_000 + ",1\n")
    (tmp_path / "wide.csv").write_text(",".join(f"c{i}" for i in range(5000)) + "\n" + ",".join("1" * 5000) + "\n")
    (tmp_path / "nul.csv").write_bytes(b"a,b\n1,x\x00y\n")
    deep: Any = 1
    for _ in range(64):
        deep = {"a": deep}
    (tmp_path / "deep.jsonl").write_text(json.dumps({"d": deep}) + "\n")
    assert len(load(tmp_path / "long.csv").data[0]["a"]) == 2_000_000
    assert load(tmp_path / "wide.csv").data.num_columns == 5000
    assert load(tmp_path / "nul.csv").data.num_rows == 1
    with pytest.raises(DataError, match="nested too deeply"):
        load(tmp_path / "deep.jsonl")


def test_lone_surrogates_in_json(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"a": "\\ud800 x"}\n')
    try:
        assert load(tmp_path / "a.jsonl").data.num_rows == 1
    except UsageError:
        raise
    except HeadnotesError as error:
        assert error.title


# -- servers ----------------------------------------------------------------------------------------------------------


def test_a_data_set_of_the_hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """In a process of its own: the client reads its address when it is imported."""
    import subprocess
    import sys

    with serve({"someone/rows": {"train.csv": CSV.encode(), "test.csv": b"name,n\nPeru,3\n"}}) as hub:
        env = {**os.environ, "HF_ENDPOINT": hub.address, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path / "home"),
               "HF_HUB_DISABLE_XET": "1"}  # fmt: skip
        command = [sys.executable, "-m", "tui", "data", "someone/rows", "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=env)
        assert done.returncode == 0, done.stderr
        made = json.loads(done.stdout)
        assert [(one["name"], one["rows"]) for one in made["splits"]] == [("train", 2), ("test", 1)]
        missing = subprocess.run([*command[:4], "someone/nothing"], capture_output=True, text=True, env=env)
        assert missing.returncode == 1
        assert "There is no data set someone/nothing on the Hub" in missing.stderr


def test_a_server_that_dies_in_the_middle_of_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", False)
    monkeypatch.setattr("datasets.config.STREAMING_READ_MAX_RETRIES", 2)
    monkeypatch.setattr("datasets.config.STREAMING_READ_RETRY_INTERVAL", 0)
    lines = "".join(json.dumps({"n": n, "pad": "x" * 1000}) + "\n" for n in range(40_000)).encode()
    with serve_until_it_dies(lines) as (address, die):
        table = DESK.open(Source((f"{address}/rows.jsonl",), streaming=True))
        die()
        with pytest.raises(DataError) as error:
            DESK.more(table.handle, "train", 20_000)
        assert "does not answer" in error.value.title
        come = DESK.rows(table.handle, "train", 0, 5, ["n"])
        assert [row[0] for row in come.rows] == ["0", "1", "2", "3", "4"]


def test_a_file_that_vanishes_while_it_is_open(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text(CSV)
    table = DESK.open(Source((str(file),)))
    file.unlink()
    assert DESK.rows(table.handle, "train", 0, 1, ["name"]).rows == [["France"]]
    assert DESK.step(table.handle, "sort('name')").after == 2
    with pytest.raises(UsageError, match="no file"):
        DESK.open(Source((str(file),)))


def test_a_packed_file_without_its_package_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import zstandard

    (tmp_path / "a.csv.zst").write_bytes(zstandard.compress(b"a,b\n1,2\n"))
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(UsageError, match="the package zstandard is missing") as caught:
        DESK.open(Source((str(tmp_path / "a.csv.zst"),)))
    assert "pip install" in str(caught.value)
