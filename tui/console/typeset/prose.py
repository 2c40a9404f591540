"""Prose to lines: pieces of styled text, broken at a width."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from tui.course.blocks import Spans
from tui.record import record
from tui.text.emoji import plain_emoji
from tui.text.lines import Line, Piece
from tui.text.visible import visible
from tui.text.wrap import breaks

WIDEST = 76
"""Cells of a line of prose at most, whatever the terminal."""


@record
class Setting:
    """How to set a page."""

    width: int
    language: str
    highlight: bool
    """Color the code; it takes an import that the first painting does without."""
    described: bool = False
    """Show what figures show in words, instead of drawing them."""

    @property
    def prose(self) -> int:
        return max(20, min(WIDEST, self.width - 4))


def pieces_of(spans: Spans, base: str = "text") -> list[Piece]:
    pieces = []
    for span in spans:
        styles = [base]
        styles += ["strong"] * span.bold + ["em"] * span.italic + ["struck"] * span.struck
        styles += ["code"] * span.code + ["link"] * bool(span.link)
        pieces.append((visible(plain_emoji(span.text), lines=True), ".".join(styles)))
    return pieces


def set_pieces(pieces: Sequence[Piece], width: int) -> list[Line]:
    """Pieces of any length to lines of at most `width` cells."""
    text = "".join(piece for piece, _ in pieces)
    points = [0, *breaks(text, width), len(text)]
    lines, at, rest = [], 0, list(pieces)
    for start, end in pairwise(points):
        text_end = start + len(text[start:end].rstrip(" \n"))
        line: list[Piece] = []
        while rest and at < end:
            piece, look = rest[0]
            take = min(len(piece), end - at)
            part = piece[: max(0, min(take, text_end - at))]
            if part:
                line.append((part, look))
            at += take
            rest[0] = (piece[take:], look)
            if not rest[0][0]:
                rest.pop(0)
        lines.append(tuple(line))
    return lines


def prose(spans: Spans, width: int, look: str = "text") -> list[Line]:
    """Styled text, wrapped."""
    return set_pieces(pieces_of(spans, look), width)
