"""What may follow the reader's code: names of the chapter's objects, attributes, columns and keys.

It looks at the objects that are there and runs nothing: no property, no `__getattr__` but the table of a torch module.
(jedi would run the reader's properties and parse torch, which takes seconds.)
"""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MOST = 200
_NOTHING = object()
_ATTRIBUTE = re.compile(r"([A-Za-z_]\w*(?:\.\w+|\[(?:\d+|'[^']*'|\"[^\"]*\")\])*)\.(\w*)$")
_KEY = re.compile(r"([A-Za-z_]\w*(?:\.\w+|\[(?:\d+|'[^']*'|\"[^\"]*\")\])*)\[(['\"])([^'\"\]]*)$")
_NAME = re.compile(r"([A-Za-z_]\w*)$")
_CALL = re.compile(r"([A-Za-z_][\w.]*)\(([^()]*)$")
_STEP = re.compile(r"\.(\w+)|\[(?:(\d+)|'([^']*)'|\"([^\"]*)\")\]")


@dataclass(frozen=True, slots=True)
class Completions:
    """`items` may replace the last `length` characters before the cursor."""

    length: int
    items: list[str]


def complete(code: str, names: Mapping[str, Any]) -> Completions:
    """What may follow `code`, which ends at the cursor."""
    line = code[code.rfind("\n") + 1 :]
    if match := _KEY.search(line):
        begin, quote = match[3], match[2]
        target = _value_of(match[1], names)
        items = [f"{key}{quote}]" for key in _keys(target) if key.startswith(begin)]
    elif match := _ATTRIBUTE.search(line):
        begin = match[2]
        items = [name for name in _attributes(_value_of(match[1], names)) if name.startswith(begin)]
        if not begin.startswith("_"):
            items = [name for name in items if not name.startswith("_")]
    elif match := _NAME.search(line):
        begin = match[1]
        if line[: match.start()].rstrip().endswith("."):
            return Completions(0, [])
        arguments = _arguments(code, names)
        visible = [name for name in names if not name.startswith("_") or begin.startswith("_")]
        others = [*visible, *dir(builtins), *keyword.kwlist]
        items = [item for item in [*arguments, *sorted(others)] if item.startswith(begin) and item != begin]
    else:
        begin, items = "", _arguments(code, names) if line.rstrip().endswith(("(", ",")) else []
    return Completions(len(begin), list(dict.fromkeys(items))[:MOST])


def _value_of(path: str, names: Mapping[str, Any]) -> Any:
    """The object of a dotted path, items without running any code of it; `_NOTHING` where it cannot be."""
    first = re.match(r"\w+", path)
    value: Any = names.get(first[0], getattr(builtins, first[0], _NOTHING)) if first else _NOTHING
    for step in _STEP.finditer(path):
        if value is _NOTHING:
            break
        attribute, number, *keys = step.groups()
        if attribute is not None:
            value = _attribute(value, attribute)
        elif number is not None:
            is_row = type(value) in (list, tuple) and int(number) < len(value)
            value = value[int(number)] if is_row else _NOTHING
        else:
            mapping = _mapping(value)
            value = mapping.get(next(key for key in keys if key is not None), _NOTHING)
    return value


def _attribute(value: Any, name: str) -> Any:
    for table in _tables(value):
        if name in table:
            return table[name]
    items = inspect.getattr_static(value, name, _NOTHING)
    is_computed = items is not _NOTHING and not callable(items) and hasattr(type(items), "__get__")
    return _NOTHING if is_computed else items


def _tables(value: Any) -> Iterator[dict[str, Any]]:
    """The dictionaries in which an object has its attributes; those of a torch module among them."""
    own = _own(value)
    yield own
    for name in ("_modules", "_parameters", "_buffers"):
        table = own.get(name)
        if isinstance(table, dict):
            yield table


def _own(value: Any) -> dict[str, Any]:
    try:
        table = object.__getattribute__(value, "__dict__")
    except AttributeError:
        return {}
    return dict(table) if isinstance(table, Mapping) else {}


def _attributes(value: Any) -> list[str]:
    if value is _NOTHING:
        return []
    items = set(object.__dir__(value)) if not isinstance(value, type) else set(type.__dir__(value))
    for table in _tables(value):
        items.update(name for name in table if isinstance(name, str))
    return sorted(items)


def _mapping(value: Any) -> dict[Any, Any]:
    """The items of a dictionary, or of a library's object that is item at heart."""
    if type(value) is dict:
        return value
    if isinstance(value, dict):
        return {key: dict.__getitem__(value, key) for key in dict.keys(value)}
    data = _own(value).get("data")
    return data if type(data) is dict else {}


def _keys(value: Any) -> list[str]:
    keys = [key for key in _mapping(value) if isinstance(key, str)]
    if keys or value is _NOTHING:
        return keys
    package = type(value).__module__.split(".")[0]
    if package in ("datasets", "pandas"):  # these properties only look at their own table
        columns = getattr(value, "column_names", None) or getattr(value, "columns", [])
        return [str(name) for name in columns or []]
    return []


def _arguments(code: str, names: Mapping[str, Any]) -> list[str]:
    """The keyword arguments of the call that the cursor is in."""
    match = _CALL.search(code)
    function = _value_of(match[1], names) if match else _NOTHING
    if function is _NOTHING or not match or not callable(function):
        return []
    if not inspect.isroutine(function) and not isinstance(function, type):
        function = inspect.getattr_static(type(function), "__call__", function)
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return []
    kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    present = set(re.findall(r"(\w+)\s*=", match[2]))
    return [f"{item.name}=" for item in parameters if item.kind in kinds and item.name not in {"self", "cls", *present}]
