"""Values as JavaScript writes them in the attributes of a tag: texts, numbers, lists, objects; never an expression."""

from __future__ import annotations

import re
from typing import Any

MOST_LEVELS = 20
_TOKEN = re.compile(
    r"""(?P<space>(?:\s|//[^\n]*|/\*.*?\*/)+)
    |(?P<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`(?:\\.|[^`\\])*`)
    |(?P<number>-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)
    |(?P<name>[A-Za-z_$][\w$.]*)
    |(?P<sign>[\[\]{}:,+])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|\n|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "t": "\t", "r": "", "\n": "", "b": "", "f": "", "v": "", "0": ""}
_CONSTANTS = {"true": True, "false": False, "null": None, "undefined": None}


def read_literal(text: str) -> Any:
    """The value of a literal. Raises `ValueError` for anything else."""
    tokens: list[tuple[str, str]] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ValueError(f"not a literal: {text[at : at + 20]!r}")
        if match.lastgroup != "space":
            tokens.append((str(match.lastgroup), match[0]))
        at = match.end()
    value, end = _value(tokens, 0, 0)
    if end != len(tokens):
        raise ValueError("more than one value")
    return value


def _value(tokens: list[tuple[str, str]], at: int, level: int) -> tuple[Any, int]:
    kind, text = _at(tokens, at)
    if level > MOST_LEVELS:
        raise ValueError("nested too deeply")
    if kind == "text":
        value, at = _unescaped(text), at + 1
        while _at(tokens, at)[1] == "+" and _at(tokens, at + 1)[0] == "text":  # a text in several pieces
            value, at = value + _unescaped(tokens[at + 1][1]), at + 2
        return value, at
    if kind == "number":
        return float(text), at + 1
    if kind == "name":
        return _CONSTANTS.get(text, text), at + 1
    if text == "[":
        return _list(tokens, at + 1, level)
    if text == "{":
        return _object(tokens, at + 1, level)
    raise ValueError(f"no value: {text!r}")


def _list(tokens: list[tuple[str, str]], at: int, level: int) -> tuple[list[Any], int]:
    values: list[Any] = []
    while (sign := _at(tokens, at)[1]) != "]":
        if sign == ",":
            at += 1
            continue
        value, at = _value(tokens, at, level + 1)
        values.append(value)
    return values, at + 1


def _object(tokens: list[tuple[str, str]], at: int, level: int) -> tuple[dict[str, Any], int]:
    values: dict[str, Any] = {}
    while (sign := _at(tokens, at)[1]) != "}":
        if sign == ",":
            at += 1
            continue
        kind, name = _at(tokens, at)
        if kind not in ("name", "text", "number"):
            raise ValueError(f"no name: {name!r}")
        if _at(tokens, at + 1)[1] != ":":  # {fw} is {fw: fw}
            values[name], at = name, at + 1
            continue
        values[_unescaped(name) if kind == "text" else name], at = _value(tokens, at + 2, level + 1)
    return values, at + 1


def _at(tokens: list[tuple[str, str]], at: int) -> tuple[str, str]:
    if at >= len(tokens):
        return "", ""
    return tokens[at]


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(_escape, text[1:-1])


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        number = int(code.strip("ux{}"), 16)
        return chr(number) if number < 0x110000 else "\ufffd"
    return _ESCAPED.get(code, code)
