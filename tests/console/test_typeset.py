"""Pages to lines: exact widths, every character kept, any width, any text."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import LESSONS
from tests.hostile import texts
from tui.console import keys  # noqa: F401 (sentences of a page name keys)
from tui.console.page_layout import PageLayout
from tui.console.typeset import Answering, Outcome, Setting, set_block, slide
from tui.course.blocks import Cell, Claim, Code, Figure, Paragraph, Quiz, Span, Table
from tui.course.lesson import read_lesson, read_notes
from tui.course.page import Page
from tui.text.lines import Line, line_text
from tui.text.visible import visible
from tui.text.wrap import cells

FILES = sorted(LESSONS.glob("*/*.md"))


def text_of(lines: list[Line]) -> str:
    return "\n".join(line_text(line) for line in lines)


def lesson(path: Path) -> Page:
    return read_lesson(path, path.stem.rpartition(".")[2], path.read_bytes())


DRAWING = "┌────────┐   ┌──────┐\n│ 词元   │──▸│ text │\n└────────┘   └──────┘"
FIGURE = Figure(1, "boxes", (Span("Tokens become text again."),), DRAWING)


def test_a_figure_is_drawn_to_the_cell() -> None:
    lines = [line_text(line) for line in set_block(FIGURE, Setting(60, "zh", False))]
    assert [line[1:] for line in lines] == DRAWING.split("\n")
    assert len({cells(line) for line in lines}) == 1


@pytest.mark.parametrize("setting", [Setting(60, "en", False, described=True), Setting(23, "en", False)])
def test_a_figure_without_room_is_described(setting: Setting) -> None:
    lines = [line_text(line) for line in set_block(FIGURE, setting)]
    assert "".join(line.removeprefix("▏ ") for line in lines).replace(" ", "") == "Tokensbecometextagain."


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@pytest.mark.parametrize("width", [38, 58, 78, 200])
def test_every_line_of_every_lesson_fits(path: Path, width: int) -> None:
    layout = PageLayout(lesson(path), Setting(width, "en", True), {}, None)
    rows = [slide(line, 0, layout.setting.prose + 1) for line in layout.rows]
    widest = max(rows, key=lambda line: cells(line_text(line)))
    assert cells(line_text(widest)) <= min(width - 3, 77), line_text(widest)
    assert width < 60 or layout.overflow() == 0


@given(texts, st.integers(0, 90), st.integers(20, 90))
def test_code_that_is_moved_to_the_left_fits_and_shows_the_same(text: str, by: int, width: int) -> None:
    for line in set_block(Code(1, text, "python"), Setting(40, "en", True)):
        moved = line_text(slide(line, by, width))
        assert cells(moved) <= width
        if by == 0 and cells(line_text(line).rstrip()) <= width:
            assert moved.rstrip() == line_text(line).rstrip()
        elif by == 0:
            assert moved.endswith("›")
            assert line_text(line).startswith(moved[:-1].rstrip())


def test_a_line_scrolled_sideways_shows_what_was_beyond_the_edge() -> None:
    (line,) = set_block(Code(1, f"x = '{'a' * 40}-end'", ""), Setting(30, "en", False))
    assert "-end" not in line_text(slide(line, 0, 30))
    assert line_text(slide(line, 24, 30)).startswith("‹aaa")
    assert line_text(slide(line, 24, 30)).rstrip().endswith("-end'")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_coloring_code_moves_nothing(path: Path) -> None:
    page = lesson(path)
    plain, colored = (PageLayout(page, Setting(60, "en", on), {}, None) for on in (False, True))
    assert [line_text(line) for line in plain.rows] == [line_text(line) for line in colored.rows]


@settings(max_examples=80, deadline=None)
@given(texts, st.integers(20, 90))
def test_any_page_of_notes_can_be_set(text: str, width: int) -> None:
    page = read_notes(Path("x.md"), text.encode("utf-8", "replace"))
    layout = PageLayout(page, Setting(width, "zh", True), {}, None)
    assert len(layout.rows) == len(layout.owners)
    rows = [slide(line, 0, layout.setting.prose + 1) for line in layout.rows]
    assert all(cells(line_text(line)) <= max(21, width - 3) for line in rows)


@given(texts)
def test_code_keeps_every_character(text: str) -> None:
    lines = set_block(Code(1, text, "python"), Setting(60, "en", True))
    joined = "".join(line_text(line).strip() for line in lines)
    assert "".join(joined.split()) == "".join(visible(text, lines=True).split())


def test_a_table_fits_and_aligns() -> None:
    header = ((Span("task"),), (Span("score"),))
    rows = (((Span("a very long name of a task that must wrap"),), (Span("0.5"),)), ((Span("b"),), (Span("12.25"),)))
    lines = set_block(Table(1, header, rows, ("left", "right")), Setting(40, "en", False))
    assert all(cells(line_text(line)) <= 36 for line in lines)
    assert line_text(lines[2]).endswith("  0.5")


def test_a_claim_shows_its_sides_its_proof_and_what_it_printed() -> None:
    claim = Claim(1, "E028", (Span("Logits are probabilities."),), (Span("They are scores."),), "print(1)", "1")
    before = text_of(set_block(claim, Setting(70, "en", False)))
    after = text_of(set_block(claim, Setting(70, "en", False), Outcome("1\n", False)))
    assert all(words in before for words in ("Often said", "What is so", "E028", "enter runs the proof", "print(1)"))
    assert "prints" in after
    assert "enter runs" not in after


def test_output_is_shown_verbatim() -> None:
    cell = Cell(1, "print(x)", "")
    shown = text_of(set_block(cell, Setting(70, "en", False), Outcome("[CLS] \x1b[31m [/INST]\n", False)))
    assert "[CLS] ␛[31m [/INST]" in shown


def question(text: str) -> Quiz:
    front = '---\nid: x\nsection: "1"\ntitle: x\n---\n'
    text = f"```{{quiz}} q\nask: Which?\n{text}\n```"
    (quiz,) = read_lesson(Path("x.en.md"), "en", (front + text).encode()).blocks
    assert isinstance(quiz, Quiz)
    return quiz


def shown_as(quiz: Quiz, answering: Answering) -> str:
    return text_of(set_block(quiz, Setting(70, "en", False), answering))


def test_a_wrong_try_explains_itself_and_nothing_else() -> None:
    quiz = question(
        "choices:\n- {text: first, right: true, why: because}\n- {text: second, why: not so}\n- {text: third, why: nor}"
    )
    before, wrong = shown_as(quiz, Answering((0,))), shown_as(quiz, Answering((1,), judged=False))
    assert "1 [x] first" in before
    assert "because" not in before
    assert all(words in wrong for words in ("not so", "Not yet.", "s shows the answer"))
    assert "because" not in wrong
    assert "nor" not in wrong
    for over in (Answering((0,), judged=True), Answering((1,), judged=False, revealed=True)):
        assert all(words in shown_as(quiz, over) for words in ("because", "not so", "nor"))
    assert "1 [ ] third" in shown_as(quiz, Answering(order=(2, 0, 1)))


def test_a_wrong_order_says_how_far_it_is_right() -> None:
    quiz = question("kind: order\nchoices:\n- {text: a, why: A}\n- {text: b, why: B}\n- {text: c, why: C}")
    wrong = shown_as(quiz, Answering((0, 2, 1), judged=False))
    assert "counted from the first: 1." in wrong
    assert not any(why in wrong for why in ("+ A", "+ B", "+ C", "The order is"))
    assert "The order is" in shown_as(quiz, Answering((0, 2, 1), judged=False, revealed=True))


def test_a_number_appears_as_it_is_typed_and_its_answer_only_when_known() -> None:
    quiz = question("answer: 12288\nwhy: counted")
    assert "type a number" in shown_as(quiz, Answering())
    wrong = shown_as(quiz, Answering(number="12", judged=False))
    assert "= 12\n" in wrong
    assert "12288" not in wrong
    assert "The answer is 12288." in shown_as(quiz, Answering(number="12288", judged=True))


def test_prose_is_never_wider_than_it_reads_well() -> None:
    lines = set_block(Paragraph(1, (Span("word " * 100),)), Setting(300, "en", False))
    assert max(cells(line_text(line)) for line in lines) <= 76
