"""Errors and warnings of the rooms below the console: codes with sentences in the catalogs, never sentences in code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest

import tui.errors
from tests.text.messages import TUI, messages, placeholders, rooms
from tui.errors import HeadnotesError

CODED = (
    "cli", "console", "course", "doctor", "engine", "instruments", "models", "options", "paths", "recipes", "runs",
    "settings", "tables", "text",
)  # fmt: skip
"""Folders and modules of `tui` whose errors and warnings have codes: all that readers meet."""
ERRORS = {
    name for name, kind in vars(tui.errors).items() if isinstance(kind, type) and issubclass(kind, HeadnotesError)
}
CODE = re.compile(r"[a-z_]+(\.[a-z_]+)*\.[a-z0-9-]+")
PARTS = ("title", "detail", "next_step")


class Call(NamedTuple):
    """A call that makes an error, a warning or a part of a sentence."""

    where: str
    made: str
    code: ast.expr | None
    values: set[str] | None
    """Names of its values; None when they come from a dictionary."""


def calls_in(code: str, where: str = "") -> Iterator[Call]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            names = {keyword.arg for keyword in node.keywords}
            values = None if None in names else {name for name in names if name and name != "code"}
            if node.func.id in {*ERRORS, "ResultWarning", "warning", "phrase"}:
                first = node.args[
                    node.func.id == "ResultWarning" :
                ]  # of a warning the code is no key, the words come then
                yield Call(f"{where}:{node.lineno}", node.func.id, first[0] if first else None, values)


def codes(node: ast.expr | None) -> list[str]:
    """The codes that an expression can be, as far as they stand in it."""
    if isinstance(node, ast.IfExp):
        return [*codes(node.body), *codes(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def is_sentence(call: Call) -> bool:
    """Whether words for people stand in the code."""
    if call.made == "ResultWarning":
        return isinstance(call.code, ast.JoinedStr | ast.Constant)
    return (isinstance(call.code, ast.JoinedStr) and call.made in ERRORS) or any(
        not CODE.fullmatch(code) for code in codes(call.code)
    )


def entries() -> dict[str, set[str]]:
    """The values that each message of every room needs."""
    return {
        f"{room}.{name}": {value.split(":")[0] for form in forms for value in placeholders(form)}
        for room in rooms()
        for name, forms in messages(room, "en").items()
    }


def calls() -> list[Call]:
    found = []
    for name in CODED:
        folder = TUI / name
        for file in sorted(folder.rglob("*.py")) if folder.is_dir() else [folder.with_suffix(".py")]:
            found += calls_in(file.read_text("utf-8"), str(file.relative_to(TUI)))
    return found


def test_no_sentence_is_in_the_code() -> None:
    assert [call.where for call in calls() if is_sentence(call)] == []


def test_every_code_has_its_sentences_and_their_values() -> None:
    needed, wrong = entries(), []
    for call in calls():
        for code in codes(call.code):
            is_error = call.made in ERRORS or f"{code}.title" in needed  # an error can be part of a sentence
            keys = [f"{code}.{part}" for part in PARTS] if is_error else [code]
            if keys[0] not in needed:
                wrong.append(f"{call.where}: {code} has no message")
            values = set().union(*(needed.get(key, set()) for key in keys))
            if call.values is not None and (missing := values - call.values):
                wrong.append(f"{call.where}: {code} lacks {sorted(missing)}")
    assert wrong == []


def test_the_check_finds_sentences_and_codes() -> None:
    code = """
raise UsageError(f"There is no {name}.")
raise DataError("The disk is full.", "", "Make room.")
raise DataError("tables.no-such-file" if one else "tables.no-match", name=name)
raise UsageError(code, **values)
yield ResultWarning("gap", f"{name} is missing")
yield warning("tables.no-rows")
"""
    found = list(calls_in(code))
    assert [is_sentence(call) for call in found] == [True, True, False, False, True, False]
    assert [codes(call.code) for call in found][2] == ["tables.no-such-file", "tables.no-match"]
    assert [call.values for call in found][2:4] == [{"name"}, None]


@pytest.mark.parametrize("room", sorted({"errors", *CODED} & set(rooms())))
def test_chinese_errors_are_chinese(room: str) -> None:
    """Each has a Chinese character, unless it is nothing but values or a command."""
    bare = {
        name: re.sub(r"\{.*?\}|pip install [a-z]*", "", forms[-1])
        for name, forms in messages(room, "zh").items()
        if room != "console" or name.rpartition(".")[2] in PARTS  # labels may be names: Headnotes, F1
    }
    assert [name for name, text in bare.items() if re.search("[A-Za-z]", text) and not re.search("[一-鿿]", text)] == []
