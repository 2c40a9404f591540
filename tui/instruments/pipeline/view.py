"""`pipeline` on the bench: a form for each task, and its answer drawn as fits it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from textual.widgets import Static

from tui.console.verbatim import verbatim
from tui.console.widgets.lines import Lines
from tui.console.widgets.option_bar import Options
from tui.console.widgets.pane import Pane
from tui.console.widgets.sentence import Sentence
from tui.instruments.pipeline.calls import FIELDS
from tui.instruments.pipeline.lines import written
from tui.models import catalog
from tui.models.pipelines.answers import Piece
from tui.options import revive
from tui.text.catalog import translate


class PipelinePane(Pane):
    """A task on a text."""

    TEXTS: ClassVar[tuple[str, ...]] = ("text", "question", "labels")
    ANSWER: ClassVar[str] = "labels"

    def ask(self) -> None:
        self._show_form()
        super().ask()

    @property
    def chosen(self) -> str:
        """The task that is set, under the library's usual name."""
        return catalog.place(self.query_one(Options).values["task"]).task

    def _show_form(self) -> None:
        """Only what the task uses."""
        used = FIELDS[self.chosen]
        self.query_one(Options).show_only(("task", "model", "beside", *used))
        asked = [name for name in self.TEXTS if name == "text" or name in used]
        for name in self.TEXTS:
            label = self.query_one(f"#field-{name}", Static)
            label.display = len(asked) > 1 and name in asked
            self.query_one(f"#text-{name}", Sentence).display = name in asked
            label.update(verbatim(self.name_of(name)))

    def name_of(self, field: str) -> str:
        key = "context" if field == "text" and self.chosen == "question-answering" else field
        return translate(self.app.language, f"console.field.{key}")

    def values(self) -> dict[str, Any]:
        """What is set, without the fields that the task does not use."""
        used = ("text", "task", "model", "beside", *FIELDS[self.chosen])
        return {name: value for name, value in super().values().items() if name in used}

    def put(self, values: Mapping[str, Any]) -> None:
        labels = values.get("labels")
        super().put({**values, "labels": ", ".join(map(str, labels))} if isinstance(labels, list | tuple) else values)

    def draw_partial(self, fields: dict[str, Any]) -> None:
        pieces: list[Piece] = revive(list[Piece], fields["pieces"])
        view = self.query_one("#labels", Lines)
        prompt = self.query_one("#text-text", Sentence).value
        view.set_lines(written(prompt, pieces, self.text_width, self.app.language))
