"""A box to type a text in. Takes any length and any characters, and tells when the text has changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.message import Message
from textual.widgets import TextArea

from tui.console.keys import bindings
from tui.console.widgets.ordered_keys import run_bound_key
from tui.text.visible import single_cell

LONG = 4000
"""Characters from which a text is held as a whole: shown by its beginning, replaced by a paste, not edited in place."""

_NO_EDITOR = re.compile("[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
"""Characters that Textual's editor would turn into line breaks; a text with one is held as a whole, too."""


class Sentence(TextArea):
    """One text, or several, one a line. Grows to six lines."""

    SCOPES = ("edit",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("edit")

    DEFAULT_CSS = """
    Sentence {
        height: auto;
        max-height: 6;
        border: none;
        padding: 0 1;
        background: $panel;
        scrollbar-size-vertical: 1;
        &:focus { border: none; background: $here; }
        &:ansi:focus { text-style: bold; }
    }
    """

    @dataclass
    class Edited(Message):
        """The text has changed."""

        sentence: Sentence

    @dataclass
    class Done(Message):
        """Enter: the reader wants to see the answer."""

        sentence: Sentence

    @dataclass
    class CannotEdit(Message):
        """A key was typed at a text that is held as a whole."""

        sentence: Sentence

    def __init__(self, *, id: str, several: bool = False, waits: bool = False) -> None:
        super().__init__(id=id, soft_wrap=True, show_line_numbers=False, tab_behavior="focus", compact=True)
        self.cursor_blink = False  # a blinking cursor sends bytes for ever
        self.waits = waits
        """Whether it names or does something as a whole, and is not sent while it is being typed."""
        self._several = several
        self._held: str | None = None
        self._cleared: str | None = None

    @property
    def value(self) -> str:
        """The whole text, also when only its beginning is shown."""
        return self._held if self._held is not None else self.text

    @property
    def held(self) -> bool:
        """True while the text is held as a whole and only its beginning is shown."""
        return self._held is not None

    def put(self, text: str) -> None:
        """Replace the text without telling."""
        with self.prevent(TextArea.Changed):
            self._put(text)

    def _put(self, text: str) -> None:
        hold = len(text) > LONG or _NO_EDITOR.search(text) is not None
        self._held, self.read_only = (text, True) if hold else (None, False)
        self.text = _NO_EDITOR.sub("⏎", text[:200]) + ("…" if len(text) > 200 else "") if hold else text
        self.move_cursor((0, 0) if hold else self.document.end)

    def _change(self, text: str) -> None:
        self.put(text)
        self.post_message(self.Edited(self))

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        if self._several:
            return {"edit.answer": None}
        return {"edit.answer": "console.keys.now.run_it"} if self.waits else {}

    def action_answer(self) -> None:
        self.post_message(self.Done(self))

    def get_line(self, line_index: int) -> Text:
        # What is typed or pasted may hold escape sequences; every character keeps its one column here.
        line = self.document.get_line(line_index)
        return Text("".join(map(single_cell, line)), end="", no_wrap=True)

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        text = event.text.replace("\r\n", "\n")
        if self.held:
            self._change(text)
        elif len(self.text) + len(text) > LONG or _NO_EDITOR.search(text):
            start, end = sorted(self.selection)
            before = self.document.get_text_range((0, 0), start)
            self._change(before + text + self.document.get_text_range(end, self.document.end))
        else:
            self.replace(text, *self.selection)

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter" and not self._several:
            event.stop()
            event.prevent_default()
            self.post_message(self.Done(self))
        elif self.held and (event.is_printable or event.key in ("enter", "backspace", "delete")):
            event.stop()
            event.prevent_default()
            if event.key in ("backspace", "delete"):
                self._cleared = self.value
                self._change("")
            else:
                self.post_message(self.CannotEdit(self))
        elif event.key == "enter":  # several texts, one a line
            self._cleared = None
            await super()._on_key(event)
        elif self._cleared is not None and event.key == "ctrl+z":
            event.stop()
            event.prevent_default()
            cleared, self._cleared = self._cleared, None
            self._change(cleared)
        else:
            self._cleared = None
            if not await run_bound_key(self, event):
                await super()._on_key(event)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if not self.held:
            self.post_message(self.Edited(self))
