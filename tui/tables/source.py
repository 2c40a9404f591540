"""Where a data set comes from, how the library is told, and the Python for it. Looks at names and folders only."""

from __future__ import annotations

import ast
import csv
import glob
import os
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from tui import paths
from tui.errors import UsageError, phrase

FORMATS = ("", "csv", "json", "text", "parquet", "arrow", "saved", "pandas", "hub")
"""`saved` is a folder made by save_to_disk; `pandas` reads the file as a DataFrame; empty: guessed from the name."""
ENDS = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".json": "json", ".jsonl": "json", ".ndjson": "json", ".txt": "text",
    ".text": "text", ".log": "text", ".md": "text", ".parquet": "parquet", ".pq": "parquet", ".arrow": "arrow",
    ".feather": "pandas", ".xlsx": "pandas", ".xls": "pandas", ".xml": "pandas", ".dta": "pandas", ".sav": "pandas",
    ".orc": "pandas",
}  # fmt: skip
TABBED = (".tsv", ".tab")
PACKED = (".gz", ".zip", ".zst", ".xz", ".bz2")
PICKLED = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".npy", ".npz")
SPLITS = {
    "train": "train", "training": "train", "validation": "validation", "valid": "validation", "val": "validation",
    "dev": "validation", "test": "test", "testing": "test", "eval": "test", "evaluation": "test",
}  # fmt: skip
"""Words in a file's name that say which split it is, as the library reads them."""
MOST_FILES = 10_000
"""Files in a folder that is opened as one data set; with more it is a disk, not a data set."""
_LAST_OPTION = re.compile(r"(.+?)\s+([a-z]\w*=\S*)", re.DOTALL)
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*(/[\w.-]+)?")


@dataclass(frozen=True, slots=True)
class Source:
    """One data set, as a reader names it."""

    paths: tuple[str, ...]
    """Files, globs, folders, addresses on the web, or one id on the Hub."""
    format: str = ""
    split: str = ""
    """Only this split; empty: all of them."""
    config: str = ""
    """Configuration of a data set on the Hub."""
    field: str = ""
    """json: the key under which the rows are."""
    delimiter: str = ""
    encoding: str = ""
    streaming: bool = False
    in_memory: bool = False
    quotes: bool = True
    """csv: whether quotation marks hold a field together."""
    options: tuple[str, ...] = ()
    """Options of the reader that the library or pandas uses, `NAME=VALUE` each: `header=None`."""

    def reader_options(self) -> dict[str, Any]:
        """`options` by name. Raises `UsageError` for one without a name."""
        read = {}
        for written in self.options:
            name, sign, value = written.partition("=")
            if not sign or not name.strip().isidentifier():
                raise UsageError("tables.bad-reader-option", option=written)
            try:
                read[name.strip()] = ast.literal_eval(value.strip())
            except (ValueError, SyntaxError):
                read[name.strip()] = value.strip()
        return read


@dataclass(frozen=True, slots=True)
class Call:
    """The call that opens a source."""

    function: str
    """`load_dataset`, `load_from_disk`, `Dataset.from_file`, `load_parquet_files`, or one of pandas: `read_csv` ..."""
    arguments: tuple[Any, ...]
    options: dict[str, Any]
    left_out: tuple[str, ...] = ()
    """Files of a folder that are of another kind."""

    def code(self) -> str:
        """The import and the call; `dataset` is what it makes."""
        given = [repr(one) for one in self.arguments] + [f"{name}={value!r}" for name, value in self.options.items()]
        call = f"{self.function}({', '.join(given)})"
        if self.function == "load_parquet_files":
            return f"from tui.tables.parquet import load_parquet_files\n\ndataset = {call}\n"
        if self.function.startswith("read_"):
            return f"import pandas\nfrom datasets import Dataset\n\nframe = pandas.{call}\n{FROM_PANDAS}\n"
        return f"from datasets import {self.function.split('.')[0]}\n\ndataset = {call}\n"


FROM_PANDAS = "dataset = Dataset.from_pandas(frame, preserve_index=False)"


def call(source: Source) -> Call:
    """How to open it. Raises `UsageError` for what is not there or not to be opened."""
    if not source.paths or not all(source.paths):
        raise UsageError("tables.open-what")
    first = source.paths[0]
    for path in source.paths:
        if not is_address(path):
            paths.check_name(path)
        if path.lower().endswith(PICKLED):
            raise UsageError("tables.pickle", name=path)
    if len(source.paths) == 1 and not is_address(first) and paths.expanded(first).is_dir():
        return _folder(source, paths.expanded(first))
    if source.format == "hub" or (len(source.paths) == 1 and _is_hub_id(first) and not source.format):
        options: dict[str, Any] = {"name": source.config} if source.config else {}
        return Call("load_dataset", (first,), {**options, **_common(source)})
    found = [file for path in source.paths for file in files_of(path)]
    format = source.format or _format_of_all(found, source.delimiter)
    if format == "pandas":
        if len(found) > 1:
            raise UsageError("tables.pandas-one-file")
        return _by_pandas(found[0], source)
    if format == "arrow" and len(found) == 1 and _is_stream_file(found[0]) and not source.streaming:
        return Call("Dataset.from_file", (found[0],), {"in_memory": True} if source.in_memory else {})
    return _files(source, format, found)


def read_source(plain: Mapping[str, Any]) -> Source:
    """A source, from plain data."""
    return Source(**{**plain, "paths": tuple(plain["paths"]), "options": tuple(plain.get("options", ()))})


def source_from_text(text: str) -> Source:
    """What a reader types: a path, and after it `delimiter=;` and other `NAME=VALUE`, as warnings advise them."""
    path, written = text.strip(), ""
    while (match := _LAST_OPTION.fullmatch(path)) and not _is_there(path):
        path, written = match[1], f"{match[2]} {written}"
    fields: dict[str, Any] = {}
    options = []
    for one in written.split():
        name, _, value = one.partition("=")
        if name in ("format", "split", "config", "field", "delimiter", "encoding"):
            fields[name] = value
        else:
            options.append(one)
    return Source((shipped(path),), **fields, options=tuple(options))


def is_address(path: str) -> bool:
    """Whether it is on the web."""
    return path.startswith(("http://", "https://", "hf://"))


def files_of(path: str) -> list[str]:
    """The files that a path names: itself, or what a glob matches. Raises `UsageError` when there are none."""
    if is_address(path):
        return [path]
    expanded = paths.expanded(path)
    if expanded.is_file():
        return [str(expanded)]
    if any(sign in path for sign in "*?["):
        if found := sorted(name for name in _matches(expanded) if Path(name).is_file()):
            return found
        raise UsageError("tables.no-match", pattern=path)
    raise UsageError("tables.no-such-file", name=path, near=nearest(path))


def shipped(path: str) -> str:
    """A path as it is; one that is not there but names data that ships with the lessons becomes that."""
    if not path or is_address(path):
        return path
    try:
        paths.check_name(path)
        if _matches(paths.expanded(path)):
            return path
    except UsageError:  # no such user, or no such name: `call` says so
        return path
    bundled = paths.data_dir() / path
    return str(bundled) if _matches(bundled) else path


def ending(path: str) -> str:
    """The ending of a file's name in lower case, the one before `.gz` and the like."""
    name = PurePosixPath(urlsplit(path).path if is_address(path) else path).name.lower()
    while name.endswith(PACKED):
        name = name.rsplit(".", 1)[0]
    return PurePosixPath(name).suffix


def format_of(path: str) -> str:
    """The format that a name's ending says, of an archive the names in it; empty when they say none."""
    return ENDS.get(ending(path) or _ending_within(path), "")


def _ending_within(path: str) -> str:
    """The ending that all files in a zip archive have; empty when they differ."""
    if not path.lower().endswith(".zip") or is_address(path):
        return ""
    try:
        with zipfile.ZipFile(paths.expanded(path)) as archive:
            ends = {PurePosixPath(name).suffix.lower() for name in archive.namelist() if not name.endswith("/")}
    except (OSError, zipfile.BadZipFile):
        return ""
    return ends.pop() if len(ends) == 1 else ""


def split_of(path: str) -> str:
    """Which split a file is, by the words in its name; empty when none says so."""
    for word in re.split(r"[^a-z]+", PurePosixPath(path).name.lower()):
        if word in SPLITS:
            return SPLITS[word]
    return ""


def nearest(path: str) -> list[str]:
    """Names in the folder of a path that look like it."""
    import difflib

    asked = paths.expanded(path)
    try:
        names = [one.name for one in asked.parent.iterdir()][:5000]
    except OSError:
        return []
    return difflib.get_close_matches(asked.name, names, 3, 0.5)


def _matches(pattern: Path) -> list[str]:
    return glob.glob(str(pattern), recursive=True)  # noqa: PTH207 (a pattern may be absolute, or a plain path)


def _is_there(path: str) -> bool:
    try:
        return paths.expanded(path).exists()
    except (OSError, UsageError, ValueError):  # too long, or with a NUL
        return False


def _is_hub_id(path: str) -> bool:
    return bool(_HUB_ID.fullmatch(path)) and not Path(path).exists() and not format_of(path)


def _is_stream_file(file: str) -> bool:
    """Whether it is an Arrow stream, which can be mapped as it lies; a file in Arrow's file format is converted."""
    if is_address(file):
        return False
    with Path(file).open("rb") as opened:
        return opened.read(6) != b"ARROW1"


def _kind(file: str, delimiter: str = "") -> str:
    """Its format; files with tabs are a kind of their own where the reader names no delimiter for all."""
    end = ending(file) or _ending_within(file)
    return "tsv" if not delimiter and end in TABBED else format_of(file)


def _format_of_all(files: Sequence[str], delimiter: str) -> str:
    kinds = {_kind(file, delimiter) for file in files}
    if len(kinds) == 1 and (kind := kinds.pop()):
        return "csv" if kind == "tsv" else kind
    names, formats = [Path(file).name for file in files[:5]], [one for one in FORMATS if one]
    if len(files) == 1:
        raise UsageError("tables.format-unknown", names=names, formats=formats)
    shown = [kind or phrase("tables.unknown-kind") for kind in sorted(kinds)]
    raise UsageError("tables.formats-differ", kinds=shown, names=names, formats=formats)


def _folder(source: Source, folder: Path) -> Call:
    if source.format in ("", "saved") and any((folder / n).is_file() for n in ("state.json", "dataset_dict.json")):
        return Call("load_from_disk", (str(folder),), {"keep_in_memory": True} if source.in_memory else {})
    if source.format == "" and _has_card(folder):
        named = {"name": source.config} if source.config else {}
        return Call("load_dataset", (str(folder),), {**named, **_common(source)})
    found = _files_within(folder)
    kinds: dict[str, list[str]] = {}
    for file in found:
        if not file.lower().endswith(PICKLED):
            kinds.setdefault(_kind(file, source.delimiter), []).append(file)
    readme = kinds.get("text", [])
    if len(kinds) > 1 and all(file.lower().endswith(".md") for file in readme):
        kinds.pop("text", None)  # a card beside the data
    known = {kind: files for kind, files in kinds.items() if kind and kind != "pandas"}
    format = source.format or max(known, key=lambda kind: len(known[kind]), default="")
    if source.format == "csv" and "csv" not in known:
        format = "tsv"
    if not known.get(format):
        code = "tables.folder-without-data" if found else "tables.folder-empty"
        raise UsageError(code, folder=str(folder), count=len(found))
    chosen = known[format]
    others = [file for file in found if file not in chosen and format_of(file) and not file.lower().endswith(".md")]
    left = tuple(str(Path(file).relative_to(folder)) for file in others)
    made = _files(source, "csv" if format == "tsv" else format, chosen)
    return Call(made.function, made.arguments, made.options, left)


def _has_card(folder: Path) -> bool:
    """Whether a card says which files are the data."""
    try:
        return re.match(r"---\n(?:.*\n)*?configs:\s*\n", (folder / "README.md").read_text("utf-8")) is not None
    except (OSError, UnicodeDecodeError):
        return False


def _files_within(folder: Path) -> list[str]:
    """The files of a folder and its folders, hidden ones left out. Raises `UsageError` where there are too many."""
    found: list[str] = []
    for where, folders, names in os.walk(folder):  # unlike rglob, it goes on where something may not be read
        folders[:] = [name for name in folders if not name.startswith((".", "_"))]
        files = (os.path.join(where, name) for name in names if not name.startswith((".", "_")))  # noqa: PTH118
        found += filter(os.path.isfile, files)
        if len(found) > MOST_FILES:
            raise UsageError("tables.folder-too-large", folder=str(folder), most=MOST_FILES)
    return sorted(found)


def _files(source: Source, format: str, files: Sequence[str]) -> Call:
    if format not in ("csv", "json", "text", "parquet", "arrow"):
        raise UsageError("tables.not-a-format", format=format)
    packed = next((file for file in files if file.lower().endswith(".zst")), "")
    if packed and find_spec("zstandard") is None:  # the library would read the packed bytes as rows
        raise UsageError("tables.zstandard-missing", name=packed)
    by_split: dict[str, list[str]] = {}
    for file in files:
        named = file if is_address(file) else glob.escape(file)  # the library reads every name as a pattern
        by_split.setdefault(split_of(file) if len(files) > 1 else "", []).append(named)
    by_split = {name: by_split[name] for name in ("train", "validation", "test", "") if name in by_split}
    if "" in by_split and len(by_split) > 1:  # some names say nothing: one table of them all
        by_split = {"": [name for names in by_split.values() for name in names]}
    data_files: Any = {name: one[0] if len(one) == 1 else one for name, one in by_split.items()}
    options: dict[str, Any] = {"data_files": data_files.get("", data_files)}
    if format == "csv":
        tabs = "\t" if all((ending(file) or _ending_within(file)) in TABBED for file in files) else ""
        if delimiter := source.delimiter.replace("\\t", "\t") or tabs:
            options["delimiter"] = delimiter
        if not source.quotes:
            options["quoting"] = int(csv.QUOTE_NONE)
    if format == "json" and source.field:
        options["field"] = source.field
    if source.encoding and format in ("csv", "json", "text"):
        options["encoding"] = source.encoding
    options |= source.reader_options()
    only = "" if len(by_split) > 1 else "train"
    return Call("load_dataset", (format,), {**options, **_common(source, only)})


def _common(source: Source, only: str = "") -> dict[str, Any]:
    options: dict[str, Any] = {"split": source.split or only} if source.split or only else {}
    if source.streaming:
        options["streaming"] = True
    elif source.in_memory:
        options["keep_in_memory"] = True
    return options


def _by_pandas(file: str, source: Source) -> Call:
    kind = ending(file)
    readers = {
        ".feather": "read_feather", ".xlsx": "read_excel", ".xls": "read_excel", ".xml": "read_xml",
        ".dta": "read_stata", ".sav": "read_spss", ".orc": "read_orc", ".csv": "read_csv", ".tsv": "read_table",
        ".parquet": "read_parquet", ".json": "read_json", ".jsonl": "read_json",
    }  # fmt: skip
    if kind not in readers:
        raise UsageError("tables.pandas-cannot-read", name=Path(file).name)
    options: dict[str, Any] = {"lines": True} if kind == ".jsonl" else {}
    if source.delimiter:
        options["sep"] = source.delimiter.replace("\\t", "\t")
    if not source.quotes:
        options["quoting"] = int(csv.QUOTE_NONE)
    if source.encoding:
        options["encoding"] = source.encoding
    return Call(readers[kind], (file,), {**options, **source.reader_options()})
