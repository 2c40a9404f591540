"""`headnotes lessons list` and `headnotes lessons check`."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

from tui import paths
from tui.course.book import Course
from tui.course.lint import check
from tui.lab import registry


def add(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="list|check")
    listing = what.add_parser("list", help="all lessons with their numbers, ids and minutes")
    checking = what.add_parser("check", help="find what is wrong with a course; exit code 1 when there is anything")
    for one in (listing, checking):
        one.add_argument("folder", nargs="?", type=Path, default=None, help="a course; ours when left out")
        one.add_argument("--json", action="store_true", help="print JSON")


def run(asked: argparse.Namespace) -> int:
    folder = asked.folder or paths.lessons_dir()
    return _list(folder, asked.json) if asked.what == "list" else _check(folder, asked.json)


def _list(folder: Path, as_json: bool) -> int:
    course = Course.open(folder)
    if as_json:
        lessons = [
            {
                "chapter": chapter.number,
                "number": e.number,
                "id": e.id,
                "titles": e.titles,
                "minutes": e.minutes,
            }
            for chapter in course.chapters
            for e in chapter.entries
        ]
        print(json.dumps(lessons, ensure_ascii=False))
        return 0
    for chapter in course.chapters:
        print(f"{chapter.number} {chapter.title('en')}")
        for entry in chapter.entries:
            languages = " ".join(entry.files)
            print(f"  {entry.number:5} {entry.id:28} {entry.title('en'):36} {entry.minutes:3} min  {languages}")
    return 0


def _check(folder: Path, as_json: bool) -> int:
    findings = check(folder, lambda instrument, values: registry.find(instrument).read(values))
    if as_json:
        print(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            print(f"{finding.file}:{finding.line}: {finding.what} {finding.do}".rstrip())
        print(f"{len(findings)} to mend" if findings else "The course is sound.")
    return 1 if findings else 0
