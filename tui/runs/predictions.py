"""What a run predicted for every row it was measured on, from its folder; and what changed between two evaluations."""

from __future__ import annotations

import hashlib
import json
import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tui.runs.curves import Evaluation
from tui.runs.folder import Run

MOST_OF_CELL = 500
"""Rows behind a cell that are given out."""
LONGEST_FILE = 64 << 20


@dataclass(frozen=True, slots=True)
class Predicted:
    """A row of an evaluation."""

    row: int
    truth: str
    prediction: str
    score: float | None
    text: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that two evaluations do not predict alike."""

    row: int
    truth: str
    before: str
    after: str
    text: str

    @property
    def gained(self) -> int:
        """1 where it became right, -1 where it became wrong, 0 where it was and is wrong."""
        return (self.after == self.truth) - (self.before == self.truth)


@dataclass(frozen=True, slots=True)
class Changes:
    """Two evaluations of the same rows."""

    rows: int
    """Rows that both predicted."""
    changed: list[Changed]
    """What became right first, then what became wrong, then what is wrong otherwise; each in the order of the rows."""

    @property
    def won(self) -> int:
        """Rows that became right."""
        return sum(one.gained > 0 for one in self.changed)

    @property
    def lost(self) -> int:
        """Rows that became wrong."""
        return sum(one.gained < 0 for one in self.changed)

    @property
    def p(self) -> float:
        """How often chance alone would part won from lost as far, were neither better: McNemar's exact test, two-sided.

        From 0 to 1; 1 where nothing changed.
        """
        return sign_test(self.won, self.lost)


def sign_test(one: int, other: int) -> float:
    """The two-sided probability that a fair coin falls at least as unevenly as `one` to `other`."""
    tosses = one + other
    tail = sum(math.comb(tosses, heads) for heads in range(min(one, other) + 1))
    return min(1.0, float(2 * tail / 2**tosses))


def rows_behind(run: Run, shown: Evaluation, truth: str, prediction: str) -> list[Predicted] | None:
    """The rows that one cell of the matrix counts; None when predictions are not kept."""
    if not shown.file:
        return None
    texts = _texts(run)
    found = []
    for row in json_lines(run, shown.file):
        if str(row.get("truth")) == truth and str(row.get("prediction")) == prediction:
            number, score = row.get("row"), row.get("score")
            at = number if isinstance(number, int) else 0
            share = score if isinstance(score, float) else None
            found.append(Predicted(at, truth, prediction, share, texts.get(number, "")))
            if len(found) == MOST_OF_CELL:
                break
    return found


def changes(before: tuple[Run, Evaluation], after: tuple[Run, Evaluation]) -> Changes | None:
    """What two evaluations predict differently; None when they are not of the same rows, or these are not kept."""
    (one, earlier), (other, later) = before, after
    if one != other and (not measured_rows(one) or measured_rows(one) != measured_rows(other)):
        return None
    old, new = _by_row(one, earlier), _by_row(other, later)
    both = [row for row in new if row in old and old[row][0] == new[row][0]]
    if not both:
        return None
    texts = _texts(other)
    changed = [Changed(row, new[row][0], old[row][1], new[row][1], texts.get(row, ""))
               for row in sorted(both) if old[row][1] != new[row][1]]  # fmt: skip
    return Changes(len(both), sorted(changed, key=lambda row: (1, 2, 0)[row.gained + 1]))


def measured_rows(run: Run) -> str:
    """A digest of the texts that a run is measured on; empty where they were not kept."""
    try:
        with (run.evaluations / "rows.jsonl").open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest()
    except OSError:
        return ""


def json_lines(run: Run, name: str) -> list[dict[str, Any]]:
    """Objects of a file of the run; never of one outside its folder, whatever the log says."""
    rows: list[dict[str, Any]] = []
    with suppress(OSError, ValueError):  # names that no file system takes are ValueErrors
        file = (run.folder / name).resolve()
        if not file.is_relative_to(run.folder.resolve()) or file.stat().st_size > LONGEST_FILE:
            return []
        for line in file.read_text("utf-8", "replace").splitlines():
            with suppress(ValueError):
                if isinstance(row := json.loads(line), dict):
                    rows.append(row)
    return rows


def _by_row(run: Run, shown: Evaluation) -> dict[int, tuple[str, str]]:
    """(truth, prediction) of every row by its number."""
    return {row["row"]: (str(row.get("truth")), str(row.get("prediction")))
            for row in json_lines(run, shown.file) if isinstance(row.get("row"), int)}  # fmt: skip


def _texts(run: Run) -> dict[Any, str]:
    return {row.get("row"): str(row.get("text", "")) for row in json_lines(run, "evaluations/rows.jsonl")}
