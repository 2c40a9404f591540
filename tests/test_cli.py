"""The command line: what it prints, where, and with which exit code."""

from __future__ import annotations

import ast
import importlib.metadata
import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import LESSONS
from tests.hostile import TEXTS
from tui import __version__, paths
from tui.cli.main import COMMANDS, main
from tui.course.progress import Progress
from tui.errors import UsageError

COURSE = "I've been waiting for a HuggingFace course my whole life."


def headnotes(*words: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tui", *words],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, **environment},
    )


def test_version_and_help() -> None:
    assert headnotes("--version").stdout == f"headnotes {__version__}\n"
    assert "COMMAND" in headnotes("--help").stdout


@pytest.mark.parametrize(
    "words", [("--language", "zh", "lessons", "list"), ("lessons", "--language=zh", "list"),
              ("lessons", "list", "--language", "zh")],
)  # fmt: skip
def test_every_command_takes_a_language_wherever_it_is(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lessons", "list"]) == 0
    english = capsys.readouterr().out
    assert main(words) == 0
    chinese = capsys.readouterr().out
    assert "Introduction" in english
    assert "简介" in chinese
    assert "简介" not in english
    assert len(chinese.splitlines()) == len(english.splitlines())


def test_the_language_of_the_settings_is_that_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HEADNOTES_LANGUAGE", "zh")
    assert main(["lessons", "list"]) == 0
    assert "简介" in capsys.readouterr().out
    assert main(["--language", "en", "lessons", "list"]) == 0
    assert "简介" not in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_names_the_language(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "--language {en,zh}" in capsys.readouterr().out


def test_an_unknown_language_and_a_missing_one_are_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["lessons", "list", "--language", "fr"], ["lessons", "list", "--language"]):
        with pytest.raises(SystemExit) as raised:
            main(words)
        assert raised.value.code == 2
        assert "--language" in capsys.readouterr().err


def test_data_takes_the_language_before_the_command_and_warns_in_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "x.jsonl"
    table.write_text('{"text": ""}\n{"text": null}\n', "utf-8")
    assert main(["--language", "zh", "data", str(table), "--save", str(tmp_path / "y.csv")]) == 0
    assert "空文本与缺失值将无法区分" in capsys.readouterr().err


def test_try_gives_json_and_nothing_else() -> None:
    done = headnotes("try", "tokens", "text=Hello, how are you?", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["input_ids"] == [101, 7592, 1010, 2129, 2024, 2017, 1029, 102]
    assert done.stderr == ""


def test_try_pipeline_and_the_code_that_gives_the_same(tmp_path: Path) -> None:
    words = ("try", "pipeline", "task=sentiment-analysis", f"text={COURSE}")
    answer = json.loads(headnotes(*words, "--json").stdout)
    assert answer["label"] == "POSITIVE"
    code = headnotes(*words, "--code")
    assert code.returncode == 0
    script = tmp_path / "same.py"
    script.write_text(code.stdout, "utf-8")
    alone = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=True, cwd=tmp_path
    )
    first = ast.literal_eval(alone.stdout)[0]
    assert first["label"] == answer["label"]
    assert first["score"] == pytest.approx(answer["score"], abs=1e-5)


def test_options_of_try_may_be_anywhere(capfd: pytest.CaptureFixture[str]) -> None:
    outputs = set()
    for words in ("--code tokens text=a pair=b", "tokens --code text=a pair=b", "tokens text=a --code pair=b"):
        assert main(["try", *words.split()]) == 0
        outputs.add(capfd.readouterr().out)
    (code,) = outputs
    assert "tokenizer('a', 'b'," in code


@pytest.mark.parametrize("words", ["try tokens --json text=a --jsom", "doctor --json more"])
def test_words_that_no_command_takes_are_wrong_usage(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(words.split())
    assert "unrecognized arguments: " in capsys.readouterr().err


def test_try_for_people() -> None:
    done = headnotes("try", "tokens", "text=[CLS] \x1b[31m")
    assert re.findall(r"^ *\d+ +(\S+) +\d+ ", done.stdout, re.M) == ["[CLS]", "[CLS]", "[", "31", "##m", "[SEP]"]
    assert "decode  [CLS] [CLS] [ 31m [SEP]\n" in done.stdout
    assert "\x1b" not in done.stdout


def test_a_key_given_again_makes_a_list() -> None:
    done = headnotes("try", "mask", "texts=Hello, how are you?", "texts=I am fine.", "flip=1,2", "--json")
    answer = json.loads(done.stdout)
    assert answer["texts"] == ["Hello, how are you?", "I am fine."]
    assert answer["your_mask"][1][2] == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["try", "tokenz", "text=a"], "Did you mean 'tokens'?"),
        (["try", "tokens", "txt=a"], "Did you mean 'text'?"),
        (["try", "tokens"], "needs text"),
        (["try", "tokens", "hello"], "is not key=value"),
        (["try"], "needs the name of an instrument"),
        (["9.9"], "no lesson '9.9'"),
        (["notes", "/no/such/folder"], "There is no /no/such/folder"),
        (["lessons", "list", "/tmp"], "is not a course"),
    ],
)
def test_wrong_usage_says_what_would_be_right_and_ends_with_2(words: list[str], sentence: str) -> None:
    done = headnotes(*words)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_lines_in_lines_out_on_a_warm_engine() -> None:
    lines = [
        json.dumps({"text": "Hello"}),
        "no json",
        json.dumps({"txt": "a"}),
        json.dumps(["a"]),
        "",
        *(json.dumps({"text": text}) for text in TEXTS),
    ]
    done = headnotes("try", "tokens", "rows=5", "--stdin", stdin="\n".join(lines))
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 4 + len(TEXTS)
    assert answers[0]["result"]["input_ids"] == [101, 7592, 102]
    messages = [a["error"]["message"] for a in answers[1:4]]
    for message, beginning in zip(
        messages,
        ["This line is not JSON.", "The instrument 'tokens' has no option 'txt'.", "A spec is an object."],
        strict=True,
    ):
        assert message.startswith(beginning)
    assert all("result" in answer for answer in answers[4:])
    assert done.returncode == 1, "one line failed, so the whole did"


def test_lines_with_the_names_of_the_library_and_json_asked_for() -> None:
    task = {"task": "question-answering", "question": "Who lives here?", "context": "Anna lives here."}
    words = ("try", "pipeline", "context=This is about cooking.", "--stdin", "--json")
    zero_shot = {"task": "zero-shot-classification", "candidate_labels": ["cooking", "politics"]}
    done = headnotes(*words, stdin="\n".join(map(json.dumps, (task, zero_shot))))
    one, two = (json.loads(line)["result"] for line in done.stdout.splitlines())
    assert one["answers"][0]["text"] == "Anna"
    assert (two["label"], two["text"]) == ("cooking", "This is about cooking.")
    assert one["warnings"] == two["warnings"] == []
    refused = headnotes("try", "tokens", "text=a", "--stdin", "--code")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "not code" in refused.stderr


def test_lines_for_several_instruments() -> None:
    specs = [{"instrument": "tokens", "text": "a"}, {"instrument": "pipeline", "text": "good"}, {"text": "a"}]
    done = headnotes("try", "--stdin", stdin="\n".join(map(json.dumps, specs)))
    one, two, three = (json.loads(line) for line in done.stdout.splitlines())
    assert one["result"]["length"] == 3
    assert two["result"]["label"] == "POSITIVE"
    assert three["error"]["message"].startswith("Which instrument?")


def test_an_altered_backbone_is_a_sentence(tmp_path: Path) -> None:
    for name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
        (tmp_path / name).write_text("{}")
    done = headnotes("try", "tokens", "text=a", HEADNOTES_BACKBONE=str(tmp_path), HF_HOME=str(tmp_path / "empty"))
    assert done.returncode == 1
    assert "is not the published file" in done.stderr
    assert "pip install" in done.stderr


def test_lessons_list_and_check(tmp_path: Path) -> None:
    listed = json.loads(headnotes("lessons", "list", "--json").stdout)
    assert {lesson["number"] for lesson in listed} >= {"2.2", "2.4", "2.5"}
    assert headnotes("lessons", "check").returncode == 0

    copy = tmp_path / "course"
    shutil.copytree(LESSONS, copy)
    broken = next(copy.glob("*/*.zh.md"))
    broken.write_text(broken.read_text("utf-8").replace("```{try}", "```{try} x", 1), "utf-8")
    done = headnotes("lessons", "check", str(copy), "--json")
    assert done.returncode == 1
    findings = json.loads(done.stdout)
    assert findings
    assert all(set(finding) == {"file", "line", "what", "do"} for finding in findings)


def test_review_and_progress_of_two_machines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def answer(home: Path, question: str) -> None:
        monkeypatch.setenv("HEADNOTES_HOME", str(home))
        progress = Progress(paths.progress_file(), clock=lambda: time.time() - 3 * 86400)
        progress.mark_quiz("introduction", question, False)
        progress.save()

    def shown(*words: str) -> str:
        monkeypatch.setattr("sys.stdout", out := io.StringIO())
        assert main(list(words)) == 0
        return out.getvalue()

    export, sheet = tmp_path / "there.json", tmp_path / "sheet.md"
    answer(tmp_path / "there", "how-many-wrong")
    shown("progress", "export", str(export))
    answer(tmp_path / "here", "where-to-look")
    assert "One question is due." in shown("review")
    assert str(export) in shown("progress", "import", str(export))
    assert "今天有 2 道题" in shown("review", "--language", "zh", "--sheet", str(sheet))
    assert sheet.read_text("utf-8").index("## 答案") > 0
    assert {item["id"] for item in json.loads(shown("review", "--json"))} == {"how-many-wrong", "where-to-look"}
    assert main(["progress", "import", str(sheet)]) == 2
    assert main(["review", "--sheet", str(tmp_path / "no" / "\0")]) != 0


def test_doctor(tmp_path: Path) -> None:
    done = headnotes("doctor", "--json")
    report = json.loads(done.stdout)
    assert report["packages"]["textual"] == importlib.metadata.version("textual")
    assert report["engine"]["backbone"].startswith("all-MiniLM-L6-v2, package")
    assert "headnotes" in headnotes("doctor").stdout


def test_without_a_terminal_the_console_says_what_can_be_had() -> None:
    done = headnotes("2.2")
    assert done.returncode == 2
    assert "needs a terminal" in done.stderr
    assert "headnotes try" in done.stderr


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = subprocess.run(
        f"{sys.executable} -m tui lessons list | head -1",
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert done.stderr == ""


def test_saving_names_its_losses_before_it_writes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"words": ["a", "b"]}\n')
    saved = headnotes("data", str(tmp_path / "a.jsonl"), "--save", str(tmp_path / "b.csv"))
    assert saved.returncode == 0, saved.stderr
    assert "warning: words: lists and records become JSON text" in saved.stderr
    assert (tmp_path / "b.csv").read_text() == 'words\n"[""a"", ""b""]"\n'
    assert "warning" not in headnotes("data", str(tmp_path / "a.jsonl"), "--save", str(tmp_path / "b.parquet")).stderr


@pytest.mark.parametrize("words", [("notes",), ("data", "--json"), ("open",), ("train",), ("runs", "show")])
@pytest.mark.parametrize("name", ["a\0b", "x" * 5000], ids=["nul", "long"])
def test_a_name_that_no_file_can_have_is_a_sentence(
    words: tuple[str, ...], name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*words[:1], *words[1:2], name] if words[0] == "runs" else [words[0], name, *words[1:]]) == 2
    error = capsys.readouterr().err
    assert "headnotes: usage: " in error
    assert "x" * 100 not in error
    assert "TOML" not in error


def test_a_long_search_for_notes_says_so_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = ""

    def search(_: object) -> None:
        nonlocal seen
        while "Looking for Markdown files in '/'" not in seen:
            seen += capsys.readouterr().err
        raise UsageError("course.no-markdown", path="/")

    monkeypatch.setattr("tui.course.book.Folder.open", search)
    assert main(["notes", "/"]) == 2


def test_what_the_system_refuses_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> int:
        raise PermissionError(13, "Permission denied", "/root/lessons")

    monkeypatch.setattr("tui.cli.lessons.run", refuse)
    assert main(["lessons", "list"]) == 1
    assert capsys.readouterr().err == "headnotes: error: Permission denied (/root/lessons).\n"
