"""`upgrade` on the bench: a box for the code, and what of it no longer works."""

from __future__ import annotations

from typing import Any, ClassVar

from tui.console.widgets.pane import Pane
from tui.console.widgets.sentence import Sentence


class UpgradePane(Pane):
    """Old code, and its new form."""

    BESIDE: ClassVar[int] = 4
    TEXTS: ClassVar[tuple[str, ...]] = ("code",)
    SEVERAL: ClassVar[tuple[str, ...]] = ("code",)
    DELAY: ClassVar[float] = 0.6

    DEFAULT_CSS = """
    UpgradePane Sentence { max-height: 12; }
    UpgradePane #lines { padding: 0 1; }
    """

    @property
    def is_empty(self) -> bool:
        return super().is_empty and not self.values().get("file")

    def values(self) -> dict[str, Any]:
        """The code with its empty lines."""
        return {**super().values(), "code": self.query_one("#text-code", Sentence).value}

    async def copied(self) -> tuple[str, str]:
        """The new code: what a reader wants to take along."""
        return ("code", self.result.code) if self.result is not None else await super().copied()
