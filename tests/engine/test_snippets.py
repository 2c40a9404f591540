"""`lessons check --run`: code that does not do what its lesson says is named with file and line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.course.test_lint_kinds import change, course  # noqa: F401 (a fixture)
from tui.cli.main import main
from tui.course.lint import Finding, check
from tui.engine.snippets import run_page


def run(course: Path) -> list[Finding]:  # noqa: F811
    return check(course, lambda name, values: None, run_page)


def broken(course: Path, old: str, new: str) -> tuple[list[Finding], int]:  # noqa: F811
    """(findings, line of the change) after both twins were changed."""
    for language in ("en", "zh"):
        _, line = change(course, language, old, new)
    return run(course), line


def test_a_sound_course_runs(course: Path) -> None:  # noqa: F811
    assert run(course) == []


@pytest.mark.parametrize(
    ("old", "new", "words", "above"),
    [
        ('prints: "6"', 'prints: "8"', "It prints '6', not '8'", 2),
        ('prints: "5"', 'prints: "4"', "It prints '5', not '4'", 4),
        ("print(2 * 3)", "x = 1\nprint(2 * 3", "SyntaxError", -1),
        ("print(5)", "print(1 / 0)", "ZeroDivisionError", 6),
        ("print(3 + 4)", "print(3 + +)", "SyntaxError", 0),
        ("answer: 7", "answer: 8", "The answer is 8, but the code prints '7'", 2),
    ],
)
def test_each_kind_is_found(course: Path, old: str, new: str, words: str, above: int) -> None:  # noqa: F811
    (finding,), line = broken(course, old, new)
    assert words in finding.what
    assert (Path(finding.file).name, finding.line) == ("01-a.en.md", line - above)


def test_a_twin_with_other_code_is_run_too(course: Path) -> None:  # noqa: F811
    change(course, "zh", "print(2 * 3)", "print(2 * 4)")
    assert {Path(finding.file).name for finding in run(course) if "It prints '8'" in finding.what} == {"01-a.zh.md"}


def test_the_command_ends_with_1_and_names_what_it_found(
    course: Path,  # noqa: F811
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["lessons", "check", str(course), "--run"]) == 0
    assert "sound" in capfd.readouterr().out
    broken(course, "answer: 7", "answer: 8")
    assert main(["lessons", "check", str(course), "--run", "--json"]) == 1
    (finding,) = json.loads(capfd.readouterr().out)
    assert finding["what"] == "The answer is 8, but the code prints '7'."
    assert main(["lessons", "check", str(course)]) == 0
