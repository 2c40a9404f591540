"""Courses and folders of notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import LESSONS
from tui.course.book import Course, Folder, entries, find
from tui.course.search import in_book, in_page
from tui.errors import LessonError, UsageError


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        file = folder / name.replace("__", "/").replace("_md", ".md")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return folder


def test_our_course_opens() -> None:
    course = Course.open(LESSONS)
    known = {entry.number: entry for entry in entries(course)}
    assert set(known) >= {"2.2", "2.4", "2.5"}
    assert set(known["2.2"].files) == {"en", "zh"}
    assert find(course, "2.2") is find(course, "behind-the-pipeline") is find(course, "behind")


def test_an_unknown_lesson_is_named() -> None:
    with pytest.raises(UsageError, match=r"no lesson '9\.9'"):
        find(Course.open(LESSONS), "9.9")


def test_a_folder_that_is_no_course(tmp_path: Path) -> None:
    with pytest.raises(LessonError, match="is not a course"):
        Course.open(tmp_path)


def test_a_broken_lesson_does_not_hide_the_others(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    good = '---\nid: good\nsection: "1.2"\ntitle: Good\n---\ntext\n'
    write(tmp_path / "one", **{"01-bad.en_md": "---\nid: [\n---\n", "02-good.en_md": good})
    bad, fine = entries(Course.open(tmp_path))
    assert bad.trouble
    assert (fine.id, fine.trouble) == ("good", None)


def test_a_folder_of_notes_in_natural_order(tmp_path: Path) -> None:
    write(tmp_path, chapter10__a_md="# Ten", chapter2__a_md="# Two", index_md="# Start")
    folder = Folder.open(tmp_path)
    assert [entry.id for entry in entries(folder)] == ["chapter2/a.md", "chapter10/a.md", "index.md"]
    assert folder.read(entries(folder)[0], "en").title == "Two"


def test_hidden_folders_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, a_md="# A")
    write(tmp_path / ".git", b_md="# B")
    assert len(entries(Folder.open(tmp_path))) == 1


def test_one_file_is_a_book_too(tmp_path: Path) -> None:
    write(tmp_path, a_md="# A", b_md="# B")
    assert len(entries(Folder.open(tmp_path / "a.md"))) == 1


def test_nothing_to_read_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no Markdown files"):
        Folder.open(tmp_path)
    with pytest.raises(UsageError, match="There is no"):
        Folder.open(tmp_path / "nowhere")


def test_a_file_that_went_away_is_a_sentence(tmp_path: Path) -> None:
    write(tmp_path, a_md="# A", b_md="# B")
    folder = Folder.open(tmp_path)
    (tmp_path / "a.md").unlink()
    with pytest.raises(LessonError, match="cannot be read"):
        folder.read(entries(folder)[0], "en")


def test_searching_a_book(tmp_path: Path) -> None:
    write(tmp_path, a_md="# A\n\nAn Attention mask.\n", b_md="# B\n\n注意力掩码\n")
    folder = Folder.open(tmp_path)
    assert [hit.entry.id for hit in in_book(folder, "en", "attention MASK")] == ["a.md"]
    assert [hit.entry.id for hit in in_book(folder, "en", "掩码")] == ["b.md"]
    assert list(in_book(folder, "en", "")) == []
    page = folder.read(entries(folder)[0], "en")
    assert [block for block, _ in in_page(page, "mask")] == [1]
