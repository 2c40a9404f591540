"""The bottom line tells the truth: every key it shows does something here, and none is typed into the field."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from pathlib import Path

import pytest
from textual.screen import ModalScreen
from textual.widgets import TextArea

from tests.conftest import LESSONS
from tests.console.console import Driver, console, notes_of
from tests.console.test_fits import on_the_free_bench
from tests.console.test_snapshots import Recorded
from tests.runs.recorded import Recorded as FinishedRun
from tui.console.keys import all_keys, shown
from tui.console.screens.contents import Contents
from tui.console.screens.exercise import ExerciseScreen
from tui.console.screens.overlay import Overlay
from tui.console.screens.reader import Reader
from tui.console.screens.run import PAGES, RunScreen
from tui.console.screens.windows import ListWindow
from tui.console.widgets.chrome import KeyLine, Prompt, PromptInput
from tui.console.widgets.lines import Lines
from tui.console.widgets.option_bar import Options
from tui.course.blocks import Cell, Claim, Exercise, Quiz, Try
from tui.instruments.anatomy.view import Stages
from tui.instruments.registry import INSTRUMENTS
from tui.runs import folder, launch
from tui.runs.folder import Run
from tui.tables.source import Source
from tui.text.lines import line_text

State = Callable[[Driver], Awaitable[None]]
PRESSED = {shown(spelling): spelling for key in all_keys() for spelling in key.spellings}


def offered(it: Driver) -> list[tuple[str, str]]:
    """(key, label) on the bottom line."""
    line = next(line for screen in reversed(it.app.screen_stack) for line in screen.query(KeyLine))
    return line.offered()


def labels(it: Driver) -> dict[str, str]:
    return dict(offered(it))


def print_of(it: Driver) -> tuple[object, ...]:
    """Everything that a key may change, the two lines at the edges left out."""
    field = it.app.focused
    return (
        str([list(strip) for strip in it.app.screen._compositor.render_strips()[1:-1]]),
        type(it.app.screen),
        getattr(field, "id", None),
        getattr(field, "scroll_offset", None),
        len(it.app._notifications),
        len(it.engine.asked),
        it.app.clipboard,
        it.app.language,
        it.app._exit,
    )


async def back(it: Driver, base: type, reopen: Callable[[], object]) -> None:
    """The screen of that class again, with nothing open over it."""
    while isinstance(it.app.screen, ModalScreen) or any(isinstance(one, base) for one in it.app.screen_stack[:-1]):
        await it.app.pop_screen()
    if not isinstance(it.app.screen, base):
        reopen()
    await it.until(lambda: isinstance(it.app.screen, base))
    for prompt in it.app.screen.query(Prompt):
        if prompt.is_open:
            prompt.cancel()
    if it.app.language == "zh":
        it.app.action_language()
    it.app.clear_notifications()
    await it.pilot.pause()


async def every_key_acts(it: Driver, state: State, reopen: Callable[[], object] = lambda: None) -> None:
    base = type(it.app.screen)
    if base is Reader:
        entry = it.reader.entry
        reopen = partial(it.app.open_entry, entry)
    await state(it)
    keys = offered(it)
    assert keys
    for key, label in keys:
        if key == "q" and base is Contents:
            continue  # it leaves
        await back(it, base, reopen)
        await state(it)
        assert (key, label) in offered(it), f"{key} {label} is gone when the state comes back"
        before, field = print_of(it), it.app.focused
        text = getattr(field, "value", None)
        await it.pilot.press(PRESSED[key.split("-")[0] if len(key) == 3 and key[1] == "-" else key])
        await it.until(lambda before=before: print_of(it) != before, f"{key} {label} to do something", 10)
        if isinstance(field, TextArea | PromptInput):
            assert getattr(field, "value", None) in (text, ""), f"{key} {label} was typed into the field"
        await it.pilot.pause()
    await back(it, base, reopen)


def mark(kind: type, number: int = 0) -> State:
    async def state(it: Driver) -> None:
        it.reader.notes.focus()
        it.reader.notes.current = it.stop_of(kind, number)
        stops = it.reader.notes.layout_of.stops  # type: ignore[union-attr]
        place = stops.index(it.reader.notes.current)
        it.reader.notes.current = stops[max(0, place - 1)]
        it.reader.notes.action_stop(1) if place else it.reader.notes.action_stop(-1)
        await it.until(lambda: (pane := it.reader.bench.pane) is not None and pane.result is not None)
        await it.pilot.pause()

    return state


async def at_the_top(it: Driver) -> None:
    for _ in range(5):  # a key may still be moving the focus
        it.reader.notes.focus()
        await it.pilot.pause()
    it.reader.notes.current = None
    it.reader.notes.end_search()
    it.reader.notes.action_end("top")
    await it.until(lambda: it.reader.bench.pane is not None and it.reader.bench.pane.is_mounted)
    assert it.reader.bench.pane is not None
    if it.reader.bench.pane.result is None:
        it.reader.bench.pane.action_reset()
    await it.until(lambda: (pane := it.reader.bench.pane) is not None and pane.result is not None)


async def in_the_text(it: Driver) -> None:
    await at_the_top(it)
    await it.press("e")
    await it.until(lambda: isinstance(it.app.focused, TextArea))


async def on_the_options(it: Driver) -> None:
    await at_the_top(it)
    it.app.screen.query_one(Options).focus()
    it.app.screen.query_one(Options)._at = 0
    await it.pilot.pause()


async def on_a_text_option(it: Driver) -> None:
    await on_the_options(it)
    await it.press("right", "x")


async def on_the_answer(it: Driver) -> None:
    await in_the_text(it)
    await it.press("enter")


async def in_the_search(it: Driver) -> None:
    await at_the_top(it)
    await it.press("slash")
    it.app.screen.query_one(PromptInput).value = "model"
    await it.until(lambda: it.app.focused is it.app.screen.query_one(PromptInput))


async def searching(it: Driver) -> None:
    await in_the_search(it)
    await it.press("enter")


@pytest.mark.parametrize("language", ["en", pytest.param("zh", marks=pytest.mark.drill)])
async def test_the_contents(language: str) -> None:
    async def state(it: Driver) -> None:
        if it.app.language != language:
            it.app.action_language()
        it.app.screen.query_one("#contents").focus()
        await it.pilot.pause()

    async with console(language=language, engine=Recorded(record=False)) as it:
        await every_key_acts(it, state)


async def walk_all(it: Driver, states: Iterable[State]) -> None:
    """Press every key that is offered in each of these states; one console for all of them saves its start."""
    for state in states:
        await every_key_acts(it, state)


async def test_a_lesson() -> None:
    async with console("2.2", engine=Recorded(record=False)) as it:
        await it.until_shown("POSITIVE")
        await walk_all(it, [at_the_top, in_the_text, mark(Quiz)])


@pytest.mark.drill
async def test_every_other_state_of_a_lesson() -> None:
    fields = [on_the_options, on_a_text_option, on_the_answer, in_the_search, searching]
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await walk_all(it, [*fields, mark(Try), mark(Cell), mark(Claim)])


async def test_a_range_of_keys_is_as_long_as_what_it_chooses_from() -> None:
    async with console("2.2", engine=Recorded(record=False)) as it:
        await it.until_shown("POSITIVE")
        it.reader.notes.focus()
        for _ in it.reader.notes.layout_of.stops:  # type: ignore[union-attr]
            if it.reader.notes.current != it.stop_of(Quiz):
                await it.press("n")
        quiz = it.reader.page.blocks[it.stop_of(Quiz)]  # type: ignore[union-attr]
        await it.until(lambda: (f"1-{len(quiz.choices)}", "choose") in offered(it))
        await it.press("question_mark")
        assert "1-9  " in it.screen()
        assert "A-H  " in "".join(line_text(line) for line in it.app.screen.query_one(Lines).lines)
    async with console(engine=Recorded(record=False)) as it:
        for count in (1, 2, 3):
            runs = [FinishedRun(f"run-{count}-{n}").begin().losses([0.7, 0.6]).end().run for n in range(count)]
            await it.app.push_screen(Overlay(runs))
            assert ("A" if count == 1 else f"A-{'ABC'[count - 1]}", "hide") in offered(it)


async def open_run(it: Driver, run: Run) -> None:
    screen = RunScreen(run)
    await it.app.push_screen(screen)
    await it.until(lambda: screen.curves.status.step > 0)


FALLING = [0.1 + 0.6 * 0.97**n for n in range(100)]


def finished(name: str) -> Run:
    made = FinishedRun(name).begin().losses(FALLING).evaluation(50, 0.4)
    return made.evaluation(100, 0.3, ((45, 5), (2, 48))).end().run


def page(number: str) -> State:
    async def state(it: Driver) -> None:
        await it.press(number)
        await it.until(lambda: it.app.screen.query_one(f"#{PAGES[int(number) - 1]}", Lines).lines)

    return state


@pytest.mark.drill
@pytest.mark.parametrize("number", "1234")
async def test_a_run(number: str) -> None:
    run = finished("one")
    async with console(size=(100, 30), engine=Recorded(record=False)) as it:
        await open_run(it, run)
        await every_key_acts(it, page(number), lambda: it.app.push_screen(RunScreen(run)))


@pytest.mark.drill
async def test_a_run_that_goes_on() -> None:
    live = FinishedRun("live").begin().losses(FALLING[:40]).evaluation(25, 0.5)
    lock = folder.hold(live.run)
    async with console(size=(100, 30), engine=Recorded(record=False)) as it:
        await open_run(it, live.run)
        await every_key_acts(it, page("1"), lambda: it.app.push_screen(RunScreen(live.run)))
        assert {"stop and save", "save now", "evaluate now"} <= set(labels(it).values())
    lock.release()


@pytest.mark.drill
@pytest.mark.parametrize("part", ["#chart", "#tables"])
async def test_runs_compared(part: str) -> None:
    async def state(it: Driver) -> None:
        await it.until_shown("B two")
        it.app.screen.query_one(part).focus()
        await it.pilot.pause()

    runs = [finished("one"), finished("two")]
    async with console(size=(100, 30), engine=Recorded(record=False)) as it:
        await it.app.push_screen(Overlay(runs))
        await every_key_acts(it, state, lambda: it.app.push_screen(Overlay(runs)))


@pytest.mark.drill
async def test_the_answers_of_the_bench() -> None:
    def on(widget: str) -> State:
        async def state(it: Driver) -> None:
            await at_the_top(it)
            it.app.screen.query_one(widget).focus()
            await it.pilot.pause()

        return state

    async def on_the_stages(it: Driver) -> None:
        await mark(Try, 1)(it)
        it.app.screen.query_one("#stages").focus()
        it.app.screen.query_one(Stages).stage = 1
        await it.pilot.pause()

    async with console("2.4", engine=Recorded(record=False)) as it:
        await every_key_acts(it, on("#tokens"))
    async with console("2.2", engine=Recorded(record=False)) as it:
        await every_key_acts(it, on_the_stages)


@pytest.mark.drill
async def test_the_mask_and_its_texts() -> None:
    async def on_the_mask(it: Driver) -> None:
        await at_the_top(it)
        it.app.screen.query_one("#grid").focus()
        await it.pilot.pause()

    async with console("2.5", engine=Recorded(record=False)) as it:
        await at_the_top(it)
        await every_key_acts(it, in_the_text)
        await every_key_acts(it, on_the_mask)


async def test_a_page_without_a_bench(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\ntext\n", "utf-8")
    async with notes_of(tmp_path, engine=Recorded(record=False)) as it:
        assert set(labels(it).values()).isdisjoint({"bench", "edit", "code", "next", "try it", "next lesson"})
        assert "next page" not in labels(it).values(), "there is one page only"
        await it.press("n")
        await it.until_shown("nothing to try on this page")


async def test_a_page_of_notes_is_no_lesson(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.md").write_text(f"# {name}\n\ntext\n", "utf-8")
    async with notes_of(tmp_path, engine=Recorded(record=False)) as it:
        assert labels(it)["]"] == "next page"
        await it.press("l")
        assert labels(it)["]"] == "下一篇"


@pytest.mark.drill
async def test_the_data_room_with_and_without_a_table() -> None:
    async def nothing_open(it: Driver) -> None:
        await it.pilot.pause()
        if isinstance(it.app.screen, ListWindow):  # it asks what to open
            await it.press("escape")
        it.app.screen.query_one("#rows").focus()
        await it.pilot.pause()

    async with console(engine=Recorded(record=False)) as it:
        await it.press("f4", "escape")
        await every_key_acts(it, nothing_open, it.app.action_data)

    async def with_rows(it: Driver) -> None:
        await it.until_shown("Afghanistan")
        it.app.screen.query_one("#rows").focus()
        await it.pilot.pause()

    source = Source((str(LESSONS / "data" / "countries"),))
    async with console(data=source, engine=Recorded(record=False)) as it:
        await it.until_shown("Afghanistan")
        await every_key_acts(it, with_rows, partial(it.app.action_data, source))


@pytest.mark.drill
@pytest.mark.parametrize("name", list(INSTRUMENTS))
async def test_the_free_bench(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answered(it: Driver) -> None:
        await on_the_free_bench(it, name)
        for _ in range(3):  # a key may still be moving the focus
            await it.pilot.pause()
        it.app.set_focus(None)
        await on_the_free_bench(it, name)

    monkeypatch.setattr(launch, "start", lambda run, resume=None: None)
    finished("one")
    async with console() as it:
        await on_the_free_bench(it, name)
        await every_key_acts(it, answered, lambda: it.app.run_worker(it.app.open_bench(name), group="open"))
        await answered(it)
        assert {"next instrument", "back", "instruments"} <= set(labels(it).values())


@pytest.mark.drill
@pytest.mark.parametrize("key", ["f2", "f3", "f6"])
async def test_the_other_screens(key: str) -> None:
    async def state(it: Driver) -> None:
        await it.pilot.pause()

    async with console("2.2", engine=Recorded(record=False)) as it:
        await it.press(key)
        name = {"f2": "doctor", "f3": "models", "f6": "runs"}[key]
        await every_key_acts(it, state, getattr(it.app, f"action_{name}"))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
async def test_after_n_and_enter_one_shown_key_goes_on(size: tuple[int, int]) -> None:
    """Through a whole lesson: n marks, enter does, and the key that the line calls next leads to the next stop."""
    async with console("2.2", size=size, engine=Recorded(record=False)) as it:
        await it.until(lambda: it.reader.bench.pane is not None)
        notes = it.reader.notes
        assert notes.layout_of is not None
        stops = notes.layout_of.stops
        await it.press("n")
        for place, stop in enumerate(stops):
            assert notes.current == stop
            block = it.reader.page.blocks[stop]  # type: ignore[union-attr]
            shown_keys = it.screen().split("\n")[-1]
            if not (isinstance(block, Claim) and not block.code):
                assert "enter" in shown_keys, shown_keys
                await it.press("enter")
            if isinstance(block, Exercise):
                await it.until(lambda: isinstance(it.app.screen, ExerciseScreen))
                assert ("esc", "back to the lesson") in offered(it)
                await it.press("escape")
                await it.until(lambda: isinstance(it.app.screen, Reader))
            if it.app.screen.query_one(Prompt).is_open:
                await it.type("3")
                await it.press("enter")
            last = place == len(stops) - 1
            wanted = ("next lesson",) if last else ("next",)
            keys = [key for key, label in offered(it) if label in wanted]
            assert len(keys) == 1, offered(it)
            assert f"{keys[0]} {wanted[0]}" in it.screen().split("\n")[-1]
            if last and it.app.focused is not notes:
                break
            await it.press(PRESSED[keys[0]])
        assert isinstance(it.app.screen, Reader)


async def test_the_last_thing_to_do_says_so() -> None:
    async with console("2.2", engine=Recorded(record=False)) as it:
        await it.press("G", *"nnnnnn")
        await it.until_shown("That was the last thing to do on this page")
        assert labels(it)["]"] == "next lesson"


async def test_a_window_over_the_screen_has_its_own_keys_below() -> None:
    async with console("2.2", engine=Recorded(record=False)) as it:
        await it.until_shown("POSITIVE")
        await it.press("t")
        assert labels(it) == {"enter": "choose", "esc": "close"}
        assert "tab bench" not in it.screen()
        await it.press("escape", "ctrl+p")
        assert labels(it) == {"enter": "run", "esc": "close"}
        assert "tab bench" not in it.screen()


async def test_a_models_name_runs_when_it_is_whole() -> None:
    async with console("2.2", engine=Recorded(record=False)) as it:
        await it.until_shown("POSITIVE")
        before = len(it.engine.asked)
        await on_a_text_option(it)
        await it.type("lm-roberta")
        await it.until_shown("xlm-roberta", "enter runs it")
        assert len(it.engine.asked) == before, "half a name is no model"
        await it.press("enter")
        await it.until(lambda: len(it.engine.asked) == before + 1)
        assert it.engine.asked[-1]["spec"]["model"] == "xlm-roberta"
        await it.type("/")
        await it.press("tab")
        await it.until(lambda: len(it.engine.asked) == before + 2)
        assert it.engine.asked[-1]["spec"]["model"] == "/"


async def test_a_path_runs_on_enter_and_on_leaving() -> None:
    async with console("5.2", engine=Recorded(record=False)) as it:
        await it.until(lambda: (pane := it.reader.bench.pane) is not None and "path" in pane.TEXTS and pane.is_mounted)
        await it.press("e")
        before = len(it.engine.asked)
        await it.type("abc")
        await it.until_shown("enter runs it")
        assert labels(it)["enter"] == "run it"
        assert len(it.engine.asked) == before
        await it.press("enter")
        assert len(it.engine.asked) == before + 1
        await it.press("e", "x")
        assert len(it.engine.asked) == before + 1
        await it.press("tab")
        assert len(it.engine.asked) == before + 2
