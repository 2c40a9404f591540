"""Cells of a lesson as a reader uses them: write, run, run to here, come back the next day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import Driver, console
from tui.console.screens.reader import Reader
from tui.console.widgets.cell_desk import CellDesk
from tui.course.blocks import Cell, Claim
from tui.course.book import Course
from tui.models import setup_code

LESSON = """---
id: small
section: "1.1"
title: {title}
---
(start)=
## {title}

```{{code-cell}} python
numbers = [3, 4]
print(sum(numbers))
```

```{{code-cell}} python
print(max(numbers))
```

```{{code-cell}} python
---
predict: {question}
---
print(1 + 1)
```
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """One short lesson, and cells that load no model."""
    monkeypatch.setattr(setup_code, "setup_code", lambda *names, **options: "\n")
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    (tmp_path / "one").mkdir()
    for language, title, question in (("en", "Small", "How much?"), ("zh", "小课", "等于几？")):
        text = LESSON.format(title=title, question=question)
        (tmp_path / "one" / f"01-small.{language}.md").write_text(text, "utf-8")
    return Course.open(tmp_path)


def desk(driver: Driver) -> CellDesk:
    return driver.app.screen.query_one(CellDesk)


async def test_a_cell_is_written_in_run_and_there_again_the_next_day(book: Course) -> None:
    async with console("small", book=book) as driver:
        await driver.press("n", "e")
        await driver.until_shown("Cell 1")
        await driver.press("ctrl+end", "ctrl+end", "enter")
        await driver.type("print(max(numbers) * 100)")
        await driver.press("ctrl+r")
        await driver.until_shown("7\n", " 400")
        await driver.press("escape")
        assert not desk(driver).display
        assert "print(max(numbers) * 100)" in driver.screen(), "the notes show the reader's code"
        assert "edited" in driver.screen()
    async with console("small", book=book, language="zh") as driver:
        await driver.until_shown("print(max(numbers) * 100)", "已修改")
        await driver.press("n", "0")
        await driver.until_shown("已恢复")
        assert "* 100" not in driver.text_of("#notes")


async def test_undo_brings_back_what_was_there(book: Course) -> None:
    async with console("small", book=book) as driver:
        await driver.press("n", "e", "x", "x", "f8")
        assert desk(driver).input.text == "numbers = [3, 4]\nprint(sum(numbers))"
        await driver.press("ctrl+z")
        assert desk(driver).input.text.endswith("xx")
        await driver.press("escape")
        assert driver.reader.notes.has_focus


async def test_run_to_here_runs_the_cells_above_once(book: Course) -> None:
    async with console("small", book=book) as driver:
        await driver.press("n", "n", "enter")
        await driver.until_shown("NameError", "Cell 1 on this page defines it")
        await driver.press("a")
        await driver.until_shown("7", " 4")
        await driver.press("a")
        await driver.until(lambda: [m.get("once") for m in driver.engine.asked if m["do"] == "cell"].count(True) == 2)
        await driver.press("z")
        await driver.until_shown("forgotten")
        await driver.press("enter")
        await driver.until_shown("NameError")


async def test_a_cell_above_that_fails_ends_the_way_and_other_stops_take_no_keys_of_cells(book: Course) -> None:
    async with console("small", book=book) as driver:
        await driver.press("n", "e", "x", "escape", "n", "a")
        await driver.until_shown("Cell 1 ended in an error")
        assert "working" not in driver.screen()
        assert driver.reader.notes.states[driver.stop_of(Cell, 1)] is None
    async with console("2.2") as driver:
        await driver.go_to_stop(driver.stop_of(Claim))
        await driver.press("a", "0", "w")
        assert not driver.reader.runs.is_running


async def test_the_whole_traceback_is_one_key_away(book: Course) -> None:
    async with console("small", book=book) as driver:
        await driver.press("n", "n", "enter")
        await driver.until_shown("NameError", "1 | print(max(numbers))")
        await driver.press("w")
        await driver.until_shown("Traceback (most recent call last)")


async def test_a_guess_is_asked_for_shown_beside_the_answer_and_may_be_left_out(book: Course) -> None:
    async with console("small", book=book, language="zh") as driver:
        await driver.press("n", "n", "n", "enter")
        await driver.until_shown("等于几？（留空则跳过）")
        await driver.type("3")
        await driver.press("enter")
        await driver.until_shown("你的猜测：3", " 2")
    async with console("small", book=book) as driver:
        await driver.press("n", "n", "n", "enter", "enter")
        await driver.until_shown("prints", " 2")
        assert "your guess" not in driver.screen()


async def test_completion_and_punctuation_while_writing(book: Course) -> None:
    async with console("small", book=book) as driver:
        await driver.press("n", "enter")
        await driver.until_shown(" 7")
        await driver.press("x")
        await driver.until_shown("Scratch cell")
        await driver.type("numb")
        await driver.press("tab")
        await driver.until(lambda: desk(driver).input.text == "numbers")
        await driver.type(".so")
        await driver.press("tab")
        await driver.until(lambda: desk(driver).input.text == "numbers.sort")
        desk(driver).input.insert("（）")  # as an input method does
        await driver.until_shown("full-width “（”")
        await driver.press("ctrl+g", "ctrl+r")
        await driver.until_shown("it printed nothing")
        assert desk(driver).input.text == "numbers.sort()"
        await driver.press("escape", "x")
        assert desk(driver).input.text == "numbers.sort()", "kept with the lesson"


async def test_the_cells_are_exported_from_the_screen(book: Course, tmp_path: Path) -> None:
    async with console("small", book=book) as driver:
        await driver.ask("f", str(tmp_path / "small.ipynb"))
        await driver.until_shown("The cells are in")
        assert "numbers = [3, 4]" in (tmp_path / "small.ipynb").read_text("utf-8")
        await driver.ask("f", str(tmp_path / "small.ipynb"))
        await driver.until_shown("there already")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_the_free_bench_has_a_scratch_cell_of_its_own(book: Course, size: tuple[int, int]) -> None:
    async with console("small", book=book, size=size) as driver:
        await driver.app.open_bench("schedule")
        await driver.press("x")
        await driver.until_shown("Scratch cell")
        await driver.type("6 * 7")
        await driver.press("ctrl+r")
        await driver.until_shown(" 42")
        await driver.press("escape")
        assert not desk(driver).display
        assert not isinstance(driver.app.screen, Reader)
