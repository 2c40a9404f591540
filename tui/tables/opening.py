"""Opening a source through the library, and what may have been misread on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.errors import DataError, ResultWarning, warning
from tui.tables import load_errors, misreadings, parquet, raw
from tui.tables.source import Call, Source, call, is_address, nearest

HEAD = 200
"""Rows at the beginning whose texts are checked."""
PATIENCE = 1.5
"""Seconds to wait for a server to answer at all."""


@dataclass(frozen=True, slots=True)
class Split:
    """A split and its length; None for a stream, whose end nobody knows."""

    name: str
    rows: int | None


@dataclass(slots=True)
class Opened:
    """What the library made of a source, and how."""

    data: Any
    """A `Dataset`, `DatasetDict`, `IterableDataset` or `IterableDatasetDict`."""
    code: str
    warnings: list[ResultWarning] = field(default_factory=list)


def load(source: Source) -> Opened:
    """Open it. Raises `UsageError` for what is not there and `DataError` for what cannot be read."""
    how = call(source)
    with load_errors.explained(source):
        how = parquet.replacement(how) or how
        _refuse_null_rows(how)
        data = _make(how, source)
        if not is_stream(data):
            _some_rows(data, how, source)
            _sound_texts(data)
    opened = Opened(data, how.code())
    if how.left_out:
        names = [*how.left_out[:4], *(["..."] if len(how.left_out) > 4 else [])]
        opened.warnings.append(warning("tables.files-left-out", count=len(how.left_out), names=names))
    if how.function == "load_parquet_files":
        opened.warnings += parquet.warnings(how)
    opened.warnings += misreadings.in_files(how, splits(data), stream=is_stream(data)) + warnings(data)
    return opened


def is_stream(data: Any) -> bool:
    """Whether its rows come one after the other, from first to last."""
    return type(data).__name__.startswith("Iterable")


def splits(data: Any) -> dict[str, Any]:
    """Its splits by name; one without splits is one split, named as it is, or `rows`."""
    return dict(data) if isinstance(data, dict) else {str(getattr(data, "split", None) or "rows"): data}


def bytes_on_disk(data: Any) -> int | None:
    """Size of the Arrow files behind it; None when it is in memory or streamed."""
    if is_stream(data):
        return None
    files = {file["filename"] for one in splits(data).values() for file in one.cache_files}
    return sum(Path(file).stat().st_size for file in files if Path(file).is_file()) if files else None


def warnings(data: Any) -> list[ResultWarning]:
    """What looks wrong in a table, wherever it comes from."""
    return [] if is_stream(data) else misreadings.in_table(splits(data))


def _make(how: Call, source: Source) -> Any:
    import datasets

    if how.function.startswith("read_"):
        import pandas

        frame = getattr(pandas, how.function)(*how.arguments, **how.options)
        return datasets.Dataset.from_pandas(frame, preserve_index=False)
    if how.function == "load_parquet_files":
        return parquet.load_parquet_files(*how.arguments)
    _reach(source, how)
    if how.function == "load_dataset":
        return datasets.load_dataset(*how.arguments, **how.options)
    if how.function == "load_from_disk":
        made = datasets.load_from_disk(*how.arguments, **how.options)
        return (made[source.split] if source.split else made) if isinstance(made, dict) else made
    return datasets.Dataset.from_file(*how.arguments, **how.options)


def _reach(source: Source, how: Call) -> None:
    """Ask whether the server is there at all: without a network the clients take half a minute to give up."""
    import socket
    from urllib.parse import urlsplit

    from huggingface_hub import constants

    on_hub = how.function == "load_dataset" and "data_files" not in how.options and not Path(how.arguments[0]).is_dir()
    asked = constants.ENDPOINT if on_hub else next((path for path in source.paths if is_address(path)), "")
    if not asked:
        return
    if asked.startswith("hf://"):
        asked = constants.ENDPOINT
    if constants.HF_HUB_OFFLINE:
        if on_hub:
            return  # the library looks into its cache, and says when it is not there
        raise DataError("tables.offline", name=source.paths[0])
    address = urlsplit(asked)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=PATIENCE).close()
    except OSError as error:
        if on_hub:
            name, near = source.paths[0], nearest(source.paths[0])
            if near:
                raise DataError("tables.hub-unreachable-near", name=name, hub=asked, near=near) from error
            raise DataError("tables.hub-unreachable", name=name, hub=asked, reason=str(error)) from error
        raise DataError("tables.server-unreachable", server=address.netloc, reason=str(error)) from error


def _some_rows(data: Any, how: Call, source: Source) -> None:
    """Refuse texts without rows; a file that says its columns' types may be empty."""
    typed = how.function != "load_dataset" or how.arguments[0] not in ("csv", "json", "text")
    if not typed and sum(one.num_rows for one in splits(data).values()) == 0:
        raise DataError("tables.file-without-rows", name=source.paths[0])


def _refuse_null_rows(how: Call) -> None:
    """Raise `DataError` for JSON whose first row is null: the reader of the library dies of it, and the engine with it.

    Measured with pyarrow 26: a segmentation fault.
    """
    if how.function != "load_dataset" or how.arguments != ("json",) or "field" in how.options:
        return
    for file in (file for files in raw.local_files(how).values() for file in files):
        head = raw.read_head(file, str(how.options.get("encoding") or ""), 10_000)
        if head is not None and re.match(r"\s*\[?\s*null\b", head.text):
            raise DataError("tables.first-row-null", name=file)


def _sound_texts(data: Any) -> None:
    """Raise `UnicodeDecodeError` for texts that are none: JSON in another encoding comes through unchecked."""
    for one in splits(data).values():
        head = one.with_format("arrow")[: min(HEAD, one.num_rows)]
        for column in head.columns:
            if str(column.type) in ("string", "large_string"):
                column.to_pylist()
