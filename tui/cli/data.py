"""`headnotes data PATH...`: open a data set on the screen, or change and save it without one."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys

from tui.cli.open import add_screen_options
from tui.errors import UsageError, for_programs
from tui.tables.source import FORMATS, Source, shipped


def add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="files, globs, folders, addresses, or an id on the Hub"
    )
    parser.add_argument(
        "--format", choices=[one for one in FORMATS if one], default="", help="when names do not say it"
    )
    parser.add_argument("--split", default="", help="only this split")
    parser.add_argument("--config", default="", help="configuration of a data set on the Hub")
    parser.add_argument("--field", default="", help="json: the key under which the rows are")
    parser.add_argument("--delimiter", default="", help=r"csv: what stands between two fields; \t for a tab")
    parser.add_argument("--encoding", default="", help="of text files; utf-8 when not said")
    parser.add_argument("--no-quotes", action="store_true", help="csv: quotation marks are like other signs")
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE",
                        help="of the reader of csv, json or pandas: header=None; may come again")  # fmt: skip
    parser.add_argument("--stream", action="store_true", help="rows as they come, without preparing the whole")
    parser.add_argument(
        "--make", type=int, metavar="ROWS", help="make a table of so many rows from the country profiles"
    )
    parser.add_argument("--step", action="append", default=[], metavar="CALL",
                        help="""do this first, like "filter(lambda row: row['n'] > 3)"; may come again""")  # fmt: skip
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--json", action="store_true", help="what was understood, and the first rows, for programs")
    what.add_argument("--script", action="store_true", help="print the Python that does it, alone")
    what.add_argument("--save", metavar="FILE", help="save it: .parquet, .csv, .jsonl, or a folder")
    parser.add_argument("--replace", action="store_true", help="--save may replace what is there")
    parser.add_argument("--rows", type=int, default=20, help="how many rows --json and plain output give")
    add_screen_options(parser)


def run(asked: argparse.Namespace) -> int:
    if asked.make is not None:
        from tui.tables.generate import make

        asked.paths = [str(make(asked.make))]
    if not asked.paths:
        if asked.json or asked.script or asked.save or asked.step:
            raise UsageError("cli.which-data")
        return _screen(None, asked)
    source = Source(
        paths=tuple(map(shipped, asked.paths)),
        format=asked.format,
        split=asked.split,
        config=asked.config,
        field=asked.field,
        delimiter=asked.delimiter,
        encoding=asked.encoding,
        quotes=not asked.no_quotes,
        streaming=asked.stream,
        options=tuple(asked.option),
    )
    if asked.json or asked.script or asked.save or asked.step or not sys.stdout.isatty():
        return _plain(source, asked)
    return _screen(source, asked)


def _screen(source: Source | None, asked: argparse.Namespace) -> int:
    from tui import paths
    from tui.cli.open import show
    from tui.course.book import Course

    return show(Course.open(paths.lessons_dir()), None, asked, data=source or Source(()))


def _plain(source: Source, asked: argparse.Namespace) -> int:
    from tui.cli.quiet import quiet
    from tui.tables import saving
    from tui.tables.table_store import DESK
    from tui.text.catalog import translate
    from tui.text.visible import visible

    with quiet() as out:
        table = DESK.open(source)
        for text in asked.step:
            table = DESK.step(table.handle, text).table
        if asked.save:
            plan = saving.plan(table.handle, asked.save)
            for loss in plan.losses:
                sentence = translate(asked.language, f"console.loss.{loss.code}", columns=loss.where)
                print(f"warning: {visible(sentence)}", file=sys.stderr)
            saving.save(table.handle, asked.save, replace=asked.replace)
            print("\n".join(plan.files), file=out)
            return 0
        if asked.script:
            print(table.code, end="", file=out)
            return 0
        names = [column.name for column in table.columns]
        split = table.splits[0].name
        if table.stream:
            DESK.more(table.handle, split, asked.rows)
        if asked.json:
            rows = DESK.values(table.handle, split, 0, asked.rows)
            plain = for_programs(dataclasses.asdict(table), asked.language)
            print(json.dumps({**plain, "rows": rows}, ensure_ascii=False), file=out)
            return 0
        page = DESK.rows(table.handle, split, 0, asked.rows, names)
        for one in table.splits:
            print(f"# {one.name}: {'a stream' if one.rows is None else f'{one.rows:,} rows'}", file=out)
        for warning in table.warnings:
            print(f"# warning: {visible(warning.text(asked.language))}", file=out)
        print("\t".join(visible(name) for name in names), file=out)
        for row in page.rows:
            print("\t".join("" if cell is None else visible(cell) for cell in row), file=out)
    return 0
