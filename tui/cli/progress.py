"""`headnotes progress export FILE` and `import FILE`: take what was read and answered to another machine."""

from __future__ import annotations

import argparse
from pathlib import Path

from tui import paths
from tui.course.book import Course
from tui.course.progress import Progress
from tui.errors import UsageError
from tui.text.catalog import translate
from tui.text.visible import visible


def add(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="export|import")
    for name, words in (
        ("export", "write everything that was read and answered to a file"),
        ("import", "merge such a file into what is here: of every answer the newest, and nothing is lost"),
    ):
        one = what.add_parser(name, help=words, description=words)
        one.add_argument("file", help="a JSON file")
        one.add_argument("--course", metavar="DIR", type=Path, help="another course; ours when left out")


def run(asked: argparse.Namespace) -> int:
    course = Course.open(paths.expanded(asked.course)).course_id if asked.course else ""
    progress = Progress(paths.progress_file(course))
    paths.check_name(asked.file)
    file = paths.expanded(asked.file)
    if asked.what == "export":
        if progress.trouble:
            raise UsageError("course.progress-unusable", reason=progress.trouble)
        progress.export(file)
    else:
        progress.take_in(file)
    print(translate(asked.language, f"course.progress.{asked.what}", file=visible(str(file))))
    return 0
