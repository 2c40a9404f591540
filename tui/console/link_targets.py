"""The links of a page, and where they lead. Pure."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from tui.course.blocks import Span
from tui.course.book import Book, Entry, entries
from tui.course.page import Page
from tui.record import record


@record
class Target:
    """Where a link leads: to an address on the network, or to a place in the book."""

    address: str = ""
    entry: Entry | None = None
    """None: this very page."""
    anchor: str = ""


def links_of(page: Page) -> list[tuple[str, str]]:
    """(text, target as written) of every link of a page, in order, each target once."""
    texts: dict[str, str] = {}

    def collect(thing: object) -> None:
        if isinstance(thing, Span):
            if thing.link:
                texts[thing.link] = texts.get(thing.link, "") + thing.text
        elif isinstance(thing, tuple):
            for inner in thing:
                collect(inner)
        else:
            for name in ("spans", "blocks", "items", "header", "rows"):
                inner = getattr(thing, name, None)
                if inner is not None:
                    collect(inner)

    collect(page.blocks)
    return [(text, target) for target, text in texts.items()]


def resolve(book: Book, page: Page, target: str) -> Target | None:
    """Where a link leads from this page; None when it leads nowhere."""
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    if parts.scheme or parts.netloc:
        return Target(address=target)
    anchor = unquote(parts.fragment)
    if not parts.path:
        return Target(anchor=anchor)
    for same in (os.path.normpath, os.path.realpath):  # following every link of a large folder takes half a second
        try:
            file = same(page.path.parent / unquote(parts.path))
        except ValueError:  # a NUL in it
            return None
        for entry in entries(book):
            if any(same(path) == file for path in entry.files.values()):
                return Target(entry=entry, anchor=anchor)
    return None
