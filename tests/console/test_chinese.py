"""The Chinese console shows no English sentence: every screen, and what goes wrong on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.console import Driver, console
from tests.console.test_data import own_cache, room  # noqa: F401 (a fixture)
from tui.console.screens.data import Data

SENTENCE = re.compile(r"(?<![\w./~=-])[A-Za-z]?[a-z]+(?:,? (?:a|[a-z]{2,})){2,}(?![\w/=(])")
"""Three words or more, of small letters but for the first."""
NOT_OURS = re.compile(r"“[^”]*”|'[^']*'|[\w./~-]*/[\w./~-]+|headnotes [\w ]+|models get [\w-]+|pip install [\w-]+")
"""Quoted words of libraries, code in quotes, paths, commands (one may begin on the line before)."""


def english(screen: str) -> list[str]:
    """Sentences of a screen that are English. Quotations may go over several lines."""
    joined = re.sub(r"\s*[┃│▌]?\s*\n\s*[┃│▌]?\s*", " ⏎ ", screen)
    unbroken = re.sub(r"“[^”]*”", "“”", joined)
    lines = (NOT_OURS.sub("·", line) for line in re.split(r" {2,}|⏎|[│┃]", unbroken))
    return [match[0] for line in lines for match in SENTENCE.finditer(line)]


def test_english_is_found_and_what_is_not_ours_is_not() -> None:
    assert english("没有文件  There is no file here.") == ["There is no file here"]
    assert english("Save it as a file\nthat opens") == ["Save it as a file"]
    assert english("原始信息：“Expected 3 fields\nin line 4 saw 5”  用 format=pandas 加选项 dtype=str") == []
    assert english("请运行 headnotes runs follow x，或 pip install zstandard  filter(lambda row: row['n'] > 3)") == []


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    file = tmp_path / "rows.csv"
    lines = [f"行{n},{n},{'0' * (n % 2)}{n}" for n in range(1, 400)]
    file.write_text("\n".join(["名称,数,编号", *lines, "缺,,7"]) + "\n", "utf-8")
    return file


async def is_chinese(it: Driver, *words: str) -> None:
    await it.until_shown(*words)
    assert english(it.screen()) == [], it.screen()


BROKEN: list[tuple[str, bytes, str]] = [
    ("ragged.csv", b"a,b\n1,2\n3,4\n1,2,3\n", "应为 2 列"),
    ("quote.csv", b'a,b\n1,"x\n2,y\n', "没有结束"),
    ("latin.csv", "a,b\nx,y\ncafé,2\n".encode("latin1"), "编码不是 UTF-8"),
    ("empty.csv", b"", "是空的"),
    ("head.csv", b"a,b\n", "没有数据行"),
    ("bad.jsonl", b'{"a": 1}\n{"a": 2,,}\n', "不是有效的 JSON"),
    ("bad.parquet", b"hello this is no parquet file at all", "不是完整的 Parquet 文件"),
    ("late.csv", b"a,b\n" + b"1,x\n" * 12_000 + b"oops,x\n", "与列的类型不符"),
    ("a.pkl", b"", "pickle"),
    ("none.csv", b"", "没有文件"),
]


@pytest.mark.parametrize(("name", "content", "words"), BROKEN, ids=[one[0] for one in BROKEN])
async def test_a_file_that_cannot_be_opened(name: str, content: bytes, words: str, tmp_path: Path) -> None:
    if name != "none.csv":
        (tmp_path / name).write_bytes(content)
    async with room(tmp_path / name, language="zh") as it:
        await is_chinese(it, words)


def answers() -> Iterator[tuple[str, str, str]]:
    """(Key, what is typed, what comes of it)."""
    yield "slash", "re:(", "不是有效的模式"
    yield "m", "map(lambda row:", "不是有效的 Python"
    yield "m", "fliter(len)", "没有名为 fliter 的步骤"
    yield "m", "shuffle()", "需要随机种子"
    yield "m", "map(lambda row: {'x': 1 / (row['数'] - 5)})", "函数在第"
    yield "s", "rows.xyz", "表不能保存为 .xyz"


async def test_what_goes_wrong_in_the_data_room(rows: Path) -> None:
    async with room(rows, language="zh") as it:
        await is_chinese(it, "第 2 行：01 被读成了数字", "行中有缺失值")
        for key, typed, words in answers():
            await it.ask(key, typed)
            await is_chinese(it, words)
            await it.press("escape")
        assert isinstance(it.app.screen, Data)


@pytest.mark.parametrize("key", ["", "f1", "question_mark", "f2", "f3", "f4", "f5", "f6", "f7"])
async def test_the_screens(key: str) -> None:
    async with console(size=(120, 40), language="zh") as it:
        await it.press(*([key] if key else []))
        await it.pilot.pause()
        shown = it.screen().replace("in this process", "")  # the version that the tests' own engine reports
        assert english(shown) == [], shown
