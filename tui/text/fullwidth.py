"""Full-width punctuation in Python: an input method types it where a program needs the plain sign."""

from __future__ import annotations

import io
import re
import tokenize
from contextlib import suppress
from dataclasses import dataclass

PLAIN = str.maketrans("，（）：；［］｛｝＝＋－＊／＜＞！．“”‘’｜＆％＃＠　", ",():;[]{}=+-*/<>!.\"\"''|&%#@ ")
COMMAS_AND_STOPS = str.maketrans("、。【】《》", ",.[]<>")
QUOTES = "“”‘’"
_TABLE = PLAIN | COMMAS_AND_STOPS


@dataclass(frozen=True, slots=True)
class Mark:
    """A full-width sign outside of texts and comments; line and column count from 0."""

    line: int
    column: int
    character: str
    plain: str


def fullwidth_marks(code: str) -> list[Mark]:
    """The full-width signs that Python would stumble over, in order."""
    if code.isascii():
        return []
    inside = _quoted(code)
    return [
        Mark(number, column, character, chr(_TABLE[ord(character)]))
        for number, line in enumerate(code.split("\n"))
        for column, character in enumerate(line)
        if ord(character) in _TABLE and not any(begin <= (number, column) < end for begin, end in inside)
    ]


def without_fullwidth(code: str) -> str:
    """The code with the plain signs in their place; texts and comments stay as they are."""
    lines = code.split("\n")
    while marks := fullwidth_marks("\n".join(lines)):
        mark = marks[0]
        line = lines[mark.line]
        line = line[: mark.column] + mark.plain + line[mark.column + 1 :]
        if mark.character in QUOTES:  # its partner at once: what is between them is a text
            partner = re.search(f"[{QUOTES}]", line[mark.column + 1 :])
            if partner is not None:
                place = mark.column + 1 + partner.start()
                line = line[:place] + mark.plain + line[place + 1 :]
        lines[mark.line] = line
    return "\n".join(lines)


def _quoted(code: str) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where texts and comments are: up to the first place that Python cannot read."""
    spans: list[tuple[tuple[int, int], tuple[int, int]]] = []
    readable = "".join(" " if ord(character) in _TABLE else character for character in code)
    with suppress(tokenize.TokenError, SyntaxError):
        for token in tokenize.generate_tokens(io.StringIO(readable).readline):
            if token.type in (tokenize.STRING, tokenize.COMMENT):
                spans.append(((token.start[0] - 1, token.start[1]), (token.end[0] - 1, token.end[1])))  # noqa: PERF401
    return spans
