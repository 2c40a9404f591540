"""The Chinese console shows no English sentence or label, and the English one no Chinese: screens, errors, notices.

Every window is in test_fits.py, all messages are in tests/text/test_other_language.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.console.console import Driver, console
from tests.console.languages import english, english_words, in_other_language
from tests.console.test_data import room
from tests.console.test_snapshots import Recorded
from tests.runs.recorded import Recorded as RecordedRun
from tui import doctor
from tui.console.screens.data import Data
from tui.console.screens.overlay import Overlay
from tui.console.screens.run import RunScreen
from tui.errors import EngineDied, HeadnotesError, explain
from tui.runs import folder
from tui.runs.event_messages import message_fields

pytestmark = pytest.mark.usefixtures("own_tables")

SIZES = [(80, 24), (120, 40)]
BUNDLED = (
    "cloze countries entities pairs lesson parallel texts en fr question answering sentiment analysis zero shot "
    "classification generation fill mask ner translation summarization text to get"
)
"""Data, recipes and tasks that ship."""


def test_english_is_found_and_what_is_not_ours_is_not() -> None:
    assert english("没有文件  There is no file here.") == ["There is no file here"]
    assert english("Save it as a file\nthat opens") == ["Save it as a file"]
    assert english("原始信息：“Expected 3 fields\nin line 4 saw 5”  用 format=pandas 加选项 dtype=str") == []
    assert english("请运行 headnotes runs follow x，或 pip install zstandard  filter(lambda row: row['n'] > 3)") == []
    assert english_words("损失 0.4  learning rate 5e-05  step 3") == ["learning", "rate", "step"]
    assert english_words("用 max_length=8 打开 MiniLM  “a b c”  text.csv  16 ms  F7 命令") == []
    assert english_words("结果 POSITIVE", {"label": "POSITIVE"}) == []


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


FACTS = [
    *doctor.PACKAGES,
    "cpu headnotes face fc Linux set TERM LANG COLORTERM TMUX xterm truecolor python https it py in this process",
]
"""What the report of the doctor names."""


async def both_sizes(it: Driver, data: Any = (), sizes: Sequence[tuple[int, int]] = SIZES) -> list[str]:
    """What is in the other language at either size; the screen is as large as before afterwards."""
    found = []
    for size in sizes:
        await it.pilot.resize_terminal(*size)
        await it.pilot.pause()
        found += in_other_language(it, data)
    return found


@pytest.mark.parametrize("key", ["", "f1", "f2", "f3", "f4", "f5", "f6", "f7", "slash", "ctrl+p"])
async def test_the_screens(key: str) -> None:
    async with console(size=SIZES[1], language="zh") as it:
        await it.press(*([key] if key else []))
        await it.pilot.pause()
        assert await both_sizes(it, [BUNDLED, *FACTS]) == []


# -- runs -----------------------------------------------------------------------------------------------------------


def run_of_state(state: str) -> RecordedRun:
    """A run that ended in a way of its own, or that nobody works at."""
    run = RecordedRun(f"r-{state}").begin()
    falling = [0.1 + 0.6 * 0.97**n for n in range(100)]
    match state:
        case "plateau":
            run.losses([0.7 - 0.4 * min(1, n / 20) for n in range(100)]).evaluation(50, 0.2).evaluation(100, 0.4).end()
        case "nan":
            run.losses([*falling[:40], float("nan")])
            run.events.write(
                "error", **message_fields(explain(HeadnotesError("runs.loss-not-finite", step=41, loss="nan")))
            )
        case "failed":
            run.losses(falling[:40])
            told = HeadnotesError("runs.out-of-memory", reason="DefaultCPUAllocator: not enough memory")
            run.events.write("error", **message_fields(explain(told)))
        case "full":
            run.losses(falling[:40])
            told = HeadnotesError("runs.checkpoint-disk-full", step=40, reason="No space left on device")
            run.events.write("warning", **message_fields(explain(told)))
        case "library":
            run.events.write("error", **message_fields(explain(RuntimeError("something broke in a library"))))
        case "stopped":
            run.losses(falling[:40]).evaluation(25, 0.5)
            run.events.write("stopped", step=40, why="SIGTERM")
        case "dead":
            run.losses(falling[:40])
            run.run.log_file.write_text("最后的输出\n", "utf-8")
        case "one-class":
            run.losses([0.69] * 100).evaluation(50, 0.4, ((0, 50), (0, 50))).end()
        case "done":
            run.losses(falling).evaluation(50, 0.4).evaluation(100, 0.3).end()
            run.events.write("diagnosis", found=[])
            run.events.write("checkpoint", step=100, bytes=90_000_000, seconds=1.5, folder="checkpoint-100")
            run.events.write("epoch", epoch=1, rows=1600, distinct=1600)
            run.events.write("resumed", step=100)
    return run


STATES = ("plateau", "nan", "failed", "full", "library", "stopped", "dead", "one-class", "done", "new")


@pytest.mark.parametrize(("pages", "sizes"), [("14", SIZES[1:]), pytest.param("1234", SIZES, marks=pytest.mark.drill)])
async def test_runs_in_every_state(pages: str, sizes: Sequence[tuple[int, int]]) -> None:
    runs = [run_of_state(state) for state in STATES]
    broken = folder.create(runs[0].recipe, "print()\n")
    broken.recipe_file.write_text("= =", "utf-8")
    (broken.folder / "about.json").write_text("{", "utf-8")
    broken.events_file.write_bytes(b"\xff\xfe\n{\n")
    data = [
        *(run.run.name for run in runs),
        broken.name,
        *FACTS,
        "sentence no yes numpy text classification pairs trainer accumulation checkpoint cli Runtime Error",
    ]
    found = {}
    async with console(size=SIZES[1], language="zh") as it:
        await it.press("f6")
        await it.until_shown(broken.name, runs[0].run.name)
        found["list"] = await both_sizes(it, data)
        for run in (*(one.run for one in runs), broken):
            screen = RunScreen(run)
            await it.app.push_screen(screen)
            await it.until(lambda screen=screen: screen._polling is not None, "the run to be read")
            recipe = run.recipe_file.read_text("utf-8")
            for page in pages:
                await it.press(page)
                found[f"{run.name} {page}"] = await both_sizes(it, [*data, recipe], sizes)
            await it.app.pop_screen()
        await it.app.push_screen(Overlay([one.run for one in runs[:8]]))
        await it.until_shown("A r-plateau")
        found["overlay"] = await both_sizes(it, data)
    assert {name: words for name, words in found.items() if words} == {}


# -- notices, and an engine that is not there -----------------------------------------------------------------------


async def noticed(it: Driver, *keys: str, data: Any = ()) -> list[str]:
    """What is not Chinese after these keys, which bring a notice."""
    it.app.clear_notifications()
    await it.press(*keys)
    await it.until(lambda: len(it.app._notifications) > 0, f"a notice of {keys}")
    notices = [one.message for one in it.app._notifications]
    return [word for one in notices for word in english_words(one, data)]


@pytest.mark.drill
async def test_notices_are_chinese() -> None:
    falling = [0.1 + 0.6 * 0.97**n for n in range(30)]
    run = RecordedRun("甲").begin().losses(falling).end()
    async with console("2.2", size=SIZES[1], language="zh") as it:
        found = [await noticed(it, *keys) for keys in (("b",), ("ctrl+c",), ("escape", "slash", *"zzzz", "enter"))]
        await it.press("f6")
        await it.until_shown("甲")
        found += [await noticed(it, key) for key in "sy"]
        await it.app.push_screen(RunScreen(run.run))
        await it.until_shown("损失")
        found += [await noticed(it, key) for key in "swy"]
        assert [one for one in found if one] == []


async def test_an_engine_that_died_or_is_silent() -> None:
    async with console("2.2", size=SIZES[1], language="zh", engine=Recorded(record=False)) as it:
        await it.until(lambda: it.reader.bench.pane is not None and it.reader.bench.pane.result is not None)
        page = " ".join(str(block) for block in it.reader.page.blocks)  # type: ignore[union-attr]
        shown = [page, it.reader.bench.pane.result]  # type: ignore[union-attr]
        before = it.screen()
        it.engine.fail(EngineDied("engine.ended", how="SIGKILL", log="/tmp/engine.log"))
        await it.until(lambda: it.screen() != before)
        assert await both_sizes(it, shown) == []
        it.engine.hang()
        await it.until_shown("没有响应")
        assert await both_sizes(it, shown) == []
