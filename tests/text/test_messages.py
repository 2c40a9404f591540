"""The catalogs of all rooms: complete in every language, and nothing in them that is not used."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.text.messages import TUI, keys_in, messages, placeholders, rooms
from tui.text.catalog import LANGUAGES


@cache
def _code() -> tuple[list[re.Pattern[str]], list[tuple[str, re.Pattern[str]]]]:
    """All texts in code that could be keys, and (where, key) of every call of `translate`."""
    texts, calls = list[re.Pattern[str]](), list[tuple[str, re.Pattern[str]]]()
    beginnings = tuple(re.escape(f"{room}.") for room in rooms())
    for file in TUI.rglob("*.py"):
        here, keys = keys_in(file.read_text(encoding="utf-8"))
        texts += [one for one in here if one.pattern.startswith(beginnings)]
        calls += [(str(file.relative_to(TUI)), one) for one in keys]
    return texts, calls


@pytest.mark.parametrize("room", rooms())
def test_all_languages_have_the_same_messages(room: str) -> None:
    names = {language: set(messages(room, language)) for language in LANGUAGES}
    assert names["en"] == names["zh"]


@pytest.mark.parametrize("room", rooms())
def test_all_languages_need_the_same_values(room: str) -> None:
    english, chinese = messages(room, "en"), messages(room, "zh")
    for name in english.keys() & chinese.keys():
        needed = {placeholder for form in english[name] for placeholder in placeholders(form)}
        assert placeholders(english[name][-1]) == needed, f"{room}.{name}: the last form has all placeholders"
        assert placeholders(chinese[name][-1]) == needed, f"{room}.{name}"


@pytest.mark.parametrize("room", rooms())
def test_every_message_is_used(room: str) -> None:
    texts, _ = _code()
    keys = [f"{room}.{name}" for name in messages(room, "en")]
    part = re.compile(r"\.(title|detail|next_step)$")  # of an error: code has the name before it
    used = {key for key in keys if any(text.fullmatch(key) or text.fullmatch(part.sub("", key)) for text in texts)}
    assert [key for key in keys if key not in used] == []


def test_every_key_in_code_has_a_message() -> None:
    keys = [f"{room}.{name}" for room in rooms() for name in messages(room, "en")]
    missing = [(where, one.pattern) for where, one in _code()[1] if not any(one.fullmatch(key) for key in keys)]
    assert missing == []


def test_the_keys_of_code_are_found() -> None:
    code = """
translate(language, "console.no_shell")
catalog.translate("zh", f"console.state.{state}", n=1)
translate(language, "runs.best" if best else "runs.last")
print("runs.other")
"""
    texts, calls = keys_in(code)
    assert [one.pattern for one in calls] == [
        r"console\.no_shell", r"console\.state\..+", r"runs\.best", r"runs\.last",
    ]  # fmt: skip
    assert any(one.fullmatch("runs.other") for one in texts)
    assert not any(one.fullmatch("console.states.done") for one in texts)


def test_the_placeholders_of_a_message() -> None:
    assert placeholders("{{x}} {name} of {all:,}: press {key:app.help}") == {"name", "all", "key:app.help"}
