"""Open English prose for training: four sources, cleaned, cut into documents, held-out blocks set apart.

A document is a list of units (paragraphs or sentences), so that a unit that also stands in the held-out text can be
left out of the training text without losing the rest.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

BLOCK = 50
"""Documents that stand or fall together: whole blocks are held out, never single documents."""
EVERY = 20
"""One block in this many is held out."""
RUN = 5
"""Words in a row that make two sentences alike."""

SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
WORD = re.compile(r"[a-z0-9']+")


@dataclass(frozen=True)
class Source:
    """One source: `documents` in the order of the file, and the text between two units of a document."""

    name: str
    documents: list[list[str]]
    joiner: str

    def texts(self) -> list[str]:
        """Every document as one text."""
        return [self.joiner.join(units) for units in self.documents]


def read_all(data: Path) -> list[Source]:
    """The four sources under `data`: novels, package descriptions, program help, everyday sentences."""
    return [austen(data), debian(data), help_pages(data), tatoeba(data)]


def austen(data: Path) -> Source:
    """Six novels, ten paragraphs to a document, without the underscores that mark italics."""
    with gzip.open(data / "austen" / "austen.txt.gz", "rt", encoding="utf-8") as file:
        lines = [line.strip().replace("_", "") for line in file]
    return Source("Austen", _grouped([line for line in lines if WORD.search(line.lower())], 10), "\n")


def debian(data: Path) -> Source:
    """Package descriptions: their plain sentences, each sentence once however many packages share it."""
    seen: set[str] = set()
    documents = []
    for description, _ in _json(data / "debian-summaries" / "pairs.json.gz"):
        units = [s for s in SENTENCE_END.split(description) if plain(s) and _words_of(s) not in seen]
        seen.update(_words_of(s) for s in units)
        if units:
            documents.append(units)
    return Source("Debian", documents, " ")


def help_pages(data: Path) -> Source:
    """LibreOffice help, the English side: plain paragraphs, each once, five to a document."""
    paragraphs = _json(data / "libreoffice-en-fr" / "pairs.json.gz")
    once = {_words_of(p): p for p in paragraphs if plain(p)}
    return Source("LibreOffice help", _grouped(list(once.values()), 5), "\n")


def tatoeba(data: Path) -> Source:
    """Short everyday sentences, the English side, each once and each a document."""
    lines = (data / "tatoeba" / "en-fr.tsv").read_text("utf-8").splitlines()
    once = {_words_of(s): s for s in (line.split("\t")[0] for line in lines) if s.isascii()}
    return Source("Tatoeba", [[sentence] for sentence in once.values()], "\n")


def plain(text: str) -> bool:
    """Whether a text reads as a sentence: no addresses, code or lists, four words or more, a full stop at its end."""
    letters = sum(c.isalpha() or c in " ,.'" for c in text)
    return (
        text.isascii()
        and text[:1].isalpha()
        and text[-1:] in (".", "!", "?")
        and len(text.split()) >= 4
        and letters >= 0.95 * len(text)
        and not re.search(r"https?|www\.|::|[\w)]\(|[a-z]\.[a-z]|\b[A-Z]{6,}\b", text)
    )


def split(source: Source) -> tuple[Source, Source]:
    """(train, held out): every 20th block of 50 documents is held out, and what is like it is left out of training.

    A training unit is like the held-out text when more than half of its runs of 5 words stand there too, or, when it
    is shorter than that, when its words are those of a whole held-out unit.
    """
    held = [d for i, d in enumerate(source.documents) if i // BLOCK % EVERY == EVERY // 2]
    rest = [d for i, d in enumerate(source.documents) if i // BLOCK % EVERY != EVERY // 2]
    apart = list(without(rest, {run for units in held for unit in units for run in runs(unit)}))
    return Source(source.name, apart, source.joiner), Source(source.name, held, source.joiner)


def without(documents: Iterable[list[str]], known: set[str]) -> Iterator[list[str]]:
    """The documents without their units that are like the text whose runs are `known`."""
    for units in documents:
        kept = [unit for unit in units if sum(run in known for run in runs(unit)) <= 0.5 * len(runs(unit))]
        if kept:
            yield kept


def runs(text: str) -> list[str]:
    """Every run of 5 words of a text, in lower case; the whole text when it is shorter."""
    words = WORD.findall(text.lower())
    return [" ".join(words[i : i + RUN]) for i in range(max(1, len(words) - RUN + 1))]


def _json(file: Path) -> Any:
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        return json.load(opened)


def _words_of(text: str) -> str:
    return " ".join(WORD.findall(text.lower()))


def _grouped(units: list[str], size: int) -> list[list[str]]:
    return [units[i : i + size] for i in range(0, len(units), size)]
