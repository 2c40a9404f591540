"""The one gate for text from outside: from models, tokenizers, data, files, exceptions and people.

In Textual 8 most widgets read square brackets as markup: `[CLS]` vanishes and `[/INST]` ends the app. And a terminal
obeys escape sequences wherever they come from. So everything passes here, and every character comes out as something
that can be seen: a control character as its picture (␛), an invisible one as its number (⟨200B⟩).
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad"  # controls, soft hyphen
    "\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2"  # marks of Arabic and Syriac
    "\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\uffa0"  # letters that draw nothing
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff"  # zero width, direction, separators
    "\ud800-\udfff"  # lone surrogates, which no terminal can be sent
    "\ufe00-\ufe0f"  # variation selectors: they change the width of what is before them, each terminal in its own way
    "\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Every character that a terminal would obey or could not show."""


def visible(text: str, *, lines: bool = False) -> str:
    """The text with every control and invisible character spelled out. With `lines`, newlines stay newlines."""
    return _UNSEEN.sub(lambda unseen: _picture(unseen[0], lines), text)


def visible_with_positions(text: str) -> tuple[str, list[int]]:
    """The visible text, and for each character of `text` (and its end) where it stands in it."""
    if _UNSEEN.search(text) is None:
        return text, list(range(len(text) + 1))
    pieces, positions, at = [], [], 0
    for character in text:
        piece = _picture(character, False)
        positions.append(at)
        pieces.append(piece)
        at += len(piece)
    return "".join(pieces), [*positions, at]


def single_cell(character: str) -> str:
    """A stand-in one character long, for editors, where every character must keep its column."""
    if _UNSEEN.search(character) is None or character == "\t":
        return character
    picture = _picture(character, False)
    return picture if len(picture) == 1 else "◌"


def _picture(character: str, lines: bool) -> str:
    if _UNSEEN.match(character) is None:
        return character
    code = ord(character)
    if lines and character == "\n":
        return character
    if lines and character == "\t":
        return "    "
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else f"⟨{code:04X}⟩"
