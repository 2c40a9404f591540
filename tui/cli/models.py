"""`headnotes models`: what can do each task, and fetching the course's checkpoints from the Hub."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict

from tui.errors import Stopped, UsageError
from tui.settings import endpoint
from tui.text.sizes import size_text
from tui.text.wrap import fill


def add(parser: argparse.ArgumentParser) -> None:
    kinds = parser.add_subparsers(dest="do", metavar="list | get")
    shown = kinds.add_parser("list", help="the shelf: every task, the course's checkpoint, our stand-in")
    shown.add_argument("--json", action="store_true", help="the same for programs")
    fetched = kinds.add_parser("get", help="fetch a checkpoint from the Hub into the Hugging Face cache")
    fetched.add_argument("what", help="a task (its checkpoint of the course), or a Hub id")
    fetched.add_argument("--revision", help="a branch, tag or commit")
    fetched.add_argument("--yes", action="store_true", help="do not ask")


def run(asked: argparse.Namespace) -> int:
    if asked.do == "get":
        from tui.models import download

        return get([download.resolve(asked.what, asked.revision)], yes=asked.yes)
    return _list(asked.language, as_json=asked.do == "list" and asked.json)


def get(wanted: list[tuple[str, str | None]], *, yes: bool) -> int:
    """Say what it takes, ask, fetch."""
    from tui.models import download

    plans = [download.plan(name, revision) for name, revision in wanted if not download.is_at_hand(name, revision)]
    if not plans:
        print("It is all on this machine already.")
        return 0
    for one in plans:
        print(f"{one.name}: {size_text(one.bytes)} in {len(one.files)} files, from {endpoint()}")
    whole = size_text(sum(one.bytes for one in plans))
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("cli.fetch-not-confirmed", size=whole)
        if input(f"Fetch {whole}? [y/N] ").strip().lower() not in ("y", "yes"):
            raise Stopped("cli.nothing-fetched")
    for one in plans:
        print(f"{one.name}: in {download.fetch(one)}")
    return 0


def _list(language: str, *, as_json: bool) -> int:
    from tui.models import catalog, local

    rows = local.take()
    if as_json:
        print(json.dumps([asdict(row) for row in rows]))
        return 0
    for at, row in zip(catalog.SHELF, rows, strict=True):
        print(", ".join([at.task, *at.aliases]))
        for name, text in local.stock_lines(language, at, row):
            print(f"  {fill(name, 10)}{text}")
    return 0
