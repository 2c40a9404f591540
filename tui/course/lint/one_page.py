"""What is wrong with one page by itself: its directives, its ids, its questions, its fences, its links."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from tui.course.blocks import Block, Claim, Code, List, Quote, Try, plain
from tui.course.directives import KINDS
from tui.course.lint.finding import Finding
from tui.course.lint.links import check_links
from tui.course.lint.practice import check_exercises
from tui.course.lint.widths import check_widths
from tui.course.page import Page
from tui.errors import UsageError

CheckTry = Callable[[str, Mapping[str, Any]], object]
"""Reads the Spec of a {try}; raises `UsageError`. Handed in, so that the course needs no laboratory."""

_INFO = re.compile(r"^\{([^}]*)\}?")


def check_page(page: Page, pages: dict[Path, Page], check_try: CheckTry) -> Iterator[Finding]:
    """The findings of a page, in no order; `pages` are those that links may lead to."""
    assert page.front is not None
    claims = set()
    for block in page.blocks:
        if isinstance(block, Try):
            try:
                check_try(block.instrument, block.values)
            except UsageError as error:
                yield Finding(str(page.path), block.line, error.title, error.next_step)
        elif isinstance(block, Claim):
            claims.add(block.id)
            if block.id not in page.front.claims:
                what = f"The claim {block.id} is not in the front matter."
                yield Finding(str(page.path), block.line, what, "List it there.")
    for claim in page.front.claims:
        if claim not in claims:
            what = f"The front matter names {claim}, but no claim has that id."
            yield Finding(str(page.path), 1, what, "Add the claim, or take its id away.")
    yield from _quizzes(page)
    yield from check_exercises(page)
    yield from _fences(page, page.blocks, inside=False)
    yield from check_links(page, pages)
    yield from check_widths(page)


def _quizzes(page: Page) -> Iterator[Finding]:
    lines: dict[str, int] = {}
    for quiz in page.quizzes:
        if quiz.id in lines:
            what = f"The quiz id {quiz.id!r} is taken (line {lines[quiz.id]})."
            yield Finding(str(page.path), quiz.line, what, "Choose another.")
        lines.setdefault(quiz.id, quiz.line)
        if quiz.kind in ("single", "multiple") and all(choice.right for choice in quiz.choices):
            what = f"Every choice of {quiz.id!r} is right."
            yield Finding(str(page.path), quiz.line, what, "Add a choice that is wrong, or ask for an order.")
        for choice in quiz.choices:
            if not choice.why and not quiz.why:
                what = f"The choice {plain(choice.text)!r} has no 'why'."
                yield Finding(str(page.path), quiz.line, what, "Explain it.")


def _fences(page: Page, blocks: tuple[Block, ...], *, inside: bool) -> Iterator[Finding]:
    """Fences that nothing reads: they would be shown as code."""
    for block in blocks:
        if isinstance(block, Code) and block.language:
            if problem := _unknown_fence(block.language, inside):
                yield Finding(str(page.path), block.line, *problem)
        elif isinstance(block, Quote):
            yield from _fences(page, block.blocks, inside=True)
        elif isinstance(block, List):
            for item in block.items:
                yield from _fences(page, item.blocks, inside=True)


def _unknown_fence(info: str, inside: bool) -> tuple[str, str] | None:
    from pygments.lexers import get_lexer_by_name
    from pygments.util import ClassNotFound

    name = info.split()[0]
    directive = _INFO.match(info)
    if directive and directive[1] in KINDS and inside:
        return f"A {{{directive[1]}}} within a list or a quotation is not read.", "Put it outside."
    near = difflib.get_close_matches(directive[1] if directive else name, KINDS, 1)
    hint = f"Did you mean {{{near[0]}}}?" if near else f"There are: {', '.join(f'{{{kind}}}' for kind in KINDS)}."
    if directive:
        return f"There is no directive {name!r}.", hint
    try:
        get_lexer_by_name(name)
    except ClassNotFound:
        return f"No language is called {name!r}.", hint if near else "Name a language that Pygments knows, or none."
    return None
