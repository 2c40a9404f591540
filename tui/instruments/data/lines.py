"""What `data` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

import json
from typing import Any

from tui.instruments.data.compute import DataResult
from tui.tables.cells import SHOWN, Column, number_text
from tui.text.catalog import translate
from tui.text.grid import grid
from tui.text.lines import Line, plain_lines

MOST_NOTES = 5


def data_lines(result: DataResult, width: int, language: str) -> list[Line]:
    """The facts, then the first rows."""
    columns = [(column.name, column.kind == "number") for column in result.table.columns]
    rows = [[_cell(*cell) for cell in zip(row, result.table.columns, strict=True)] for row in result.rows]
    return [*note_lines(result, width, language), (), *grid(columns, rows, width)]


def _cell(value: Any, column: Column) -> str | None:
    """A stored value as the table shows it."""
    if value is None or isinstance(value, str):
        return value if value is None else value[:SHOWN]
    if column.kind == "label":
        return dict(enumerate(column.labels)).get(value, str(value))
    if column.kind == "number":
        return number_text(str(value), column.decimals)
    return json.dumps(value, ensure_ascii=False)


def note_lines(result: DataResult, width: int, language: str) -> list[Line]:
    """The splits with their rows, and what the last step did."""
    facts = [f"{one.name} {'…' if one.rows is None else f'{one.rows:,}'}" for one in result.table.splits]
    lines: list[Line] = [*plain_lines("   ".join(facts), width, "dim")]
    changed = result.changed
    if changed is not None and changed.after is not None:
        done = translate(
            language, "console.step_done", step=result.table.steps[-1], before=f"{changed.before or 0:,}",
            after=f"{changed.after:,}", seconds=f"{1000 * changed.seconds:.0f} ms",
        )  # fmt: skip
        cache = f"   {translate(language, f'console.cache.{changed.cache}')}" if changed.cache else ""
        lines += plain_lines(done + cache, width, "dim")
    return lines[:MOST_NOTES]
