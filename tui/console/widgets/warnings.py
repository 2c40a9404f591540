"""What a reader should know before trusting a result, above it."""

from __future__ import annotations

from collections.abc import Sequence

from tui.console.widgets.lines import Lines
from tui.text.lines import plain_lines

HIGHEST = 5
"""Lines that warnings take at most; the others are scrolled to."""


class Warnings(Lines):
    """Sentences, as high as they need up to a limit; reached by keys only when they are higher."""

    DEFAULT_CSS = """
    Warnings { height: auto; padding: 0 1; margin: 0 0 1 0; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, classes="-hidden")
        self.can_focus = False
        self._texts: Sequence[str] = ()

    def put(self, texts: Sequence[str]) -> None:
        """Show these; without any, nothing."""
        self._texts = texts
        self.set_class(not texts, "-hidden")
        self._wrap()

    def on_resize(self) -> None:
        self._wrap()

    def _wrap(self) -> None:
        width = max(20, self.size.width - 2)
        lines = [line for text in self._texts for line in plain_lines(text, width, "warn")]
        self.set_lines(lines)
        self.styles.height = min(len(lines), HIGHEST)
        self.can_focus = len(lines) > HIGHEST
