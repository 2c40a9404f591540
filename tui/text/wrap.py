"""Where lines break, counted in terminal cells.

English breaks at spaces, Chinese between any two characters except before closing and after opening punctuation. The
library for the full rules of Unicode (uniseg) takes two seconds for one lesson; this takes milliseconds.
"""

from __future__ import annotations

import re
from itertools import pairwise

from rich.cells import get_character_cell_size

from tui.text.characters import is_wide

_WORD = re.compile(r"\n|[^ \t\n]+|[ \t]+")
NEVER_FIRST = frozenset("，。、；：？！）》」』】〕〉”’…—～％,.;:?!)]}%")
JOINTS = "/-_.="
NEVER_LAST = frozenset("（《「『【〔〈“‘([{")


def cells(text: str) -> int:
    """Width in terminal cells, character by character, as `breaks` counts it."""
    return len(text) if text.isascii() else sum(map(get_character_cell_size, text))


def breaks(text: str, width: int) -> list[int]:
    """Indices at which new lines begin, so that no line is wider than `width` cells (spaces at its end not counted)."""
    width = max(width, 2)
    return _breaks_of_words(text, width) if text.isascii() else _breaks_of_characters(text, width)


def _breaks_of_words(text: str, width: int) -> list[int]:
    """For ASCII, where a character is a cell and lines break at spaces: a word at a time."""
    starts: list[int] = []
    start = 0
    for word in _WORD.finditer(text):
        begin, end = word.span()
        if word[0] == "\n":
            starts.append(end)
            start = end
            continue
        if word[0][0] in " \t":
            continue
        if end - start > width and begin > start:
            starts.append(begin)
            start = begin
        while end - start > width:  # a word that is wider than a line
            start = _joint(text, start, start + width)
            starts.append(start)
    return starts


def _breaks_of_characters(text: str, width: int) -> list[int]:
    """For everything else, a character at a time."""
    starts: list[int] = []
    start = used = 0
    last_chance, used_at_chance = 0, 0
    before = ""
    for index, character in enumerate(text):
        if character == "\n":
            starts.append(index + 1)
            start, used, last_chance, used_at_chance = index + 1, 0, 0, 0
            before = ""
            continue
        size = 1 if character.isascii() else get_character_cell_size(character)
        if index > start and _may_break(before, character):
            last_chance, used_at_chance = index, used
        if used + size > width and character != " ":
            if last_chance > start:
                starts.append(last_chance)
                start, used = last_chance, used - used_at_chance
            else:
                start = _joint(text, start, index)
                starts.append(start)
                used = cells(text[start:index])
            last_chance, used_at_chance = 0, 0
        used += size
        before = character
    return starts


def _joint(text: str, begin: int, end: int) -> int:
    """Where to cut a path or a name that is wider than a line: after a sign in its second half, else at its end."""
    half = begin + (end - begin) // 2
    return max(text.rfind(sign, half, end) for sign in JOINTS) + 1 or end


def wrapped(text: str, width: int) -> list[str]:
    """The lines of the text, without the spaces and newlines at which they broke."""
    points = [0, *breaks(text, width), len(text)]
    return [text[a:b].rstrip(" \n") for a, b in pairwise(points)]


def shorten(text: str, width: int) -> str:
    """At most `width` cells, the end replaced by an ellipsis when it does not fit."""
    if cells(text) <= width:
        return text
    used, fitting = 0, []
    for character in text:
        used += get_character_cell_size(character)
        if used > width - 1:
            break
        fitting.append(character)
    return "".join(fitting) + "…" if width > 0 else ""


def fill(text: str, width: int, align: str = "left") -> str:
    """Exactly `width` cells: shortened, or padded on the side that `align` asks for."""
    text = shorten(text, width)
    room = width - cells(text)
    if align == "right":
        return " " * room + text
    if align == "center":
        return " " * (room // 2) + text + " " * (room - room // 2)
    return text + " " * room


def _may_break(before: str, after: str) -> bool:
    if before in " \t":
        return after not in " \t"
    if before.isascii() and after.isascii():
        return False
    if after in NEVER_FIRST or before in NEVER_LAST:
        return False
    return is_wide(before) or is_wide(after)
