"""The words on the bench."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType

from tui.console.keys import bindings
from tui.console.widgets.pane import Pane


class WordsPane(Pane):
    """A line for each word."""

    ANSWER: ClassVar[str] = "words"

    SCOPES: ClassVar[tuple[str, ...]] = ("words", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("words")

    def action_sort(self) -> None:
        self.result.counts.update({word: self.result.counts.pop(word) for word in sorted(self.result.counts)})
        self.draw(self.result)
