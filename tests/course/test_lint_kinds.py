"""One broken copy of a sound lesson for each kind of fault that a check of a course finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.course.test_lint import check_try
from tui.course.lint import Finding, check

FRONT = '---\nid: a\nsection: "1.1"\ntitle: {title}\ncovers: [H001]\nclaims: [E001]\n---\n'
INVENTORY = '["1.1"]\nitems = ["H001"]\nerrata = ["E001"]\n'
ENGLISH = """
(start)=
## How many weights there are

The model has 22.7 million weights, and three of its parts are trained.

- The first item names 12 layers.
- The second one links to [the start](#start).

| model | score |
|---|---|
| ours | 0.88 |

```{code-cell} python
---
prints: "6"
---
print(2 * 3)
```

```{claim} E001
---
myth: The answer is always the same as before.
fact: It is 5 today, since another version is installed.
prints: "5"
---
print(5)
```

```{quiz} q
kind: multiple
ask: Which of these numbers are even?
choices:
- {text: "2", right: true, why: Two is even.}
- {text: "4", right: true, why: Four is even.}
- {text: "5", why: Five is odd.}
```

```{quiz} n
ask: What does the code print?
answer: 7
why: Three and four are seven.
code: |
  print(3 + 4)
```
"""
CHINESE = """
(start)=
## 一共有多少权重

这个模型有 2270 万个权重，训练的是其中 3 个部分。

- 第一项说的是 12 层。
- 第二项链接到[开头](#start)。

| 模型 | 分数 |
|---|---|
| 我们的 | 0.88 |

```{code-cell} python
---
prints: "6"
---
print(2 * 3)
```

```{claim} E001
---
myth: 答案总和从前一样。
fact: 今天是 5，因为装的是另一个版本。
prints: "5"
---
print(5)
```

```{quiz} q
kind: multiple
ask: 这些数里哪些是偶数？
choices:
- {text: "2", right: true, why: 二是偶数。}
- {text: "4", right: true, why: 四是偶数。}
- {text: "5", why: 五是奇数。}
```

```{quiz} n
ask: 这段代码输出什么？
answer: 7
why: 三加四等于七。
code: |
  print(3 + 4)
```
"""


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    (tmp_path / "inventory.toml").write_text(INVENTORY)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "01-a.en.md").write_text(FRONT.format(title="Weights") + ENGLISH, "utf-8")
    (tmp_path / "one" / "01-a.zh.md").write_text(FRONT.format(title="权重") + CHINESE, "utf-8")
    return tmp_path


def change(course: Path, language: str, old: str, new: str) -> tuple[list[Finding], int]:
    """(findings after the change, the line of the change)."""
    file = course / "one" / f"01-a.{language}.md"
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    return check(course, check_try), text.count("\n", 0, text.index(old)) + 1


def test_the_sound_course_has_no_findings(course: Path) -> None:
    assert check(course, check_try) == []


@pytest.mark.parametrize(
    ("language", "old", "new", "words"),
    [
        (
            "zh",
            "这个模型有 2270 万个权重，训练的是其中 3 个部分。\n\n",
            "",
            "The paragraph of 01-a.en.md, line 12, is missing",
        ),
        (
            "en",
            "The model has 22.7 million weights, and three of its parts are trained.\n\n",
            "",
            "The paragraph of 01-a.zh",
        ),
        ("en", "- The second one links to [the start](#start).\n", "", "of another size"),
        ("en", "| ours | 0.88 |\n", "| ours | 0.88 |\n| theirs | 0.88 |\n", "of another size"),
        ("zh", "2270 万", "227 万", "The number 22.7 million"),
        ("zh", "2270 万", "227 万", "The number 227 万"),
        ("en", "three of its parts", "four of its parts", "The number 3 "),
        ("zh", "| 我们的 | 0.88 |", "| 我们的 | 0.86 |", "The number 0.88"),
        ("zh", "因为装的是另一个版本", "因为装的是另一个版本 5.23", "The number 5.23 "),
        (
            "zh",
            "这个模型有 2270 万个权重，训练的是其中 3 个部分。",
            "Of 22.7 million weights, 3 parts are trained.",
            "This is not Chinese",
        ),
        ("en", "## How many weights there are", "## 一共有多少权重", "This is not English"),
        ("en", "```{code-cell} python", "```{code-sell} python", "no directive '{code-sell}'"),
        ("en", "| model | score |", "```pythn\nx\n```\n\n| model | score |", "No language is called 'pythn'"),
        ("en", "12 layers.\n", "12 layers.\n\n  ```{try} tokens\n  text: a\n  ```\n", "within a list or a quotation"),
        ("en", "(#start)", "(htp://example.org)", "htp is not one of"),
        ("en", "(#start)", "(https:///path)", "names no host"),
        ("en", "(#start)", "()", "no target"),
        ("en", "(#start)", "(some file.md)", "not read as a link"),
        ("zh", "(#start)", "（#start）", "not read as a link"),
    ],
)
def test_each_kind_is_found(course: Path, language: str, old: str, new: str, words: str) -> None:
    findings, line = change(course, language, old, new)
    matching = [finding for finding in findings if words in finding.what]
    assert matching, findings
    assert all(finding.do for finding in findings)
    for finding in matching:  # at the block, which may begin some lines before; or at its twin, which has other lines
        assert abs(finding.line - line) <= 6


def test_a_twin_that_was_decoded_wrongly(course: Path) -> None:
    file = course / "one" / "01-a.zh.md"
    text = file.read_text("utf-8")
    paragraph = "这个模型有 2270 万个权重，训练的是其中 3 个部分。"
    file.write_text(text.replace(paragraph, paragraph.encode().decode("latin-1")), "utf-8")
    assert any("This is not Chinese" in finding.what for finding in check(course, check_try))
    file.write_text(text.encode().decode("latin-1"), "utf-8")
    assert any("the YAML of the front matter is broken" in finding.what for finding in check(course, check_try))


def test_a_twin_in_the_other_language(course: Path) -> None:
    (course / "one" / "01-a.zh.md").write_text(FRONT.format(title="Weights") + ENGLISH, "utf-8")
    (finding,) = check(course, check_try)
    assert finding.what == "This is not Chinese (2 such in this file)."
    assert Path(finding.file).name == "01-a.zh.md"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("covers: [H001]", "covers: [H001, H999]", "covers has H999"),
        ("why: Five is odd.", "right: true, why: Five is odd.", "Every choice of 'q' is right"),
    ],
)
def test_faults_of_one_file(course: Path, old: str, new: str, words: str) -> None:
    findings, _ = change(course, "en", old, new)
    assert any(words in finding.what for finding in findings), findings


def test_a_claim_that_the_inventory_does_not_know(course: Path) -> None:
    (course / "inventory.toml").write_text(INVENTORY.replace("E001", "E002"))
    assert {finding.what for finding in check(course, check_try)} == {
        "The front matter's claims has E001, which is not in inventory.toml."
    }
    (course / "inventory.toml").write_text("[")
    assert "inventory cannot be read" in check(course, check_try)[0].what
    (course / "inventory.toml").unlink()
    assert check(course, check_try) == []


@pytest.mark.parametrize("encoding", ["gb18030", "utf-16"])
def test_a_twin_in_another_encoding(course: Path, encoding: str) -> None:
    file = course / "one" / "01-a.zh.md"
    file.write_bytes(file.read_text("utf-8").encode(encoding))
    findings = check(course, check_try)
    assert [(finding.what, finding.do) for finding in findings] == [
        ("Here it is not UTF-8.", "Save the file as UTF-8.")
    ]
    assert findings[0].line == (4 if encoding == "gb18030" else 1)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ("{try} tokens\ntext: a\nmax_length: -5", "max_length cannot be -5"),
        ("{try} pipeline\ntext: a\ntop_p: 1.5", "top_p cannot be 1.5"),
        ("{try} batch\npath: a\nbatch_size: 100000", "batch_size cannot be 100000"),
        ("{try} schedule\nprocesses: 0", "processes cannot be 0"),
    ],
)
def test_an_option_out_of_range(course: Path, values: str, words: str) -> None:
    for language, mark in (("en", "| model | score |"), ("zh", "| 模型 | 分数 |")):
        findings, line = change(course, language, mark, f"```{values}\n```\n\n{mark}")
    assert {finding.line for finding in findings} == {line}
    assert all(words in finding.what for finding in findings), findings


def test_a_guess_is_asked_for_in_both_languages_or_in_none(course: Path) -> None:
    findings, _ = change(course, "en", 'prints: "6"', 'predict: How much is it?\nprints: "6"')
    assert any("asks for a guess in one language only" in finding.what for finding in findings)
    findings, _ = change(course, "zh", 'prints: "6"', 'predict: 等于几？\nprints: "6"')
    assert findings == []
