"""What catalogs hold and what code uses of them, read from the files."""

from __future__ import annotations

import ast
import re
import string
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from tui.text.catalog import LANGUAGES

TUI = Path(__file__).parents[2] / "tui"


def rooms() -> list[str]:
    """Every room that has a catalog."""
    folders = {file.parent for language in LANGUAGES for file in TUI.rglob(f"messages.{language}.toml")}
    return sorted(".".join(folder.relative_to(TUI).parts) for folder in folders)


def messages(room: str, language: str) -> dict[str, list[str]]:
    """Names of a room's messages, each with its forms."""
    file = TUI.joinpath(*room.split("."), f"messages.{language}.toml")
    return dict(_forms(tomllib.loads(file.read_text(encoding="utf-8"))))


def _forms(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, list[str]]]:
    for name, entry in table.items():
        if isinstance(entry, str):
            yield prefix + name, [entry]
        elif "other" in entry:
            yield prefix + name, [entry["one"], entry["other"]]
        else:
            yield from _forms(entry, f"{prefix}{name}.")


def placeholders(form: str) -> set[str]:
    """The values that a message needs; keys by their action, as `key:app.help`."""
    parts = string.Formatter().parse(form)
    return {f"key:{spec}" if name == "key" and spec else name for _, name, spec, _ in parts if name is not None}


def keys_in(code: str) -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    """(all texts of the code, the keys that `translate` gets), as patterns: parts of them may be filled in."""
    tree = ast.parse(code)
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) > 1)
    arguments = [node.args[1] for node in calls if ast.unparse(node.func).split(".")[-1] == "translate"]
    return list(_patterns(ast.walk(tree))), [one for argument in arguments for one in _patterns(_choices(argument))]


def values_in(code: str) -> Iterator[tuple[str, set[str]]]:
    """(key, names of the values) of calls of `translate` that spell both out."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == "translate" and len(node.args) > 1:
            names = [keyword.arg for keyword in node.keywords]
            for key in _choices(node.args[1]):
                if isinstance(key, ast.Constant) and None not in names:
                    yield str(key.value), {name for name in names if name is not None}


def _choices(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions that a key can be."""
    if isinstance(node, ast.IfExp):
        yield from (*_choices(node.body), *_choices(node.orelse))
    elif isinstance(node, ast.Dict):
        yield from (choice for value in node.values for choice in _choices(value))
    else:
        yield node


def _patterns(nodes: Iterable[ast.AST]) -> Iterator[re.Pattern[str]]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield re.compile(re.escape(node.value))
        elif isinstance(node, ast.JoinedStr):
            parts = (re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in node.values)
            yield re.compile("".join(parts))
