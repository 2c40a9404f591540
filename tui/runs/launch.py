"""Starting a worker so that it outlives console, terminal and line: its own session, no terminal, a file for words."""

from __future__ import annotations

import atexit
import json
import os
import shlex
import stat
import subprocess
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import IO

import psutil

from tui.atomic import write_atomically
from tui.engine.environment import child_command, child_environment
from tui.errors import UsageError
from tui.models.run_checkpoints import SavedCheckpoint
from tui.recipes import devices, launch_config
from tui.recipes.recipe import Recipe
from tui.runs import folder, orders
from tui.runs.folder import Run

WORKER = "tui.runs.worker"
_STARTED: list[subprocess.Popen[bytes]] = []
"""Workers that this process started: Python takes a child that nobody holds for a mistake."""


@atexit.register
def _let_go() -> None:
    """They go on without this process, which is no mistake either."""
    for child in _STARTED:
        if child.poll() is None:
            child.returncode = 0


def start(run: Run, resume: SavedCheckpoint | None = None) -> int:
    """Start the worker of a run and return its process id at once. Raises `UsageError` when one is at it already."""
    if folder.alive(run):
        raise UsageError("runs.is-running", name=run.name)
    recipe = run.recipe()
    around = environment(recipe)
    with suppress(OSError):  # a folder of someone else, who has said who may look into it
        folder.protect(run, group=recipe.group)
    mode = folder.file_mode(run)
    if recipe.launcher == "accelerate":
        own = recipe.launch_config
        write_atomically(run.launch_file, launch_config.read(own) if own else launch_config.make(recipe), mode)
    words = command(run, recipe, resume)
    events = run.events_file.stat().st_size if run.events_file.exists() else 0
    _STARTED[:] = [child for child in _STARTED if child.poll() is None]
    with _open_log(run) as log:
        with suppress(OSError):  # a full disk
            os.write(log.fileno(), f"$ {shlex.join(words)}\n".encode())
        process = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True, env=around,
            cwd=run.folder, umask=0o027 if mode & stat.S_IRGRP else 0o077,
        )  # fmt: skip
    _STARTED.append(process)
    known = {"pid": process.pid, "create_time": _created(process.pid), "started": time.time(), "command": words,
             "events": events, "gpus": around.get(devices.VISIBLE, "")}  # fmt: skip
    with suppress(OSError):
        write_atomically(run.worker_file, json.dumps(known), mode)
    return process.pid


def command(run: Run, recipe: Recipe, resume: SavedCheckpoint | None) -> list[str]:
    """The words that start it."""
    what = [str(run.folder.absolute()), "--orders-from", str(orders.end_of(run))]
    what += ["--launched"] if recipe.launcher != "local" else []
    what += ["--resume", str(resume.step)] if resume else []
    match recipe.launcher:
        case "torchrun":
            launcher = child_command("torch.distributed.run", "--standalone", "--nproc_per_node", str(recipe.processes))
        case "accelerate":
            config = str(run.launch_file.absolute())
            launcher = child_command("accelerate.commands.launch", "--config_file", config)
        case _:
            return [*child_command(WORKER), *what]
    return [*launcher, "-m", WORKER, *what]


def _open_log(run: Run) -> IO[bytes]:
    try:
        return folder.open_to_append(run, run.log_file)
    except OSError:  # a folder has its name, for example: the run matters more
        return Path(os.devnull).open("ab")


def environment(recipe: Recipe) -> dict[str, str]:
    """What a worker finds in its environment. Raises `UsageError` for a GPU that is not there."""
    made = child_environment() | devices.environment(recipe, _workers())
    if recipe.threads:
        made["OMP_NUM_THREADS"] = str(recipe.threads)
    elif recipe.processes > 1:
        made["OMP_NUM_THREADS"] = str(max(1, (os.cpu_count() or 1) // recipe.processes))
    if recipe.launcher != "local" and not launch_config.uses_gpu(recipe):
        made["ACCELERATE_USE_CPU"] = "true"
    return made


def _workers() -> Counter[str]:
    """How many runs are on each GPU, by its name."""
    return Counter(name for run in folder.all_runs() if folder.alive(run) for name in folder.gpus_of(run))


def kill(run: Run) -> bool:
    """End a worker and all its processes without a word; whether there was one. Checkpoints stay."""
    process = folder.worker_process(run)
    if process is None:
        return False
    everyone = [process]
    with suppress(psutil.Error):
        everyone += process.children(recursive=True)
    for one in everyone:
        with suppress(psutil.Error):
            one.kill()
    psutil.wait_procs(everyone, timeout=5)
    return True


def latest(run: Run) -> SavedCheckpoint:
    """The checkpoint to go on from. Raises `UsageError` when there is none."""
    found = folder.checkpoints(run)
    if not found:
        raise UsageError("runs.no-checkpoint", name=run.name, recipe=str(run.recipe_file))
    return found[-1]


def _created(pid: int) -> float:
    try:
        return psutil.Process(pid).create_time()
    except psutil.Error:
        return 0.0
