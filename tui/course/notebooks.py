"""The cells of a lesson as a program or a notebook, to run outside of this console.

A notebook is written by its format, nbformat 4.5: a small JSON file, for which no library is needed.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tui.atomic import write_atomically
from tui.course.blocks import Heading, plain
from tui.course.cells import cells_of
from tui.course.page import Page
from tui.errors import HeadnotesError, UsageError

KINDS = (".py", ".ipynb")


def export(page: Page, target: Path, *, setup: str = "", scratch: str = "", replace: bool = False) -> None:
    """Write the cells of a page, after the lines that make what they need. Raises `HeadnotesError`."""
    if target.suffix not in KINDS:
        raise UsageError("course.export-kind", file=target.name)
    if not cells_of(page) and not scratch.strip():
        raise UsageError("course.export-nothing", lesson=page.title)
    if target.exists() and not replace:
        raise UsageError("course.export-exists", file=str(target))
    parts = _parts(page, setup, scratch)
    text = _script(parts) if target.suffix == ".py" else _notebook(parts)
    try:
        write_atomically(target, text)
    except OSError as error:
        raise HeadnotesError("course.export-failed", file=str(target), reason=error.strerror or str(error)) from error


def _parts(page: Page, setup: str, scratch: str) -> list[tuple[str, str]]:
    """("title" or "code", text) in the order of the page; headings that have no cell are left out."""
    parts = [("title", f"# {page.title}")]
    if setup.strip():
        parts.append(("code", setup.strip()))
    cells, heading = cells_of(page), ""
    for index, block in enumerate(page.blocks):
        if isinstance(block, Heading):
            heading = f"{'#' * block.level} {plain(block.spans)}"
        elif index in cells:
            if heading:
                parts.append(("title", heading))
            heading = ""
            parts.append(("code", cells[index].code))
    if scratch.strip():
        parts.append(("code", scratch.strip()))
    return parts


def _script(parts: list[tuple[str, str]]) -> str:
    """A program in the percent format, which editors run cell by cell."""
    return (
        "\n\n".join(f"# %% [markdown]\n# {text}" if kind == "title" else f"# %%\n{text}" for kind, text in parts) + "\n"
    )


def _notebook(parts: list[tuple[str, str]]) -> str:
    cells = [_cell(number, kind, text) for number, (kind, text) in enumerate(parts, 1)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, kind: str, text: str) -> dict[str, Any]:
    cell: dict[str, Any] = {"id": f"cell-{number}", "metadata": {}, "source": text.splitlines(keepends=True)}
    if kind == "title":
        return {"cell_type": "markdown", **cell}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **cell}
