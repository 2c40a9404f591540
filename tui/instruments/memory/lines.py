"""What `memory` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.memory.compute import MemoryResult, Sample
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.wrap import fill

NAME = 16
STAGES = ("opened", "random reads", "scan", "iteration", "closed")


def result_lines(result: MemoryResult, width: int, language: str) -> list[Line]:
    """The memory of every stage, the speeds, and what they mean."""
    speeds = translate(
        language, "instruments.memory.read_speeds", random=f"{result.random_read:.2f}",
        scan=f"{result.scanned / 1e6:,.0f}", loop=f"{result.iterated:,.0f}",
    )  # fmt: skip
    return [
        *memory_lines(result.samples, result.disk, width, language), (), *plain_lines(speeds, width, "text"), (),
        *plain_lines(translate(language, "instruments.memory.note"), width, "dim"),
    ]  # fmt: skip


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
