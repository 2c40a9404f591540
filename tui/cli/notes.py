"""`headnotes notes DIR`: any folder of Markdown, or one file, in the same reader."""

from __future__ import annotations

import argparse
import sys
import threading

from tui import paths
from tui.cli.open import add_screen_options, show
from tui.course.book import Folder, entries
from tui.errors import quoted

SILENT_FOR = 0.5
"""Seconds after which a search for files says what it does: that of a whole disk may take ten."""


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", help="a folder of Markdown files, or one file")
    add_screen_options(parser)


def run(asked: argparse.Namespace) -> int:
    paths.check_name(asked.folder)
    telling = threading.Timer(SILENT_FOR, _tell, [asked.folder])
    telling.daemon = True
    telling.start()
    try:
        book = Folder.open(paths.expanded(asked.folder))
    finally:
        telling.cancel()
    found = entries(book)
    return show(book, found[0] if len(found) == 1 else None, asked)


def _tell(folder: str) -> None:
    print(f"Looking for Markdown files in {quoted(folder)}. ^C stops.", file=sys.stderr, flush=True)
