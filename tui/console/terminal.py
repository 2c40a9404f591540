"""What the terminal can show, asked before the first screen, and what is drawn instead where it cannot."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import lru_cache

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

from tui.errors import NoTerminal, UsageError, phrase

_PLAIN = str.maketrans(
    "─═│┃┌┐└┘├┤┬┴┼▲▼■▌▎▸•·…█▏▍▋▊▉“”‘’–—⟨⟩‹›←→↑↓×±▁▂▃▄▅▆▇◌✓⏎",
    "-=||+++++++++^v#||>*.~#.=###\"\"''--<><><>^vx~____###o+/",
)


def is_utf8(environment: Mapping[str, str]) -> bool:
    """What the locale says, as tmux reads it: the first of these that is set decides."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        if value := environment.get(name):
            return "utf-8" in value.lower() or "utf8" in value.lower()
    return False


def check() -> None:
    """Raises `UsageError` where no screen can be drawn."""
    term = os.environ.get("TERM", "")
    streams = {"input": sys.stdin, "output": sys.stdout, "error": sys.stderr}  # Textual draws on the last
    elsewhere = [name for name, stream in streams.items() if stream is None or not stream.isatty()]
    if elsewhere:
        raise NoTerminal("console.no-terminal", streams=[phrase(f"console.stream.{name}") for name in elsewhere])
    if os.name == "posix" and term in ("", "dumb", "unknown"):
        raise UsageError("console.plain-terminal", term=term or "''")


class WithoutColor(LineFilter):
    """Attributes only: bold, underlined, reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(text, style and _without_color(style), control) for text, style, control in segments]


@lru_cache(1024)
def _without_color(style: Style) -> Style:
    return style.without_color


class Ascii(LineFilter):
    """Everything beyond ASCII as a sign of ASCII of the same width."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        return [Segment(to_ascii(text), style, control) for text, style, control in segments]


def to_ascii(text: str) -> str:
    """The text in ASCII, as wide as it was."""
    if text.isascii():
        return text
    plain = text.translate(_PLAIN)
    if plain.isascii():
        return plain
    return "".join(c if c.isascii() else _dots(c) or "?" * cell_len(c) for c in plain)


def _dots(sign: str) -> str:
    """A braille character, which charts are drawn with, as the nearest sign; empty for any other character."""
    if not "\u2800" <= sign <= "\u28ff":
        return ""
    bits = ord(sign) - 0x2800
    return " '.:"[bool(bits & 0x1B) + 2 * bool(bits & 0xE4)]
