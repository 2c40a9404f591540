"""The reader's model: chosen in a chapter, used by its bench and its cells, shown, kept, taken back."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.console import Driver, console
from tests.models.checkpoints_for_tests import save_run
from tui import paths
from tui.console.screens.model_picker import ModelPicker
from tui.console.screens.reader import Reader
from tui.console.screens.with_bench import WithBench
from tui.course.blocks import Cell
from tui.course.merge import merge
from tui.course.progress import Progress
from tui.errors import HeadnotesError
from tui.models import setup_code


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


async def pick(it: Driver, typed: str) -> None:
    """The picker, a text, enter."""
    await it.press("m")
    await it.until(lambda: isinstance(it.app.screen, ModelPicker) and bool(it.app.screen.list.commands))
    await it.type(typed)
    await it.press("enter")


def values(it: Driver) -> dict[str, object]:
    screen = it.app.screen
    assert isinstance(screen, WithBench)
    assert screen.bench.pane is not None
    return screen.bench.pane.values()


async def test_a_chapter_has_its_model_until_it_is_taken_back() -> None:
    save_run(paths.runs_dir(), "pairs", 3)
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await pick(it, "fill-mask")
        await it.until_shown("model: fill-mask", "run the cells again")
        assert values(it)["model"] == "fill-mask"
        assert {"do": "reset", "space": "2"} in it.engine.asked
        await it.until_shown("AutoModelForMaskedLM")  # the pipeline says why it does not fit
        await pick(it, "pairs@last")
        await it.until_shown("model: run:pairs@last")
    async with console("2.5", size=(80, 24)) as it:
        await it.until_shown("model: run:pairs@last")
        await it.press("l")
        await it.until_shown("模型：run:pairs@last")
        await it.press("m")
        await it.until_shown("默认：")
        await it.press("enter")
        await it.until(lambda: "run:pairs" not in it.screen().split("\n")[0])
        assert it.app.progress.model("2") == ""


async def test_a_typed_name_is_looked_up_before_it_is_taken() -> None:
    async with console("2.2") as it:
        await pick(it, "run:nothing")
        await it.until_shown("There is no run", "as typed")
        await it.press(*["backspace"] * 11)
        await it.type("./Mini")
        assert "There is no run" not in it.screen()
        await it.press("escape")
        await it.press("l")
        await pick(it, "run:pairs@soon")
        await it.until_shown("按输入的内容", "soon")
        assert isinstance(it.app.screen, ModelPicker)
        assert it.app.progress.model("2") == ""


async def test_cells_run_with_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup_code, "cell_setup", lambda *names, model: f"chosen = {model!r}\n")
    async with console("2.2") as it:
        it.app.progress.keep_model("2", "MiniLM")
        reader = it.app.screen
        assert isinstance(reader, Reader)
        await it.until(lambda: reader.page is not None)
        assert reader.page is not None
        cell = next(number for number, block in enumerate(reader.page.blocks) if isinstance(block, Cell))
        while reader.notes.current != cell:
            await it.press("n")
        await it.press("enter")
        await it.until(lambda: any(asked["do"] == "cell" for asked in it.engine.asked))
        sent = next(asked for asked in it.engine.asked if asked["do"] == "cell")
        assert (sent["space"], sent["model"]) == ("2", "MiniLM")
        await it.until(lambda: cell in reader.notes.states and not reader.runs.is_running)
        reader.use_model("fill-mask")
        assert cell not in reader.notes.states, "it came from another model"


async def test_the_free_bench_has_its_own_model_and_keeps_what_is_typed() -> None:
    async with console("2.2", size=(80, 24)) as it:
        await it.app.open_bench("tokens")
        await it.until_shown("[CLS]", "model")
        await it.press("e")
        await it.type("unbelievably ")
        await it.press("escape")
        await it.until_shown("unbelievably")
        await it.press("m")
        await it.until_shown("Model for the free bench")
        await it.press("escape")
        await pick(it, "text-gen")
        await it.until_shown("model: text-generation", "The free bench now uses")
        assert values(it)["model"] == "text-generation"
        assert "unbelievably" in str(values(it)["text"])
        assert it.app.progress.model("2") == ""
        screen = it.app.screen
        assert isinstance(screen, WithBench)
        await screen.bench.show("tokens", {"text": "a", "model": "MiniLM"})
        screen.use_model("fill-mask")
        assert values(it).get("model", "MiniLM") == "MiniLM", "the notes name one"


@pytest.mark.parametrize(
    ("model", "auto"),
    [
        ("MiniLM", "AutoModel"),
        ("zero-shot", "AutoModel"),
        ("fill-mask", "AutoModelForMaskedLM"),
        ("text-generation", "AutoModelForCausalLM"),
        ("summarization", "AutoModelForSeq2SeqLM"),
    ],
)
def test_cells_get_the_model_with_its_head(model: str, auto: str) -> None:
    code = setup_code.cell_setup("model", model=model)
    assert f"model = {auto}.from_pretrained(" in code
    assert "dtype='float32', attn_implementation='eager'" in code


@pytest.mark.parametrize("model", ["run:nothing", "./nothing", "run:pairs@x"])
def test_cells_refuse_a_model_that_is_not_here(model: str) -> None:
    with pytest.raises(HeadnotesError):
        setup_code.cell_setup("model", model=model)
