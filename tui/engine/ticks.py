"""Progress bars of the libraries, turned into numbers: one tap on tqdm catches them all.

Subclassing does not reach them, because libraries import tqdm by value; replacing `display` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class _Nowhere:
    """A file for bars: closing one writes a line end straight to its file."""

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None:
        """Nothing is kept."""


def tap_tqdm(report: Callable[[str, float, float | None], None]) -> None:
    """Send every bar's state to `report(what, done, total)` instead of drawing it."""
    from tqdm import std

    nowhere = _Nowhere()

    def display(self: Any, msg: str | None = None, pos: int | None = None) -> bool:
        self.fp = nowhere
        report((self.desc or "").rstrip(": ") or "working", self.n, self.total)
        return True

    std.tqdm.display = display
    std.tqdm.status_printer = staticmethod(lambda file: lambda text: None)
