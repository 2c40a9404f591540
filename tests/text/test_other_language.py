"""Chinese catalogs are Chinese and English ones English: every message, every error, every option that is refused."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.console.languages import HAN, english
from tests.text.messages import messages, placeholders, rooms
from tui.errors import HeadnotesError, UsageError
from tui.instruments.registry import INSTRUMENTS
from tui.recipes import recipe

FOR_ASCII_TERMINALS = {"console.ascii_notice"}
"""Shown where the terminal has no Chinese characters."""
NAME_OF_THE_OTHER = {"console.keys.label.app.language"}
"""The key that changes the language is called as the other one is."""
ROOMS = rooms()


@pytest.mark.parametrize("room", ROOMS)
def test_chinese_messages_have_no_english_sentence(room: str) -> None:
    found = {f"{room}.{name}": english(forms[-1]) for name, forms in messages(room, "zh").items()}
    assert {name: words for name, words in found.items() if words and name not in FOR_ASCII_TERMINALS} == {}


@pytest.mark.parametrize("room", ROOMS)
def test_english_messages_have_no_chinese(room: str) -> None:
    found = [f"{room}.{name}" for name, forms in messages(room, "en").items() if HAN.search("".join(forms))]
    assert set(found) <= NAME_OF_THE_OTHER


def errors() -> Iterator[str]:
    for room in ROOMS:
        names = messages(room, "en")
        yield from (f"{room}.{name.removesuffix('.title')}" for name in names if name.endswith(".title"))


@pytest.mark.parametrize("code", errors())
def test_every_error_is_said_in_chinese(code: str) -> None:
    forms = [form for part in ("title", "detail", "next_step") for form in _forms(code, part)]
    values = {name: _example(name, forms) for form in forms for name in placeholders(form) if name[:4] != "key:"}
    assert english(HeadnotesError(code, **values).message("zh").lines) == []


def _forms(code: str, part: str) -> list[str]:
    room = max((room for room in ROOMS if code.startswith(f"{room}.")), key=len)
    return messages(room, "en").get(f"{code.removeprefix(room + '.')}.{part}", [])


def _example(name: str, forms: list[str]) -> int | str:
    """A number where a message formats one, else a text."""
    return 1234 if re.search(rf"{{{name}:[^}}]*[,g%f]}}", "".join(forms)) else "甲"


def refused() -> Iterator[Any]:
    """Values of each kind that an option does not take."""
    for name, instrument in INSTRUMENTS.items():
        for field in dataclasses.fields(instrument.spec):
            yield pytest.param(name, field.name, id=f"{name}-{field.name}")


WRONG = (object(), "", "不", -1, 10**12, 1.5, [1], ["a", 1], float("nan"), {"a": 1}, True)


@pytest.mark.parametrize(("name", "option"), refused())
def test_a_refused_option_is_told_of_in_chinese(name: str, option: str) -> None:
    instrument = INSTRUMENTS[name]
    told = []
    for value in WRONG:
        try:
            instrument.read({**instrument.example, option: value})
        except UsageError as error:
            told.append(error.message("zh").lines)
    assert told, "every option refuses something"
    assert [line for text in told for line in english(text.replace(str(WRONG[0]), ""))] == []


@pytest.mark.parametrize("values", [{}, {"nothing": 1}, {"pat": "x"}, {"path": "a", "paths": "b"}])
def test_names_of_options_are_refused_in_chinese(values: dict[str, Any]) -> None:
    for instrument in INSTRUMENTS.values():
        try:
            instrument.read(values)
        except UsageError as error:
            assert english(error.message("zh").lines) == []


def test_complaints_of_a_recipe_are_chinese() -> None:
    told = 0
    for field in dataclasses.fields(recipe.Recipe):
        for value in WRONG[1:]:
            try:
                recipe.read({"data": "pairs", "name": "甲", field.name: value})
            except UsageError as error:
                told += 1
                assert english(error.message("zh").lines) == []
    assert told > len(dataclasses.fields(recipe.Recipe))
