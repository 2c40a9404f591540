"""`pipeline` on the bench: a bar for every label, and the time of the three stages."""

from __future__ import annotations

from collections.abc import Iterator

from textual.widget import Widget

from tui.lab.pipeline import PipelineResult
from tui.ui.typeset import plain_lines
from tui.ui.verbatim import visible
from tui.ui.widgets.lines import Line, Lines
from tui.ui.widgets.pane import Pane
from tui.ui.words import say
from tui.ui.wrap import cells, fill

EIGHTHS = " ▏▎▍▌▋▊▉"


class PipelinePane(Pane):
    """A task on a text."""

    def compose_answer(self) -> Iterator[Widget]:
        yield Lines(id="labels")

    def draw(self, result: PipelineResult) -> None:
        width = max(24, self.size.width - 2)
        self.query_one("#labels", Lines).set_lines(answer_lines(result, width, self.app.language))

    def on_resize(self) -> None:
        if self.result is not None:
            self.draw(self.result)


def bar(share: float, width: int) -> str:
    """A bar of at most `width` cells, in eighths of a cell."""
    eighths = round(max(0.0, min(share, 1.0)) * width * 8)
    return "█" * (eighths // 8) + (EIGHTHS[eighths % 8] if eighths % 8 else "")


def answer_lines(result: PipelineResult, width: int, language: str) -> list[Line]:
    """Labels with their scores, best first; then the times."""
    name = max((cells(visible(one.label)) for one in result.labels), default=0)
    room = max(6, width - name - 10)
    lines: list[Line] = []
    for place, one in enumerate(result.labels):
        look = "accent" if place == 0 else "dim"
        head = (fill(visible(one.label), name) + "  ", "strong" if place == 0 else "text")
        lines.append((("  ", "text"), head, (f"{one.score:.4f}  ", "text"), (bar(one.score, room), look)))
    times = result.milliseconds
    whole = times.tokenizer + times.model + times.postprocessing
    lines.append(())
    for label, value in (
        (say(language, "stage_tokenizer"), times.tokenizer),
        (say(language, "stage_model"), times.model),
        (say(language, "stage_post"), times.postprocessing),
    ):
        share = value / whole if whole else 0.0
        lines.append(((f"  {fill(label, 16)}{value:8.2f} ms  ", "dim"), (bar(share, max(4, width - 32)), "dim")))
    lines += [(), (("  " + say(language, "tokens_seen", n=result.tokens), "dim"),)]
    if result.cut:
        lines += [(("  ", "text"), *line) for line in plain_lines(say(language, "was_cut"), width - 2, "warn")]
    return lines
