"""`headnotes review`: what is due, as a list or as a sheet of paper."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from tui import paths
from tui.atomic import write_atomically
from tui.course import review
from tui.course.blocks import Quiz, plain
from tui.course.book import Course
from tui.course.cards import day_of
from tui.course.progress import Progress
from tui.course.recall import ReviewTask, due_tasks
from tui.course.sheet import write_sheet
from tui.errors import UsageError
from tui.text.catalog import translate
from tui.text.dates import describe_day
from tui.text.visible import visible


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", nargs="?", type=Path, default=None, help="another course; ours when left out")
    parser.add_argument("--sheet", metavar="FILE", help="write the questions, and the answers after them, as Markdown")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    language = options.language
    paths.check_name(options.sheet or "")
    course = Course.open(paths.expanded(options.folder) if options.folder else paths.lessons_dir())
    progress = Progress(paths.progress_file(course.course_id))
    if progress.trouble:
        raise UsageError("course.progress-unusable", reason=progress.trouble)
    tasks = due_tasks(course, progress, language, most=10_000)
    progress.save()
    if options.sheet:
        _write(paths.expanded(options.sheet), write_sheet(tasks, language, progress.seed))
    if options.json:
        print(json.dumps([_plain(task) for task in tasks], ensure_ascii=False))
        return 0
    for task in tasks:
        print(visible(f"{task.entry.number:5} {_text(task)}"))
    day = review.next_day(progress, review.lesson_ids(course), progress.now)
    until = describe_day(day, day_of(progress.now), language) if day else ""
    if tasks:
        print(translate(language, "course.review.due", count=len(tasks)))
    elif day is None:
        print(translate(language, "course.review.nothing"))
    else:
        print(translate(language, "course.review.nothing_until", day=until))
    if options.sheet:
        print(translate(language, "course.review.sheet", file=visible(options.sheet)))
    return 0


def _write(file: Path, text: str) -> None:
    try:
        write_atomically(file, text, mode=0o644)
    except OSError as error:
        raise UsageError("course.not-written", name=str(file), reason=error.strerror or str(error)) from error


def _text(task: ReviewTask) -> str:
    return plain(task.content.ask if isinstance(task.content, Quiz) else task.content.task)


def _plain(task: ReviewTask) -> dict[str, object]:
    kind, _, id_ = task.item.name.partition(":")
    return {"lesson": task.item.lesson, "kind": kind, "id": id_, "text": _text(task), **task.item.card.plain()}
