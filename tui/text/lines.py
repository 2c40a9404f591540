"""Lines of styled text, as everything on screen is drawn."""

from __future__ import annotations

from tui.text.visible import visible
from tui.text.wrap import shorten, wrapped

Piece = tuple[str, str]
"""A text and the name of its style."""
Line = tuple[Piece, ...]


def line_text(line: Line) -> str:
    """The line without its styles."""
    return "".join(text for text, _ in line)


def plain_lines(text: str, width: int, look: str = "text") -> list[Line]:
    """A text as it is, wrapped, every character visible."""
    return [((line, look),) for line in wrapped(visible(text, lines=True), width)]


def one_line(text: str, width: int) -> str:
    """A text on one line: visible, shortened."""
    return shorten(visible(text), width)
