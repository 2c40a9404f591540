"""Instruments of other packages: a wheel that has one is enough, and a broken one stops nothing."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
from collections.abc import Iterator
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from tests.console.console import console
from tests.course.test_lint import FRONT
from tests.instruments.wheels import build, environment
from tui.errors import UsageError
from tui.instruments import registry
from tui.text.key import Key

ON_THE_BENCH = """
import asyncio
import dataclasses
from tests.console.console import console
from tui.engine.client import EngineClient
from tui import paths
from pathlib import Path

async def main():
    async with console("2.2", engine=EngineClient(log=Path("engine.log"))) as it:
        def has_answer(name):
            pane = it.reader.bench.pane
            return pane is not None and pane.instrument.name == name and pane.result is not None

        await it.app.engine.start()
        await it.until(lambda: has_answer("pipeline"), seconds=90)  # the page's own comes first
        await it.reader.bench.show("words", {"text": "to be or not to be"})
        await it.until(lambda: has_answer("words"), seconds=90)
        print(dataclasses.asdict(it.reader.bench.pane.result)["counts"])
        print(it.text_of("#words"))
        it.app.screen.query_one("#words").focus()
        await it.press("o")
        print(it.text_of("#words"))
        await it.press("question_mark")
        await it.until_shown("Words counted", "Words in order")
        await it.press("escape", "ctrl+p")
        await it.type("in order")
        await it.until_shown("Words in order")
        await it.press("ctrl+u")
        await it.type("words: how often")
        await it.press("enter")
        await it.until_shown("free bench / words", "2 to")

asyncio.run(main())
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    wheel = build(folder, "words = word_count:INSTRUMENT\nbroken = word_count.nothing:INSTRUMENT")
    return environment(folder / "environment", wheel)


def output_of(python: Path, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [str(python), *arguments], capture_output=True, text=True, timeout=200, cwd=cwd, env={**os.environ}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def headnotes(python: Path, *arguments: str, cwd: Path) -> str:
    return output_of(python, "-m", "tui", *arguments, cwd=cwd)


def test_try_answers(python: Path, tmp_path: Path) -> None:
    answer = headnotes(python, "try", "words", "text=to be or not to be", "--json", cwd=tmp_path)
    assert json.loads(answer)["counts"] == {"to": 2, "be": 2, "or": 1, "not": 1}
    assert headnotes(python, "try", "words", "text=b a b", cwd=tmp_path) == "   2 b\n   1 a\n"
    assert "Counter(" in headnotes(python, "try", "words", "text=a", "--code", cwd=tmp_path)
    assert "cannot be used: it fails when it is loaded" in headnotes(python, "doctor", cwd=tmp_path)


def test_the_help_lists_it_and_says_what_is_wrong_with_the_broken_one(python: Path, tmp_path: Path) -> None:
    help_ = headnotes(python, "try", "--help", cwd=tmp_path)
    assert "words: How often each word of a text comes" in help_
    assert "The instrument broken of the package word-count 1.0 cannot be used: it fails when it is loaded" in help_


def test_the_lesson_linter_knows_it(python: Path, tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('[[chapter]]\nnumber = "1"\nfolder = "one"\ntitle.en = "One"\n')
    (tmp_path / "one").mkdir()
    page = FRONT.format(id="a", title="A").replace("claims: [E001]\n", "") + "\n```{try} words\ntext: to be\n```\n"
    for language in ("en", "zh"):
        (tmp_path / "one" / f"01-a.{language}.md").write_text(page, "utf-8")
    assert "sound" in headnotes(python, "lessons", "check", str(tmp_path), cwd=tmp_path)
    for language in ("en", "zh"):
        file = tmp_path / "one" / f"01-a.{language}.md"
        file.write_text(file.read_text("utf-8").replace("text: to be", "txt: to be"), "utf-8")
    code = "from tui.cli.main import main; main(['lessons', 'check', '.'])"
    assert "The instrument 'words' has no option 'txt'." in output_of(python, "-c", code, cwd=tmp_path)


def test_it_answers_in_the_engine_of_the_console(python: Path, tmp_path: Path) -> None:
    shown = output_of(python, "-c", ON_THE_BENCH, cwd=tmp_path)
    assert "{'to': 2, 'be': 2, 'or': 1, 'not': 1}" in shown
    assert "   2 to\n   2 be\n   1 or\n   1 not\n   2 be\n   1 not\n   1 or\n   2 to\n" in shown


# -- what cannot be used --------------------------------------------------------------------------------------------


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """Entry points as other packages would have them."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: points)
    registry._installed.cache_clear()
    yield points
    registry._installed.cache_clear()


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name, value, registry.GROUP)


WORDS = dataclasses.replace(registry.INSTRUMENTS["pipeline"], name="words")
ROWS = dataclasses.replace(WORDS, name="rows", keys=(Key("rows.order", "o", "order", "rows"),))


def test_what_comes_with_headnotes_is_found_without_a_look_at_other_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    registry._installed.cache_clear()
    monkeypatch.setattr(registry, "entry_points", lambda group: pytest.fail("it was looked at"))
    assert registry.find("tokens").name == "tokens"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("tokens", "collections:Counter", "name_taken"),
        ("thing", "no_such_module:INSTRUMENT", "fails"),
        ("thing", "collections:Counter", "not_an_instrument"),
        ("thing", f"{__name__}:WORDS", "other_name"),
        ("thing", "tests.instruments.ends:INSTRUMENT", "fails"),
        ("rows", f"{__name__}:ROWS", "scope_taken"),
    ],
)
def test_what_cannot_be_used_is_told_in_a_sentence(
    offered: list[EntryPoint], name: str, value: str, reason: str
) -> None:
    offered.append(point(name, value))
    (rejected,) = registry.rejected()
    assert (rejected.name, rejected.reason) == (name, reason)
    assert registry.instruments() == registry.INSTRUMENTS
    assert name in rejected.sentence("en")
    assert "无法使用" in rejected.sentence("zh")
    if name not in registry.INSTRUMENTS:
        with pytest.raises(UsageError, match="cannot be used"):
            registry.find(name)


def test_without_keys_it_may_be_called_as_the_keys_of_a_screen(
    offered: list[EntryPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.ROWS", dataclasses.replace(ROWS, keys=()))
    offered.append(point("rows", f"{__name__}:ROWS"))
    assert registry.find("rows") is ROWS
    assert registry.rejected() == ()


def test_of_two_packages_with_one_name_the_first_is_used(offered: list[EntryPoint]) -> None:
    offered += [point("words", f"{__name__}:WORDS"), point("words", "zzz:INSTRUMENT")]
    assert registry.find("words") is WORDS
    assert [(one.package, one.reason) for one in registry.rejected()] == [("zzz:INSTRUMENT", "name_taken")]


@pytest.mark.parametrize("language", ["en", "zh"])
async def test_the_console_tells_of_a_broken_one_and_goes_on(offered: list[EntryPoint], language: str) -> None:
    offered.append(point("thing", "no_such_module:INSTRUMENT"))
    async with console("2.2", language=language) as it:
        await it.until_shown("no_such_module", "无法使用" if language == "zh" else "cannot be used")
        await it.until_shown("POSITIVE")
