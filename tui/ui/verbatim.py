"""The one gate for text from outside: from models, tokenizers, data, files, exceptions and people.

In Textual 8 most widgets read square brackets as markup: `[CLS]` vanishes and `[/INST]` ends the app. And a terminal
obeys escape sequences wherever they come from. So everything passes here, and every character comes out as something
that can be seen: a control character as its picture (␛), an invisible one as its number (⟨200B⟩).
"""

from __future__ import annotations

import re
import unicodedata

from textual.content import Content

_MAYBE = re.compile(r"[\x00-\x1f\x7f-\x9f\xad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
                    r"\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\uffff"
                    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]")  # fmt: skip
"""Everything that could be invisible; a text without any of these goes through as it is."""

_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
"""Letters by their category that draw nothing."""


def visible(text: str, *, lines: bool = False) -> str:
    """The text with every control and invisible character spelled out. With `lines`, newlines stay newlines."""
    if _MAYBE.search(text) is None:
        return text
    return "".join(_shown(character, lines) for character in text)


def visible_with_positions(text: str) -> tuple[str, list[int]]:
    """The visible text, and for each character of `text` (and its end) where it stands in it."""
    if _MAYBE.search(text) is None:
        return text, list(range(len(text) + 1))
    shown, positions, at = [], [], 0
    for character in text:
        piece = _shown(character, False)
        positions.append(at)
        shown.append(piece)
        at += len(piece)
    return "".join(shown), [*positions, at]


def verbatim(text: str, *, lines: bool = False) -> Content:
    """The text as `Content` that shows every character and reads no markup."""
    return Content(visible(text, lines=lines))


def one_cell(character: str) -> str:
    """A stand-in one character long, for editors, where every character must keep its column."""
    if _MAYBE.search(character) is None or character == "\t":
        return character
    shown = _shown(character, False)
    return shown if len(shown) == 1 else "◌"


def _shown(character: str, lines: bool) -> str:
    code = ord(character)
    if character == "\n" and lines:
        return character
    if character == "\t" and lines:
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    if (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp", "Cn")
        or character in _BLANKS
        or _selector(code)
    ):
        return f"⟨{code:04X}⟩"
    return character


def _selector(code: int) -> bool:
    """Variation selectors change the width of the character before them, each terminal in its own way."""
    return 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x180B <= code <= 0x180F
