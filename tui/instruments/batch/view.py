"""`batch` on the bench: a task on rows of a data set, answers beside their texts."""

from __future__ import annotations

from typing import ClassVar

from textual.widgets import Static

from tui.console.widgets.option_bar import Options
from tui.console.widgets.sentence import Sentence
from tui.instruments.batch.compute import BatchResult
from tui.instruments.batch.lines import note_lines
from tui.instruments.data.view import TablePane
from tui.models import catalog


class BatchPane(TablePane):
    """Rows through a pipeline."""

    TEXTS: ClassVar[tuple[str, ...]] = ("path", "question", "labels")
    WAITING: ClassVar[tuple[str, ...]] = ("path",)

    def ask(self) -> None:
        """Only what the task uses is shown."""
        task = catalog.place(self.query_one(Options).values["task"]).task
        used = {"question": task == "question-answering", "labels": task == "zero-shot-classification"}
        for name, shown in used.items():
            self.query_one(f"#text-{name}", Sentence).display = shown
            self.query_one(f"#field-{name}", Static).display = shown
        super().ask()

    def draw(self, result: BatchResult) -> None:
        if result.table is not None:
            self.put_table(result.table, note_lines(result, self.text_width, self.app.language))
