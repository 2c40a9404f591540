"""Lines of styled text, as everything on screen is drawn."""

from __future__ import annotations

Piece = tuple[str, str]
"""A text and the name of its style."""
Line = tuple[Piece, ...]


def line_text(line: Line) -> str:
    """The line without its styles."""
    return "".join(text for text, _ in line)
