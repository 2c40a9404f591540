"""Errors and warnings as readers and programs get them."""

from __future__ import annotations

import json
import pickle

from tui.errors import (
    DataError,
    EngineError,
    Explained,
    ResultWarning,
    UsageError,
    explain,
    for_programs,
    phrase,
    warning,
)

NO_FILE = DataError("tables.no-such-file", name="a.csv", near=["b.csv", "c.csv"])


def test_an_error_has_a_text_in_each_language() -> None:
    assert str(NO_FILE).startswith("There is no file a.csv. Similar names in its folder: b.csv, c.csv. Check")
    chinese = NO_FILE.message("zh")
    assert (chinese.title, chinese.detail) == ("没有文件 a.csv。", "同一文件夹中名称相近的有：b.csv、c.csv。")


def test_a_part_without_values_is_left_out() -> None:
    error = DataError("tables.no-such-file", name="a.csv", near=[])
    assert error.detail == ""
    assert error.message("zh").detail == ""


def test_values_are_never_read_as_messages() -> None:
    error = UsageError("tables.no-such-file", name="{near} {0} [red]", near=["{name}"])
    assert error.title == "There is no file {near} {0} [red]."
    assert "{name}" in error.detail


def test_an_error_crosses_to_another_process_whole() -> None:
    plain = json.loads(json.dumps(explain(NO_FILE).as_dict()))
    again = Explained(**plain).as_error()
    assert type(again) is DataError
    assert again.message("zh") == NO_FILE.message("zh")
    assert pickle.loads(pickle.dumps(NO_FILE)).message("zh") == NO_FILE.message("zh")


def test_an_error_of_another_version_keeps_its_english() -> None:
    """Old run folders have no codes, and newer ones may have codes that are not known here."""
    for plain in ({}, {"code": "tables.of-the-future", "values": {}}, {"code": "nowhere.at-all", "values": {}}):
        error = Explained("DataError", "It broke.", "Here.", "Fix it.", **plain).as_error()
        assert str(error.message("zh")) == "It broke. Here. Fix it."


def test_the_words_of_a_library_stay_in_a_sentence() -> None:
    error = explain(ValueError("bad thing")).as_error()
    assert isinstance(error, EngineError)
    assert error.title == "ValueError: bad thing"
    assert error.message("zh").title == "库报告了 ValueError：“bad thing”"
    assert explain(FileNotFoundError(2, "No such file", "x")).title == "No such file (x)."
    assert explain(KeyError()).title == "KeyError"


def test_programs_get_a_code_and_a_message() -> None:
    assert explain(NO_FILE).for_programs("zh")["code"] == "tables.no-such-file"
    assert explain(NO_FILE).for_programs("zh")["message"].startswith("没有文件 a.csv。 ")
    assert explain(ValueError("x")).for_programs() == {"code": "errors.library", "message": "ValueError: x"}


def test_a_warning_is_kept_and_read_again_in_any_language() -> None:
    found = warning("tables.numbers-rounded-json", code="numbers-rounded", name="a", value=1, stored=2,
                    place=phrase("tables.line-number", line=3))  # fmt: skip
    assert (found.code, found.message.partition(".")[0]) == ("numbers-rounded", "a, line 3: 1 became 2")
    again = ResultWarning(**json.loads(json.dumps(for_fields(found))))
    assert again.text("zh").startswith("a 列第 3 行：1 变成了 2。")
    assert for_programs([for_fields(found)], "zh") == [{"code": "numbers-rounded", "message": again.text("zh")}]
    assert ResultWarning("old", "In English.").text("zh") == "In English."
    assert ResultWarning("new", "In English.", "tables.of-the-future", {}).text("zh") == "In English."


def for_fields(found: ResultWarning) -> dict[str, object]:
    from dataclasses import asdict

    return asdict(found)
