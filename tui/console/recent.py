"""Data sets that were opened before: how they were named, newest first."""

from __future__ import annotations

import dataclasses
import json
from contextlib import suppress

from tui import paths
from tui.atomic import write_atomically
from tui.tables.source import Source, is_address, read_source

MOST_RECENT = 30


def read() -> list[Source]:
    """What was opened; nothing when the file is missing or broken."""
    try:
        plain = json.loads(paths.recent_data_file().read_text("utf-8"))
        return [read_source(source) for source in plain]
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return []


def add(source: Source) -> None:
    """Remember this one. A disk that cannot be written to forgets it, and that is all."""
    whole = dataclasses.replace(source, paths=tuple(_absolute(path) for path in source.paths))
    sources = [whole, *(other for other in read() if other != whole)][:MOST_RECENT]
    with suppress(OSError):
        write_atomically(paths.recent_data_file(), json.dumps(list(map(dataclasses.asdict, sources)), indent=1))


def bundled() -> list[Source]:
    """The data that ships with the lessons: a folder for each set, and single files of the one in many formats."""
    folders = [folder for folder in sorted(paths.data_dir().glob("*")) if folder.is_dir()]
    files = [file for file in sorted((paths.data_dir() / "countries").glob("*.*")) if file.suffix != ".md"]
    return [Source((str(path),)) for path in (*folders, *files)]


def _absolute(path: str) -> str:
    there = paths.expanded(path)
    return str(there.resolve()) if not is_address(path) and there.exists() else path
