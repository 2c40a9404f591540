"""`map` on the bench: the function, its speed, the rows it made, and the race of four ways."""

from __future__ import annotations

from typing import ClassVar

from tui.instruments.data.view import TablePane
from tui.instruments.map.compute import MapResult
from tui.instruments.map.lines import note_lines


class MapPane(TablePane):
    """A function on every row."""

    TEXTS: ClassVar[tuple[str, ...]] = ("function",)
    WAITING: ClassVar[tuple[str, ...]] = ("function",)

    def draw(self, result: MapResult) -> None:
        notes = note_lines(result, self.text_width, self.app.language)
        self.put_table(result.after, notes, front=result.changed.added)
