"""The text of a file, and its front matter, before anything is understood of it."""

from __future__ import annotations

import re
from itertools import islice
from pathlib import Path

from tui.atomic import read_regular
from tui.errors import LessonError

MOST_BYTES, MOST_LINES = 1_000_000, 50_000
"""Of a page that are read. The longest lesson has 57,000 bytes; a megabyte of plain text is laid out in 0.3 s."""
_LINE_END = re.compile(rb"\r\n?|\n")
FIRST_FRONT, MOST_FRONT = 4_096, 65_536
"""Bytes in which front matter ends: nearly always, and always."""


def read_file(file: Path, most: int = MOST_BYTES, most_lines: int = MOST_LINES) -> tuple[bytes, int]:
    """(the first `most` bytes and `most_lines` lines; the size of the whole). Raises `LessonError`."""
    try:
        data, size = read_regular(file, most)
    except (OSError, ValueError) as error:  # ValueError: a path with a NUL
        reason = getattr(error, "strerror", None) or str(error)
        raise LessonError("course.unreadable", file=str(file), reason=reason) from error
    if len(data) < size:
        data = data[: data.rfind(b"\n") + 1] or data
    if data.count(b"\n") + data.count(b"\r") < most_lines:
        return data, size
    last = next(islice(_LINE_END.finditer(data), most_lines - 1, None), None)
    return (data[: last.end()] if last else data), size


def decode(data: bytes) -> str:
    """The text of a file in the encoding that it says it has, lines ended by newlines; what is no text is U+FFFD."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\r\n", "\n")
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def split_front_matter(text: str) -> str | None:
    """The front matter without reading the rest, or None: enough for a table of contents."""
    if not text.startswith("---\n"):
        return None
    end = text.find("\n---\n", 3)
    return None if end < 0 else text[4 : end + 1]
