"""Taking stock of the shelf: what of it is on this machine, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass

from tui.models.catalog import SHELF, Place
from tui.models.checkpoints import Checkpoint
from tui.text.sizes import size_said


@dataclass(frozen=True, slots=True)
class Stock:
    """What is at hand for one task."""

    task: str
    stand_in: str
    """What the stand-in is called; empty when it is missing."""
    stand_in_bytes: int
    measured: str
    course: str
    revision: str
    megabytes: int
    """Of the course's checkpoint, about."""
    licence: str
    course_at_hand: bool


def take() -> list[Stock]:
    """The stock of every task, in the order of the shelf."""
    from tui.models.download import is_at_hand

    rows = []
    for at in SHELF:
        here = Checkpoint(at.called, str(at.standin), "lessons", at.course).answered()
        rows.append(
            Stock(
                task=at.task,
                stand_in=at.called if at.is_bundled else "",
                stand_in_bytes=sum(file.stat().st_size for file in at.standin.glob("*") if file.is_file()),
                measured=here.measured,
                course=at.course,
                revision=at.revision,
                megabytes=at.megabytes,
                licence=at.licence,
                course_at_hand=is_at_hand(at.course, at.revision),
            )
        )
    return rows


def sentences(at: Place, row: Stock) -> tuple[str, str]:
    """The stand-in and the course's checkpoint, a line each."""
    size = size_said(row.stand_in_bytes)
    ours = (
        ", ".join(part for part in (at.folder, row.stand_in, size, row.measured) if part) if row.stand_in else "missing"
    )
    place = "on this machine" if row.course_at_hand else f"headnotes models get {at.task}"
    theirs = f"{row.course}@{row.revision}, about {row.megabytes:,} MB, license {row.licence}; {place}"
    return f"stand-in  {ours}", f"course    {theirs}"
