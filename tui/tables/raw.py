"""The files behind a table as they are written, so that what the library made of them can be checked.

Reading is bounded: of a large file only the beginning is looked at, and whoever reports something says so.
"""

from __future__ import annotations

import bz2
import csv
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from tui.errors import ResultWarning, warning
from tui.tables.source import Call, is_address

HEAD_BYTES = 500_000
"""Bytes of a file that are read again."""
COUNTED_BYTES = 64_000_000
"""The lines of larger files are not counted."""


@dataclass(frozen=True, slots=True)
class Head:
    """The beginning of a text file."""

    file: str
    text: str
    complete: bool
    """Whether this is the whole file."""

    def qualified(self, found: ResultWarning) -> ResultWarning:
        """A warning about it, which says so when this is not the whole file."""
        if self.complete:
            return found
        megabytes = f"{HEAD_BYTES / 1e6:g}"
        return warning("tables.beginning-checked", code=found.code, message=found.phrase, megabytes=megabytes)


class Record(NamedTuple):
    """A row of a CSV file, and the line that it begins on, counted from 1."""

    line: int
    fields: list[str]


def local_files(how: Call) -> dict[str, list[str]]:
    """The files on this machine behind each split; none of them for a part of a split."""
    if how.function.startswith("read_"):
        return {"rows": [how.arguments[0]]}
    named = how.options.get("data_files") if how.function == "load_dataset" else None
    split = str(how.options.get("split") or "")
    if not named or not re.fullmatch(r"\w*", split):
        return {}
    by_split = named if isinstance(named, dict) else {split or "train": named}
    return {
        name: [_unescaped(file) for file in ([files] if isinstance(files, str) else files) if not is_address(file)]
        for name, files in by_split.items()
        if split in ("", name)
    }


def read_head(file: str, encoding: str = "", limit: int = 0) -> Head | None:
    """Its beginning in whole lines; None when it cannot be read again."""
    limit = limit or HEAD_BYTES
    try:
        with _opened(file) as opened:
            stored = opened.read(limit + 1)
    except (OSError, EOFError, lzma.LZMAError, zipfile.BadZipFile, StopIteration, ImportError, ValueError):
        return None
    text = stored[:limit].decode(encoding or "utf-8-sig", "replace")
    if complete := len(stored) <= limit:
        return Head(file, text, complete)
    return Head(file, text[: text.rfind("\n") + 1], complete)


def records(head: Head, delimiter: str, *, quotes: bool = True) -> Iterator[Record]:
    """Its rows as CSV, the heading included and empty lines left out."""
    csv.field_size_limit(max(csv.field_size_limit(), 10 * HEAD_BYTES))
    text = io.StringIO(head.text, newline="")
    reader = csv.reader(text, delimiter=delimiter, quoting=csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE)
    line, last = 1, None
    try:
        for fields in reader:
            if last is not None:
                yield last
            last = Record(line, fields) if fields else None
            line = reader.line_num + 1
    except csv.Error:
        return
    if last is not None and head.complete:  # else a quotation may have been cut
        yield last


def count_lines(files: list[str]) -> int | None:
    """Lines in these files together; None when they are packed or large, or end lines in the way of old Macs."""
    sizes = [Path(file).stat().st_size for file in files]
    if sum(sizes) > COUNTED_BYTES or any(Path(file).suffix.lower() in _OPENERS for file in files):
        return None
    lines = 0
    for file in files:
        stored = Path(file).read_bytes()
        if b"\n" not in stored and b"\r" in stored:
            return None
        lines += stored.count(b"\n") + (not stored.endswith(b"\n"))
    return lines


def _zipped(file: str) -> IO[bytes]:
    archive = zipfile.ZipFile(file)
    return archive.open(next(name for name in archive.namelist() if not name.endswith("/")))


def _zstandard(file: str) -> Any:
    import zstandard

    return zstandard.open(file, "rb")


_OPENERS: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open, ".zip": _zipped, ".zst": _zstandard}


def _opened(file: str) -> IO[bytes]:
    opener = _OPENERS.get(Path(file).suffix.lower())
    return opener(file) if opener else Path(file).open("rb")


def _unescaped(pattern: str) -> str:
    """A name again that was escaped, because the library reads names as patterns."""
    return re.sub(r"\[([*?\[])\]", r"\1", pattern)
