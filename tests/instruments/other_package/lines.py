"""The words as lines."""

from __future__ import annotations

from word_count.compute import WordsResult

from tui.text.lines import Line


def lines(result: WordsResult, width: int, language: str) -> list[Line]:
    return [((f"{count:>4} {word}", "text"),) for word, count in result.counts.items()]
