"""`headnotes lessons list`, `check`, `new` and `export`."""

from __future__ import annotations

import argparse
import dataclasses
import json
import shlex
import sys
from contextlib import nullcontext
from pathlib import Path

from tui import paths
from tui.cli.quiet import quiet
from tui.course import starter
from tui.course.book import Course, find
from tui.course.cells import SCRATCH, cells_of, with_versions
from tui.course.lint import Run, check
from tui.course.progress import Progress
from tui.instruments import registry
from tui.text.catalog import translate
from tui.text.visible import visible
from tui.text.wrap import fill


def add(parser: argparse.ArgumentParser) -> None:
    what = parser.add_subparsers(dest="what", required=True, metavar="list|check|new|export")
    listing = what.add_parser("list", help="all lessons with their numbers, ids and minutes")
    checking = what.add_parser("check", help="find what is wrong with a course; exit code 1 when there is anything")
    for one in (listing, checking):
        one.add_argument("folder", nargs="?", type=Path, default=None, help="a course; ours when left out")
        one.add_argument("--json", action="store_true", help="print JSON")
    beginning = what.add_parser("new", help="begin a course of your own: a folder with one lesson that has every fence")
    beginning.add_argument("folder", type=Path, help="a new folder, or an empty one")
    exporting = what.add_parser(
        "export", help="write a lesson's cells, as you have changed them, to a .py or .ipynb file"
    )
    exporting.add_argument("lesson", help="its id or number")
    exporting.add_argument("--to", type=Path, required=True, metavar="FILE", help="a name that ends in .py or .ipynb")
    exporting.add_argument("--replace", action="store_true", help="replace a file that is there")
    checking.add_argument("--run", action="store_true", help="run the code, too, and compare what it prints: minutes")


def run(asked: argparse.Namespace) -> int:
    if asked.what == "new":
        return _begin(paths.expanded(asked.folder), asked.language)
    if asked.what == "export":
        return _export(asked.lesson, paths.expanded(asked.to), asked.language, replace=asked.replace)
    folder = paths.expanded(asked.folder) if asked.folder else paths.lessons_dir()
    return _list(folder, asked.json, asked.language) if asked.what == "list" else _check(folder, asked.json, asked.run)


def _begin(folder: Path, language: str) -> int:
    paths.check_name(str(folder))
    for file in starter.write_starter(folder):
        print(visible(str(file)))
    for line in ("check", "open"):
        print(translate(language, f"course.new.{line}", folder=visible(shlex.quote(str(folder)))))
    return 0


def _list(folder: Path, as_json: bool, language: str) -> int:
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
        print(f"{chapter.number} {chapter.title(language)}")
        for entry in chapter.entries:
            languages = " ".join(entry.files)
            print(
                f"  {entry.number:5} {entry.id:28} {fill(entry.title(language), 36)} {entry.minutes:3} min  {languages}"
            )
    return 0


def _check(folder: Path, as_json: bool, with_code: bool) -> int:
    with quiet() if with_code else nullcontext(sys.stdout) as out:
        run: Run | None = None
        if with_code:
            from tui.engine.snippets import run_page

            run = run_page
        findings = check(folder, lambda instrument, values: registry.find(instrument).read(values), run)
        if as_json:
            print(json.dumps([dataclasses.asdict(finding) for finding in findings], ensure_ascii=False), file=out)
        else:
            for finding in findings:
                print(f"{finding.file}:{finding.line}: {finding.what} {finding.do}".rstrip(), file=out)
            print(f"{len(findings)} to mend" if findings else "The course is sound.", file=out)
    return 1 if findings else 0


def _export(lesson: str, target: Path, language: str, *, replace: bool) -> int:
    from tui.course.notebooks import export
    from tui.models.setup_code import cell_setup, needed

    course = Course.open(paths.lessons_dir())
    entry = find(course, lesson)
    page = course.read(entry, language)
    progress = Progress(paths.progress_file())
    versions, model = progress.cells(page.id), progress.model(entry.number.split(".")[0])
    page, scratch = with_versions(page, versions), versions.get(SCRATCH, "")
    names = needed("\n".join([*(cell.code for cell in cells_of(page).values()), scratch]))
    export(page, target, setup=cell_setup(*names, model=model) if names else "", scratch=scratch, replace=replace)
    print(translate(language, "console.cell.exported", file=str(target)))
    return 0
