"""A Jupyter notebook (nbformat 4) as Markdown: its texts, its code, and what the code printed, without the pictures."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tui.errors import LessonError

MOST_OUTPUT = 20_000
"""Characters of one output that are shown."""
_FENCES = re.compile(r"`{3,}")


def markdown_of(text: str) -> str:
    """The Markdown. Raises `LessonError` for a file that is no notebook."""
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, LookupError, TypeError, RecursionError):
        cells = None
    if not isinstance(cells, list):
        raise LessonError("course.no-notebook")
    return "\n\n".join(part for cell in cells if isinstance(cell, Mapping) for part in _parts(cell)) + "\n"


def _parts(cell: Mapping[str, Any]) -> Iterator[str]:
    source = _joined(cell.get("source"))
    if cell.get("cell_type") == "markdown":
        yield source
    elif source.strip():
        yield _fenced(source, "python" if cell.get("cell_type") == "code" else "")
    outputs = cell.get("outputs")
    for output in outputs if isinstance(outputs, list) else ():
        if isinstance(output, Mapping) and (printed := _output(output).rstrip()):
            yield _fenced(printed[:MOST_OUTPUT], "")


def _output(output: Mapping[str, Any]) -> str:
    if output.get("output_type") == "error":
        return f"{output.get('ename')}: {output.get('evalue')}"
    data = output.get("data")
    return _joined(data.get("text/plain") if isinstance(data, Mapping) else output.get("text"))


def _joined(lines: object) -> str:
    """A text that may be a list of lines."""
    return "".join(map(str, lines)) if isinstance(lines, list) else lines if isinstance(lines, str) else ""


def _fenced(text: str, language: str) -> str:
    longest = max(map(len, _FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"
