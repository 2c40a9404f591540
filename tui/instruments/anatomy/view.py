"""`anatomy` on the bench: one stage at a time between text and label, with its real values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.console.widgets.pane import Pane
from tui.instruments.anatomy.compute import STAGES, AnatomyResult
from tui.instruments.anatomy.lines import stage_lines


class Stages(Lines):
    """The stage strip and the values of the stage that is marked."""

    SCOPES = ("anatomy", "scroll", "bench")
    BINDINGS: ClassVar[list[BindingType]] = bindings("anatomy")

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.stage = 0
        self.result: AnatomyResult | None = None
        self.language = "en"

    def put(self, result: AnatomyResult, language: str) -> None:
        """Show this answer, at the stage where the reader is."""
        self.result, self.language = result, language
        self._draw()

    def _draw(self) -> None:
        if self.result is not None and self.size.width:
            self.set_lines(stage_lines(self.result, self.stage, max(30, self.size.width - 2), self.language))

    def on_resize(self) -> None:
        self._draw()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        ends: dict[str, str | None] = {}
        if self.stage == len(STAGES) - 1:
            ends["anatomy.next"] = None
        if self.stage == 0:
            ends["anatomy.previous"] = None
        return ends

    def action_stage(self, by: int) -> None:
        self.stage = max(0, min(self.stage + by, len(STAGES) - 1))
        self._draw()
        self.scroll_to(y=0, animate=False, immediate=True)


class AnatomyPane(Pane):
    """From a text to its label."""

    TEXTS: ClassVar[tuple[str, ...]] = ("text",)
    LEFT_OUT: ClassVar[tuple[str, ...]] = ("stage",)

    def put_extra(self, values: Mapping[str, Any]) -> None:
        stage = values.get("stage", STAGES[0])
        self.query_one(Stages).stage = STAGES.index(stage) if stage in STAGES else 0

    def compose_answer(self) -> Iterator[Widget]:
        yield Stages(id="stages")

    def draw(self, result: AnatomyResult) -> None:
        self.query_one(Stages).put(result, self.app.language)
