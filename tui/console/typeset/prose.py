"""Prose to lines: pieces of styled text, broken at a width."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from tui.course.blocks import Spans
from tui.text.lines import Line, Piece
from tui.text.visible import visible
from tui.text.wrap import breaks, shorten, wrapped

WIDEST = 76
"""Cells of a line of prose at most, whatever the terminal."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How to set a page."""

    width: int
    language: str
    highlight: bool
    """Colour the code; it takes an import that the first painting does without."""

    @property
    def prose(self) -> int:
        return max(20, min(WIDEST, self.width - 4))


def pieces_of(spans: Spans, base: str = "text") -> list[Piece]:
    made = []
    for span in spans:
        looks = [base]
        looks += ["strong"] * span.bold + ["em"] * span.italic + ["struck"] * span.struck
        looks += ["code"] * span.code + ["link"] * bool(span.link)
        made.append((visible(span.text, lines=True), ".".join(looks)))
    return made


def set_pieces(pieces: Sequence[Piece], width: int) -> list[Line]:
    """Pieces of any length to lines of at most `width` cells."""
    text = "".join(piece for piece, _ in pieces)
    points = [0, *breaks(text, width), len(text)]
    lines, at, rest = [], 0, list(pieces)
    for start, end in pairwise(points):
        kept = start + len(text[start:end].rstrip(" \n"))
        line: list[Piece] = []
        while rest and at < end:
            piece, look = rest[0]
            take = min(len(piece), end - at)
            shown = piece[: max(0, min(take, kept - at))]
            if shown:
                line.append((shown, look))
            at += take
            rest[0] = (piece[take:], look)
            if not rest[0][0]:
                rest.pop(0)
        lines.append(tuple(line))
    return lines


def prose(spans: Spans, width: int, look: str = "text") -> list[Line]:
    """Styled text, wrapped."""
    return set_pieces(pieces_of(spans, look), width)


def plain_lines(text: str, width: int, look: str = "text") -> list[Line]:
    """A text as it is, wrapped, every character visible."""
    return [((line, look),) for line in wrapped(visible(text, lines=True), width)]


def one_line(text: str, width: int) -> str:
    """A text on one line: visible, shortened."""
    return shorten(visible(text), width)
