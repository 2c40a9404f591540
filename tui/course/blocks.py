"""What a page is made of, free of Markdown and of any screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tui.record import record


@record
class Span:
    """A run of text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    struck: bool = False
    link: str = ""


Spans = tuple[Span, ...]


@record
class Block:
    """A piece of a page; `line` is where it begins in its file, counted from 1."""

    line: int


@record
class Heading(Block):
    level: int
    spans: Spans
    anchor: str


@record
class Paragraph(Block):
    spans: Spans


@record
class Code(Block):
    text: str
    language: str


@record
class Item:
    """One entry of a list, with its bullet or number."""

    marker: str
    blocks: tuple[Block, ...]


@record
class List(Block):
    items: tuple[Item, ...]


@record
class Quote(Block):
    blocks: tuple[Block, ...]


@record
class Callout(Block):
    """Something set apart from the text: a `tip`, `note`, `important` or `warning`; or a quotation, without a word."""

    kind: str
    blocks: tuple[Block, ...]


@record
class Table(Block):
    header: tuple[Spans, ...]
    rows: tuple[tuple[Spans, ...], ...]
    aligns: tuple[str, ...]
    """`left`, `right` or `center` for each column."""


@record
class Rule(Block):
    pass


@record
class Try(Block):
    """An instrument with its inputs filled in."""

    instrument: str
    values: Mapping[str, Any]


@record
class Cell(Block):
    """Code that runs in the engine, in place; a chapter's cells share their variables."""

    code: str
    prints: str
    """What it prints here, checked in CI; `...` stands for anything."""
    original: str | None = None
    """The lesson's own code, where `code` is what the reader has made of it."""
    predict: str = ""
    """What the reader is to guess before it runs."""


@record
class Claim(Block):
    """A common myth, the fact, and the snippet that settles it."""

    id: str
    myth: Spans
    fact: Spans
    code: str
    prints: str


@record
class Choice:
    text: Spans
    right: bool
    why: Spans


@record
class Quiz(Block):
    """A question. `single` and `multiple` have right choices; `order` lists its choices in the right order;
    `number` has an answer, and may have the code that prints it."""

    id: str
    kind: str
    ask: Spans
    choices: tuple[Choice, ...]
    answer: float | None
    why: Spans
    code: str


@record
class Exercise(Block):
    """Code to write, checked on the objects that it makes."""

    id: str
    task: Spans
    starter: str
    check: str
    """Hidden. Runs after the reader's code and sees its names; the message of a failed `assert` is the feedback."""
    hints: tuple[Spans, ...]
    solution: str
    after: Spans
    """Why it works, shown after success."""
    messages: Mapping[str, str]
    """The check's messages in the language of the page; one that is not here is shown as it stands in the check."""


@record
class Figure(Block):
    """A drawing in text."""

    id: str
    alt: Spans
    """What it shows, for whoever cannot see it."""
    text: str


Stop = Try | Cell | Claim | Quiz | Exercise
"""What a reader can stop at and do."""


def plain(spans: Iterable[Span]) -> str:
    """The text without its styles."""
    return "".join(span.text for span in spans)
