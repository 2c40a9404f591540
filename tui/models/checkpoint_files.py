"""Files of a checkpoint's folder that strangers filled: which of them may be opened at all.

A link may lead out of the folder, a FIFO never ends, and an index or a tokenizer's configuration may name any path. So
every entry is looked at before the libraries open one: regular files inside the folder, weights as safetensors.
"""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tui.errors import CheckpointError, Phrase, phrase
from tui.text.sizes import size_text

WEIGHTS, INDEX = "model.safetensors", "model.safetensors.index.json"
READ = (".json", ".txt", ".model", ".safetensors", ".jinja", ".tiktoken")
"""Ends of the names of files that the libraries open of themselves."""
TEMPLATES = "additional_chat_templates"
"""A folder below that they look into."""
LARGEST = {"config.json": 16_000_000, "generation_config.json": 1_000_000, "tokenizer_config.json": 64_000_000}
"""Bytes of a file; the largest real ones are far smaller."""
LARGEST_OTHER = 512_000_000
"""Bytes of any other file but weights."""


def check_files(folder: Path) -> None:
    """Raise `CheckpointError` for an entry that must not be opened, and for a file that names one."""
    for place in (folder, folder / TEMPLATES):
        if place.is_dir():
            for path in sorted(place.iterdir()):
                _check_entry(folder, path)
    _check_names(folder)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object from a file. Raises `FileNotFoundError`, and `CheckpointError` for anything else."""
    try:
        value = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise
    except (ValueError, RecursionError, OSError) as error:
        raise CheckpointError("models.unreadable", path=str(path), reason=_first_line(error)) from None
    if not isinstance(value, dict):
        raise CheckpointError("models.not-an-object", path=str(path))
    return value


def weight_files(folder: Path) -> list[Path]:
    """The safetensors files that hold the weights, present or not; empty when neither file nor index is there.

    Raises `CheckpointError` for an index that names anything but safetensors files inside the folder.
    """
    if (folder / WEIGHTS).exists():
        return [folder / WEIGHTS]
    try:
        index = read_json(folder / INDEX)
    except FileNotFoundError:
        return []
    shards = index.get("weight_map")
    if not isinstance(shards, dict) or not all(isinstance(name, str) for name in shards.values()):
        raise CheckpointError("models.no-weight-map", path=str(folder / INDEX))
    return [_named(folder, INDEX, name, ".safetensors") for name in sorted(set(shards.values()))]


def _check_entry(folder: Path, path: Path) -> None:
    is_read = path.name.endswith(READ)
    try:
        found = path.stat()
        real = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # a link to nothing, or in a circle
        if is_read:
            raise _refused(folder, path, phrase("models.entry.broken-link"), _first_line(error)) from None
        return
    kind = _kind(found.st_mode)
    if (kind and kind != "folder") or (kind and is_read):
        raise _refused(folder, path, phrase(f"models.entry.{kind}"))
    if is_read and not _is_inside(folder, real):
        raise _refused(folder, path, phrase("models.entry.outer-link"), phrase("models.leads-to", path=str(real)))
    largest = LARGEST.get(path.name, LARGEST_OTHER)
    if is_read and path.suffix != ".safetensors" and found.st_size > largest:
        raise _refused(folder, path, phrase("models.entry.too-large", most=size_text(largest)))


def _kind(mode: int) -> str:
    """What an entry is when it is no regular file."""
    kinds = {
        stat.S_IFIFO: "fifo", stat.S_IFSOCK: "socket", stat.S_IFCHR: "device", stat.S_IFBLK: "device",
        stat.S_IFDIR: "folder", stat.S_IFREG: "",
    }  # fmt: skip
    return kinds.get(stat.S_IFMT(mode), "unknown-kind")


def _is_inside(folder: Path, real: Path) -> bool:
    """In the folder; or in the Hugging Face cache, whose snapshots are links to the blobs beside them."""
    root = folder.resolve()
    homes = [root, *([root.parent.parent / "blobs"] if root.parent.name == "snapshots" else [])]
    return any(real.is_relative_to(home) for home in homes)


def _check_names(folder: Path) -> None:
    """Files that name other files."""
    for name, key in (("config.json", "transformers_weights"), ("tokenizer_config.json", "fast_tokenizer_files")):
        try:
            value = read_json(folder / name).get(key)
        except FileNotFoundError:
            continue
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                _named(folder, name, str(one), ".json" if key == "fast_tokenizer_files" else ".safetensors")
    if (folder / "adapter_config.json").exists() and (folder / "config.json").exists():
        raise CheckpointError("models.checkpoint-and-adapter", folder=folder.name)


def _named(folder: Path, by: str, name: str, end: str) -> Path:
    """A file that another one names. Raises `CheckpointError` when it is not inside the folder, or of another kind."""
    path = folder / name
    if not name.endswith(end) or Path(name).is_absolute() or ".." in Path(name).parts or "\\" in name or "\0" in name:
        raise CheckpointError("models.names-file-elsewhere", folder=folder.name, by=by, name=name, end=end)
    if path.exists() or path.is_symlink():
        _check_entry(folder, path)
    return path


def _refused(folder: Path, path: Path, kind: Phrase, why: Phrase | str = "") -> CheckpointError:
    file = str(path.relative_to(folder))
    return CheckpointError("models.entry-refused", folder=folder.name, file=file, kind=kind, why=why)


def _first_line(error: BaseException) -> str:
    return next(iter(_lines(error)), type(error).__name__)


def _lines(error: BaseException) -> Iterator[str]:
    yield from (line for line in str(error).strip().splitlines() if line)
