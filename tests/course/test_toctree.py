"""The table of contents of a course of pages: order, titles, languages, and what may be wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui import paths
from tui.course.book import Folder, entries
from tui.course.progress import Progress
from tui.errors import LessonError

TREE = """- title: 1. Birds
  sections:
  - local: one/b
    title: "Robins: small"
  - local: one/a
    title: Wrens
    sections:
    - local: one/c
      title: Nests
- title: 2. Fish
  local: two
  isExpanded: true
  sections:
  - title: Trout
    local_fw: { pt: three, tf: three_tf }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, title in (("en", "Page"), ("zh-CN", "页面")):
        root = tmp_path / "fauna" / "chapters" / language
        (root / "one").mkdir(parents=True)
        for name in ("one/a.mdx", "one/b.mdx", "one/c.md", "two.mdx", "three.mdx", "three_tf.mdx", "other.mdx"):
            (root / name).write_text(f"# {title} {name}\n\nText.\n", "utf-8")
        tree = TREE if language == "en" else TREE.replace("1. Birds", "1. 鸟").replace("Wrens", "鹪鹩")
        (root / "_toctree.yml").write_text(tree, "utf-8")
    return tmp_path / "fauna"


def test_pages_are_in_the_order_of_the_contents(folder: Path) -> None:
    book = Folder.open(folder)
    assert book.name == "fauna"
    assert [chapter.title("en") for chapter in book.chapters] == ["1. Birds", "2. Fish"]
    assert [entry.title("en") for entry in entries(book)] == [
        "Robins: small", "Wrens", "Nests", "2. Fish", "Trout (PyTorch)", "Trout (TensorFlow)",
    ]  # fmt: skip


@pytest.mark.parametrize("inside", ["", "chapters/en", "chapters/zh-CN"])
def test_both_languages_are_one_course(folder: Path, inside: str) -> None:
    book = Folder.open(folder / inside)
    wren = next(entry for entry in entries(book) if entry.id == "one/a")
    assert (book.name, wren.title("zh"), wren.title("en")) == ("fauna", "鹪鹩", "Wrens")
    assert book.chapters[0].title("zh") == "1. 鸟"
    assert (book.read(wren, "zh").title, book.read(wren, "en").title) == ("页面 one/a.mdx", "Page one/a.mdx")


def test_progress_is_kept_apart_by_course(folder: Path) -> None:
    book = Folder.open(folder)
    page = book.read(entries(book)[0], "en")
    progress = Progress(paths.progress_file(book.course_id))
    progress.open(page)
    progress.save()
    again = Progress(paths.progress_file(Folder.open(folder).course_id))
    assert (again.last, again.summary("one/b")[1]) == ("one/b", 1)
    assert not paths.progress_file().exists()
    (folder.parent / "copy").symlink_to(folder)
    assert Folder.open(folder.parent / "copy").course_id.endswith(book.course_id[-8:])


def test_a_page_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "chapters/en/one/b.mdx").unlink()
    (folder / "chapters/zh-CN/one/b.mdx").unlink()
    book = Folder.open(folder)
    with pytest.raises(LessonError, match="names 'one/b'") as caught:
        book.read(entries(book)[0], "en")
    assert "没有这个文件" in caught.value.message("zh").title


@pytest.mark.parametrize("place", ["../../secret", "/etc/passwd", "a\0b", "x" * 5_000])
def test_no_page_is_outside_of_its_folder(tmp_path: Path, place: str) -> None:
    (tmp_path.parent / "secret.md").write_text("secret")
    (tmp_path / "page.md").write_text("# x\n")
    (tmp_path / "_toctree.yml").write_text(f"- sections:\n  - local: {place!r}\n  - local: page\n")
    book = Folder.open(tmp_path)
    assert [bool(entry.files) for entry in entries(book)] in ([False, True], [True])  # YAML refuses a NUL


@pytest.mark.parametrize(
    "tree", ["", "x", "a: b", "- [", "- 3\n- x", "- title: a\n  sections: {}", "a: &a [*a]", "{" * 900]
)
def test_other_contents_are_left_aside(tmp_path: Path, tree: str) -> None:
    (tmp_path / "_toctree.yml").write_text(tree)
    (tmp_path / "page.md").write_text("# x\n")
    assert [entry.id for entry in entries(Folder.open(tmp_path))] == ["page.md"]
