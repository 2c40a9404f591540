"""`headnotes models`: what can do each task, and fetching the course's checkpoints from the Hub."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tui.errors import Stopped, UsageError


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
        from tui.lab import fetching

        return get([fetching.resolve(asked.what, asked.revision)], yes=asked.yes)
    return _list(as_json=asked.do == "list" and asked.json)


def get(wanted: list[tuple[str, str | None]], *, yes: bool) -> int:
    """Say what it takes, ask, fetch."""
    from tui.lab import fetching

    plans = [fetching.plan(name, revision) for name, revision in wanted if not fetching.is_at_hand(name, revision)]
    if not plans:
        print("It is all on this machine already.")
        return 0
    for one in plans:
        print(f"{one.name}: {fetching.megabytes(one.bytes)} in {len(one.files)} files")
    whole = fetching.megabytes(sum(one.bytes for one in plans))
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(f"Fetching {whole} needs a yes.", next_step="Say --yes.")
        if input(f"Fetch {whole}? [y/N] ").strip().lower() not in ("y", "yes"):
            raise Stopped("Nothing was fetched.")
    for one in plans:
        print(f"{one.name}: in {fetching.fetch(one)}")
    return 0


def _list(*, as_json: bool) -> int:
    from tui.lab import fetching
    from tui.lab.checkpoints import Checkpoint
    from tui.lab.shelf import SHELF

    rows: list[dict[str, Any]] = []
    for at in SHELF:
        card = Checkpoint(at.called, str(at.standin), "lessons", at.course).answered()
        rows.append(
            {
                "task": at.task,
                "aliases": list(at.aliases),
                "stand_in": at.called if at.is_bundled else None,
                "measured": card.measured if at.is_bundled else None,
                "stand_in_bytes": sum(file.stat().st_size for file in at.standin.glob("*") if file.is_file()),
                "course": at.course,
                "revision": at.revision,
                "megabytes": at.megabytes,
                "licence": at.licence,
                "course_at_hand": fetching.is_at_hand(at.course, at.revision),
            }
        )
    if as_json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        print(", ".join([row["task"], *row["aliases"]]))
        size = f"{row['stand_in_bytes'] / 1e6:.1f} MB"
        print(f"  stand-in  {row['stand_in']}, {size}, {row['measured']}" if row["stand_in"] else "  stand-in  missing")
        place = "on this machine" if row["course_at_hand"] else f"headnotes models get {row['task']}"
        print(
            f"  course    {row['course']}@{row['revision']}, about {row['megabytes']:,} MB, {row['licence']}; {place}"
        )
    return 0
