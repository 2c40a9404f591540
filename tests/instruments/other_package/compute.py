"""Words of a text, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tui.instruments.instrument import Result, option


@dataclass(frozen=True, slots=True)
class WordsSpec:
    """A text."""

    text: str = option(help="the text whose words are counted")


@dataclass(frozen=True, slots=True)
class WordsResult(Result):
    """Its words, the most frequent first."""

    counts: dict[str, int]


def run(spec: WordsSpec) -> WordsResult:
    return WordsResult(dict(Counter(spec.text.split()).most_common()))


def code(spec: WordsSpec) -> str:
    return f"from collections import Counter\n\nprint(Counter({spec.text!r}.split()))\n"
