"""Opening a source through the library, and what a reader should doubt about what came out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tui.errors import DataError
from tui.lab.tables import refusals
from tui.lab.tables.source import Call, Source, call, is_address, nearest

HEAD = 200
"""Rows at the beginning that are looked at for doubts."""
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
    doubts: list[str] = field(default_factory=list)


def load(source: Source) -> Opened:
    """Open it. Raises `UsageError` for what is not there and `DataError` for what cannot be read."""
    how = call(source)
    with refusals.explained(source):
        data = _make(how, source)
        if not is_stream(data):
            _some_rows(data, source)
            _sound_texts(data)
    opened = Opened(data, how.code())
    if how.left_out:
        some = ", ".join(how.left_out[:4]) + (" ..." if len(how.left_out) > 4 else "")
        opened.doubts.append(f"{len(how.left_out)} files of other kinds in the folder were left out: {some}")
    opened.doubts += doubts(data)
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


def doubts(data: Any) -> list[str]:
    """What may have been misunderstood: one column only, nothing in a column, mixed types, rows twice."""
    if is_stream(data):
        return []
    said: list[str] = []
    for name, one in splits(data).items():
        where = f"{name}: " if isinstance(data, dict) else ""
        said += [where + doubt for doubt in _doubts(one)]
    return said


def _make(how: Call, source: Source) -> Any:
    import datasets

    if how.function.startswith("read_"):
        import pandas

        frame = getattr(pandas, how.function)(*how.arguments, **how.options)
        return datasets.Dataset.from_pandas(frame, preserve_index=False)
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
        raise DataError(
            f"{source.paths[0]} is on the network, and HF_HUB_OFFLINE is set.", "", "Unset it, or name a file here."
        )
    address = urlsplit(asked)
    port = address.port or (443 if address.scheme == "https" else 80)
    try:
        socket.create_connection((address.hostname or "", port), timeout=PATIENCE).close()
    except OSError as error:
        if on_hub:
            near = nearest(source.paths[0])
            raise DataError(
                f"{source.paths[0]} is no file here, and {asked} cannot be reached.",
                f"Near it there is {', '.join(near)}." if near else str(error),
                "Check the name; an id on the Hub needs a network.",
            ) from error
        raise DataError(f"{address.netloc} cannot be reached.", str(error), "Check the address.") from error


def _some_rows(data: Any, source: Source) -> None:
    if sum(one.num_rows for one in splits(data).values()) == 0:
        name = source.paths[0]
        raise DataError(f"{name} has no rows.", "It may hold a heading alone.", "Name another file or split.")


def _sound_texts(data: Any) -> None:
    """Raise `UnicodeDecodeError` for texts that are none: JSON in another encoding comes through unchecked."""
    for one in splits(data).values():
        head = one.with_format("arrow")[: min(HEAD, one.num_rows)]
        for column in head.columns:
            if str(column.type) in ("string", "large_string"):
                column.to_pylist()


def _doubts(one: Any) -> Iterable[str]:
    names, features = one.column_names, one.features  # features are read anew each time they are asked for
    head = one.with_format("arrow")[: min(HEAD, one.num_rows)]
    if len(names) == 1 and head.num_rows and (str(head.schema.types[0]) in ("string", "large_string")):
        lines = [names[0], *(text or "" for text in head.column(0).slice(0, 20).to_pylist())]
        for sign, called in (("\t", "\\t"), (";", ";"), ("|", "|"), (",", ",")):
            if sum(sign in line for line in lines) > len(lines) * 0.8 and names[0] != "text":
                yield f"One column only, with {called} in nearly every row: try delimiter={called}"
                break
    if one.num_rows == 1:
        yield from (f"One row alone, and {name} in it is a list of {count:,}: if those are the rows, field={name}"
                    for name, count in _lists_of_rows(head))  # fmt: skip
    for name in names:
        feature = features[name]
        if type(feature).__name__ == "Json":
            yield f"{name} mixes types; each value is kept as JSON."
        elif str(getattr(feature, "dtype", "")) == "null":
            yield f"{name} holds nothing."
        if name.startswith("Unnamed: "):
            yield f"{name} looks like the row numbers that pandas writes: remove_columns({name!r})"
    yield from _missing(one, names, features)


def _lists_of_rows(head: Any) -> Iterable[tuple[str, int]]:
    """Columns whose first value is a list of records, and how many."""
    for name, column in zip(head.column_names, head.columns, strict=True):
        if str(column.type).startswith(("list<item: struct", "large_list<item: struct")) and column[0].is_valid:
            yield name, len(column[0])


def _missing(one: Any, names: list[str], features: Any) -> Iterable[str]:
    """Columns with missing values. Counts are kept in Arrow's files; with an index over them a sample is counted."""
    if getattr(one, "_indices", None) is not None:
        return
    table = one.data
    empty = {name: table.column(name).null_count for name in names[:200]}
    told = [f"{count:,} in {name}" for name, count in empty.items() if 0 < count < one.num_rows]
    if told:
        yield f"Missing of {one.num_rows:,}: {', '.join(told[:5])}" + (" ..." if len(told) > 5 else "")
    for name, count in empty.items():
        if count == one.num_rows > 0 and str(getattr(features[name], "dtype", "")) != "null":
            yield f"{name} holds nothing."
