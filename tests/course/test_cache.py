"""Remembered pages: the same as read ones, never stale, and no harm when the memory is broken."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import LESSONS
from tui import paths
from tui.course import cache
from tui.course.book import Course, Folder, entries
from tui.course.lesson import read_lesson, read_notes


def files() -> list[Path]:
    return sorted((paths.cache_dir() / "pages").glob("*.json"))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_remembered_lesson_is_the_lesson(language: str) -> None:
    course = Course.open(LESSONS)
    for entry in entries(course):
        file = entry.files[language]
        read = read_lesson(file, language, file.read_bytes())
        assert course.read(entry, language) == read
        assert course.read(entry, language) == read
    assert files()


def test_the_second_time_nothing_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    first = Course.open(LESSONS)
    page = first.read(entries(first)[0], "en")
    monkeypatch.setattr("tui.course.lesson.read_lesson", None)
    monkeypatch.setattr("tui.course.lesson.read_front_matter", None)
    again = Course.open(LESSONS)
    assert again.read(entries(again)[0], "en") == page


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# One")
    folder = Folder.open(tmp_path)
    assert folder.read(entries(folder)[0], "en").title == "One"
    (tmp_path / "a.md").write_text("# Two")
    assert folder.read(entries(folder)[0], "en").title == "Two"


def test_a_changed_reader_reads_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# One")
    folder = Folder.open(tmp_path)
    folder.read(entries(folder)[0], "en")
    before = len(files())
    monkeypatch.setattr(cache, "READERS", ("course/blocks",))
    folder.read(entries(folder)[0], "en")
    assert len(files()) == before + 1


@pytest.mark.parametrize("junk", [b"", b"{", b"[]", b'{"": "os"}', b'{"": "Page"}', b"\xff", b"[" * 100_000])
def test_a_broken_memory_is_no_harm(tmp_path: Path, junk: bytes) -> None:
    (tmp_path / "a.md").write_text("# One\n\ntext\n")
    folder = Folder.open(tmp_path)
    page = folder.read(entries(folder)[0], "en")
    (file,) = files()
    file.write_bytes(junk)
    again = folder.read(entries(folder)[0], "en")
    assert again == page == read_notes(tmp_path / "a.md", b"# One\n\ntext\n")


def test_a_memory_that_cannot_be_written_is_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HEADNOTES_HOME", str(tmp_path / "file"))
    course = Course.open(LESSONS)
    assert course.read(entries(course)[0], "en").blocks


def test_it_does_not_grow_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 5)
    for number in range(12):
        cache.remembered(str(number).encode(), int, lambda number=number: number)
        for age, file in enumerate(files()):
            os.utime(file, (age, age))
    assert len(files()) <= 5
