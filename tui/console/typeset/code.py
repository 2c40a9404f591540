"""Code to lines: colored, on a panel, each line as it is. What is too wide for the page is scrolled sideways."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tui.console.typeset.prose import Setting, prose
from tui.course.blocks import Figure
from tui.text.lines import Line, Piece, line_text
from tui.text.visible import visible
from tui.text.wrap import cells

CONTINUED = "    "
"""Before the second and later lines of a line of code that had to be cut."""


VERBATIM = ("panel", "output")
"""Looks that begin what is never wrapped."""


def code_lines(text: str, language: str, setting: Setting) -> list[Line]:
    """Code on a panel; a line that is wider than the panel goes on beyond it."""
    lines = []
    for pieces in highlighted(text, language) if setting.highlight else _unhighlighted(text):
        room = max(0, setting.prose - sum(cells(piece) for piece, _ in pieces))
        styled = tuple((piece, f"{look}.panel") for piece, look in pieces)
        lines.append(((" ", "panel"), *styled, (" " * room, "panel")))
    return lines


def output_lines(text: str, look: str) -> list[Line]:
    """What a program printed, line by line, under its code."""
    return [((" ", "output"), (line, look)) for line in visible(text, lines=True).split("\n")]


def figure_lines(block: Figure, setting: Setting) -> list[Line]:
    """A drawing as it is; in words where the reader wants that, or where it has no room."""
    drawing = output_lines(block.text, "text")
    if setting.described or verbatim_width(drawing) > setting.prose + 1:
        return [(("▏ ", "bar"), *line) for line in prose(block.alt, setting.prose - 2)]
    return drawing


def verbatim_width(lines: Iterable[Line]) -> int:
    """Cells of the widest line that is never wrapped; 0 when there is none."""
    return max((cells(line_text(line)) for line in lines if _head(line)), default=0)


def slide(line: Line, by: int, width: int) -> Line:
    """A line that is never wrapped, moved to the left by so many cells and cut at `width`, with signs at the cuts."""
    head = _head(line)
    before, rest = line[:head], line[head:]
    room = width - cells(line_text(before))
    text = line_text(rest)
    if not head or (not by and cells(text) <= room):
        return line
    begin, used = 0, 0
    while begin < len(text) and used < by:
        used += cells(text[begin])
        begin += 1
    gap = used - by
    end, used = begin, gap
    while end < len(text) and used + cells(text[end]) <= room:
        used += cells(text[end])
        end += 1
    moved = _slice(rest, begin, end)
    ground = before[-1][1]
    has_more = bool(text[end:].strip())
    if has_more:
        while used >= room:
            end -= 1
            used -= cells(text[end])
        moved = _slice(rest, begin, end)
    sign = ((" " * (room - 1 - used) + "›", f"dim.{ground}"),) if has_more else ()
    start = (("‹", f"dim.{ground}"),) if text[:begin].strip() else before[-1:]
    return (*before[:-1], *start, (" " * gap, ground), *moved, *sign)


def _head(line: Line) -> int:
    """How many pieces come before the text of a line that is never wrapped; 0 for any other line."""
    return next((place for place, (_, look) in enumerate(line, 1) if look in VERBATIM), 0)


def _unhighlighted(text: str) -> list[Line]:
    return [((line, "code"),) for line in visible(text, lines=True).split("\n")]


@lru_cache(256)
def highlighted(text: str, language: str) -> list[Line]:
    """The lines of a program, colored by Pygments where it knows the language."""
    from pygments import lex
    from pygments.lexers import get_lexer_by_name
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, Name, Number, Operator, String
    from pygments.util import ClassNotFound

    styles: tuple[tuple[Any, str], ...] = (
        (Comment, "comment"), (Keyword, "keyword"), (Operator.Word, "keyword"), (String, "string"), (Number, "number"),
        (Name.Builtin, "name"), (Name.Function, "name"), (Name.Class, "name"), (Name.Decorator, "name"),
    )  # fmt: skip
    name = language.split()[0].strip("{}") if language.split() else ""
    if len(text) > 50_000 or not name:
        return _unhighlighted(text)
    try:
        python = name in ("python", "py", "code-cell")
        lexer = PythonLexer(stripnl=False) if python else get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return _unhighlighted(text)
    lines: list[list[Piece]] = [[]]
    for token, value in lex(visible(text, lines=True), lexer):
        look = next((look for kind, look in styles if token in kind), "code")
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((part, look))
    if lines and not lines[-1]:
        lines.pop()  # lexers end the last line themselves
    return [tuple(line) for line in lines]


def fold(line: Line, width: int) -> list[Line]:
    """A line of code, cut after a space or a comma where there is one; what goes on below is indented."""
    text = "".join(piece for piece, _ in line)
    if cells(text) <= width:
        return [line]
    points, room, used = [0], width, 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > room:
            room = width - len(CONTINUED)
            half = points[-1] + room // 2
            near = max(text.rfind(mark, half, index) for mark in ",(")
            near = near if near >= 0 else text.rfind(" ", half, index)
            points.append(near + 1 if near > points[-1] else index)
            used = cells(text[points[-1] : index + 1])
    folded = []
    for begin, end in pairwise([*points, len(text)]):
        head: Line = ((CONTINUED, "dim"),) if begin else ()
        folded.append((*head, *_slice(line, begin, end)))
    return folded


def _slice(line: Line, begin: int, end: int) -> Line:
    """The pieces of a line between two characters."""
    cut: list[Piece] = []
    at = 0
    for piece, look in line:
        part = piece[max(0, begin - at) : max(0, end - at)]
        if part:
            cut.append((part, look))
        at += len(piece)
    return tuple(cut)
