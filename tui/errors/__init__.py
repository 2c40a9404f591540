"""The errors and warnings a reader can meet: a code and values; the sentences are in the catalogs, in every language.

    HeadnotesError
    ├── UsageError          something in a request does not exist or does not fit  (exit code 2)
    │   ├── LessonError     a lesson file that cannot be read as a lesson
    │   └── NoTerminal      a screen is needed where there is no terminal
    ├── CheckpointError     a model's files are missing, altered or of a kind that is refused
    ├── DataError           a data set cannot be opened, changed or saved
    │   └── TableGone       the engine does not have this table (any more)
    └── EngineError         the child process that runs the instruments
        ├── EngineDied      it ended in the middle of a request
        └── Stopped         the reader stopped the request                         (exit code 130)

    raise DataError("tables.no-such-file", name=path, near=names)

    [no-such-file]                                      # tui/tables/messages.en.toml
    title = "There is no file {name}."
    detail = "Similar names in its folder: {near}."     # left out when all its values are empty
    next_step = "Check the name."

Values are plain data, so that an error can cross a process border or be kept in a file: texts, numbers, lists of them,
and phrases (parts of sentences, which are messages themselves). This module imports the catalogs and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, field
from functools import partial
from typing import Any

from tui.record import record
from tui.text.catalog import has_message, translate, value_names

_BETWEEN = {"en": ", ", "zh": "、"}
"""What stands between the items of a list."""


@record
class ErrorText:
    """An error in one language: what is wrong, why, and what to do. The last two may be empty."""

    title: str
    detail: str = ""
    next_step: str = ""

    def __str__(self) -> str:
        return self.lines.replace("\n", " ")

    @property
    def lines(self) -> str:
        """A line for each part."""
        return "\n".join(part for part in (self.title, self.detail, self.next_step) if part)


class HeadnotesError(Exception):
    """Something went wrong that a sentence can explain."""

    exit_code = 1

    def __init__(self, code: str, /, **values: Any) -> None:
        super().__init__(code)
        self.code, self.values = code, values

    def message(self, language: str) -> ErrorText:
        """What a reader sees."""
        title, detail, next_step = (_part(language, f"{self.code}.{name}", self.values) for name in _PARTS)
        return ErrorText(title, detail, next_step)

    @property
    def phrase(self) -> Phrase:
        """The error as a part of a sentence."""
        return phrase(self.code, **self.values)

    @property
    def title(self) -> str:
        """In English, like the next two."""
        return self.message("en").title

    @property
    def detail(self) -> str:
        return self.message("en").detail

    @property
    def next_step(self) -> str:
        return self.message("en").next_step

    def __str__(self) -> str:
        return str(self.message("en"))


_PARTS = ("title", "detail", "next_step")
UNTRANSLATED = "errors.untranslated"
"""The code of sentences that another program wrote."""


class UsageError(HeadnotesError):
    """Something in a request does not exist or does not fit."""

    exit_code = 2


class LessonError(UsageError):
    """A lesson file that cannot be read as a lesson."""


class NoTerminal(UsageError):
    """A screen is needed where there is no terminal to draw on."""


class CheckpointError(HeadnotesError):
    """A model's files are missing, altered or of a kind that is refused."""


class DataError(HeadnotesError):
    """A data set cannot be opened, changed or saved."""


class TableGone(DataError):
    """The engine does not have this table, because it was restarted or the table was closed."""


class EngineError(HeadnotesError):
    """The engine could not do what it should."""


class EngineDied(EngineError):
    """The engine ended in the middle of a request."""


class Stopped(EngineError):
    """The reader stopped the request."""

    exit_code = 130


Phrase = dict[str, Any]
"""A message with values of its own, as plain data: a part of a sentence, as a value of an error or warning."""


def phrase(key: str, /, **values: Any) -> Phrase:
    """A part of a sentence."""
    return {"key": key, "values": values}


def sentence(language: str, phrase: Phrase) -> str:
    """The words of a phrase. Raises `LookupError` for one of another version."""
    return str(_text(language, phrase))


def quoted(typed: str) -> str:
    """What somebody typed, for a sentence about it: in quotes, and not all of it when it is long."""
    return repr(typed) if len(typed) <= 80 else f"{typed[:60]!r}… ({len(typed):,})"


@record
class ResultWarning:
    """What a reader should know before trusting a result. It goes with the result; an error takes its place."""

    code: str
    """For programs, stable: `unknown-tokens`, `truncated` ..."""
    message: str
    """In English."""
    key: str = ""
    """Of the message in the catalogs; empty for a warning of an older version."""
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """The sentence in a language; in English when an older or newer version wrote the warning."""
        try:
            return _text(language, self.phrase) if self.key else self.message
        except (LookupError, TypeError, ValueError):
            return self.message

    @property
    def phrase(self) -> dict[str, Any]:
        """The sentence as a value of another one."""
        return phrase(self.key, **self.values)


def warning(key: str, /, code: str = "", **values: Any) -> ResultWarning:
    """A warning; its code is the last part of the key unless several messages have one code."""
    return ResultWarning(code or key.rpartition(".")[2], _text("en", phrase(key, **values)), key, values)


def for_programs(plain: Any, language: str = "en") -> Any:
    """Plain data whose warnings are reduced to `code` and `message`, in a language."""
    if isinstance(plain, dict):
        if plain.keys() == {"code", "message", "key", "values"}:
            return {"code": plain["code"], "message": ResultWarning(**plain).text(language)}
        return {name: for_programs(value, language) for name, value in plain.items()}
    return [for_programs(value, language) for value in plain] if isinstance(plain, list) else plain


@record
class Explained:
    """An error as plain data, so that it can cross a process border."""

    kind: str
    """Class name, for programs: `UsageError`, `CheckpointError`, `ValueError` ..."""
    title: str
    """In English, like the next two."""
    detail: str = ""
    next_step: str = ""
    code: str = UNTRANSLATED
    values: dict[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    def as_error(self) -> HeadnotesError:
        """The error again; a class that only the other process knows becomes an `EngineError`."""
        kind = _KINDS.get(self.kind, EngineError)
        if self.code != UNTRANSLATED and has_message(f"{self.code}.title"):
            return kind(self.code, **self.values)
        return kind(UNTRANSLATED, title=self.title, detail=self.detail, next_step=self.next_step)

    def for_programs(self, language: str = "en") -> dict[str, str]:
        """`code` and `message`."""
        code = re.sub(r"(?<!^)(?=[A-Z])", "-", self.kind).lower() if self.code == UNTRANSLATED else self.code
        return {"code": code, "message": str(self.as_error().message(language))}


_KINDS: dict[str, type[HeadnotesError]] = {
    c.__name__: c
    for c in (HeadnotesError, UsageError, LessonError, CheckpointError, DataError, TableGone, EngineError, EngineDied,
              Stopped)
}  # fmt: skip


def explain(error: BaseException, kind: str = "") -> Explained:
    """An error as plain data, under another kind if one is named. Libraries' errors keep their own words, quoted."""
    if isinstance(error, HeadnotesError):
        text = error.message("en")
        return Explained(
            kind or type(error).__name__, text.title, text.detail, text.next_step, error.code, dict(error.values)
        )
    return _explained(error)


def _explained(error: BaseException) -> Explained:
    kind = type(error).__name__
    if isinstance(error, MemoryError):
        known = HeadnotesError("errors.memory", reason=str(error))
    elif isinstance(error, OSError) and error.strerror:
        name = str(error.filename) if error.filename else ""
        known = HeadnotesError("errors.file" if name else "errors.system", reason=error.strerror, name=name)
    elif text := str(error):
        known = HeadnotesError("errors.library", kind=kind, reason=text)
    else:
        known = HeadnotesError("errors.library-silent", kind=kind)
    return Explained(kind, known.title, known.detail, known.next_step, known.code, known.values)


def _part(language: str, key: str, values: Mapping[str, Any]) -> str:
    """A part of an error; empty when the error has no such part, or nothing to say in it. Each has a title."""
    if not has_message(key) and not key.endswith(".title"):
        return ""
    names = value_names(key)
    if names and all(values.get(name) in ("", None, []) for name in names):
        return ""
    return str(_text(language, phrase(key, **values))).rstrip()  # a hint at its end may have a space after it


def _text(language: str, value: Any) -> Any:
    """A value as it is inserted into a message of this language."""
    if isinstance(value, dict) and value.keys() == {"key", "values"}:
        if has_message(f"{value['key']}.title"):  # an error within a sentence
            return str(HeadnotesError(value["key"], **value["values"]).message(language))
        values = {name: _text(language, one) for name, one in value["values"].items()}
        return translate(language, value["key"], **values)
    if isinstance(value, list | tuple):
        return _BETWEEN[language].join(map(str, map(partial(_text, language), value)))
    return value
