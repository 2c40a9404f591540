"""Progress bars of the libraries, turned into numbers: one tap on tqdm catches them all.

Subclassing does not reach them, because libraries import tqdm by value; replacing `display` does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def tap_tqdm(report: Callable[[str, float, float | None], None]) -> None:
    """Send every bar's state to `report(what, done, total)` instead of drawing it."""
    from tqdm import std

    def display(self: Any, msg: str | None = None, pos: int | None = None) -> bool:
        report((self.desc or "").rstrip(": ") or "working", self.n, self.total)
        return True

    std.tqdm.display = display
    std.tqdm.status_printer = staticmethod(lambda file: lambda text: None)
