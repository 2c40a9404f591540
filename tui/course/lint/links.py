"""Links that lead nowhere, and what was meant as a link and is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tui.course.blocks import Block
from tui.course.files import decode
from tui.course.lint.finding import Finding
from tui.course.lint.translatable import spans_of
from tui.course.page import Page

_SCHEMES = ("http", "https", "mailto")
_BROKEN = re.compile(r"\[[^\[\]]*\](?:\(|（)")
"""What looks like the beginning of a link, left over in prose after all links were read."""
_EMPTY = re.compile(r"\[[^\[\]]+\]\(\s*\)")
_FENCE = re.compile(r"^\s*(```+|~~~+)")


def check_links(page: Page, pages: dict[Path, Page]) -> Iterator[Finding]:
    """The findings for the links of a page; `pages` are those whose anchors are known."""
    for line, link in _links(page.blocks):
        if problem := _problem(link, page, pages):
            what = f"The link {link!r} leads nowhere: {problem}."
            yield Finding(str(page.path), line, what, "Mend the link or the anchor.")
    for block in page.blocks:
        for spans in spans_of(block):
            prose = "".join("`" if span.code else span.text for span in spans if not span.link)
            if broken := _BROKEN.search(prose):
                what = f"{broken[0]!r} is not read as a link."
                yield Finding(str(page.path), block.line, what, "Write [text](target), without spaces in the target.")
    for line in _empty_links(page.path):
        yield Finding(str(page.path), line, "This link has no target.", "Write [text](target).")


def _empty_links(file: Path) -> Iterator[int]:
    """Lines with a link to nothing, which Markdown reads as a link to the page itself."""
    fence = ""
    for number, line in enumerate(decode(file.read_bytes()).split("\n"), 1):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        elif not fence and _EMPTY.search(re.sub(r"`[^`]*`", "", line)):
            yield number


def _links(blocks: tuple[Block, ...]) -> Iterator[tuple[int, str]]:
    for block in blocks:
        for spans in spans_of(block):
            yield from ((block.line, span.link) for span in spans if span.link)


def _problem(link: str, page: Page, pages: dict[Path, Page]) -> str:
    """Why a link leads nowhere, or ''. Addresses on the network are not asked."""
    try:
        parts = urlsplit(link)
        host = parts.hostname
    except ValueError as error:
        return f"it is not an address ({error})"
    if parts.scheme or parts.netloc:
        if parts.scheme not in _SCHEMES:
            return f"{parts.scheme or 'an empty scheme'} is not one of {', '.join(_SCHEMES)}"
        return "" if parts.scheme == "mailto" or (host and "." in host) else "the address names no host"
    target, target_page = page.path, page
    if parts.path:
        target = (page.path.parent / unquote(parts.path)).resolve()
        if not target.exists():
            return "there is no such file"
        linked = {path.resolve(): page_ for path, page_ in pages.items()}.get(target)
        if linked is None:
            return "" if not parts.fragment else "that file is no lesson, so it has no anchors"
        target_page = linked
    if parts.fragment and unquote(parts.fragment) not in target_page.anchors:
        return f"{target.name} has no anchor {parts.fragment!r}"
    return ""
