"""The catalogs of all rooms: complete in every language, and nothing in them that is not used."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.text.messages import TUI, keys_in, messages, placeholders, rooms, values_in
from tui.console.keys import all_keys
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


def test_every_call_gives_the_values_that_its_message_needs() -> None:
    forms = {f"{room}.{name}": forms for room in rooms() for name, forms in messages(room, "en").items()}
    short = []
    for file in TUI.rglob("*.py"):
        for key, values in values_in(file.read_text(encoding="utf-8")):
            needed = (
                {name for name in placeholders(forms[key][-1]) if not name.startswith("key:")} if key in forms else ()
            )
            short += [(file.name, key, name) for name in needed if name not in values]
    assert short == []


# Ways to type the name of a key into a sentence: its whole name, or a letter or sign where a sentence begins.
_TYPED = re.compile(
    r"\b(esc|enter|tab|pgdn|pgup)\b|\bspace [a-z]+s\b|\bF(?:[2-9]|1\d)\b|ctrl\+|\^[a-z]\b|回车|空格"
    r"|(?:^|[.;:] |  )[b-zB-Z/\[\]](?= |$)|按 ?[A-Za-z/\[\]](?![A-Za-z_])"
)


@pytest.mark.parametrize("room", rooms())
def test_keys_are_named_by_their_actions_and_never_typed(room: str) -> None:
    ids = {key.id for key in all_keys()}
    for language in LANGUAGES:
        for name, forms in messages(room, language).items():
            for form in forms:
                named = {one.removeprefix("key:") for one in placeholders(form) if one.startswith("key:")}
                assert named <= ids, f"{room}.{name}"
                assert not _TYPED.search(re.sub(r"\{[^}]*\}", "…", form)), f"{room}.{name} ({language}): {form}"


@pytest.mark.parametrize(
    "sentence", ["trouble, see F2", "Wait. e asks for one.", "12 s   esc stops", "There is none; ] opens one.",
                 "按 r 继续。", "回车运行", "Press ctrl+c again.", "/ begins one"],
)  # fmt: skip
def test_a_typed_key_is_found(sentence: str) -> None:
    assert _TYPED.search(sentence)


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
