"""`collate` on the bench: what padding costs in three ways, and the first batch as the collator makes it."""

from __future__ import annotations

from typing import ClassVar

from tui.console.widgets.pane import Pane


class CollatePane(Pane):
    """Rows in batches."""

    TEXTS: ClassVar[tuple[str, ...]] = ("path",)
    ANSWER: ClassVar[str] = "collated"
    WAITING: ClassVar[tuple[str, ...]] = ("path",)
    DELAY: ClassVar[float] = 0.7
