"""The text of a file, and its front matter, before anything is understood of it."""

from __future__ import annotations


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
