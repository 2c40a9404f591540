"""`stream` on the bench: rows as they came, with their places in the source."""

from __future__ import annotations

from typing import Any, ClassVar

from tui.console.widgets.pane import Pane


class StreamPane(Pane):
    """A stream and what is done on the fly."""

    TEXTS: ClassVar[tuple[str, ...]] = ("path", "steps")
    ANSWER: ClassVar[str] = "streamed"
    WAITING: ClassVar[tuple[str, ...]] = ("path",)
    SEVERAL: ClassVar[tuple[str, ...]] = ("steps",)
    DELAY: ClassVar[float] = 0.7

    def values(self) -> dict[str, Any]:
        values = super().values()
        if not values.get("steps"):
            values.pop("steps", None)
        return values
