"""Models that the bench and the help offer: the catalog and the runs of this machine."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path

from tui.models.location import run_names
from tui.models.reference import COURSE, STAND_IN, catalog_names

MODEL_HELP = "a name of the catalog, run:NAME, a folder, or a Hub id that is on this machine"
TASK_MODEL_HELP = f"{STAND_IN}, {COURSE}, {MODEL_HELP}"
MOST_RUNS = 8
MOST_FOLDERS = 200
"""Entries of the reader's folder that are looked at."""


def models() -> tuple[str, ...]:
    """The names of the catalog, then the newest runs that have a model."""
    return (*catalog_names(), *(f"run:{name}" for name in run_names(MOST_RUNS)))


def models_for_task() -> tuple[str, ...]:
    """The two models that the catalog has for a task, then all others."""
    return (STAND_IN, COURSE, *models())


def model_folders() -> tuple[str, ...]:
    """Checkpoints in the reader's folder, as references; nothing in them is opened."""
    with suppress(OSError):
        return tuple(
            sorted(
                f"./{path.name}" for path in islice(Path().iterdir(), MOST_FOLDERS) if (path / "config.json").is_file()
            )
        )
    return ()
