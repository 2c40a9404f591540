"""What the installed libraries have: their names, and the keywords of their functions."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from importlib.metadata import PackageNotFoundError, version
from typing import Any

LIBRARIES = (
    "transformers", "datasets", "evaluate", "accelerate", "huggingface_hub", "tokenizers", "peft", "torch",
)  # fmt: skip
"""Those that are looked into; any other module of the reader's code is never imported."""


def missing_name(module: str, name: str) -> tuple[str, str] | None:
    """(`missing-module` or `missing-name`, the installed version) when `from module import name` would fail."""
    if not _is_looked_into(module):
        return None
    loaded = _module(module)
    if loaded is None:
        return "missing-module", _version(module)
    if not hasattr(loaded, name) and _module(f"{module}.{name}") is None:
        return "missing-name", _version(module)
    return None


def unknown_keyword(qualified: str, keyword: str) -> str | None:
    """The installed version, when the function or class of that qualified name does not take the keyword."""
    if not _is_looked_into(qualified):
        return None
    function = _resolve(qualified)
    if function is None:
        return None
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return None
    if keyword in parameters or any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values()):
        return None
    return _version(qualified)


def _is_looked_into(module: str) -> bool:
    return module.partition(".")[0] in LIBRARIES


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except Exception:  # the border: a library's module may fail in any way for want of another package
        return None


def _resolve(qualified: str) -> Any:
    """The object of a dotted name; None when there is none."""
    module, *names = qualified.split(".")
    value = _module(module)
    for name in names:
        if value is None:
            return None
        value = getattr(value, name, None)
    return value


def _version(module: str) -> str:
    package = module.partition(".")[0]
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return package
