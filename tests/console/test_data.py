"""Stories of the data room: open, look around, search, change, take back, save, in keys."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.console.console import Driver, InProcess, console
from tests.console.test_hostile import assert_harmless
from tests.hostile import TEXTS
from tui import paths
from tui.console import recent
from tui.console.screens.data import Data
from tui.console.screens.windows import ListWindow, TextWindow
from tui.console.widgets.chrome import Prompt, PromptInput
from tui.engine.client import Request
from tui.errors import EngineDied
from tui.tables.source import Source
from tui.tables.table_store import DESK
from tui.text.visible import visible

pytestmark = pytest.mark.usefixtures("own_tables")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """5,000 rows, every second one in Chinese."""
    made = tmp_path / "rows.csv"
    lines = [f"{'行' if n % 2 else 'row'} {n},{n},{n % 3},{'x' * (n % 50)}" for n in range(5000)]
    made.write_text("\n".join(["name,n,k,pad", *lines]) + "\n", "utf-8")
    return made


def room(path: Path | str, **options: Any) -> Any:
    size = options.pop("size", (120, 40))
    language = options.pop("language", "en")
    return console(data=Source((str(path),), **options), size=size, language=language)


async def shown(it: Driver, *words: str) -> None:
    await it.until_shown(*words)


def row(it: Driver) -> int:
    return it.rows.at.row


async def test_a_file_opens_and_tells_what_it_is(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "rows.csv", "5,000 rows", "4 columns", "row 0", "行 1")
        assert recent.read()[0].paths == (str(file),)
        await it.press("G")
        await shown(it, "4,999")
        await it.press("g", "down", "right")
        await it.until(lambda: (row(it), it.rows.at.column) == (1, 1))
        assert "row 1   n   int64" in it.screen()


async def test_going_to_a_row_and_paging(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.ask("colon", "2,345")
        await it.until(lambda: row(it) == 2345)
        await shown(it, "行 2345")
        top = it.rows.at.top
        await it.press("pagedown")
        await it.until(lambda: it.rows.at.top > top)
        await it.ask("colon", "99999")
        await shown(it, "There is no row")
        await it.ask("colon", "abc")
        await shown(it, "is not a number")


async def test_wide_characters_line_up(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        strips = it.app.screen._compositor.render_strips()
        lines = ["".join(segment.text for segment in strip) for strip in strips]
        from rich.cells import cell_len

        found = [line for line in lines if "row 8" in line or "行 9" in line]
        columns = [cell_len(line[: line.index("  8  ") if "row 8" in line else line.index("  9  ")]) for line in found]
        assert len(columns) == 2
        assert len(set(columns)) == 1


async def test_searching(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.ask("slash", "行 1234")
        await shown(it, "hits in 5,000 of 5,000 rows")
        assert not it.rows.hits  # 1234 is even, so its row is called otherwise
        await it.ask("slash", "re:^row 12.4$")
        await shown(it, "10 hits in 5,000")
        await it.until(lambda: row(it) == 1204)
        await it.press("n")
        await it.until(lambda: row(it) == 1214)
        await it.press("N", "N")
        await it.until(lambda: row(it) == 1294)
        await it.press("escape")
        assert not it.rows.hits
        await it.ask("slash", "re:(")
        await shown(it, "not a pattern")


async def test_steps_are_done_told_looked_back_at_and_taken_back(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.press("f")
        await it.until(lambda: "filter(lambda row: row['name'] is not None)" in it.screen())
        await it.press("escape")
        await it.ask("f", "filter(lambda row: row['n'] >= 4990)")
        await shown(it, "10 rows", "> filter(lambda row", "5,000 to 10 rows", "kept in the cache")
        await it.ask("m", "map(lambda row: {'half': row['n'] / 2})")
        await shown(it, "5 columns", "new: half", "2495.5")
        await it.press("b")
        await shown(it, "before the last step", "4 columns")
        await it.press("b")
        await shown(it, "5 columns")
        await it.press("u")
        await shown(it, "Undone: map", "4 columns")
        await it.press("u", "u")
        await shown(it, "There is nothing to undo", "5,000 rows")


async def test_a_failing_function_is_told_and_nothing_is_lost(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.ask("m", "map(lambda row: {'x': 1 / (row['n'] - 4321)})")
        await shown(it, "row 4,321: ZeroDivisionError", "n='4321'", "5,000 rows")
        await it.ask("m", "map(lambda row:")
        await shown(it, "This is not Python")


async def test_all_steps_are_offered(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.press("a")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("down", "down", "enter")
        await it.until(lambda: "sort('name')" in it.screen())
        await it.press("enter")
        await shown(it, "> sort('name')")


async def test_splits(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.press("t")
        await shown(it, "There is one split only")
        await it.ask("p", "split(test=0.1, validation=0.2, seed=1)")
        await shown(it, "3,500 rows", "train")
        await it.press("t")
        await shown(it, "1,000 rows", "validation")
        await it.press("t", "t")
        await shown(it, "3,500 rows")


async def test_columns_are_hidden_moved_and_resized(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.press("right", "minus")
        assert [column.name for column in it.rows.columns.order] == ["name", "k", "pad"]
        await it.press("right_curly_bracket")
        assert [column.name for column in it.rows.columns.order] == ["name", "pad", "k"]
        before = it.screen()
        await it.press("left", "greater_than_sign")
        assert it.screen() != before
        await it.press("equals_sign")
        assert [column.name for column in it.rows.columns.order] == ["name", "n", "k", "pad"]


async def test_figures_whole_cells_and_copies(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with room(file) as it:
        copied: list[str] = []
        monkeypatch.setattr(it.app, "copy", lambda what, text, note="": copied.append(text))
        await shown(it, "5,000 rows")
        await it.press("right", "i")
        await shown(it, "Statistics of n", "5,000", "median", "2499.50")
        await it.press("escape", "right", "right", "down", "down", "enter")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        await shown(it, "pad, row 2", "xx")
        await it.press("escape")
        await it.press("y")
        await it.until(lambda: copied == ["xx"])
        await it.press("space", "space", "y")
        await it.until(lambda: len(copied) == 2)
        assert copied[1] == "name\tn\tk\tpad\nrow 2\t2\t2\txx\n行 3\t3\t0\txxx\n"
        await it.press("x")
        await shown(it, "The Python that makes this table", "load_dataset('csv'")


async def test_saving_asks_first(file: Path, tmp_path: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.ask("s", "out.parquet")
        await shown(it, "Write", "out.parquet", "5,000 rows")
        await it.press("down", "enter")
        assert not (tmp_path / "out.parquet").exists()
        await it.ask("s", "out.parquet")
        await shown(it, "Write")
        await it.press("enter")
        await shown(it, "Saved:")
        await it.ask("s", "out.parquet")
        await shown(it, "Replace")
        await it.press("enter")  # the mark stands on the harmless choice
        await it.ask("s", "out.xyz")
        await shown(it, "cannot be saved as .xyz")


async def test_what_cannot_be_opened_is_told_and_another_can_be(file: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"a,b\n1,2\n1,2,3\n")
    async with room(bad) as it:
        await shown(it, "line 3: 3 columns, where 2 are expected")
        await it.press("ctrl+o")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await shown(it, "countries.csv")
        await it.press("home", "enter")
        await it.until(lambda: not isinstance(it.app.screen, ListWindow))
        await it.type(str(file))
        await it.press("enter")
        await shown(it, "5,000 rows")


async def test_a_failed_open_changes_nothing(file: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_bytes(b"a,b\n1,2\n1,2,3\n")
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.ask("f", "filter(lambda row: row['n'] % 2 == 0)")
        await shown(it, "2,500 rows")
        await _open(it, tmp_path / "bad.csv")
        await shown(it, "line 3: 3 columns, where 2 are expected", "rows.csv", "2,500 rows", "> filter")
        assert "bad.csv" not in it.screen().splitlines()[0]
        DESK.clear()  # the engine was restarted
        await it.ask("colon", "2222")
        await shown(it, "opened again", "4444")
        await it.press("u")
        await shown(it, "5,000 rows")
        await it.press("s")
        await shown(it, "rows.parquet")
        assert [source.paths for source in recent.read()] == [(str(file),)]


async def test_a_stopped_open_changes_nothing(file: Path) -> None:
    engine = InProcess()
    async with console(data=Source((str(file),)), engine=engine) as it:
        await shown(it, "5,000 rows")
        engine.hold = True
        await _open(it, file.with_name("other.csv"))
        await shown(it, "opening other.csv")
        await it.press("escape")
        await shown(it, "Stopped.", "rows.csv", "5,000 rows")


async def _open(it: Driver, path: Path | str) -> None:
    await it.press("ctrl+o")
    await it.until(lambda: isinstance(it.app.screen, ListWindow))
    await it.press("home", "enter")
    await it.until(lambda: not isinstance(it.app.screen, ListWindow))
    await it.type(str(path))
    await it.press("enter")


@pytest.mark.parametrize(
    ("language", "sentence", "offer"),
    [("en", "k: the numbers are written, not the names", "instead"), ("zh", "k：只写入类别编号", "改存为")],
)
async def test_saving_lists_what_is_lost_and_offers_what_keeps_it(
    file: Path, tmp_path: Path, language: str, sentence: str, offer: str
) -> None:
    async with room(file, language=language) as it:
        await shown(it, "5,000")
        await it.ask("f", "class_encode_column('k')")
        await shown(it, "> class_encode_column")
        await it.ask("s", "out.csv")
        await shown(it, sentence, offer, "out.parquet")
        await it.press("down", "down", "enter")
        await it.until(lambda: "to_parquet" in it.screen() and sentence not in it.screen())
        await it.press("enter")
        await it.until(lambda: (tmp_path / "out.parquet").exists())
        assert not (tmp_path / "out.csv").exists()


async def test_warnings_are_shown(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a\tb\n1\t2\n3\t4\n")
    (tmp_path / "b.csv").write_text("a,b,c\n007,NA,1e5\n008,x,2e7\n009,,\n")
    async with room(tmp_path / "a.csv") as it:
        await shown(it, "One column only", "try delimiter")
    async with room(tmp_path / "b.csv", size=(80, 24)) as it:
        await shown(it, "007 was read as the number 7", "more lines of warnings")


async def test_what_a_warning_advises_can_be_typed_behind_the_path(tmp_path: Path) -> None:
    (tmp_path / "z.csv").write_text("zip,n\n00501,1\n")
    async with room(tmp_path / "z.csv") as it:
        await shown(it, "was read as the number 501", "format=pandas", "dtype=str")
        await _open(it, f"{tmp_path / 'z.csv'} format=pandas dtype=str")
        await it.until(lambda: "was read as" not in it.screen())
        await shown(it, "00501")


async def test_a_value_beyond_the_sample_is_shown_opened_copied_and_summed_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """97.5 was shown and copied as 98, because 200 other rows have no decimals."""
    (tmp_path / "x.csv").write_text("x\n" + "1.0\n" * 1_300 + "97.5\n" + "1.0\n" * 700)
    async with room(tmp_path / "x.csv") as it:
        copied: list[str] = []
        monkeypatch.setattr(it.app, "copy", lambda what, text, note="": copied.append(text))
        await shown(it, "2,001 rows")
        await it.ask("colon", "1300")
        await it.until(lambda: row(it) == 1_300)
        await shown(it, "97.5")
        await it.press("y")
        await it.until(lambda: copied == ["97.5"])
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        await shown(it, "97.5")
        await it.press("escape", "i")
        await shown(it, "97.50")


async def test_a_stream_comes_as_one_goes_down(file: Path) -> None:
    async with room(file, streaming=True) as it:
        await shown(it, "rows so far")
        before = it.rows.count
        assert before < 5000
        await it.press("G", "down", "down")
        await it.until(lambda: it.rows.count > before)


async def test_after_a_restart_of_the_engine_the_table_is_there_again(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        await it.ask("f", "filter(lambda row: row['n'] % 2 == 0)")
        await shown(it, "2,500 rows")
        DESK.clear()
        await it.ask("colon", "2222")
        await shown(it, "opened again", "4444")
        DESK.clear()
        await it.ask("o", "sort('n', reverse=True)")
        await shown(it, "4998", "> sort")


async def test_a_dead_engine_is_told(file: Path) -> None:
    class Dies(InProcess):
        def _do(self, message: dict[str, Any]) -> Any:
            if message["do"] == "data" and message["call"] == "step":
                raise EngineDied("engine.ended-at-work", how="SIGBUS", log="engine.log")
            return super()._do(message)

    async with console(data=Source((str(file),)), engine=Dies()) as it:
        await shown(it, "5,000 rows")
        await it.ask("o", "sort('n')")
        await shown(it, "SIGBUS", "5,000 rows")


async def test_escape_stops_what_runs(file: Path) -> None:
    async with room(file) as it:
        await shown(it, "5,000 rows")
        it.engine.hold = True
        await it.ask("o", "sort('n')")
        await it.press("escape")
        assert [request.message["call"] for request in it.engine.dropped] == ["step"]
        await shown(it, "Stopped.", "5,000 rows")


async def test_without_a_path_the_list_is_shown(tmp_path: Path) -> None:
    async with console("2.2") as it:
        await it.press("f4")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await shown(it, "with the lessons", "pairs")
        await it.press("escape")
        await shown(it, "Nothing is open")
        await it.press("q")
        await it.until(lambda: not isinstance(it.app.screen, Data))


async def test_a_large_table_is_made(own_home: Path) -> None:
    async with console("2.2") as it:
        await it.press("f4")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("home", "down", "enter")
        await it.until(lambda: it.app.screen.query_one(Prompt).is_open)
        it.app.screen.query_one(PromptInput).value = "12_000"
        await it.press("enter")
        await shown(it, "12,000 rows", "countries-12000.arrow")
        await it.press("G")
        await shown(it, "11,999")


async def test_in_chinese_and_in_a_small_window(file: Path) -> None:
    async with room(file, size=(80, 24), language="zh") as it:
        await shown(it, "5,000 行", "4 列")
        await it.press("i")
        await shown(it, "统计")
        await it.press("escape", "l")
        await shown(it, "5,000 rows")


async def test_hostile_cells_names_and_files(tmp_path: Path) -> None:
    import datasets

    texts = [text for text in TEXTS if "\ud800" not in text]
    made = datasets.Dataset.from_dict({"[/INST] \x1b[31m": texts, "n": list(range(len(texts)))})
    target = tmp_path / "[CLS] hostile.parquet"
    made.to_parquet(target)
    async with room(target) as it:
        await shown(it, f"{len(texts)} rows", "[CLS] hostile.parquet")
        for _ in range(len(texts)):
            await it.press("enter")
            await it.until(lambda: isinstance(it.app.screen, TextWindow))
            assert_harmless(it.screen())
            await it.press("escape", "down")
            assert_harmless(it.screen())
        await it.press("i")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        assert_harmless(it.screen())
        await it.press("escape")
        await it.ask("slash", "[/INST]")
        await it.until(lambda: bool(it.rows.hits))
        assert visible("\x1b[31m") in it.screen() or it.app.is_running


class Gated(InProcess):
    """An engine that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = asyncio.Event()
        self.gate.set()

    async def _work(self, request: Request) -> None:
        await self.gate.wait()
        await super()._work(request)


async def test_keys_that_come_while_rows_are_fetched_replace_each_other(tmp_path: Path) -> None:
    """A held arrow key at 2,000 columns froze the table for ten seconds: a request for each key, one after another."""
    file = tmp_path / "wide.csv"
    lines = [",".join(f"column_{n}" for n in range(300)), *(",".join(f"{row}{n}" for n in range(300)) for row in "abc")]
    file.write_text("\n".join(lines) + "\n")
    engine = Gated()
    async with console(data=Source((str(file),)), engine=engine) as it:
        await it.until_shown("column_0")
        await it.until(lambda: it.rows.at == it.rows._goal)
        before = len(engine.asked)
        engine.gate.clear()
        for _ in range(60):
            it.app.post_message(events.Key("right", None))
        await it.until(lambda: it.rows._goal.column == 60)
        engine.gate.set()
        await it.until(lambda: it.rows.at.column == 60)
        assert len(engine.asked) - before <= 2
        assert "column_60" in it.screen()


async def test_a_folder_that_is_gone_is_a_sentence_and_whole_paths_still_work(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started_in = tmp_path / "started in"
    started_in.mkdir()
    monkeypatch.chdir(started_in)
    async with room(file) as it:
        await shown(it, "5,000 rows")
        started_in.rmdir()
        await it.ask("s", "out.csv")
        await shown(it, "The folder in which Headnotes was started is gone.", "Write the whole path of")
        await it.ask("s", str(tmp_path / "out.csv"))
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("enter")
        await shown(it, f"Saved: {tmp_path}"[:60])
        assert (tmp_path / "out.csv").is_file()


@pytest.mark.parametrize(
    ("path", "sentence"),
    [("a\0b.csv", "It has a NUL character in it."), ("x" * 5000, "is too long for the name of a file")],
    ids=["nul", "long"],
)
async def test_a_path_that_no_file_can_have_is_a_sentence_and_another_can_be_opened(
    path: str, sentence: str, file: Path
) -> None:
    async with console() as it:
        await it.press("f4")
        for pasted, words in ((path, sentence), (str(file), "5,000 rows")):
            await it.until(lambda: isinstance(it.app.screen, ListWindow))
            await it.press("home", "enter")
            await it.until(lambda: isinstance(it.app.focused, PromptInput))
            it.app.post_message(events.Paste(pasted))
            await it.press("enter")
            await shown(it, words)
            if pasted is path:
                await it.press("ctrl+o")
        assert not paths.console_log().exists()
