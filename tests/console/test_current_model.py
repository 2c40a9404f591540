"""The reader's model: chosen in a chapter, used by its bench and its cells, kept for the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import Driver, console
from tui.console.scratch_cell import SPACE
from tui.console.screens.free_bench import FreeBench
from tui.console.screens.reader import Reader
from tui.console.screens.windows import ListWindow
from tui.console.widgets.chrome import Prompt
from tui.course.merge import merge
from tui.course.progress import Progress
from tui.models.setup_code import cell_setup
from tui.models.suggestions import models


def request_of(it: Driver, what: str) -> dict[str, object]:
    """The newest request of that kind."""
    return [one for one in it.engine.asked if one["do"] == what][-1]


def test_a_model_is_kept_by_chapter(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "progress.json")
    progress.keep_model("2", "run:mine")
    progress.save()
    again = Progress(tmp_path / "progress.json")
    assert (again.model("2"), again.model("3")) == ("run:mine", "")


def test_the_later_choice_of_two_consoles_counts() -> None:
    earlier = {"models": {"2": "MiniLM", "3": "sentiment"}, "times": {"models:2": 10.0, "models:3": 5.0}}
    later = {"models": {"2": ""}, "times": {"models:2": 20.0}}
    for both in (merge(earlier, later), merge(later, earlier)):
        assert both["models"] == {"2": "", "3": "sentiment"}


async def choose(it: Driver, model: str) -> None:
    """Press the key, go to the model (the first entry is the lessons' own), enter."""
    await it.press("m")
    await it.until(lambda: isinstance(it.app.screen, ListWindow))
    place = ("", *models()).index(model)
    await it.press("home", *["down"] * place, "enter")


async def test_a_chapters_model_is_used_by_bench_and_cells_and_kept() -> None:
    async with console("2.4") as it:
        screen = it.app.screen
        assert isinstance(screen, Reader)
        await it.press("tab", "escape")
        await it.until(lambda: request_of(it, "run")["spec"]["model"] == "MiniLM")
        await choose(it, "text-generation")
        await it.until(lambda: request_of(it, "run")["spec"]["model"] == "text-generation")
        await it.until_shown("text-generation")
        assert (it.app.progress.model("2"), it.app.progress.model("3")) == ("text-generation", "")
        await choose(it, "")
        await it.until(lambda: request_of(it, "run")["spec"]["model"] == "MiniLM")
        assert it.app.progress.model("2") == ""


async def test_what_is_typed_is_checked_in_words() -> None:
    async with console("2.4", language="zh") as it:
        await it.press("m")
        await it.until(lambda: isinstance(it.app.screen, ListWindow))
        await it.press("end", "enter")
        await it.until(lambda: it.app.screen.query_one(Prompt).is_open)
        await it.type("run:nothing")
        await it.press("enter")
        await it.until_shown("没有名为 'nothing' 的训练")
        assert it.app.progress.model("2") == ""


async def test_the_free_bench_has_a_model_of_its_own() -> None:
    async with console() as it:
        await it.app.open_bench("tokens")
        assert isinstance(it.app.screen, FreeBench)
        await choose(it, "MiniLM")
        await it.until(lambda: request_of(it, "run")["spec"]["model"] == "MiniLM")
        assert it.app.progress.model(SPACE) == "MiniLM"


@pytest.mark.parametrize(("model", "head"), [("text-generation", "CausalLM"), ("summarization", "Seq2SeqLM")])
def test_cells_get_the_model_with_its_head(model: str, head: str) -> None:
    code = cell_setup("model", model=model)
    assert f"AutoModelFor{head}" in code
    assert "attn_implementation='eager'" in code
    assert "dtype='float32'" in code
