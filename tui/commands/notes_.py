"""`headnotes notes DIR`: any folder of Markdown, or one file, in the same reader."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui import paths
from tui.commands.open_ import add_screen_options, show
from tui.course.book import Folder, entries


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="a folder of Markdown files, or one file")
    add_screen_options(parser)


def run(asked: argparse.Namespace) -> int:
    paths.check_name(str(asked.folder))
    book = Folder.open(asked.folder)
    found = entries(book)
    return show(book, found[0] if len(found) == 1 else None, asked)
