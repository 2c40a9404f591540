"""A lesson and its twin in the other language: the same blocks, the same code, the same numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tui.course.blocks import Block, Cell, Claim, Code, Exercise, Figure, Heading, List, Paragraph, Quiz, Table, Try
from tui.course.lint.finding import Finding
from tui.course.lint.translatable import texts
from tui.course.page import Page

_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)(?:\s*(thousand\b|million\b|billion\b|百万|千万|万|亿))?")
_TIMES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "百万": 1e6, "千万": 1e7, "万": 1e4, "亿": 1e8}
_WORDS = (
    ("zero", "零"), ("one|single|january", "一"), ("two|february", "二|两|半"), ("three|march", "三"),
    ("four|april", "四"), ("five|may", "五"), ("six|june", "六"), ("seven|july", "七"), ("eight|august", "八"),
    ("nine|september", "九"), ("ten|october", "十"), ("eleven|november", "十一"), ("twelve|december|dozen", "十二"),
)  # fmt: skip
"""Small numbers may be words in one language and digits in the other."""
_HAN = re.compile(r"[\u3400-\u9fff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")


def programs(page: Page) -> list[tuple[str, str]]:
    """(code, what it should print) of everything in a lesson that runs, in order."""
    snippets = []
    for block in page.blocks:
        if isinstance(block, Cell | Claim):
            snippets.append((block.code, block.prints))
        elif isinstance(block, Exercise):
            snippets.append((f"{block.starter}\n{block.solution}", block.check))
        elif isinstance(block, Quiz):
            snippets.append((block.code, str(block.answer)))
    return snippets


def compare(page: Page, other: Page) -> Iterator[Finding]:
    """What is out of step between a lesson and its twin, which is named where it differs."""
    assert page.front is not None
    assert other.front is not None
    for name in ("id", "section", "minutes", "topic", "url", "covers", "claims"):
        if getattr(page.front, name) != getattr(other.front, name):
            what = f"Its {name} differs from {page.path.name}."
            yield Finding(str(other.path), 1, what, "Make the front matter of both agree.")
    for twin in (page, other):
        yield from _language(twin)
    structure = _out_of_step(page, other)
    if structure is not None:  # everything after the first difference only repeats it
        yield structure
        return
    for ours, theirs in zip(page.blocks, other.blocks, strict=True):
        yield from _numbers(page, ours, other, theirs)
        yield from _numbers(other, theirs, page, ours)


def _out_of_step(page: Page, other: Page) -> Finding | None:
    step = "Bring the twins in step."
    for index, (ours, theirs) in enumerate(zip(page.blocks, other.blocks, strict=False)):
        if _shape(ours) != _shape(theirs):
            missing = _missing(page, other, index) or _missing(other, page, index)
            if missing is not None:
                return missing
            what = f"Here is a {_name(theirs)}, not a {_name(ours)} as in {page.path.name}, line {ours.line}."
            if type(ours) is type(theirs):
                what = f"This {_name(theirs)} is of another size than in {page.path.name}, line {ours.line}."
            return Finding(str(other.path), theirs.line, what, step)
        if difference := _difference(ours, theirs):
            what = f"{difference} than in {page.path.name}, line {ours.line}."
            return Finding(str(other.path), theirs.line, what, step)
    if len(page.blocks) == len(other.blocks):
        return None
    longer = page if len(page.blocks) > len(other.blocks) else other
    line = longer.blocks[min(len(page.blocks), len(other.blocks))].line
    return Finding(str(longer.path), line, "From here on its twin has nothing.", step)


def _missing(page: Page, other: Page, index: int) -> Finding | None:
    """What is said when the block of `page` at this index is the only one that `other` lacks."""
    if list(map(_shape, page.blocks[index + 1 :])) != list(map(_shape, other.blocks[index:])):
        return None
    block = page.blocks[index]
    what = f"The {_name(block)} of {page.path.name}, line {block.line}, is missing here."
    return Finding(str(other.path), other.blocks[index].line, what, "Bring the twins in step.")


def _name(block: Block) -> str:
    return {Cell: "cell", Code: "piece of code"}.get(type(block), type(block).__name__.lower())


def _shape(block: Block) -> tuple[Any, ...]:
    match block:
        case List():
            return List, len(block.items)
        case Table():
            return Table, len(block.header), len(block.rows)
        case Code():
            return Code, block.language
    return (type(block),)


def _difference(first: Block, second: Block) -> str:
    match first, second:
        case Heading(), Heading() if (first.level, first.anchor) != (second.level, second.anchor):
            return f"The heading has another level or anchor ({second.anchor!r}, not {first.anchor!r})"
        case Try(), Try() if (first.instrument, first.values) != (second.instrument, second.values):
            return "The {try} asks for something else"
        case Cell(), Cell() if (first.code, first.prints) != (second.code, second.prints):
            return "The code of the cell is another"
        case Cell(), Cell() if bool(first.predict) != bool(second.predict):
            return "The cell asks for a guess in one language only, and is another"
        case Claim(), Claim() if (first.id, first.code, first.prints) != (second.id, second.code, second.prints):
            return "The claim has another id or code"
        case Quiz(), Quiz() if _key(first) != _key(second):
            return "The question has another id, kind or key"
        case Exercise(), Exercise() if _work(first) != _work(second):
            return "The exercise has another id, starter, check or solution"
        case Figure(), Figure() if first.id != second.id:
            return "The figure has another id"
    return ""


def _key(quiz: Quiz) -> tuple[Any, ...]:
    return quiz.id, quiz.kind, tuple(choice.right for choice in quiz.choices), quiz.answer, quiz.code


def _work(exercise: Exercise) -> tuple[str, ...]:
    return exercise.id, exercise.starter, exercise.check, exercise.solution


def _numbers(page: Page, ours: Block, other: Page, theirs: Block) -> Iterator[Finding]:
    """Numbers of a block that its twin lacks, in digits and in words."""
    for text, translated in zip(texts(ours), texts(theirs), strict=False):
        for number, spelling in _numbers_in(text).items():
            if number not in _numbers_in(translated) and not _in_words(number, translated):
                what = f"The number {spelling} of {page.path.name}, line {ours.line}, is missing here."
                yield Finding(str(other.path), theirs.line, what, "Bring the twins in step.")


def _numbers_in(text: str) -> dict[float, str]:
    """Each number, and how it is written."""
    return {
        float(f"{float(digits.replace(',', '')) * _TIMES.get(unit, 1):.12g}"): f"{digits} {unit}".strip()
        for digits, unit in _NUMBER.findall(text)
    }


def _in_words(number: float, text: str) -> bool:
    if not number.is_integer() or number >= len(_WORDS):
        return False
    english, chinese = _WORDS[int(number)]
    return re.search(rf"\b(?:{english})|{chinese}", text.lower()) is not None


def _language(page: Page) -> Iterator[Finding]:
    """Paragraphs and claims in the other language: a page not yet translated, a twin in the wrong file, mojibake."""
    wrong = [
        block.line
        for block in page.blocks
        if isinstance(block, Heading | Paragraph | Claim | Exercise | Figure)
        and any(_is_foreign(text, page.language) for text in texts(block)[-1:])
    ]
    if wrong:
        name = {"en": "English", "zh": "Chinese"}[page.language]
        more = f" ({len(wrong)} such in this file)" if len(wrong) > 1 else ""
        yield Finding(str(page.path), wrong[0], f"This is not {name}{more}.", f"Write it in {name}, saved as UTF-8.")


def _is_foreign(text: str, language: str) -> bool:
    han, words = len(_HAN.findall(text)), len(_LATIN.findall(text))
    return han > words if language == "en" else han == 0 and words >= 6
