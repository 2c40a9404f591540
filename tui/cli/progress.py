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
        command = what.add_parser(name, help=words, description=words)
        command.add_argument("file", help="a JSON file")
        command.add_argument("--course", metavar="DIR", type=Path, help="another course; ours when left out")


def run(options: argparse.Namespace) -> int:
    course = Course.open(paths.expanded(options.course)).course_id if options.course else ""
    progress = Progress(paths.progress_file(course))
    paths.check_name(options.file)
    file = paths.expanded(options.file)
    if options.what == "export":
        if progress.trouble:
            raise UsageError("course.progress-unusable", reason=progress.trouble)
        progress.export(file)
    else:
        progress.take_in(file)
    print(translate(options.language, f"course.progress.{options.what}", file=visible(str(file))))
    return 0
