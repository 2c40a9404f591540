"""Stories of the bench: type, step, flip, and see the answer change."""

from __future__ import annotations

import pytest
from textual import events

from tests.console.console import InProcess, console
from tui.console.screens.reader import Reader
from tui.console.screens.windows import TextWindow
from tui.console.widgets.option_bar import Options
from tui.console.widgets.sentence import LONG, Sentence
from tui.course.blocks import Claim
from tui.instruments.anatomy.compute import AnatomyResult
from tui.instruments.anatomy.view import Stages
from tui.instruments.mask.compute import MaskResult
from tui.instruments.mask.view import MaskGrid
from tui.instruments.pipeline.compute import PipelineResult
from tui.instruments.tokens.compute import TokensResult
from tui.instruments.tokens.view import TokensPane, TokenTable


async def open_instrument(it: object, name: str) -> None:
    """Press n until this instrument is on the bench, and wait for its answer."""
    driver = it  # type: ignore[assignment]
    for _ in range(60):
        pane = driver.reader.bench.pane  # type: ignore[attr-defined]
        if pane is not None and pane.instrument.name == name:
            break
        await driver.press("n")  # type: ignore[attr-defined]
    await driver.until(lambda: driver.reader.bench.pane.result is not None, f"the answer of {name}")  # type: ignore[attr-defined]


async def test_another_sentence_gets_another_label() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE  0.")
        assert "POSITIVE" in it.text_of("#labels").splitlines()[0]
        await it.press("e")
        it.sentence.select_all()
        await it.type("I hate this so much!")
        await it.until(lambda: "NEGATIVE" in it.text_of("#labels").splitlines()[0])
        result = it.reader.bench.pane and it.reader.bench.pane.result
        assert isinstance(result, PipelineResult)
        assert "small, accuracy 0.880 on SST-2 (dev); stands in for" in it.screen()


async def test_what_is_said_of_the_model_follows_the_language() -> None:
    async with console("2.2") as it:
        await it.until_shown("small, accuracy 0.880")
        await it.press("l")
        await it.until_shown("小模型，accuracy 0.880")


async def test_every_option_is_shown_from_the_first_frame() -> None:
    async with console("2.4") as it:
        await it.until_shown("[SEP]", "padding", "truncation", "max_length", "add_special_tokens")


async def test_enter_goes_from_the_text_to_the_answer_and_tab_round_the_bench() -> None:
    async with console("2.2") as it:
        await open_instrument(it, "anatomy")
        await it.press("e", "enter")
        assert isinstance(it.app.focused, Stages)
        await it.press("tab")
        assert it.app.focused is it.reader.notes
        await it.press("tab")
        assert it.app.focused is it.sentence


async def test_in_a_narrow_window_the_bench_keeps_what_was_marked() -> None:
    async with console("2.2", size=(80, 24)) as it:
        await open_instrument(it, "anatomy")
        await it.press("tab")
        await it.until_shown("attention_mask")
        it.reader.notes._bring()  # as its timer does, a moment after the last scrolling
        await it.pilot.pause()
        assert it.reader.bench.pane is not None
        assert it.reader.bench.pane.instrument.name == "anatomy"


async def test_stepping_through_the_stages() -> None:
    async with console("2.2") as it:
        await open_instrument(it, "anatomy")
        await it.press("e", "enter")
        stages = it.app.screen.query_one(Stages)
        await it.press("left", "left", "left")
        assert stages.stage == 0
        seen = []
        for _ in range(8):
            seen.append(it.text_of("#stages"))
            await it.press("right")
        assert "[1, 16, 384]" in seen[3]
        assert "tanh" in seen[4]
        assert "0: 'LABEL" not in seen[7]
        assert "id2label[1]" in seen[7]
        assert len(set(seen)) == 8
        result = it.reader.bench.pane and it.reader.bench.pane.result
        assert isinstance(result, AnatomyResult)
        assert f"{result.logits[0]:.4f}" in seen[5]
        assert f"{result.probabilities[1]:.4f}" in seen[6]


async def test_the_notes_say_at_which_stage_to_begin() -> None:
    async with console("2.2") as it:
        await open_instrument(it, "anatomy")
        assert it.app.screen.query_one(Stages).stage == 1


async def test_a_token_marks_its_characters() -> None:
    async with console("2.4") as it:
        await open_instrument(it, "tokens")
        await it.press("e")
        it.sentence.put("")
        await it.type("Transformers tokenize")
        await it.until(
            lambda: (
                isinstance(it.reader.bench.pane.result, TokensResult)
                and "transformers" in it.reader.bench.pane.result.tokens
            )
        )  # type: ignore[union-attr]
        pane = it.reader.bench.pane
        assert isinstance(pane, TokensPane)
        it.app.screen.query_one(TokenTable).focus()
        await it.press("home", "down")
        marked = ["".join(t for t, look in line if look == "match") for line in it.app.screen.query_one("#span").lines]
        assert marked == ["Transformers"]
        await it.press("end")
        marked = ["".join(t for t, look in line if look == "match") for line in it.app.screen.query_one("#span").lines]
        assert marked == [""], "[SEP] stands for no characters"


async def test_tokens_are_encoded_again_with_every_key() -> None:
    async with console("2.4") as it:
        await open_instrument(it, "tokens")
        await it.press("e")
        for text, count in (("a", 3), ("a b", 4), ("a b c", 5)):
            it.sentence.put("")
            await it.type(text)
            await it.until(
                lambda count=count: (
                    it.reader.bench.pane.result is not None and it.reader.bench.pane.result.length == count
                )
            )  # type: ignore[union-attr]


async def test_options_change_the_call() -> None:
    async with console("2.4") as it:
        await open_instrument(it, "tokens")
        it.sentence.put("one two three four five six")
        options = it.app.screen.query_one(Options)
        options.put({})
        options.focus()
        await it.press("right", "right", "5")
        assert options.values["max_length"] == 5
        await it.press("left", "down", "down")
        assert options.values["truncation"] == "longest_first"
        await it.until(lambda: it.reader.bench.pane.result is not None and it.reader.bench.pane.result.length == 5)  # type: ignore[union-attr]
        await it.press("right", "backspace", "2")
        await it.until(lambda: it.reader.bench.pane.result is not None and it.reader.bench.pane.result.length == 2)  # type: ignore[union-attr]
        await it.press("backspace", "1")
        await it.until_shown("max_length cannot be 1", "Take 2 or more")


async def test_flipping_a_cell_of_the_mask_and_putting_it_back() -> None:
    async with console("2.5") as it:
        await open_instrument(it, "mask")
        pane = it.reader.bench.pane
        assert pane is not None
        grid = it.app.screen.query_one(MaskGrid)
        grid.focus()
        await it.press("x")
        await it.until(
            lambda: isinstance(pane.result, MaskResult) and pane.result.your_mask == pane.result.attention_mask
        )
        await it.press("right", "right", "space")
        await it.until(lambda: pane.result is not None and pane.result.your_mask != pane.result.attention_mask)
        await it.until_shown("padded, your mask")
        assert pane.result.your_mask[0][2] == 1 - pane.result.attention_mask[0][2]
        await it.press("space")
        await it.until(lambda: pane.result is not None and pane.result.your_mask == pane.result.attention_mask)
        assert "padded, your mask" not in it.text_of("#readings")


async def test_the_inputs_of_the_notes_come_back() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        before = it.sentence.value
        await it.press("e")
        await it.type(" not")
        assert it.sentence.value != before
        await it.press("escape", "tab", "tab", "0")
        await it.until(lambda: it.sentence.value == before)


async def test_what_was_asked_before_can_be_asked_again() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE  0.")
        await it.press("e")
        it.sentence.select_all()
        await it.type("I hate this so much!")
        await it.until(lambda: "NEGATIVE" in it.text_of("#labels").splitlines()[0])
        await it.press("escape", "tab", "tab", "h")
        await it.until_shown("Earlier inputs", "I hate this so much!", "I've been waiting")
        await it.press("end", "enter")  # the first; a slow hand has asked for half a sentence in between
        await it.until(lambda: it.sentence.value.startswith("I've been waiting"))
        await it.until(lambda: "POSITIVE" in it.text_of("#labels").splitlines()[0])


async def test_two_models_answer_side_by_side() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE  0.")
        await it.press("tab", "tab", "right", "right", "space")
        await it.until(lambda: it.text_of("#labels").count("POSITIVE") == 2)
        assert it.text_of("#labels").count("MiniLM + sentiment adapter") == 2


async def test_a_model_that_is_not_here_is_named_with_the_command_that_fetches_it() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE  0.")
        await it.press("tab", "tab", "right", "space")
        await it.until_shown("is not on this machine", "headnotes models get text-classification")
        await it.press("up")
        await it.until_shown("POSITIVE  0.")


async def test_a_task_shows_the_fields_that_it_uses() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE  0.")
        await it.press("tab", "tab", "space", "space")
        await it.until_shown("labels, commas between", "needs at least two labels")
        await it.press("shift+tab")
        await it.type("education, cooking")
        await it.until_shown("education  0.", "cooking  ")


async def test_only_the_newest_question_is_waited_for() -> None:
    engine = InProcess()
    engine.hold = True
    async with console("2.2", engine=engine) as it:
        await it.until(lambda: engine.asked)
        await it.press("e")
        await it.type("x")
        await it.until(lambda: len(engine.asked) >= 2)
        assert len(engine.dropped) >= 1
        assert engine.asked[-1]["spec"]["text"].endswith("x")


@pytest.mark.parametrize(("language", "words"), [("en", ("not answering", "esc ends it")),
                                                 ("zh", ("没有响应", "esc 结束引擎"))])  # fmt: skip
async def test_an_engine_that_does_not_answer_is_shown_and_escape_ends_it(language: str, words: tuple[str]) -> None:
    async with console("2.2", language=language) as it:
        await it.until_shown("POSITIVE")
        it.engine.hang()
        await it.until_shown(words[0])
        await it.press("e")
        await it.type("x")
        await it.until_shown(*words)
        await it.type("y")  # what was asked before is dropped, which ends no engine
        await it.until(lambda: it.engine.asked[-1]["spec"]["text"].endswith("xy"))
        await it.until_shown(*words)
        assert it.engine.killed == 0
        await it.press("escape", "escape")
        await it.until(lambda: it.engine.killed == 1)
        await it.press("e")
        await it.type("z")
        await it.until_shown("POSITIVE")


async def test_a_cell_that_waits_for_an_engine_that_does_not_answer_is_ended_by_escape() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        it.engine.hang()
        await it.go_to_stop(it.stop_of(Claim, 0))
        await it.press("enter")
        await it.until_shown("working: not answering")
        await it.press("escape")
        await it.until(lambda: it.engine.killed == 1)


async def test_an_empty_text_says_what_to_do() -> None:
    async with console("2.2") as it:
        await it.until_shown("POSITIVE")
        await it.press("e")
        it.sentence.select_all()
        await it.press("delete")
        await it.until_shown("Type a text")
        await it.type("good")
        await it.until_shown("POSITIVE")


async def paste(it: object, text: str) -> None:
    it.app.focused.post_message(events.Paste(text))  # type: ignore[attr-defined]
    await it.pilot.pause()  # type: ignore[attr-defined]


async def test_two_hundred_thousand_characters_are_held_as_a_whole() -> None:
    async with console("2.4") as it:
        await open_instrument(it, "tokens")
        await it.press("e")
        it.sentence.put("")
        text = "word " * 40_000
        await paste(it, text)
        assert it.sentence.value == text
        await it.until(lambda: it.reader.bench.pane.result is not None and it.reader.bench.pane.result.length == 40_002)  # type: ignore[union-attr]
        await it.press("x")
        assert it.sentence.value == text, "a key must not lose what was pasted"
        await it.until_shown("held as a whole")
        await it.press("backspace")
        assert it.sentence.value == ""
        await it.press("ctrl+z")
        assert it.sentence.value == text


async def test_a_paste_goes_where_the_cursor_is() -> None:
    async with console("2.4") as it:
        await open_instrument(it, "tokens")
        await it.press("e")
        it.sentence.put("")
        await it.type("ab")
        await it.press("left")
        await paste(it, "[CLS]\n第二行")
        assert it.sentence.value == "a[CLS]\n第二行b"
        await paste(it, "x" * LONG)
        assert it.sentence.value == "a[CLS]\n第二行" + "x" * LONG + "b"


async def test_what_the_editor_cannot_hold_exactly_is_held_as_a_whole() -> None:
    async with console("2.4") as it:
        await open_instrument(it, "tokens")
        await it.press("e")
        it.sentence.put("")
        await paste(it, "a\u2028b\x0bc\rd")
        assert it.sentence.value == "a\u2028b\x0bc\rd"


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 20), (40, 10)])
@pytest.mark.parametrize("lesson", ["2.2", "2.4", "2.5"])
async def test_every_pane_is_drawn_at_every_size(lesson: str, size: tuple[int, int]) -> None:
    async with console(lesson, size=size) as it:
        await it.until(lambda: it.reader.bench.pane is not None and it.reader.bench.pane.result is not None)
        await it.press("e")
        assert it.reader.bench.display
        assert isinstance(it.app.focused, Sentence)
        await it.press("tab", "tab")
        assert all(len(line) <= size[0] for line in it.screen().splitlines() if line.isascii())


@pytest.mark.parametrize("key", ["c", "e", "r", "y", "tab", "0", "h"])
async def test_keys_in_one_burst_with_the_key_that_opens_a_lesson(key: str) -> None:
    """The pane has no fields yet."""
    async with console() as it:
        for one in ("c", key, key):
            it.app.post_message(events.Key(one, None))
        await it.until(lambda: isinstance(it.app.screen, Reader | TextWindow))
        await it.pilot.pause()
