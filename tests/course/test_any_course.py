"""Courses of others: what course.toml may say, the course to begin with, and whose code may run."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.conftest import LESSONS
from tests.course.test_lint import check_try
from tui import paths
from tui.cli.main import main
from tui.course import consent, directives, starter
from tui.course.book import Course, Folder, entries
from tui.course.lint import check
from tui.course.plan import MOST_BYTES, read_plan
from tui.errors import LessonError

CHAPTER = '[[chapter]]\nnumber = "1"\nfolder = "one"\n'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    starter.write_starter(tmp_path / "A course, by me")
    return tmp_path / "A course, by me"


def test_a_new_course_is_sound_and_has_every_fence(course: Path) -> None:
    assert check(course, check_try) == []
    for language in ("en", "zh"):
        (lesson,) = course.rglob(f"*.{language}.md")
        fences = set(re.findall(r"^```\{([\w-]+)\}", lesson.read_text("utf-8"), re.MULTILINE))
        assert fences == set(directives.KINDS)


def test_a_new_course_has_an_id_of_its_own_and_a_name_in_each_language(course: Path) -> None:
    book = Course.open(course, "zh")
    assert (book.course_id, book.name, book.is_bundled) == ("a-course-by-me", "我的课程", False)
    assert Course.open(course, "en").name == "My course"
    assert [entry.id for entry in entries(book)] == ["first-lesson"]


def test_nothing_is_written_over(course: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan = (course / "course.toml").read_text("utf-8")
    assert main(["lessons", "new", str(course), "--language", "zh"]) == 2
    assert "已经有文件" in capsys.readouterr().err
    assert (course / "course.toml").read_text("utf-8") == plan


def test_our_course_keeps_its_file_of_progress_and_others_have_theirs(course: Path) -> None:
    assert Course.open(LESSONS).course_id == ""
    assert paths.progress_file("") == paths.progress_file()
    assert paths.progress_file(Course.open(course).course_id) != paths.progress_file()


def test_a_course_may_be_in_one_language(course: Path) -> None:
    plan = course / "course.toml"
    next(course.rglob("*.zh.md")).unlink()
    assert any("missing" in finding.what for finding in check(course, check_try))
    plan.write_text(plan.read_text("utf-8").replace('["en", "zh"]', '["en"]'), "utf-8")
    assert check(course, check_try) == []


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ("chapter = 3\n", "no list of chapters"),
        ("chapter = [1, 2]\n", "no list of chapters"),
        ('id = "../../etc/passwd"\n', "cannot be the id"),
        ("id = 7\n", "cannot be the id"),
        (CHAPTER.replace('"one"', '"../elsewhere"'), "outside the course"),
        (CHAPTER.replace('"one"', '"/etc"'), "outside the course"),
        ("x = [[chapter]\n", "is not a course"),
        ("x = " + "[" * 9_000 + "]" * 9_000, "is not a course"),
        ("#" * (MOST_BYTES + 1), "longer than"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused_in_both_languages(tmp_path: Path, plan: str, words: str) -> None:
    (tmp_path / "course.toml").write_text(plan)
    with pytest.raises(LessonError, match=words) as caught:
        read_plan(tmp_path)
    assert re.search("[一-鿿]", caught.value.message("zh").title)
    assert check(tmp_path, check_try) != []


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_plan_that_is_no_file_is_refused(tmp_path: Path, make: object) -> None:
    make(tmp_path / "course.toml")  # type: ignore[operator]
    with pytest.raises(LessonError, match="is not a course"):
        Course.open(tmp_path)


def test_odd_titles_and_folders_are_read(tmp_path: Path) -> None:
    plan = 'title = 5\nlanguages = "en"\n[[chapter]]\nfolder = "a\\u0000b"\ntitle = []\n'
    (tmp_path / "course.toml").write_text(plan)
    assert Course.open(tmp_path).name == "5"


def test_consent_is_for_a_folder_and_stays(course: Path, tmp_path: Path) -> None:
    book, notes = Course.open(course), Folder(tmp_path, "", ())
    assert consent.is_allowed(Course.open(LESSONS))
    assert not consent.is_allowed(book)
    consent.allow(book)
    assert consent.is_allowed(Course.open(course))
    assert not consent.is_allowed(notes)
    consent.allow(notes)
    assert consent.is_allowed(Course.open(course))


@pytest.mark.parametrize("text", ["", "[]", '{"folders": []}', '{"folders": 3}', "[" * 9_000])
def test_a_broken_file_of_consents_allows_nothing(course: Path, text: str) -> None:
    paths.consents_file().parent.mkdir(parents=True, exist_ok=True)
    paths.consents_file().write_text(text)
    assert not consent.is_allowed(Course.open(course))


@pytest.mark.parametrize(
    ("words", "book", "lesson"),
    [
        (["2.2"], "Headnotes", "behind-the-pipeline"),
        (["open", "tokenizers"], "Headnotes", "tokenizers"),
        (["open", "./tokenizers"], "My course", None),
        (["open", "token"], "My course", None),
        (["open", "token", "1.1"], "My course", "first-lesson"),
        (["behind"], "Headnotes", "behind-the-pipeline"),
    ],
)
def test_a_lesson_wins_over_a_folder_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], book: str, lesson: str | None
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("tokenizers", "token"):
        starter.write_starter(tmp_path / name)
    opened: list[tuple[str, str | None]] = []
    monkeypatch.setattr(
        "tui.cli.open.show", lambda book, entry, asked: opened.append((book.name, entry and entry.id)) or 0
    )
    assert main([*words, "--language", "en"]) == 0
    assert opened == [(book, lesson)]


def test_what_cannot_be_opened_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", str(tmp_path)]) == 2
    assert "headnotes notes DIR" in capsys.readouterr().err
    assert main(["open", str(tmp_path / "nowhere")]) == 2
    assert "is not a course" in capsys.readouterr().err
    assert main(["open", "2.2", "1.1"]) == 2
    assert "not the folder of a course" in capsys.readouterr().err
