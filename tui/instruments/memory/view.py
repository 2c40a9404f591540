"""`memory` on the bench: what a table takes of the process and of the system while it is read, live."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from textual.widget import Widget

from tui.console.typeset import plain_lines
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.instruments.memory.compute import MemoryResult, Sample
from tui.options import revive
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.wrap import fill

NAME = 16
STAGES = ("opened", "random reads", "scan", "iteration", "closed")


class MemoryPane(Pane):
    """A table of a chosen size."""

    TEXTS: ClassVar[tuple[str, ...]] = ()
    DELAY: ClassVar[float] = 0.8

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="memory")

    def draw(self, result: MemoryResult) -> None:
        lines = memory_lines(result.samples, result.disk, self._width, self.app.language)
        speeds = translate(self.app.language, "instruments.memory.read_speeds", random=f"{result.random_read:.2f}",
                     scan=f"{result.scanned / 1e6:,.0f}", loop=f"{result.iterated:,.0f}")  # fmt: skip
        lines += [(), *plain_lines(speeds, self._width, "text"), ()]
        lines += plain_lines(translate(self.app.language, "instruments.memory.note"), self._width, "dim")
        self.query_one("#memory", Lines).set_lines(lines)

    def draw_partial(self, fields: dict[str, Any]) -> None:
        samples: list[Sample] = revive(list[Sample], fields["samples"])
        self.query_one("#memory", Lines).set_lines(memory_lines(samples, 0, self._width, self.app.language))

    @property
    def _width(self) -> int:
        return max(30, self.size.width - 2)

    def on_resize(self) -> None:
        if self.result is not None:
            self.draw(self.result)


def memory_lines(samples: list[Sample], disk: int, width: int, language: str) -> list[Line]:
    """For every stage the most of both kinds of memory, as bars on one scale with the file."""
    most = max([disk, 1, *(sample.own for sample in samples), *(sample.file for sample in samples)])
    room = max(0, width - NAME - 14)
    lines: list[Line] = []
    if disk:
        lines += [_bar(translate(language, "instruments.memory.on_disk"), disk, most, room, "dim"), ()]
    for stage in STAGES:
        held = [sample for sample in samples if sample.stage == stage]
        if held:
            lines.append(((translate(language, f"instruments.memory.stage.{stage}"), "heading"),))
            own, file = max(sample.own for sample in held), max(sample.file for sample in held)
            lines.append(_bar("  " + translate(language, "instruments.memory.own_memory"), own, most, room, "warn"))
            lines.append(_bar("  " + translate(language, "instruments.memory.file_pages"), file, most, room, "accent"))
    return lines


def _bar(name: str, size: int, most: int, room: int, look: str) -> Line:
    size = max(0, size)
    return ((fill(name, NAME), "text"), (f"{size / 1e6:>9,.1f} MB  ", "text"), (bar(size / most, room), look))
