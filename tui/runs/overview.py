"""All runs at a glance, looked at again and again at little cost: only what has changed is read."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tui import paths
from tui.runs import folder, run_status
from tui.runs.folder import Run
from tui.runs.run_status import ENDED, Status

WEIGH_EVERY = 10.0
"""Seconds between two counts of a run's bytes on the disk while it works."""


@dataclass(slots=True)
class Glance:
    """One run."""

    run: Run
    status: Status
    created: float
    """Seconds since 1970; 0 when it is not known."""
    disk: int = 0
    """Bytes of its folder."""
    _sizes: tuple[int, int] = (-1, -1)
    _weighed: float = field(default=-WEIGH_EVERY)

    @property
    def lives(self) -> bool:
        """Whether it is worked at."""
        return self.status.state not in (*ENDED, "new")


class Overview:
    """The runs of this machine, the latest first. Never raises for what is in them."""

    def __init__(self, *, weigh: bool = True) -> None:
        self.glances: list[Glance] = []
        self._weigh = weigh
        self._listed: tuple[float, int] = (0.0, -1)

    def look(self) -> bool:
        """Look again; whether anything has changed. Reads files: tens of milliseconds for many runs."""
        changed = self._list()
        for one in self.glances:
            sizes = (_size(one.run.events_file), _size(one.run.steps_file))
            moved = sizes != one._sizes
            if moved or (one.lives and not folder.alive(one.run)) or one.status.state == "new":
                before = (one.status.state, one.status.step)
                one._sizes, one.status = sizes, run_status.look(one.run)
                changed = changed or moved or before != (one.status.state, one.status.step)
                if not one.lives:
                    one._weighed = -WEIGH_EVERY
            now = time.monotonic()
            if self._weigh and now - one._weighed >= (WEIGH_EVERY if one.lives else 6 * WEIGH_EVERY):
                was, one.disk, one._weighed = one.disk, weigh(one.run.folder), now
                changed = changed or was != one.disk
        return changed

    def _list(self) -> bool:
        """Take up runs that are new, forget those that are gone."""
        try:
            with os.scandir(paths.runs_dir()) as entries:
                names = [entry.name for entry in entries if entry.is_dir()]
            listed = (paths.runs_dir().stat().st_mtime, len(names))
        except OSError:
            listed = (0.0, 0)
        known = {one.run.folder: one for one in self.glances}
        if listed == self._listed and len(known) == listed[1]:
            return False
        self._listed = listed
        found = [known.get(run.folder) or Glance(run, Status(), _created(run)) for run in folder.all_runs()]
        changed = [one.run for one in found] != [one.run for one in self.glances]
        self.glances = found
        return changed


def weigh(where: Path) -> int:
    """Bytes of a folder."""
    total = 0
    with suppress(OSError):
        for file in where.rglob("*"):
            with suppress(OSError):
                total += file.lstat().st_size
    return total


def _created(run: Run) -> float:
    try:
        return float(run.about().get("created", 0))
    except (TypeError, ValueError):
        return 0.0


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return -1
