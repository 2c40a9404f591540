"""Text from outside as Textual's `Content`, which reads no markup. All that Textual's own widgets show passes here."""

from __future__ import annotations

from textual.content import Content

from tui.text.visible import visible


def verbatim(text: str, *, lines: bool = False) -> Content:
    """The text as `Content` that shows every character and reads no markup."""
    return Content(visible(text, lines=lines))
