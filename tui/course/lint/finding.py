"""What the checks of a course report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: where it is, what it is, and what to do."""

    file: str
    line: int
    what: str
    do: str
