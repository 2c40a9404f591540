"""`headnotes [LESSON]`, `headnotes open DIR [LESSON]` and `headnotes notes DIR`: the console."""

from __future__ import annotations

import argparse
import gc
import os
import sys
from typing import TYPE_CHECKING

from tui import paths, settings
from tui.course.book import Book, Course, Entry, find, find_exactly
from tui.errors import UsageError, quoted, sentence
from tui.settings import THEMES
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.tables.source import Source


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("lesson", nargs="?", help="number or id of a lesson: 2.2; or the folder of another course")
    parser.add_argument("at", nargs="?", metavar="lesson", help="a lesson of that other course")
    add_screen_options(parser)


def add_screen_options(parser: argparse.ArgumentParser) -> None:
    """What every command that opens a screen understands."""
    parser.add_argument("--theme", choices=THEMES, help="colors; terminal = your own sixteen")
    parser.add_argument("--utf8", action="store_true", help="the terminal shows UTF-8, whatever the locale says")


def run(asked: argparse.Namespace) -> int:
    course, lesson = Course.open(paths.lessons_dir()), asked.lesson
    if lesson and find_exactly(course, lesson) is None and _is_path(lesson):
        course, lesson = Course.open(paths.expanded(lesson), asked.language), asked.at
    elif asked.at:
        raise UsageError("course.no-course-of-that-name", name=quoted(lesson), lesson=quoted(asked.at))
    return show(course, find(course, lesson) if lesson else None, asked)


def _is_path(lesson: str) -> bool:
    """Whether a word is meant as a folder: there is one, or it is written as a path."""
    paths.check_name(lesson)
    return "/" in lesson or os.sep in lesson or paths.expanded(lesson).is_dir()


def show(book: Book, entry: Entry | None, asked: argparse.Namespace, data: Source | None = None) -> int:
    """Open the console on a book, or on a data set beside it. Raises `UsageError` where no screen can be drawn."""
    gc.disable()  # until the first page is there: rounds over what was just imported took a tenth of the start
    try:
        return _run(book, entry, asked, data)
    finally:
        gc.enable()


def _run(book: Book, entry: Entry | None, asked: argparse.Namespace, data: Source | None) -> int:
    from tui.console import terminal

    terminal.check()
    ascii_only = not asked.utf8 and not terminal.is_utf8(os.environ)
    chosen, complaints = settings.load(paths.settings_file(), language=asked.language, theme=asked.theme)
    if book.trouble:
        complaints.append(sentence(chosen.language, book.trouble))
    from tui.console.app import HeadnotesApp
    from tui.engine.client import DATA_FIRST, ENGINE, EngineClient

    if ascii_only:
        complaints.append(translate(chosen.language, "console.ascii_notice"))
    engine = EngineClient(log=paths.engine_log(), command=DATA_FIRST if data is not None else ENGINE)
    app = HeadnotesApp(
        book, chosen, open_at=entry, data=data, complaints=tuple(complaints), ascii_only=ascii_only, engine=engine
    )
    app.run()
    sys.stdout.flush()
    if app.border.fatal is not None:
        raise app.border.fatal
    return app.return_code or 0
