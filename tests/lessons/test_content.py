"""The lessons themselves: everything they show runs and prints what they say; nothing of the notes is left out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import LESSONS
from tui.course.blocks import Claim, Figure, Quiz, Try
from tui.course.lesson import read_lesson
from tui.course.page import Page
from tui.engine import ticks
from tui.engine.snippets import run_page
from tui.instruments import registry

FILES = sorted(LESSONS.glob("*/*.md"))
INVENTORY = tomllib.loads((LESSONS / "inventory.toml").read_text("utf-8"))
NOT_OF_THE_LIBRARY = {
    "E058": "is about the numbering of the notes themselves",
}


def page(path: Path) -> Page:
    return read_lesson(path, path.stem.rpartition(".")[2], path.read_bytes())


@pytest.fixture(scope="module")
def quiet_bars() -> Iterator[None]:
    """Progress bars are taken from tqdm as in the engine, and given back."""
    from tqdm import std

    display, printer = std.tqdm.display, std.tqdm.status_printer
    ticks.tap_tqdm(lambda what, done, total: None)
    yield
    std.tqdm.display, std.tqdm.status_printer = display, staticmethod(printer)


@pytest.mark.parametrize("path", [path for path in FILES if path.stem.endswith(".en")], ids=lambda path: path.name)
@pytest.mark.usefixtures("quiet_bars")
def test_everything_that_can_be_run_prints_what_the_lesson_says(path: Path) -> None:
    """The Chinese twins have the same code: `lessons check` compares it, and runs it where it differs."""
    assert list(run_page(page(path))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_try_gets_an_answer(path: Path) -> None:
    for block in page(path).blocks:
        if isinstance(block, Try):
            instrument = registry.find(block.instrument)
            assert instrument.run(instrument.read(block.values)) is not None


@pytest.mark.parametrize("section", list(INVENTORY))
def test_a_lesson_covers_everything_the_notes_hold_in_its_section(section: str) -> None:
    fronts = [page(path).front for path in FILES]
    covered = {item for front in fronts if front is not None and front.section == section for item in front.covers}
    assert set(INVENTORY[section]["items"]) - covered == set()


def test_every_erratum_of_these_sections_is_settled_in_some_lesson() -> None:
    claimed = {block.id for path in FILES for block in page(path).blocks if isinstance(block, Claim)}
    known = {erratum for section in INVENTORY.values() for erratum in section["errata"]}
    assert known - claimed - set(NOT_OF_THE_LIBRARY) == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_lesson_ends_with_questions_of_several_kinds(path: Path) -> None:
    quizzes = page(path).quizzes
    assert len(quizzes) >= 3
    assert len({quiz.kind for quiz in quizzes}) >= 3
    assert isinstance(page(path).blocks[-1], Quiz)


def test_every_chapter_has_exercises_and_figures_are_where_they_are_needed() -> None:
    pages = [page(path) for path in FILES]
    exercises = {(exercise.id, p.path.parent.name) for p in pages for exercise in p.exercises}
    assert len(exercises) == len({name for name, _ in exercises}) >= 20
    assert {chapter for _, chapter in exercises} == {path.parent.name for path in FILES}
    drawn = {p.front.section for p in pages if p.front and any(isinstance(block, Figure) for block in p.blocks)}
    assert drawn >= {"2.2", "2.5", "3.1", "3.6", "5.1", "5.4"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_right_answers_are_not_always_in_the_same_place(path: Path) -> None:
    places = {
        next(i for i, choice in enumerate(quiz.choices) if choice.right)
        for quiz in page(path).quizzes
        if quiz.kind in ("single", "multiple")
    }
    assert len(places) > 1
