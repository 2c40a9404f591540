"""The words on the bench."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget
from word_count.compute import WordsResult

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane


class WordsPane(Pane):
    """A line for each word."""

    SCOPES: ClassVar[tuple[str, ...]] = ("words", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("words")

    def action_sort(self) -> None:
        self.result.counts.update({word: self.result.counts.pop(word) for word in sorted(self.result.counts)})
        self.draw(self.result)

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="words")

    def draw(self, result: WordsResult) -> None:
        lines = [((f"{count:>4} {word}", "text"),) for word, count in result.counts.items()]
        self.query_one("#words", Lines).set_lines(lines)
