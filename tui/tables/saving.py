"""Saving a table: first a plan, then the files, written beside and put in place when they are whole."""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import DataError, UsageError
from tui.tables.losses import Loss, losses, nested_columns
from tui.tables.opening import bytes_on_disk, is_stream, splits
from tui.tables.table_store import DESK

FORMATS = {".csv": "to_csv", ".json": "to_json", ".jsonl": "to_json", ".parquet": "to_parquet", "": "save_to_disk"}
"""The method for each ending; a name without one is a folder for save_to_disk."""
_AS_JSON = (
    "lambda row: {{name: None if row[name] is None else json.dumps(row[name], ensure_ascii=False, default=str)"
    " for name in {names}}}"
)
"""A list in CSV is text in any case; pandas would shorten a long one with an ellipsis."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What saving would write."""

    method: str
    files: list[str]
    """One for each split, or the folder."""
    standing: list[str]
    """Those of them that are there already."""
    rows: int | None
    bytes: int | None
    """About as much as the table takes now; None when nobody knows."""
    free: int
    code: str
    losses: list[Loss]
    """What the files will not hold of the table."""


def plan(handle: str, path: str) -> Plan:
    """What would be written where. Raises `UsageError` for a path that cannot be."""
    held = DESK.find(handle)
    target = paths.absolute(paths.expanded(path))
    if not path.strip() or Path(path).name in ("", "..") or "\0" in path:
        raise UsageError("tables.save-where")
    ending = target.suffix.lower() if target.suffix.lower() in FORMATS else ""
    if target.suffix and not ending:
        raise UsageError("tables.save-ending", ending=target.suffix)
    if not _existing(target.parent).is_dir():
        raise UsageError("tables.save-folder", folder=str(target.parent))
    parts = splits(held.data)
    stream = is_stream(held.data)
    if stream and not ending:
        raise UsageError("tables.save-stream")
    nested = list(dict.fromkeys(name for part in parts.values() for name in nested_columns(part)))
    if stream and ending == ".csv" and nested:
        raise UsageError("tables.save-nested-stream", columns=nested)
    whole = not ending or len(parts) == 1
    files = [target] if whole else [target.with_stem(f"{target.stem}-{name}") for name in parts]
    return Plan(
        FORMATS[ending],
        [str(file) for file in files],
        [str(file) for file in files if file.exists()],
        None if stream else sum(one.num_rows for one in parts.values()),
        bytes_on_disk(held.data),
        shutil.disk_usage(_existing(target.parent)).free,
        code(target, parts if isinstance(held.data, dict) else {"": held.data}),
        losses(parts, ending),
    )


def code(target: Path, parts: dict[str, Any]) -> str:
    """The lines that save `dataset`: one data set under the name "", or a dictionary of splits."""
    ending = target.suffix.lower() if target.suffix.lower() in FORMATS else ""
    first = next(iter(parts.values()))
    options = "".join(f", {name}={value!r}" for name, value in _options(first, ending).items())
    names = nested_columns(first) if ending == ".csv" else []
    before = f"import json\n\ndataset = dataset.map({_AS_JSON.format(names=names)})\n" if names else ""
    if ending and len(parts) > 1:
        start, end = str(target.parent / f"{target.stem}-"), target.suffix
        one = f"rows.{FORMATS[ending]}({start!r} + split + {end!r}{options})"
        return f"{before}for split, rows in dataset.items():\n    {one}"
    part = "".join(f"[{name!r}]" for name in parts if name) if ending else ""
    return f"{before}dataset{part}.{FORMATS[ending]}({str(target)!r}{options})"


def save(handle: str, path: str, *, replace: bool = False) -> Plan:
    """Save it. Raises `UsageError` when something stands there and `replace` is false, `DataError` when it fails."""
    planned = plan(handle, path)
    if planned.standing and not replace:
        raise UsageError("tables.save-exists", file=planned.standing[0])
    if planned.bytes is not None and planned.free < planned.bytes // 2:
        raise DataError("tables.save-needs-room", needed=planned.bytes / 1e6, free=planned.free / 1e6)
    data = DESK.find(handle).data
    method = planned.method
    if method == "save_to_disk":
        _put(Path(planned.files[0]), lambda beside: data.save_to_disk(str(beside)))
        return planned
    for file, part in zip(planned.files, splits(data).values(), strict=True):
        ending = Path(file).suffix.lower()
        options = _options(part, ending)
        if ending == ".csv" and (names := nested_columns(part)):
            part = part.map(eval(_AS_JSON.format(names=names), {"json": json}))  # noqa: S307 (our own text)
        _put(Path(file), lambda beside, part=part, options=options: getattr(part, method)(str(beside), **options))  # type: ignore[misc]
    return planned


def _put(target: Path, write: Callable[[Path], Any]) -> None:
    """Write beside the target, then put it in its place; what stood there goes only when the new one is whole."""
    beside = target.with_name(f".{target.name}.{os.getpid()}.part{target.suffix}")
    old = target.with_name(f".{target.name}.{os.getpid()}.old")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        write(beside)
        if target.is_dir():
            target.rename(old)
        beside.replace(target)
    except BaseException as error:
        if old.exists() and not target.exists():
            old.rename(target)
        if (isinstance(error, OSError) and error.errno == errno.ENOSPC) or "No space left" in str(error):
            raise DataError("tables.save-disk-full", file=str(target)) from error
        if isinstance(error, PermissionError):
            raise DataError("tables.save-forbidden", folder=str(target.parent), reason=str(error)) from error
        if isinstance(error, OSError | ValueError | TypeError | NotImplementedError):
            reason = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError("tables.save-failed", file=str(target), reason=reason) from error
        raise
    finally:
        for left in (beside, old):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _options(part: Any, ending: str) -> dict[str, Any]:
    """What the method is told: full precision, dates that can be read, no letters as numbers."""
    if ending == ".csv":
        return {"index": False}
    if ending not in (".json", ".jsonl"):
        return {}
    types = str((part.features or {}).values())
    options: dict[str, Any] = {"force_ascii": False}
    if "float" in types:
        options["double_precision"] = 15  # the most that pandas writes; 10 when not asked
    if "timestamp" in types or "date" in types:
        options |= {"date_format": "iso", "date_unit": "ns"}
    return options


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
