"""What `batch` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.batch.compute import BatchResult
from tui.text.catalog import translate
from tui.text.grid import grid
from tui.text.lines import Line, plain_lines


def batch_lines(result: BatchResult, width: int, language: str) -> list[Line]:
    """The speed and the agreement, then a row for each answer."""
    lines = note_lines(result, width, language)
    names = [column.name for column in result.table.columns] if result.table is not None else []
    has_score, has_label = "score" in names[:2], result.agreeing is not None
    rows = [
        [row.answer, *([f"{row.score or 0:.4f}"] if has_score else []), *([row.right] if has_label else []), row.text]
        for row in result.rows
    ]
    return [*lines, (), *grid([(name, name == "score") for name in names], rows, width)]


def note_lines(result: BatchResult, width: int, language: str) -> list[Line]:
    """How fast it was, and how many answers are those of the label column."""
    speed = f"{len(result.rows) / max(result.seconds, 1e-9):,.1f}"
    lines: list[Line] = [*plain_lines(translate(language, "console.speed", rows=speed, how=""), width, "dim")]
    if result.agreeing is not None and result.rows:
        share = f"{result.agreeing / len(result.rows):.3f}"
        agreeing = translate(
            language, "instruments.batch.agreeing", n=result.agreeing, all=len(result.rows), share=share
        )
        lines += plain_lines(agreeing, width)
    return lines
