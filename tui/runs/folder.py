"""A run's folder: what is where in it, and what state the run is in, told from its files alone.

recipe.toml, about.json (versions, command, where it came from), script.py (the Python that does the same), log.txt,
events.jsonl and steps.jsonl, checkpoint-N/, evaluations/, model/ (the end). `lock` is held by the worker for its life:
the kernel lets go of it whatever happens, so it tells alive from dead. Nothing in a folder says where the folder is, so
that it can be copied elsewhere.

What a run was trained on is in it, so a folder is private (0700, its files 0600); where the recipe says so, the group
may read it (0750, 0640).
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import stat
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

import filelock
import psutil

import tui
from tui import paths
from tui.atomic import write_atomically
from tui.errors import ResultWarning, UsageError, quoted
from tui.models.run_checkpoints import SavedCheckpoint, whole_checkpoints
from tui.recipes import recipe
from tui.recipes.recipe import Recipe

VERSION = 2
"""Of a run's folder."""
LIBRARIES = ("torch", "transformers", "datasets", "accelerate", "evaluate", "peft", "numpy")


@dataclass(frozen=True, slots=True)
class Run:
    """A run, by its folder."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def recipe_file(self) -> Path:
        return self.folder / "recipe.toml"

    @property
    def about_file(self) -> Path:
        return self.folder / "about.json"

    @property
    def script_file(self) -> Path:
        return self.folder / "script.py"

    @property
    def events_file(self) -> Path:
        return self.folder / "events.jsonl"

    @property
    def steps_file(self) -> Path:
        return self.folder / "steps.jsonl"

    @property
    def orders_file(self) -> Path:
        return self.folder / "orders.jsonl"

    @property
    def log_file(self) -> Path:
        """What the worker and the libraries in it printed."""
        return self.folder / "log.txt"

    @property
    def lock_file(self) -> Path:
        return self.folder / "lock"

    @property
    def worker_file(self) -> Path:
        return self.folder / "worker.json"

    @property
    def launch_file(self) -> Path:
        """Accelerate's configuration, where that launcher is used."""
        return self.folder / "accelerate.yaml"

    @property
    def evaluations(self) -> Path:
        return self.folder / "evaluations"

    @property
    def model(self) -> Path:
        return self.folder / "model"

    def recipe(self) -> Recipe:
        """What it was started with. Raises `UsageError` when the file was spoilt."""
        return recipe.load(str(self.recipe_file), self._rows_of_old())

    def _rows_of_old(self) -> dict[str, Any]:
        """A run of the first version set rows aside by the seed of its training: where it goes on, they stay those."""
        if self.about().get("version", VERSION) >= VERSION:
            return {}
        with suppress(OSError, ValueError):
            seed = tomllib.loads(self.recipe_file.read_text("utf-8")).get("seed", Recipe(data="").seed)
            return {"stratify": False, "split_seed": seed}
        return {}

    def about(self) -> dict[str, Any]:
        """Versions, command, origin; empty when the file is not there."""
        return _json(self.about_file)


def create(
    asked: Recipe, script: str, *, command: list[str] | None = None, parent: dict[str, Any] | None = None,
    warnings: Sequence[ResultWarning] = (),
) -> Run:  # fmt: skip
    """A folder for a new run, with recipe, script and origin in it; nothing is started.

    Paths in the recipe become absolute: the worker runs elsewhere, and so does whoever resumes it. `parent` says from
    which run and checkpoint it was forked, `warnings` what the plan warned of. Raises `UsageError` when the disk does
    not take it.
    """
    asked = recipe.anchored(asked)
    base = asked.name or Path(asked.data).stem.split(".")[0] or "run"
    run = Run(_reserve(_safe(base)))
    about = {
        "version": VERSION,
        "created": time.time(),
        "headnotes": tui.__version__,
        "python": sys.version.split()[0],
        "libraries": {name: _version(name) for name in LIBRARIES},
        "command": command or sys.argv,
        "seed": asked.seed,
        "parent": parent or {},
        "warnings": [asdict(one) for one in warnings],
    }
    try:
        protect(run, group=asked.group)
        mode = file_mode(run)
        write_atomically(run.recipe_file, recipe.text(asked), mode)
        write_atomically(run.about_file, json.dumps(about, indent=1), mode)
        write_atomically(run.script_file, script, mode)
    except OSError as error:
        shutil.rmtree(run.folder, ignore_errors=True)
        raise UsageError("runs.folder-not-written", folder=str(run.folder), reason=str(error)) from error
    return run


def protect(run: Run, *, group: bool) -> None:
    """Say who may look into the folder. Raises `OSError`."""
    run.folder.chmod(0o750 if group else 0o700)


def file_mode(run: Run) -> int:
    """The permissions of its files, which are as private as the folder."""
    return 0o640 if run.folder.stat().st_mode & stat.S_IRGRP else 0o600


def open_to_append(run: Run, file: Path) -> IO[bytes]:
    """A file of the folder, as private as that, unbuffered. Raises `OSError`."""
    mode = file_mode(run)
    opened = os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, mode), "ab", 0)
    with suppress(PermissionError):  # the file of someone else
        os.fchmod(opened.fileno(), mode)
    return opened


def all_runs() -> list[Run]:
    """Every run, the latest first."""
    try:
        found = [Run(one) for one in paths.runs_dir().iterdir() if (one / "about.json").is_file()]
    except OSError:
        return []
    return sorted(found, key=_created, reverse=True)


def find(name: str) -> Run:
    """A run by its name or its folder. Raises `UsageError` that names the nearest."""
    import difflib

    with suppress(OSError, UsageError, ValueError):  # names that are no paths
        for folder in (paths.runs_dir() / name, paths.expanded(name)):
            if name and (folder / "about.json").is_file():
                return Run(folder.resolve())
    names = [run.name for run in all_runs()]
    near = difflib.get_close_matches(name, names, 1)
    if near:
        raise UsageError("runs.no-such-run-near", name=quoted(name), near=near[0])
    raise UsageError("runs.no-such-run", name=quoted(name), names=names[:8])


def checkpoints(run: Run) -> list[SavedCheckpoint]:
    """Checkpoints that are whole, in the order of their steps."""
    return whole_checkpoints(run.folder)


def alive(run: Run) -> bool:
    """Whether a worker is at it, or is about to be."""
    return is_locked(run.lock_file) or worker_process(run) is not None  # which comes before it has the lock


def hold(run: Run, timeout: float = 10.0) -> filelock.BaseFileLock:
    """The lock of a run, taken for the life of this process. Raises `UsageError` when another worker has it."""
    lock = filelock.FileLock(run.lock_file, mode=file_mode(run))
    try:
        lock.acquire(timeout=timeout, poll_interval=0.05)
    except filelock.Timeout:
        raise UsageError("runs.another-worker", name=run.name) from None
    return lock


def worker_process(run: Run) -> psutil.Process | None:
    """The process that was started for it, if it is still there: the same number may be another's by now."""
    known = _json(run.worker_file)
    try:
        process = psutil.Process(int(known["pid"]))
        same = abs(process.create_time() - float(known["create_time"])) < 1.0
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, KeyError, TypeError, ValueError):
        return None


def gpus_of(run: Run) -> list[str]:
    """The GPUs that its worker was given, by the names that CUDA_VISIBLE_DEVICES has for them."""
    return [name for name in str(_json(run.worker_file).get("gpus", "")).split(",") if name]


def launch_failed(run: Run) -> bool:
    """Whether the last launch ended before its worker wrote anything; known where no worker is alive."""
    if not run.worker_file.exists():
        return False
    try:
        return run.events_file.stat().st_size <= int(_json(run.worker_file).get("events", 0))
    except (TypeError, ValueError):
        return False
    except OSError:  # there is no such file
        return True


def last_words(run: Run, lines: int = 12) -> list[str]:
    """The end of what the worker printed."""
    try:
        with run.log_file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(0, size - 16_384))
            text = opened.read().decode("utf-8", "replace")
    except OSError:
        return []
    return [line.rsplit("\r", 1)[-1] for line in text.splitlines() if line.strip()][-lines:]


def remove(run: Run) -> None:
    """Delete a run with all that is in it. Raises `UsageError` while a worker is at it."""
    if alive(run):
        raise UsageError("runs.stop-first", name=run.name)
    shutil.rmtree(run.folder)


def _safe(name: str) -> str:
    """A name for a folder: no signs that shells or commands read as something else, and not too long."""
    kept = re.sub(r"[^\w.-]+", "-", name).lstrip("-.")
    return os.fsencode(kept)[: recipe.LONGEST_NAME].decode("utf-8", "ignore") or "run"


def _reserve(base: str) -> Path:
    for name in _names(base):
        folder = paths.runs_dir() / name
        try:
            folder.mkdir(parents=True)
            return folder
        except FileExistsError:
            continue
        except OSError as error:
            raise UsageError("runs.folder-not-made", folder=str(folder), reason=str(error)) from error
    raise AssertionError


def _names(base: str) -> Iterator[str]:
    yield base
    number = 2
    while True:
        yield f"{base}-{number}"
        number += 1


def is_locked(file: Path) -> bool:
    """Whether a process holds this file. Asked by a shared lock, so that two who ask do not take each other for it."""
    try:
        with file.open("rb") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def _created(run: Run) -> float:
    try:
        return float(run.about()["created"])
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0.0


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _json(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
