"""Stories of reading: in keys, as a reader would."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from tests.console.console import console, notes_of
from tui import paths
from tui.console.screens.contents import Contents, ContentsList
from tui.console.screens.doctor import Doctor
from tui.console.screens.reader import Reader
from tui.console.screens.windows import ListWindow, TextWindow
from tui.console.typeset import Answering, Outcome
from tui.console.widgets.lines import Lines
from tui.console.widgets.notes import Notes
from tui.course.blocks import Cell, Claim, Quiz, Try
from tui.course.book import Entry, Folder, entries, find
from tui.course.page import Page
from tui.course.progress import Progress
from tui.course.quizzes import display_order
from tui.errors import EngineDied
from tui.text.lines import line_text
from tui.text.wrap import cells


async def test_from_the_contents_into_a_lesson_and_back() -> None:
    async with console() as it:
        assert "Behind the pipeline" in it.screen()
        while it.app.screen.query_one(ContentsList).chosen.entry.number != "2.2":  # type: ignore[union-attr]
            await it.press("down")
        await it.press("enter")
        await it.until_shown("Three steps, one line", "POSITIVE")
        await it.press("q")
        assert isinstance(it.app.screen, Contents)
        await it.until_shown("Continue", "Behind the pipeline")
        await it.press("down", "enter")  # the cursor is on the lesson that was left
        await it.until_shown("2.4 Tokenizers")


async def test_the_bench_follows_what_is_read() -> None:
    async with console("2.2") as it:
        await it.until(lambda: it.reader.bench.pane and it.reader.bench.pane.instrument.name == "pipeline")
        await it.press("G")
        await it.until(lambda: it.reader.bench.pane and it.reader.bench.pane.instrument.name == "anatomy")
        await it.press("g")
        await it.until(lambda: it.reader.bench.pane and it.reader.bench.pane.instrument.name == "pipeline")


async def test_figures_are_drawn_or_described() -> None:
    async with console("2.2") as it:
        await it.until_shown("│    tokenizer    │")
        await it.press("d")
        await it.until_shown("Three boxes, one below the other.")
        assert "│    tokenizer    │" not in it.screen()
        await it.press("d")
        await it.until_shown("│    tokenizer    │")
    async with console("2.2", ascii_only=True) as it:
        await it.until_shown("Three boxes, one below the other.")


async def test_arrows_and_hjkl_do_the_same() -> None:
    async with console("2.2") as it:
        notes = it.reader.notes
        await it.press("down", "down", "down")
        by_arrows = notes.scroll_y
        await it.press("k", "k", "k")
        assert notes.scroll_y == 0
        await it.press("j", "j", "j")
        assert notes.scroll_y == by_arrows == 3
        await it.press("pagedown")
        assert notes.scroll_y > 30


async def test_reading_to_the_end_is_remembered() -> None:
    async with console("2.2") as it:
        assert "0/8 read" in it.screen()
        await it.press("G")
        await it.until_shown("8/8 read")
    assert Progress(paths.progress_file()).summary("behind-the-pipeline")[:2] == (8, 8)


async def test_the_place_is_kept() -> None:
    async with console("2.2") as it:
        await it.press(*["pagedown"] * 3)
        place = it.reader.notes.place()
    async with console("2.2") as it:
        await it.until(lambda: it.reader.notes.place() == place)


async def test_language_switches_in_place_with_everything_done() -> None:
    async with console("2.2") as it:
        claim = it.stop_of(Claim, 2)
        it.reader.notes.set_state(claim, Outcome("printed before", False))
        await it.go_to_stop(claim)
        section = it.reader.notes.place()[0]
        await it.press("l")
        await it.until_shown("常见说法", "printed before")
        assert it.reader.notes.place()[0] == section
        assert it.reader.notes.current == it.stop_of(Claim, 2)
        await it.press("l")
        await it.until_shown("Often said", "printed before")
    assert json.loads(json.dumps(paths.settings_file().read_text())) == 'language = "en"\n'


async def test_a_proof_runs_where_it_stands() -> None:
    async with console("2.2") as it:
        claim = it.stop_of(Claim, 0)
        await it.go_to_stop(claim)
        await it.press("enter")
        await it.until(lambda: isinstance(it.reader.notes.states.get(claim), Outcome))
        await it.until_shown("[CLS] hello , how are you ? [SEP]")


async def test_cells_of_a_chapter_share_their_variables() -> None:
    async with console("2.2") as it:
        for number in (0, 1):
            cell = it.stop_of(Cell, number)
            await it.go_to_stop(cell)
            await it.press("enter")
            await it.until(lambda cell=cell: isinstance(it.reader.notes.states.get(cell), Outcome))
        assert {message["space"] for message in it.engine.asked if message["do"] == "cell"} == {"2"}
        await it.until_shown("torch.Size([2, 16, 384])")


async def test_answering_a_question() -> None:
    async with console("2.2") as it:
        notes = it.reader.notes
        assert it.reader.page is not None
        block = next(i for i, b in enumerate(it.reader.page.blocks) if isinstance(b, Quiz) and b.kind == "single")
        quiz = it.reader.page.blocks[block]
        assert isinstance(quiz, Quiz)
        right = next(i for i, choice in enumerate(quiz.choices) if choice.right)
        wrong = (right + 1) % len(quiz.choices)
        order = display_order(quiz, it.app.progress.seed)
        await it.go_to_stop(block)
        await it.press("enter")
        await it.until_shown("Choose an answer first")
        await it.press(str(order.index(wrong) + 1), "enter")
        await it.until(lambda: notes.states.get(block) == Answering((wrong,), judged=False, order=order))
        await it.press(str(order.index(right) + 1), "enter")
        await it.until(lambda: notes.states.get(block) == Answering((right,), judged=True, order=order))
        await it.press("q")
        await it.until(lambda: not isinstance(it.app.screen, Reader))
        it.app.open_entry(find(it.app.book, "2.2"))
        await it.until(lambda: isinstance(it.app.screen, Reader) and it.reader.page is not None)
        await it.until(lambda: it.reader.notes.states.get(block) == Answering((right,), judged=True, order=order))
    assert Progress(paths.progress_file()).quiz("behind-the-pipeline")[quiz.id] is True


async def test_putting_steps_in_order_and_typing_a_number() -> None:
    async with console("2.2") as it:
        notes = it.reader.notes
        assert it.reader.page is not None
        kinds = {b.kind: i for i, b in enumerate(it.reader.page.blocks) if isinstance(b, Quiz)}
        order = it.reader.page.blocks[kinds["order"]]
        assert isinstance(order, Quiz)
        await it.go_to_stop(kinds["order"])
        shown = display_order(order, it.app.progress.seed)
        await it.press(*[str(shown.index(i) + 1) for i in range(len(shown))], "enter")
        state = notes.states[kinds["order"]]
        assert isinstance(state, Answering)
        assert state.judged is True

        await it.go_to_stop(kinds["number"])
        await it.press("1", "9", "backspace", "0", "enter")
        await it.until_shown("= 10", "Not yet.", "s shows the answer")
        assert "The answer is" not in it.screen()
        await it.press(*"12288", "enter")
        await it.until_shown("= 12288", "Right.", "The answer is 12288.")
        assert it.app.focused is notes


async def test_an_answer_that_is_shown_counts_as_not_known() -> None:
    async with console("2.2") as it:
        notes = it.reader.notes
        assert it.reader.page is not None
        block = next(i for i, b in enumerate(it.reader.page.blocks) if isinstance(b, Quiz) and b.kind == "number")
        quiz = it.reader.page.blocks[block]
        assert isinstance(quiz, Quiz)
        await it.go_to_stop(block)
        assert "s show answer" in it.screen()
        await it.press("s")
        await it.until_shown("The answer is 12288.")
        assert "s show answer" not in it.screen()
        await it.press(*"12288", "enter")
        state = notes.states[block]
        assert isinstance(state, Answering)
        assert (state.revealed, state.judged, state.number) == (True, False, "")
        assert it.app.progress.quiz("behind-the-pipeline") == {quiz.id: False}


async def test_finding_words_in_the_page() -> None:
    async with console("2.2") as it:
        await it.press("slash")
        await it.type("pooler")
        assert "Find: pooler" in it.screen()
        await it.press("enter")
        notes = it.reader.notes
        await it.until(lambda: notes.scroll_y > 0)
        first = notes._match
        await it.press("n")
        assert notes._match != first
        await it.press("N")
        assert notes._match == first
        await it.press("escape")
        assert notes.words == ""
        await it.press("slash")
        await it.type("zzzz")
        await it.press("enter")
        await it.until_shown("Nothing found")


async def test_outline_jumps_to_a_section() -> None:
    async with console("2.2") as it:
        await it.press("t")
        assert isinstance(it.app.screen, ListWindow)
        await it.press("j", "j", "enter")
        await it.until(lambda: it.reader.notes.place()[0] == "auto-classes" or it.reader.notes.scroll_y > 0)
        assert "The Auto classes" in it.screen()


async def test_code_behind_the_bench_can_be_seen_and_copied() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await it.press("c")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        await it.until_shown("AutoTokenizer, pipeline")
        await it.press("y")
        await it.until(lambda: "answer = pipe(" in it.app.clipboard)
        await it.press("escape")
        assert isinstance(it.app.screen, Reader)


async def test_the_shelf_says_who_can_do_what() -> None:
    async with console("2.2", size=(80, 24)) as it:
        await it.press("f3")
        await it.until_shown("text-classification, sentiment-analysis", "accuracy 0.880")
        assert "headnotes models get text-classification" in " ".join(it.text_of("#shelf").split())
        await it.press("y")
        await it.until(lambda: "distilbert-base-uncased-finetuned-sst-2" in it.app.clipboard.replace("\n", ""))
        await it.press("l")
        await it.until_shown("小型替身")
        await it.press("escape")
        assert isinstance(it.app.screen, Reader)


async def test_no_line_of_code_is_cut_off_in_its_window() -> None:
    async with console("2.2", size=(80, 24)) as it:
        await it.until(lambda: it.reader.notes.has_focus)
        await it.press("tab", "escape")
        await it.press("c")
        await it.until(lambda: isinstance(it.app.screen, TextWindow))
        window = it.app.screen
        assert isinstance(window, TextWindow)
        lines = window.query_one("#window-lines", Lines)
        folded = [line_text(line) for line in lines.lines]
        assert len(folded) > len(window.unfolded)
        assert max(map(cells, folded)) <= lines.size.width


async def test_copying_a_proof_copies_something_that_runs_alone() -> None:
    async with console("2.2") as it:
        await it.go_to_stop(it.stop_of(Claim, 0))
        await it.press("y")
        await it.until(lambda: "AutoTokenizer.from_pretrained(checkpoint)" in it.app.clipboard)
        exec(it.app.clipboard, {})
        kept = paths.copied_file()  # written by a thread
        await it.until(lambda: kept.exists() and kept.read_text() == it.app.clipboard)


async def test_search_in_all_lessons_leads_to_the_place() -> None:
    async with console() as it:
        await it.press("slash")
        await it.type("max-pool")
        await it.press("enter")
        await it.until_shown("max-pool")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Reader))
        await it.until_shown("averaged or max-pooled")


async def test_help_doctor_and_palette() -> None:
    async with console("2.2") as it:
        await it.press("question_mark")
        await it.until_shown("To the next thing to do")
        await it.press("escape")
        await it.press("f2")
        assert isinstance(it.app.screen, Doctor)
        await it.until_shown("in this process")
        assert all(words in it.text_of("#report") for words in ("transformers", "TERM", "progress"))
        await it.press("escape")
        await it.press("ctrl+p")
        await it.type("doctor")
        await it.until_shown("for a bug report")
        await it.press("escape")
        assert isinstance(it.app.screen, Reader)


async def test_the_palette_opens_a_lesson() -> None:
    async with console() as it:
        await it.press("ctrl+p")
        await it.type("2.2")
        await it.until_shown("2.2 Behind the pipeline")
        await it.press("enter")
        await it.until(lambda: isinstance(it.app.screen, Reader))


async def test_next_and_previous_lesson() -> None:
    async with console("2.2") as it:
        await it.press("right_square_bracket")
        assert it.reader.entry.number == "2.4"
        await it.press("left_square_bracket")
        assert it.reader.entry.number == "2.2"
        for _ in entries(it.app.book):
            await it.press("left_square_bracket")
        assert it.reader.entry is entries(it.app.book)[0]
        await it.until_shown("There is no lesson there.")


async def test_escape_leaves_one_layer_at_a_time() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await it.press("n", "e")
        assert it.app.focused is it.sentence
        await it.press("escape")
        assert isinstance(it.app.focused, Notes)
        assert it.reader.notes.current is not None
        await it.press("escape")
        assert it.reader.notes.current is None
        await it.press("escape")
        assert isinstance(it.app.screen, Reader)


async def test_themes_go_round_and_are_kept() -> None:
    async with console("2.2") as it:
        seen = []
        for _ in range(3):
            await it.press("ctrl+t")
            seen.append(it.app.theme)
        assert seen == ["light", "terminal", "dark"]
        await it.until(lambda: 'theme = "dark"' in paths.settings_file().read_text("utf-8"))


async def test_an_engine_that_is_starting_is_waited_for_in_words() -> None:
    from tests.console.console import InProcess

    engine = InProcess()
    engine.hold = True
    async with console("2.2", engine=engine) as it:
        await it.until_shown("waiting: importing torch", "esc stops")
        await it.press("escape")
        await it.until_shown("Stopped.")
        assert engine.dropped


async def test_a_dead_engine_is_told_and_nothing_typed_is_lost() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await it.press("e")
        await it.type(" Really")
        it.engine.fail(EngineDied("engine.ended", how="killed by SIGKILL", log="engine.log"))
        await it.until_shown("is starting again", "killed by SIGKILL")
        assert it.sentence.value.endswith("life. Really")


async def test_requests_of_a_page_that_was_left_are_dropped() -> None:
    from tests.console.console import InProcess

    engine = InProcess()
    engine.hold = True
    async with console("2.2", engine=engine) as it:
        await it.until(lambda: engine.asked)
        await it.go_to_stop(it.stop_of(Claim, 0))
        await it.press("enter")
        asked = len(engine.asked)
        await it.press("q")
        await it.until(lambda: len(engine.dropped) >= 2)
        assert len(engine.asked) == asked


# -- narrow and small -----------------------------------------------------------------------------------------------


async def test_a_narrow_window_shows_one_pane_and_tab_turns_the_page() -> None:
    async with console("2.2", size=(80, 24)) as it:
        assert it.reader.notes.display
        assert not it.reader.bench.display
        await it.until(lambda: it.reader.bench.pane is not None)
        await it.press("tab")
        assert it.reader.bench.display
        assert not it.reader.notes.display
        await it.until_shown("POSITIVE")
        for _ in range(10):
            if it.app.focused is it.reader.notes:
                break
            await it.press("tab")
        assert it.reader.notes.display


async def test_growing_and_shrinking_the_window_keeps_the_place() -> None:
    async with console("2.2") as it:
        await it.press(*["pagedown"] * 2)
        place = it.reader.notes.place()[0]
        for size in ((80, 24), (60, 20), (200, 50), (40, 10), (120, 40)):
            await it.pilot.resize_terminal(*size)
            await it.pilot.pause()
            assert it.reader.notes.place()[0] == place


async def test_forty_by_ten_is_usable() -> None:
    async with console("2.2", size=(40, 10)) as it:
        assert "Three steps" in it.screen()
        await it.press("pagedown", "n", "n", "enter", "tab", "question_mark", "escape", "q")
        assert isinstance(it.app.screen, Contents)


# -- notes of one's own ---------------------------------------------------------------------------------------------


async def test_foreign_markdown_is_readable_whatever_is_in_it(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "---\ntitle: [broken\n---\n# [CLS] title [/INST]\n\n[@click=app.quit]x[/] and <b>html</b>\n\n"
        "- [ ] task\n- [x] done\n\n| a [/] | b |\n|---|---|\n| [MASK] | \x1b[31mred |\n\n[next](b.md) [gone](c.md)\n",
        "utf-8",
    )
    (tmp_path / "b.md").write_text("# Second page\n", "utf-8")
    async with notes_of(tmp_path) as it:
        await it.until_shown("[CLS] title [/INST]", "[@click=app.quit]x[/]", "[MASK]", "␛[31mred")
        assert not it.reader.bench.display
        await it.press("o", "enter")
        await it.until_shown("Second page")
        await it.press("b")
        await it.until_shown("[CLS] title")
        await it.press("o", "j", "enter")
        await it.until_shown("leads to nothing")


async def test_the_place_in_ones_own_notes_is_kept_too(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# A\n\n" + "\n\n".join(f"## S{i}\n\ntext" for i in range(60)), "utf-8")
    async with notes_of(tmp_path) as it:
        await it.press(*["pagedown"] * 2)
        place = it.reader.notes.place()
    async with notes_of(tmp_path) as it:
        await it.until(lambda: it.reader.notes.place() == place)


async def test_a_bench_stop_says_it_is_on_the_bench() -> None:
    async with console("2.2") as it:
        await it.go_to_stop(it.stop_of(Try, 0))
        await it.until_shown("on the bench")
        await it.press("enter")
        assert it.app.focused is it.sentence


async def test_a_page_is_read_off_the_event_loop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "ab":
        (tmp_path / f"{name}.md").write_text(f"# Page {name}\n")
    threads = []
    read = Folder.read

    def recorded(book: Folder, entry: Entry, language: str) -> Page:
        threads.append(threading.get_ident())
        return read(book, entry, language)

    monkeypatch.setattr(Folder, "read", recorded)
    async with notes_of(tmp_path) as it:
        await it.until_shown("Page a")
        await it.press("]")
        await it.until_shown("Page b")
    assert len(threads) == 2
    assert threading.get_ident() not in threads


async def test_keys_are_answered_while_a_page_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        (tmp_path / f"{name}.md").write_text(f"# Page {name}\n")
    slow, read = threading.Event(), Folder.read

    def waiting(book: Folder, entry: Entry, language: str) -> Page:
        if entry.id == "b.md":
            slow.wait(60)
        return read(book, entry, language)

    monkeypatch.setattr(Folder, "read", waiting)
    async with notes_of(tmp_path) as it:
        await it.until_shown("Page a")
        await it.pilot.press("]")  # b is being read
        assert "Page a" in it.screen()
        await it.pilot.press("]")  # the one after b
        await it.until_shown("Page c")
        slow.set()
        await it.until_read()
        assert "Page c" in it.screen()
        (tmp_path / "b.md").unlink()
        await it.press("[")
        await it.until_shown("cannot be read", "Page c")
        assert it.reader.entry.id == "c.md"
