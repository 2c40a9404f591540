"""`memory` on the bench: what a table takes of the process and of the system while it is read, live."""

from __future__ import annotations

from typing import Any, ClassVar

from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.instruments.memory.compute import Sample
from tui.instruments.memory.lines import memory_lines
from tui.options import revive


class MemoryPane(Pane):
    """A table of a chosen size."""

    TEXTS: ClassVar[tuple[str, ...]] = ()
    ANSWER: ClassVar[str] = "memory"
    DELAY: ClassVar[float] = 0.8

    def draw_partial(self, fields: dict[str, Any]) -> None:
        samples: list[Sample] = revive(list[Sample], fields["samples"])
        self.query_one("#memory", Lines).set_lines(memory_lines(samples, 0, self.text_width, self.app.language))
