"""Lessons, directives and pages of notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile import texts
from tui.course.blocks import Cell, Claim, Code, Paragraph, Quiz, Try, plain
from tui.course.lesson import read_lesson, read_notes
from tui.course.page import Page
from tui.errors import LessonError, sentence

FRONT = '---\nid: masks\nsection: "2.5"\ntitle: Masks\nminutes: 20\ncovers: [H045]\nclaims: [E054]\n---\n\n'


def lesson(body: str, front: str = FRONT) -> Page:
    return read_lesson(Path("masks.en.md"), "en", (front + body).encode("utf-8", "replace"))


def directive(head: str, body: str) -> str:
    return f"```{{{head.split()[0]}}} {' '.join(head.split()[1:])}\n{body}\n```\n"


def test_front_matter() -> None:
    page = lesson("text\n")
    assert page.front is not None
    assert (page.id, page.title, page.front.section, page.front.minutes) == ("masks", "Masks", "2.5", 20)
    assert page.front.covers == ("H045",)


def test_the_four_directives() -> None:
    page = lesson(
        directive("try tokens", "text: Hello\npadding: longest")
        + directive("code-cell python", "---\nprints: '3'\n---\nx = 1\nprint(x + 2)")
        + directive("claim E054", "---\nmyth: a\nfact: b\nprints: c\n---\nprint('c')")
        + directive("quiz one", "ask: Which?\nchoices:\n- {text: a, right: true, why: w}\n- {text: b, why: v}")
    )
    one_try, cell, claim, quiz = page.blocks
    assert isinstance(one_try, Try)
    assert (one_try.instrument, one_try.values) == ("tokens", {"text": "Hello", "padding": "longest"})
    assert isinstance(cell, Cell)
    assert (cell.code, cell.prints) == ("x = 1\nprint(x + 2)", "3")
    assert isinstance(claim, Claim)
    assert (claim.id, plain(claim.myth), plain(claim.fact), claim.code, claim.prints) == (
        "E054",
        "a",
        "b",
        "print('c')",
        "c",
    )
    assert isinstance(quiz, Quiz)
    assert (quiz.id, quiz.kind, [choice.right for choice in quiz.choices]) == ("one", "single", [True, False])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (directive("try", "text: x"), "needs the name of an instrument"),
        (directive("try tokens", "text: [unclosed"), "line 11"),
        (directive("claim E1", "---\nmyth: a\n---\nx"), "lacks 'fact'"),
        (directive("claim", "---\nsaid: a\nso: b\n---\nx"), "needs the id"),
        (directive("quiz q", "ask: Which?\nchoices:\n- {text: a}\n- {text: b}"), "no right answer"),
        (directive("quiz q", "ask: Which?\nchoices:\n- {text: a, right: true}"), "fewer than two"),
        (directive("quiz q", "ask: Which?\nkind: riddle"), "riddle"),
        (directive("quiz q", "ask: How many?\nanswer: three"), "should be a number"),
        (directive("quiz q", "choices:\n- {text: a, right: true}\n- {text: b}"), "needs an id and an 'ask'"),
        (directive("code-cell ruby", "puts 1"), "cannot run"),
    ],
)
def test_what_does_not_fit_is_named_with_its_line(body: str, words: str) -> None:
    with pytest.raises(LessonError) as caught:
        lesson(body)
    assert words in str(caught.value)
    assert "masks.en.md, line" in str(caught.value)


@pytest.mark.parametrize(
    ("front", "words"),
    [
        ("", "has no front matter"),
        ("---\nid: [\n---\n", "YAML"),
        ("---\n- a\n---\n", "name: value"),
        ("---\nid: x\nsection: '1'\n---\n", "lacks 'title'"),
    ],
)
def test_broken_front_matter(front: str, words: str) -> None:
    with pytest.raises(LessonError, match=words):
        lesson("text\n", front)


def test_yaml_makes_no_objects() -> None:
    with pytest.raises(LessonError):
        lesson(directive("try tokens", "text: !!python/object/apply:os.system [echo]"))


def test_an_unknown_directive_is_shown_as_code() -> None:
    (block,) = lesson("```{note}\nsomething\n```\n").blocks
    assert isinstance(block, Code)


def test_sections_cover_the_page_without_gaps() -> None:
    page = lesson("Before.\n\n## One\n\na\n\n### Inside\n\nb\n\n## Two\n\nc\n")
    assert [section.title for section in page.sections] == ["Masks", "One", "Two"]
    assert page.sections[0].first == 0
    for one, two in zip(page.sections, page.sections[1:], strict=False):
        assert one.last == two.first
    assert page.sections[-1].last == len(page.blocks)


def test_foreign_markdown_with_broken_front_matter_is_still_readable() -> None:
    page = read_notes(Path("x.md"), b"---\ntitle: [broken\n---\n\n# Hello\n\ntext\n")
    assert "broken" in sentence("en", page.trouble)
    assert page.title == "Hello"
    assert any(isinstance(block, Paragraph) for block in page.blocks)


def test_a_huge_file_is_shown_as_plain_text() -> None:
    page = read_notes(Path("x.md"), b"# a\n" * 300_000)
    assert len(page.blocks) == 1
    assert "plain text" in sentence("en", page.trouble)


def test_an_empty_file_says_so() -> None:
    assert "empty" in "".join(read_notes(Path("x.md"), b"").text())


def test_encodings_say_what_they_are() -> None:
    assert read_notes(Path("x.md"), "# Höhe".encode("utf-16")).title == "Höhe"
    assert read_notes(Path("x.md"), b"\xef\xbb\xbf# BOM").title == "BOM"
    assert "�" in read_notes(Path("x.md"), b"# caf\xe9").title


@given(st.binary(max_size=600))
def test_arbitrary_bytes_are_a_page_of_notes(data: bytes) -> None:
    page = read_notes(Path("x.md"), data)
    assert page.blocks
    list(page.text())


@given(st.one_of(st.binary(max_size=400), texts.map(lambda t: (FRONT + t).encode("utf-8", "replace"))))
def test_arbitrary_bytes_are_a_lesson_or_a_lesson_error(data: bytes) -> None:
    try:
        page = read_lesson(Path("x.en.md"), "en", data)
    except LessonError as error:
        assert error.title
    else:
        list(page.text())


@given(st.sampled_from(["try tokens", "code-cell python", "claim E1", "quiz q", "exercise e", "figure f"]), texts)
def test_arbitrary_directives(head: str, body: str) -> None:
    try:
        lesson(directive(head, body))
    except LessonError as error:
        assert error.title


def test_claims_of_older_lessons_are_read() -> None:
    page = lesson(directive("claim E1", "---\nsaid: a\nso: b\n---\nx"))
    claim = page.blocks[-1]
    assert isinstance(claim, Claim)
    assert (plain(claim.myth), plain(claim.fact)) == ("a", "b")
