"""Messages by key and language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.text.messages import TUI, messages, rooms
from tui.text import catalog
from tui.text.catalog import LANGUAGES, add_key_names, add_room, has_message, read_catalog, translate

ENGLISH = """
plain = "Nothing is open."
text = "{name} is not a column. Braces: {{}}"
key = "{key:app.help} helps {name}"
[rows]
one = "{count} row"
other = "{count:,} rows"
[batches]
by = "batches"
one = "{rows} rows in one batch"
other = "{rows} rows in {batches} batches"
[state]
done = "done"
"in line" = "waiting"
"""
CHINESE = """
plain = "尚未打开任何数据。"
text = "没有名为 {name} 的列。{{}}"
key = "{key:app.none} {name}"
rows = "{count:,} 行"
batches = "{rows} 行，{batches} 个批次"
[state]
done = "完成"
"in line" = "等待"
"""


@pytest.fixture(autouse=True)
def _room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A room of another package."""
    monkeypatch.setattr(catalog, "_added", {})
    catalog._messages.cache_clear()
    (tmp_path / "messages.en.toml").write_text(ENGLISH, encoding="utf-8")
    (tmp_path / "messages.zh.toml").write_text(CHINESE, encoding="utf-8")
    add_room("instruments.letters", tmp_path)


def test_a_message_in_each_language() -> None:
    assert translate("en", "instruments.letters.plain") == "Nothing is open."
    assert translate("zh", "instruments.letters.plain") == "尚未打开任何数据。"
    assert translate("zh", "instruments.letters.state.in line") == "等待"


@pytest.mark.parametrize(("count", "text"), [(1, "1 row"), ("1", "1 row"), (0, "0 rows"), (1200, "1,200 rows")])
def test_english_has_a_plural(count: int | str, text: str) -> None:
    assert translate("en", "instruments.letters.rows", count=count) == text


def test_chinese_has_one_form_and_a_plural_may_name_its_value() -> None:
    assert translate("zh", "instruments.letters.rows", count=1) == "1 行"
    assert translate("en", "instruments.letters.batches", rows=5, batches=1) == "5 rows in one batch"
    assert translate("en", "instruments.letters.batches", rows=1, batches=2) == "1 rows in 2 batches"


def test_text_from_outside_is_not_formatted_again() -> None:
    hostile = "{0} {name.__class__} {{}} [/INST]"
    assert translate("en", "instruments.letters.text", name=hostile) == f"{hostile} is not a column. Braces: {{}}"


def test_a_key_is_written_as_the_keyboard_has_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    keyboard = catalog._Keyboard()
    monkeypatch.setattr(catalog, "_KEYBOARD", keyboard)
    with pytest.raises(LookupError, match=r"the key of app\.help is missing"):
        translate("en", "instruments.letters.key")
    add_key_names({"app.help": "?"}.__getitem__)
    assert translate("en", "instruments.letters.key", name="a") == "? helps a"
    with pytest.raises(LookupError, match=r"app\.none"):
        translate("zh", "instruments.letters.key", name="a")


def test_values_may_be_called_like_the_arguments() -> None:
    with pytest.raises(LookupError, match="'name' is missing"):
        translate("en", "instruments.letters.text", language="xx", key="yy")


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("instruments.letters.nothing", "'nothing' is missing"),
        ("instruments.letters.text", "'name' is missing"),
        ("instruments.letters.rows", "'count' is missing"),
        ("instruments.none.text", "no catalog"),
        ("nowhere.text", "no catalog"),
        ("words", "no catalog"),
    ],
)
def test_a_missing_message_or_value_is_an_error_of_the_program(key: str, what: str) -> None:
    with pytest.raises(LookupError, match=what):
        translate("en", key)


def test_whether_a_message_exists() -> None:
    assert has_message("instruments.letters.state.done")
    assert not has_message("instruments.letters.state.lost")
    assert not has_message("instruments.letters.state")


@pytest.mark.parametrize("room", rooms())
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalog_is_read_as_toml_has_it(room: str, language: str) -> None:
    file = TUI.joinpath(*room.split("."), f"messages.{language}.toml")
    forms = {
        name: [message] if isinstance(message, str) else [message["one"], message["other"]]
        for name, message in read_catalog(file.read_text(encoding="utf-8")).items()
    }
    assert forms == messages(room, language)  # by tomllib, which raises for a name that comes twice


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ('a = "x"  # why\n\n# b = "y"', {"a": "x"}),
        ('a = "say \\"x\\""\n  b = \'y\'', {"a": 'say "x"', "b": "y"}),
        ('"a b" = "x"\n["c d"]\ne = "y"', {"a b": "x", "c d.e": "y"}),
        ('a = """\nb = "x"\n"""', {"a": 'b = "x"\n'}),
        ('t = { one = "x", other = "y" }\nu.v = "z"', {"t": {"by": "count", "one": "x", "other": "y"}, "u.v": "z"}),
    ],
)
def test_lines_that_are_more_than_a_name_and_a_text(text: str, read: dict[str, object]) -> None:
    assert read_catalog(text) == read


def test_a_line_that_is_not_toml_is_an_error() -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        read_catalog('a = "x"\nb = x')
