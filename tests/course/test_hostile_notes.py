"""Notes that are written to do harm: bounded before they are read, refused in words, shown as far as that is safe."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import hostile_notes
from tui.console import keys  # noqa: F401 (sentences of a page name keys)
from tui.console.page_layout import PageLayout
from tui.console.typeset import Setting
from tui.course.blocks import Code
from tui.course.book import MOST_LEVELS, Entry, Folder, entries
from tui.course.files import MOST_BYTES, MOST_LINES
from tui.errors import LessonError, UsageError, sentence


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hostile_notes.write(tmp_path_factory.mktemp("hostile") / "notes")


def entry(folder: Path, name: str) -> Entry:
    return Entry(name, "", {"": name}, {"": folder / name})


@pytest.mark.parametrize("name", hostile_notes.FILES)
def test_a_hostile_file_is_a_page(folder: Path, name: str) -> None:
    page = Folder(folder, "", ()).read(entry(folder, f"{name}.md"), "en")
    assert sum(map(len, page.text())) <= 2 * MOST_BYTES
    assert len(page.title) <= 300
    PageLayout(page, Setting(80, "en", False), {}, None)


@pytest.mark.parametrize("name", hostile_notes.FILES)
def test_a_hostile_file_is_a_page_of_a_course(folder: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "page.mdx").write_bytes((folder / f"{name}.md").read_bytes())
    page = Folder(tmp_path, "", ()).read(entry(tmp_path, "page.mdx"), "en")
    assert sum(map(len, page.text())) <= 2 * MOST_BYTES
    PageLayout(page, Setting(80, "en", False), {}, None)


def test_only_files_are_listed_and_no_link_is_followed_round(folder: Path) -> None:
    assert {e.id for e in entries(Folder.open(folder))} == {f"{name}.md" for name in hostile_notes.FILES}


@pytest.mark.parametrize("name", ["fifo.md", "socket.md", "zero.md", "itself.md", "nowhere.md"])
def test_what_is_not_a_file_is_refused_in_words(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="not a folder, nor a file"):
        Folder.open(folder / name)
    with pytest.raises(LessonError, match="cannot be read"):  # it was a file when the folder was opened
        Folder(folder, "", ()).read(entry(folder, name), "en")


def test_of_a_large_file_the_beginning_is_read_and_a_sentence_says_so(folder: Path) -> None:
    page = Folder(folder, "", ()).read(entry(folder, "large.md"), "en")
    code = page.blocks[0]
    assert isinstance(code, Code)
    assert MOST_BYTES - 1_000 < len(code.text) <= MOST_BYTES
    assert "51 MB: only its first 1,000 kB are shown" in sentence("en", page.trouble)
    assert [*page.text()][1:] == [sentence("en", page.trouble)]


def test_of_a_file_of_many_lines_the_beginning_is_read(folder: Path) -> None:
    page = Folder(folder, "", ()).read(entry(folder, "table-long.md"), "en")
    assert "only its first" in sentence("en", page.trouble)
    assert next(page.text()).count("\n") == MOST_LINES - 1


def test_aliases_that_would_fill_the_memory_are_refused(folder: Path) -> None:
    page = Folder(folder, "", ()).read(entry(folder, "yaml-aliases.md"), "en")
    assert "more than 10 aliases" in sentence("en", page.trouble)
    assert page.title == "Page"


def test_folders_within_folders_come_to_an_end(tmp_path: Path) -> None:
    here = tmp_path
    for level in range(MOST_LEVELS + 5):
        here = here / "d"
        here.mkdir()
        (here / f"{level}.md").write_text("# x\n")
    book = Folder.open(tmp_path)
    assert 0 < len(entries(book)) <= MOST_LEVELS + 1
    assert "more than can be listed" in sentence("en", book.trouble)


def test_ten_thousand_files_are_listed_without_reading_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10_000):
        (tmp_path / f"{number}.md").touch()
    monkeypatch.setattr(os, "open", None)
    monkeypatch.setattr("builtins.open", None)
    book = Folder.open(tmp_path)
    assert [e.id for e in entries(book)[:3]] == ["0.md", "1.md", "2.md"]
    assert (len(entries(book)), book.trouble) == (10_000, None)
