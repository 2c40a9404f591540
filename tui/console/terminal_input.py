"""What the terminal sends, as the text that Textual parses: whatever the bytes are, nothing here raises.

Textual 8 ends the whole app at a byte that is not UTF-8. A terminal sends such bytes itself: where it does not know
SGR mouse reports, it sends X10 reports, whose coordinates are single bytes, beyond 127 from the 96th column on.
"""

from __future__ import annotations

import re
from codecs import getincrementaldecoder

PASTE_BEGIN, PASTE_END = "\x1b[200~", "\x1b[201~"

_X10 = re.compile(rb"\x1b\[M(.)(.)(.)", re.DOTALL)
_PARTIAL = re.compile(rb"\x1b\[(M.{0,2})?\Z", re.DOTALL)
_RELEASE, _MOTION, _WHEEL = 3, 32, 64
"""Bits of a mouse report; the first is the code of a button that was let go."""


class InputDecoder:
    """Decodes what arrives in pieces of any length."""

    def __init__(self) -> None:
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._partial = b""
        """What may become a mouse report with what comes next."""
        self._tail = ""
        self.is_pasting = False
        """Whether a paste has begun and not ended: until then every key is text."""

    def decode(self, data: bytes) -> str:
        """The next piece; what cannot be decoded becomes U+FFFD, X10 mouse reports become SGR ones."""
        read = b"\x1b" if self._tail.endswith("\x1b") else b""
        """An escape that has been handed on, since it may be the key, and may begin a report all the same."""
        data = _X10.sub(_as_sgr, read + self._partial + data)
        partial = _PARTIAL.search(data)
        self._partial = partial[0] if partial else b""
        data = data.removesuffix(self._partial)
        if not data:
            self._partial = self._partial.removeprefix(read)
        return self._read(data.removeprefix(read))

    def flush(self) -> str:
        """Nothing has followed: what was kept back, waiting for the rest of a mouse report."""
        data, self._partial = self._partial, b""
        return self._read(data)

    def end_paste(self) -> str:
        """The end of a paste that has not come, for example because the line to the terminal broke off."""
        self._tail, self.is_pasting = "", False
        return PASTE_END

    def _read(self, data: bytes) -> str:
        text = self._decoder.decode(data)
        seen = self._tail + text
        begin, end = seen.rfind(PASTE_BEGIN), seen.rfind(PASTE_END)
        if begin != end:
            self.is_pasting = begin > end
        self._tail = seen[1 - len(PASTE_BEGIN) :]
        return text


def _as_sgr(report: re.Match[bytes]) -> bytes:
    """The same report as SGR mouse mode spells it; a place that X10 cannot express becomes (0, 0), which is nowhere."""
    code, x, y = (group[0] - 32 for group in report.groups())
    if code < 0 or x < 1 or y < 1:
        code, x, y = 0, 0, 0
    is_released = code & _RELEASE == _RELEASE and not code & (_MOTION | _WHEEL)
    return b"\x1b[<%d;%d;%d%c" % (code - _RELEASE if is_released else code, x, y, b"m" if is_released else b"M")
