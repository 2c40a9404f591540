"""A box to write Python in: colored, indented as one types, every character in a cell of its own."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual import events
from textual.message import Message
from textual.widgets import TextArea

from tui.console.app_protocol import Console
from tui.console.typeset import highlighted
from tui.console.widgets.ordered_keys import run_bound_key
from tui.text.fullwidth import without_fullwidth
from tui.text.lines import line_text
from tui.text.visible import single_cell

INDENT = "    "
MOST_COLORED = 8_000
"""Characters of a program that is colored while it is written: 4 ms for each key at the most."""


class CodeEditor(TextArea):
    """A program. Tab indents; enter keeps the indentation, and adds to it after a colon."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    DEFAULT_CSS = """
    CodeEditor {
        height: 1fr;
        border: none;
        padding: 0 1 0 0;
        background: $panel;
        scrollbar-size: 1 1;
        &:focus { border: none; background: $panel; }
        & .text-area--gutter { color: $dim; }
    }
    """

    @dataclass
    class Edited(Message):
        """The program has changed."""

        editor: CodeEditor

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(
            id=id, soft_wrap=False, show_line_numbers=True, tab_behavior="focus", compact=True,
            highlight_cursor_line=False,  # its style would lie over the colors of the line
        )  # fmt: skip
        self.cursor_blink = False  # a blinking cursor sends bytes for ever
        self.indent_width = len(INDENT)

    def put(self, text: str) -> None:
        """Replace the program without telling; what was there cannot be brought back by undo."""
        with self.prevent(TextArea.Changed):
            self.text = text
        self.move_cursor(self.document.end)

    def rewrite(self, text: str) -> None:
        """Replace the program as an edit: undo brings back what was there."""
        self.replace(text, (0, 0), self.document.end)

    def get_line(self, line_index: int) -> Text:
        # What is typed or pasted may hold escape sequences; every character keeps its one column here.
        line = self.document.get_line(line_index)
        text = Text("".join(map(single_cell, line)), end="", no_wrap=True)
        if len(self.document.text) <= MOST_COLORED:
            rows = highlighted(self.document.text, "python")
            row = rows[line_index] if line_index < len(rows) else ()
            if line_text(row) == text.plain:
                at = 0
                for piece, look in row:
                    text.stylize(self.app.text_styles.style(look), at, at + len(piece))
                    at += len(piece)
        return text

    async def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        self.replace(event.text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(len(INDENT)), *self.selection)

    async def _on_key(self, event: events.Key) -> None:
        insert = {"tab": self._to_next_stop, "enter": self._new_line}.get(event.key)
        if insert is not None:
            event.stop()
            event.prevent_default()
            self.replace(insert(), *self.selection)
        elif not await run_bound_key(self, event):
            await super()._on_key(event)

    def _before_cursor(self) -> str:
        row, column = min(self.selection)
        return str(self.document.get_line(row)[:column])

    def _to_next_stop(self) -> str:
        return " " * (len(INDENT) - len(self._before_cursor()) % len(INDENT))

    def _new_line(self) -> str:
        before = self._before_cursor()
        indent = before[: len(before) - len(before.lstrip(" "))]
        return "\n" + indent + INDENT * before.split("#")[0].rstrip().endswith(":")

    def action_delete_left(self) -> None:
        """One character; within the indentation, back to the stop before."""
        before = self._before_cursor()
        if self.selection.is_empty and before and not before.strip(" ") and not self.read_only:
            row, column = self.cursor_location
            self.delete((row, (column - 1) // len(INDENT) * len(INDENT)), (row, column))
        else:
            super().action_delete_left()

    def action_punctuation(self) -> None:
        """Put plain signs in the place of full-width ones."""
        plain = without_fullwidth(self.text)
        if plain != self.text:
            place = self.cursor_location
            self.rewrite(plain)
            self.move_cursor(place)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(self.Edited(self))
