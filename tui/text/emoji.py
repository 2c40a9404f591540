"""Emoji in the form that every terminal draws alike: without the marks that join, tint and widen them.

A terminal may take one cell or two for a sign with a variation selector, and one sign or four for a family; what is
drawn must be as wide as what was measured. Only what is shown passes here, never what is copied.
"""

from __future__ import annotations

import re

_SIGN = "[\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff]"
_MARKS = re.compile(
    f"(?<={_SIGN})[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]+"  # variation selectors, tones of skin
    f"|(?<=[0-9#*])\ufe0f?\u20e3"  # the frame of a key
    f"|(?<={_SIGN})\u200d(?={_SIGN})"  # joiners
    "|(?<=\U0001f3f4)[\U000e0020-\U000e007f]+"  # the names of flags
)
_FLAG_LETTER = re.compile("[\U0001f1e6-\U0001f1ff]")


def plain_emoji(text: str) -> str:
    """The text with plain emoji, and with the letters of a flag."""
    if text.isascii():
        return text
    before = ""
    while before != text:  # a tone before a joiner, a joiner after a selector
        before, text = text, _MARKS.sub("", text)
    return _FLAG_LETTER.sub(lambda flag: chr(ord(flag[0]) - 0x1F1E6 + ord("A")), text)
