"""Parquet files that the library does not read: without rows, or with maps, for which it has no type."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

from tui import paths
from tui.errors import ResultWarning, warning
from tui.tables.raw import local_files
from tui.tables.source import Call


def replacement(how: Call) -> Call | None:
    """Another call for such files, None for all others. Reads the files' footers alone."""
    if how.function != "load_dataset" or how.arguments != ("parquet",) or how.options.get("streaming"):
        return None
    import pyarrow.parquet

    by_split = local_files(how)
    try:
        footers = [pyarrow.parquet.ParquetFile(file) for files in by_split.values() for file in files]
    except (OSError, ValueError):
        return None  # the library says what is wrong with them
    if all(one.metadata.num_rows and _converted(one.schema_arrow) == one.schema_arrow for one in footers):
        return None
    data_files: Any = by_split if isinstance(how.options["data_files"], dict) else next(iter(by_split.values()))
    return Call("load_parquet_files", (data_files,), {})


def warnings(how: Call) -> list[ResultWarning]:
    """What was changed to read the files of a replacement."""
    import pyarrow.parquet

    data_files = how.arguments[0]
    files = next(iter(data_files.values())) if isinstance(data_files, dict) else data_files
    schema = pyarrow.parquet.read_schema(files[0])
    changed = [old.name for old, new in zip(schema, _converted(schema), strict=True) if old.type != new.type]
    return [warning("tables.maps-as-lists", columns=changed[:5])] if changed else []


def load_parquet_files(data_files: list[str] | dict[str, list[str]]) -> Any:
    """A `Dataset`, or a `DatasetDict`, of Parquet files: maps become lists of key and value."""
    import datasets

    if isinstance(data_files, dict):
        return datasets.DatasetDict({split: _read(files, split) for split, files in data_files.items()})
    return _read(data_files, "train")


def _read(files: list[str], split: str) -> Any:
    """Through an Arrow file beside the other ones that are made, so that it may be larger than the memory."""
    import datasets
    import pyarrow.parquet

    stats = [(str(Path(file).resolve()), Path(file).stat()) for file in files]
    known = repr([(file, stat.st_size, stat.st_mtime_ns) for file, stat in stats])
    target = paths.cache_dir() / "parquet" / f"{hashlib.sha256(known.encode()).hexdigest()[:24]}.arrow"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_suffix(f".{os.getpid()}.part")
        schema = _converted(pyarrow.parquet.read_schema(files[0]))
        try:
            with pyarrow.OSFile(str(beside), "wb") as out, pyarrow.ipc.new_stream(out, schema) as writer:
                for file in files:
                    for batch in pyarrow.parquet.ParquetFile(file).iter_batches(batch_size=10_000):
                        writer.write_table(pyarrow.Table.from_batches([batch]).cast(schema))
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    return datasets.Dataset.from_file(str(target), split=split)


def _converted(schema: Any) -> Any:
    import pyarrow

    return pyarrow.schema([field.with_type(_type(field.type)) for field in schema])


def _type(kind: Any) -> Any:
    import pyarrow
    import pyarrow.types as t

    if t.is_map(kind):
        return pyarrow.list_(pyarrow.struct([("key", _type(kind.key_type)), ("value", _type(kind.item_type))]))
    if t.is_list(kind):
        return pyarrow.list_(_type(kind.value_type))
    if t.is_struct(kind):
        return pyarrow.struct([(field.name, _type(field.type)) for field in kind])
    return kind
