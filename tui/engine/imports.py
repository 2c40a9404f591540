"""Imports as the engine sees them: they are never interrupted, and while one is under way no beat is expected.

A library whose import was broken off cannot be imported again in the same process. And loading a large one holds
Python's lock for seconds, so that no other thread can say that all is well.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from importlib import _bootstrap
from types import FrameType
from typing import Any

_FILES = ("<frozen importlib._bootstrap>", __file__)
"""Every import of a module that is not loaded has frames of these files, also one that begins in C."""
_active: set[int] = set()
"""Threads that are importing."""


def is_within(frame: FrameType | None) -> bool:
    """Whether a frame, or one that called it, belongs to an import."""
    while frame is not None:
        if frame.f_code.co_filename in _FILES:
            return True
        frame = frame.f_back
    return False


def is_under_way() -> bool:
    """Whether any thread is importing."""
    return bool(_active)


def watch(on_change: Callable[[], None]) -> None:
    """Call this when a thread begins to import a module that is not loaded, and when it has done so."""
    imports: Any = _bootstrap  # a private name, since no public place sees all imports
    find_and_load = imports._find_and_load

    def find_and_load_watched(name: str, import_: Any) -> Any:
        thread = threading.get_ident()
        if thread in _active:
            return find_and_load(name, import_)
        _active.add(thread)
        try:
            on_change()
            return find_and_load(name, import_)
        finally:
            _active.discard(thread)
            on_change()

    imports._find_and_load = find_and_load_watched
