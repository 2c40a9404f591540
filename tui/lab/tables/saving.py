"""Saving a table: first a plan, then the files, written beside and put in place when they are whole."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tui.errors import DataError, UsageError
from tui.lab.tables.desk import DESK
from tui.lab.tables.opening import bytes_on_disk, is_stream, splits

FORMATS = {".csv": "to_csv", ".json": "to_json", ".jsonl": "to_json", ".parquet": "to_parquet", "": "save_to_disk"}
"""The method for each ending; a name without one is a folder for save_to_disk."""


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


def plan(handle: str, path: str) -> Plan:
    """What would be written where. Raises `UsageError` for a path that cannot be."""
    held = DESK.find(handle)
    target = Path(path).expanduser()
    if not path.strip() or target.name in ("", "."):
        raise UsageError("Save where?", next_step="Like: rows.parquet, rows.csv, rows.jsonl, or a folder.")
    ending = target.suffix.lower() if target.suffix.lower() in FORMATS else ""
    if target.suffix and not ending:
        raise UsageError(
            f"There is no way to save {target.suffix}.", next_step="Use .parquet, .csv, .jsonl, or no ending."
        )
    if not _existing(target.parent).is_dir():
        raise UsageError(f"{target.parent} is no folder.", next_step="Name a folder that can be made.")
    parts = splits(held.data)
    stream = is_stream(held.data)
    if stream and not ending:
        raise UsageError("A stream cannot be saved by save_to_disk.", next_step="Save it as .parquet, .csv or .jsonl.")
    whole = not ending or len(parts) == 1
    files = [target] if whole else [target.with_stem(f"{target.stem}-{name}") for name in parts]
    return Plan(
        FORMATS[ending],
        [str(file) for file in files],
        [str(file) for file in files if file.exists()],
        None if stream else sum(one.num_rows for one in parts.values()),
        bytes_on_disk(held.data),
        shutil.disk_usage(_existing(target.parent)).free,
        code(str(target), list(parts) if isinstance(held.data, dict) else []),
    )


def code(path: str, parts: list[str]) -> str:
    """The line that saves `dataset`."""
    ending = Path(path).suffix.lower() if Path(path).suffix.lower() in FORMATS else ""
    method, options = FORMATS[ending], _said(ending)
    if ending and len(parts) > 1:
        target = Path(path)
        name = f"{target.parent / target.stem}-{{split}}{target.suffix}"
        return f'for split, rows in dataset.items():\n    rows.{method}(f"{name}"{options})'
    one = "".join(f"[{name!r}]" for name in parts) if ending else ""
    return f"dataset{one}.{method}({path!r}{options})"


def save(handle: str, path: str, *, replace: bool = False) -> Plan:
    """Save it. Raises `UsageError` when something stands there and `replace` is false, `DataError` when it fails."""
    planned = plan(handle, path)
    if planned.standing and not replace:
        raise UsageError(f"{planned.standing[0]} is there already.", next_step="Say that it may be replaced.")
    if planned.bytes is not None and planned.free < planned.bytes // 2:
        raise DataError(
            f"The table takes about {planned.bytes / 1e6:,.0f} MB, and {planned.free / 1e6:,.0f} MB are free.",
            "",
            "Make room, or save a part of it.",
        )
    data = DESK.find(handle).data
    method = planned.method
    options = {".csv": {"index": False}, ".json": {"force_ascii": False}, ".jsonl": {"force_ascii": False}}
    if method == "save_to_disk":
        _put(Path(planned.files[0]), lambda beside: data.save_to_disk(str(beside)))
        return planned
    for file, part in zip(planned.files, splits(data).values(), strict=True):
        given = options.get(Path(file).suffix.lower(), {})
        _put(Path(file), lambda beside, part=part, given=given: getattr(part, method)(str(beside), **given))  # type: ignore[misc]
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
            raise DataError("The disk is full.", f"{target} was not written.", "Make room and save again.") from error
        if isinstance(error, PermissionError):
            raise DataError(f"{target.parent} may not be written to.", str(error), "Save somewhere else.") from error
        if isinstance(error, OSError | ValueError | TypeError | NotImplementedError):
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise DataError(f"{target} could not be written.", said, "Save somewhere else, or as .parquet.") from error
        raise
    finally:
        for left in (beside, old):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _said(ending: str) -> str:
    return {".csv": ", index=False", ".json": ", force_ascii=False", ".jsonl": ", force_ascii=False"}.get(ending, "")


def _existing(folder: Path) -> Path:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder
