"""Pages that were read before, kept as JSON under the digest of what they were made from.

The libraries that read Markdown and YAML take as long to import as a fifth of the whole start; a page that was read
once is opened without them. The key holds the file's bytes and the age of the modules that read it, so nothing stale
is ever used; whatever goes wrong here, the page is read anew.
"""

from __future__ import annotations

import dataclasses
import hashlib
import importlib
import json
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import tui
from tui import paths
from tui.atomic import write_atomically

MOST_FILES = 400
READERS = (
    "course/block_reader", "course/mdx/components", "course/mdx/formula_signs", "course/mdx/formulas",
    "course/mdx/fragments", "course/mdx/literals", "course/mdx/reader", "course/mdx/rules",
    "course/mdx/selection", "course/mdx/tags", "course/notebook_pages",
    "course/blocks", "course/directives", "course/files", "course/front_matter", "course/lesson", "course/markdown",
    "course/page", "text/characters",
)  # fmt: skip

Cached = TypeVar("Cached")


def remembered(source: bytes, kind: type[Cached], make: Callable[[], Cached]) -> Cached:
    """What `make` makes of `source`, a `kind`, from an earlier time if there was one. Raises what `make` raises."""
    file = paths.cache_dir() / "pages" / f"{_key(source)}.json"
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        cached = _revive(json.loads(file.read_bytes()))
        if isinstance(cached, kind):
            return cached
    fresh = make()
    with suppress(OSError, ValueError, TypeError, RecursionError):
        write_atomically(file, json.dumps(_plain(fresh), ensure_ascii=False, separators=(",", ":")))
        _tidy(file.parent)
    return fresh


def _key(source: bytes) -> str:
    return hashlib.sha256(source + _age_of(READERS)).hexdigest()[:32]


@cache
def _age_of(modules: tuple[str, ...]) -> bytes:
    package = Path(tui.__file__).parent
    return " ".join(str(package.joinpath(f"{name}.py").stat().st_mtime_ns) for name in modules).encode()


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        fields = {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return {"": type(value).__name__, **fields}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {"": "dict", "items": [[key, _plain(item)] for key, item in value.items()]}
    if isinstance(value, list):
        return {"": "list", "items": [_plain(item) for item in value]}
    if isinstance(value, Path):
        return {"": "Path", "path": str(value)}
    if value is None or isinstance(value, str | int | float | bool):
        return value
    raise TypeError(f"{type(value).__name__} is not kept")


def _revive(value: Any) -> Any:
    if isinstance(value, list):
        return tuple([_revive(item) for item in value])
    if not isinstance(value, dict):
        return value
    kind = value.pop("")
    if kind == "Path":
        return Path(value["path"])
    if kind == "dict":
        return {key: _revive(item) for key, item in value["items"]}
    if kind == "list":
        return [_revive(item) for item in value["items"]]
    return _class(kind)(**{name: _revive(item) for name, item in value.items()})


@cache
def _class(name: str) -> Any:
    """The contents need the first module only; the others take as long to import as to draw a page."""
    for module in ("front_matter", "page", "blocks"):
        kind = getattr(importlib.import_module(f"tui.course.{module}"), name, None)
        if isinstance(kind, type) and dataclasses.is_dataclass(kind):
            return kind
    raise KeyError(name)


def _tidy(folder: Path) -> None:
    """Keep the newest pages; what is dropped can be read again."""
    files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime)
    for file in files[:-MOST_FILES]:
        file.unlink(missing_ok=True)
