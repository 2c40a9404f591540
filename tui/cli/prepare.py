"""`headnotes prepare`: fetch what a chapter uses, for later work without a network."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import suppress

from tui import paths
from tui.cli.models import get
from tui.course.blocks import Try
from tui.course.book import Course, Entry
from tui.errors import UsageError
from tui.instruments import registry
from tui.text.catalog import translate


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--chapter", metavar="N", help="one chapter only")
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(asked: argparse.Namespace) -> int:
    from tui.models import catalog

    book = Course.open(paths.lessons_dir())
    chapters = [one for one in book.chapters if asked.chapter in (None, one.number)]
    if not chapters:
        raise UsageError("cli.no-such-chapter", number=asked.chapter, numbers=[one.number for one in book.chapters])
    tasks = {catalog.place(task).task for one in chapters for entry in one.entries for task in _tasks(book, entry)}
    places = [at for at in catalog.SHELF if at.task in tasks]
    if not places:
        print(translate(asked.language, "cli.prepare.complete"))
        return 0
    return get([(at.course, at.revision) for at in places], yes=asked.yes)


def _tasks(book: Course, entry: Entry) -> Iterator[str]:
    """The tasks of all instruments in a lesson; what is wrong with one of them, `lessons check` says."""
    for block in book.read(entry, "en").blocks:
        if isinstance(block, Try):
            with suppress(UsageError):
                instrument = registry.find(block.instrument)
                yield from instrument.tasks(instrument.read(block.values))
