"""How what runs in the engine tells what it has so far."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

hearing: ContextVar[Callable[[dict[str, Any]], None] | None] = ContextVar("hearing", default=None)
"""Who hears what a running instrument has so far. The engine sets it."""


def report(partial: dict[str, Any]) -> None:
    """Tell what there is so far: some fields of the result to come, as plain data."""
    if (hear := hearing.get()) is not None:
        hear(partial)
