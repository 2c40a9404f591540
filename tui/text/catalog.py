"""Sentences for people, in every language: TOML catalogs, one file per room and language, read on first use.

`tui/tables/messages.en.toml` and `messages.zh.toml` hold the messages of the room `tables`; an instrument's are in its
own folder (`tui/instruments/tokens/`, room `instruments.tokens`). A key is the room, a dot and the name:

    no_column = "There is no column {name}."            # messages.en.toml
    [state]                                             # tables in the file are parts of the name
    done = "done"
    [rows]                                              # `one` and `other`: English plural, chosen by the value `count`
    one = "{count} row"                                 # (or by the value that `by = "..."` names)
    other = "{count:,} rows"

    translate(language, "tables.no_column", name=name)
    translate(language, f"tables.state.{state}")
    translate(language, "tables.rows", count=12_000)    # "12,000 rows"; Chinese has one form: rows = "{count:,} 行"

A key of the keyboard is named by its action, so that one that is changed changes in every sentence, too:

    help = "{key:app.help} shows all keys."             # "? shows all keys."

Both languages have the same keys and the same placeholders (tests/text/test_messages.py). A missing key or value is a
defect of the program and raises `LookupError`. Values are inserted as they are and never formatted again, so text from
outside belongs into values only; a literal brace in a message is doubled.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

LANGUAGES = ("en", "zh")
"""The languages of screens and lessons."""

Message = str | dict[str, str]
"""A message, or its forms: `one`, `other`, and `by`, the name of the value that chooses."""

_SIMPLE_LINE = re.compile(r'([\w.-]+) = "([^"\\]*)"|\[([\w.-]+)\]')
_MANY_LINES = re.compile(r'"""|\'\'\'|^\s*\[(?![\w.-]+\]$)', re.MULTILINE)
"""What may change how the lines after it are read, other than a plain header."""
_ROOMS = Path(__file__).parents[1]
_added: dict[str, Path] = {}


class _Keyboard:
    """Fills `{key:ID}` with how the key of that action is written; the console knows."""

    def __init__(self) -> None:
        self.name_of: Callable[[str], str] | None = None

    def __format__(self, action: str) -> str:
        if self.name_of is None:
            raise LookupError(f"the key of {action}")
        return self.name_of(action)


_KEYBOARD = _Keyboard()


def translate(language: str, key: str, /, **values: object) -> str:
    """The message of a key in a language, with its placeholders filled. Raises `LookupError`."""
    room = _room(key)
    try:
        message = _messages(room, language)[key[len(room) + 1 :]]
        if isinstance(message, dict):
            message = message["one" if str(values[message["by"]]) == "1" else "other"]
        return message.format(**{"key": _KEYBOARD, **values})
    except LookupError as error:
        raise LookupError(f"message {key!r} ({language}): {error} is missing") from None


def has_message(key: str) -> bool:
    """Whether there is a message of this key, for keys made of names that other programs and old files bring."""
    room = _room(key)
    try:
        return key[len(room) + 1 :] in _messages(room, LANGUAGES[0])
    except LookupError:  # an instrument of another package may have no catalog
        return False


def value_names(key: str) -> set[str]:
    """Names of the values that a message needs. Raises `LookupError`."""
    room = _room(key)
    message = _messages(room, LANGUAGES[0])[key[len(room) + 1 :]]
    form = message if isinstance(message, str) else message["other"]
    return {name for _, name, _, _ in Formatter().parse(form) if name}


def add_room(room: str, folder: Path) -> None:
    """Let keys that begin with `room` find their catalogs in a folder outside this package: instruments of others."""
    _added[room] = folder


def add_key_names(name_of: Callable[[str], str]) -> None:
    """Say how keys are written, by the ids of their actions."""
    _KEYBOARD.name_of = name_of


def _room(key: str) -> str:
    """The part of a key that names its catalog: the first word, and for an instrument the second."""
    words = key.split(".", 2)
    return ".".join(words[:2]) if words[0] == "instruments" and len(words) == 3 else words[0]


@cache
def _messages(room: str, language: str) -> dict[str, Message]:
    """A room's messages by name."""
    folder = _added.get(room) or _ROOMS.joinpath(*room.split("."))
    try:
        text = (folder / f"messages.{language}.toml").read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise LookupError(f"room {room!r} has no catalog {error.filename}") from None
    return read_catalog(text)


def read_catalog(text: str) -> dict[str, Message]:
    """The messages of a catalog's text by dotted name. Raises `tomllib.TOMLDecodeError`.

    Nearly every line is a name and a text: those need no TOML parser, which takes 4.4 ms for 744 messages, this 1.1.
    """
    if _MANY_LINES.search(text):
        return _with_forms(_flat(tomllib.loads(text)))
    flat: dict[str, str] = {}
    table = ""
    for line in text.split("\n"):
        if simple := _SIMPLE_LINE.fullmatch(line):
            name, message, header = simple.groups()
            if header:
                table = f"{header}."
            else:
                flat[table + name] = message
        elif line:
            flat |= _flat(tomllib.loads(line), table)
    return _with_forms(flat)


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    """Tables of tables as dotted names."""
    flat: dict[str, str] = {}
    for name, entry in table.items():
        flat |= {prefix + name: entry} if isinstance(entry, str) else _flat(entry, f"{prefix}{name}.")
    return flat


def _with_forms(flat: dict[str, str]) -> dict[str, Message]:
    """Messages by name: those that have an `other` with their forms together."""
    messages: dict[str, Message] = {**flat}
    for name in [name.removesuffix(".other") for name in flat if name.endswith(".other")]:
        forms = {form: flat[f"{name}.{form}"] for form in ("by", "one", "other") if f"{name}.{form}" in flat}
        for form in forms:
            del messages[f"{name}.{form}"]
        messages[name] = {"by": "count", **forms}
    return messages
