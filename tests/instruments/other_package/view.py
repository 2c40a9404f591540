"""The words on the bench."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget
from word_count.compute import WordsResult

from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane


class WordsPane(Pane):
    """A line for each word."""

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="words")

    def draw(self, result: WordsResult) -> None:
        lines = [((f"{count:>4} {word}", "text"),) for word, count in result.counts.items()]
        self.query_one("#words", Lines).set_lines(lines)
