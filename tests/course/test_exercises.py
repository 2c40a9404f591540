"""Exercises and figures: how they are read, and what a check of a course says about them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.test_lesson import lesson
from tests.course.test_lint import check_try
from tui.course.blocks import Exercise, Figure, plain
from tui.course.lint import check
from tui.errors import LessonError

EXERCISE = """```{exercise} double
---
task: >-
  Write `double(x)`: twice `x`.
starter: |
  def double(x):
      ...
check: |
  got = double(4)
  assert got == 8, ("double(4) is {}, not 8", got)
hints:
  - Twice is times two.
  - Multiply.
  - "`return 2 * x`"
solution: |
  def double(x):
      return 2 * x
after: Adding `x` to itself works as well.
---
```
"""
CHINESE = (
    EXERCISE.replace("Write `double(x)`: twice `x`.", "请写出 `double(x)`：返回 `x` 的两倍。")
    .replace("Twice is times two.", "两倍就是乘以二。")
    .replace("Multiply.", "用乘法。")
    .replace("Adding `x` to itself works as well.", "把 `x` 加上它自己也可以。")
    .replace("after:", "messages:\n  double(4) is {}, not 8: double(4) 是 {}，不是 8\nafter:")
)
FIGURE = """```{figure} boxes
---
alt: Two boxes, the text and the tokens, joined by an arrow.
---
 ┌──────┐   ┌────────┐
 │ text │──▸│ tokens │
 └──────┘   └────────┘
```
"""
CHINESE_FIGURE = FIGURE.replace(
    "Two boxes, the text and the tokens, joined by an arrow.", "两个方框由箭头相连：文本和词元。"
)


def test_an_exercise_is_read_whole() -> None:
    (block,) = lesson(EXERCISE).blocks
    assert isinstance(block, Exercise)
    assert (block.id, plain(block.task)) == ("double", "Write double(x): twice x.")
    assert block.starter == "def double(x):\n    ..."
    assert block.solution == "def double(x):\n    return 2 * x"
    assert [plain(hint) for hint in block.hints] == ["Twice is times two.", "Multiply.", "return 2 * x"]
    (chinese,) = lesson(CHINESE).blocks
    assert isinstance(chinese, Exercise)
    assert chinese.messages == {"double(4) is {}, not 8": "double(4) 是 {}，不是 8"}


def test_a_figure_keeps_every_space() -> None:
    (block,) = lesson(FIGURE).blocks
    assert isinstance(block, Figure)
    assert block.text.split("\n")[1] == " │ text │──▸│ tokens │"
    assert plain(block.alt).startswith("Two boxes")


@pytest.mark.parametrize(
    ("text", "old", "new", "words"),
    [
        (EXERCISE, " double\n", "\n", "needs an id"),
        (EXERCISE, "  - Multiply.\n", "", "exactly 3 hints"),
        (EXERCISE, "  - Multiply.\n", "  -\n", "exactly 3 hints"),
        (EXERCISE, "after: Adding `x` to itself works as well.\n", "", "lacks 'after'"),
        (EXERCISE, "after:", "afterwards: x\nafter:", "unknown field 'afterwards'"),
        (EXERCISE, "---\n```", "---\nprint()\n```", "text after its fields"),
        (EXERCISE, "after:", "messages: word\nafter:", "'messages' should be"),
        (FIGURE, " boxes\n", "\n", "needs an id"),
        (FIGURE, "alt: Two", "title: Two", "lacks 'alt'"),
        (FIGURE, FIGURE[FIGURE.index(" ┌") : FIGURE.rindex("```")], "", "is empty"),
    ],
    ids=lambda value: value if len(value) < 40 else "",
)
def test_a_field_that_does_not_fit_is_named(text: str, old: str, new: str, words: str) -> None:
    assert old in text
    with pytest.raises(LessonError, match=words):
        lesson(text.replace(old, new, 1))


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    (tmp_path / "one").mkdir()
    front = '---\nid: a\nsection: "1.1"\ntitle: {}\n---\n\n'
    for language, body in (("en", EXERCISE + "\n" + FIGURE), ("zh", CHINESE + "\n" + CHINESE_FIGURE)):
        (tmp_path / "one" / f"01-a.{language}.md").write_text(front.format(language) + body, "utf-8")
    return tmp_path


def test_a_sound_course_with_both(course: Path) -> None:
    assert check(course, check_try) == []


@pytest.mark.parametrize(
    ("languages", "old", "new", "words"),
    [
        ("zh", "{exercise} double", "{exercise} twice", "another id, starter, check or solution"),
        ("zh", "      return 2 * x", "      return x + x", "another id, starter, check or solution"),
        ("zh", "{figure} boxes", "{figure} box", "The figure has another id"),
        ("zh", "把 `x` 加上它自己也可以。", "Adding `x` to itself works as well.", "not Chinese"),
        ("zh", "messages:\n  double(4) is {}, not 8: double(4) 是 {}，不是 8\n", "", "is not translated"),
        ("zh", "double(4) 是 {}，不是 8", "double(4) 应该是 8", "another number of {}"),
        ("zh", "  double(4) is {}, not 8: ", "  no: 不\n  double(4) is {}, not 8: ", "No assert of 'double'"),
        ("en zh", "  def double(x):\n      ...", "  def double(x)\n      ...", "The starter of 'double' is not Python"),
        ("en zh", "      return 2 * x", "    return 2 *", "The solution of 'double' is not Python"),
        ("en zh", "assert got == 8", "assert got ==", "The check of 'double' is not Python"),
        ("en zh", ', ("double(4) is {}, not 8", got)', "", "no message in quotes"),
        ("en zh", "  got = double(4)\n  assert", "  got = double(4)\n  False and", "asserts nothing"),
        ("en zh", "      return 2 * x", f"      return 2 * x  # {'x' * 60}", "This line of code has 80"),
        ("en zh", " │ text │", f"{'─' * 57}\n │ text │", "This line of the drawing has 57"),
        ("en zh", "```{figure} boxes", FIGURE + "\n```{figure} boxes", "The id 'boxes' is taken"),
    ],
)
def test_each_fault_has_its_finding(course: Path, languages: str, old: str, new: str, words: str) -> None:
    for language in languages.split():
        file = course / "one" / f"01-a.{language}.md"
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new, 1), "utf-8")
    findings = check(course, check_try)
    assert any(words in finding.what for finding in findings), findings
    assert all(finding.line > 1 and finding.do for finding in findings)
