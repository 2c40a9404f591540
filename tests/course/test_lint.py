"""The linter finds each kind of fault, and names file, line and remedy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import LESSONS
from tui.course.lint import Finding, check
from tui.instruments import registry

FRONT = '---\nid: {id}\nsection: "1.1"\ntitle: {title}\nclaims: [E001]\n---\n'
BODY = """
(start)=
## Start

A [link](#start) and [another](02-b.en.md#start).

```{try} tokens
text: Hello
```

```{claim} E001
---
said: a
so: b
---
print(1)
```

```{quiz} q
ask: Which?
choices:
- {text: a, right: true, why: w}
- {text: b, why: v}
```
"""


def check_try(name: str, values: Mapping[str, Any]) -> object:
    return registry.find(name).read(values)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    folder = tmp_path / "one"
    folder.mkdir()
    for stem, id in (("01-a", "a"), ("02-b", "b")):
        for language in ("en", "zh"):
            body = BODY if id == "a" else BODY.replace("Which?", "How?")
            text = FRONT.format(id=id, title=f"{id} {language}") + body
            (folder / f"{stem}.{language}.md").write_text(text, "utf-8")
    return tmp_path


def change(course: Path, old: str, new: str, file: str = "01-a.zh.md") -> list[Finding]:
    path = course / "one" / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return check(course, check_try)


def test_a_sound_course(course: Path) -> None:
    assert check(course, check_try) == []


def test_our_own_course_is_sound() -> None:
    assert check(LESSONS, check_try) == []


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("id: a", "id: [", "YAML"),
        ("id: a", "id: other", "id differs"),
        ('section: "1.1"', 'section: "1.2"', "section differs"),
        ("text: Hello", "text: Bonjour", "{try} asks for something else"),
        ("print(1)", "print(2)", "another id or code"),
        ("right: true, why: w", "why: w", "no right answer"),
        ("(start)=\n## Start", "(begin)=\n## Start", "another level or anchor"),
        ("## Start", "### Start", "another level or anchor"),
        ("#start) and", "#nowhere) and", "has no anchor"),
        ("02-b.en.md#start", "03-c.en.md", "no such file"),
        ("claims: [E001]", "claims: [E001, E002]", "no claim has that id"),
        ("claims: [E001]", "claims: []", "not in the front matter"),
        ("why: v", "why: ''", "has no 'why'"),
    ],
)
def test_each_fault_is_found(course: Path, old: str, new: str, words: str) -> None:
    findings = change(course, old, new)
    assert any(words in finding.what for finding in findings), findings
    assert all(finding.file and finding.line >= 1 and finding.do for finding in findings)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{try} tokens", "{try} tokenz", "no instrument called 'tokenz'"),
        ("text: Hello", "txt: Hello", "no option 'txt'"),
        ("text: Hello", "text: Hello\npadding: sometimes", "padding cannot be 'sometimes'"),
    ],
)
def test_faults_in_both_twins(course: Path, old: str, new: str, words: str) -> None:
    change(course, old, new, "01-a.en.md")
    findings = change(course, old, new)
    assert any(words in finding.what for finding in findings), findings
    assert {finding.line for finding in findings} == {13}


def test_a_line_of_code_that_is_too_long_is_named_by_its_line(course: Path) -> None:
    for file in ("01-a.en.md", "01-a.zh.md"):
        findings = change(course, "print(1)", f"print(1)\n# {'x' * 54}\n# {'x' * 55}", file)
    assert {(finding.line, finding.what.split(";")[0]) for finding in findings} == {
        (24, "This line of code has 57 columns")
    }


def test_a_line_of_output_that_is_too_long_is_named_too(course: Path) -> None:
    findings = change(course, "so: b", f"so: b\nprints: {'x' * 57}")
    assert [finding.line for finding in findings if "This line of output has 57 columns" in finding.what] == [21]


def test_a_missing_twin(course: Path) -> None:
    (course / "one" / "01-a.zh.md").unlink()
    (finding,) = check(course, check_try)
    assert "twin in 'zh' is missing" in finding.what
    assert finding.do == "Write 01-a.zh.md."


def test_a_directive_too_many(course: Path) -> None:
    path = course / "one" / "01-a.zh.md"
    path.write_text(path.read_text("utf-8") + "\n```{try} tokens\ntext: more\n```\n", "utf-8")
    (finding,) = check(course, check_try)
    assert "its twin has nothing" in finding.what


def test_an_id_taken_twice(course: Path) -> None:
    change(course, "id: b", "id: a", "02-b.en.md")
    findings = change(course, "id: b", "id: a", "02-b.zh.md")
    assert any("The id 'a' is taken" in finding.what for finding in findings)


def test_a_folder_without_lessons(tmp_path: Path) -> None:
    assert "not a course" in check(tmp_path, check_try)[0].what
