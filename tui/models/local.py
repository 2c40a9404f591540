"""Taking stock of the shelf: what of it is on this machine, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass

from tui.models.catalog import SHELF, Place
from tui.models.checkpoints import Checkpoint
from tui.text.catalog import translate
from tui.text.sizes import size_text


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


def stock_lines(language: str, at: Place, row: Stock) -> list[tuple[str, str]]:
    """(Name, what is known of it) of the stand-in and of the course's checkpoint."""
    ours = translate(language, "models.local.missing")
    if row.stand_in:
        ours = translate(
            language, "models.local.stand_in_line",
            folder=at.folder, name=translate(language, f"models.called.{at.folder}"),
            size=size_text(row.stand_in_bytes), score=measured_text(language, row.measured),
        )  # fmt: skip
    where = translate(language, "models.local.here") if row.course_at_hand else f"headnotes models get {at.task}"
    licence = translate(language, "models.local.no_license") if row.licence == "not stated" else row.licence
    theirs = translate(
        language, "models.local.course_line",
        name=f"{row.course}@{row.revision}", size=size_text(row.megabytes * 1e6), license=licence, where=where,
    )  # fmt: skip
    return [(translate(language, "models.local.stand_in"), ours), (translate(language, "models.local.course"), theirs)]


def measured_text(language: str, measured: str) -> str:
    """How good a model is, of what its card says (`accuracy 0.880 on SST-2`)."""
    score, _, data = measured.partition(" on ")
    return (
        translate(language, "models.local.score", score=score, data=data)
        if data
        else measured or translate(language, "models.local.not_measured")
    )
