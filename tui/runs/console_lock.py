"""Which console gives the orders of a run: the first that has it open; every other one only reads.

The file `console` in the run's folder is locked for as long, and tells who has it. The kernel lets go of it however the
console ends. Within a console any number of screens share the seat. A command in a shell needs none: whoever types
it means it, and a console that was left open somewhere must not keep a run from being stopped.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tui.runs import folder
from tui.runs.folder import Run

LONGEST = 4096
"""Bytes of a name that are read."""


@dataclass(slots=True)
class _Held:
    opened: IO[bytes]
    count: int = 1


_held: dict[Path, _Held] = {}
"""The seats of this process, by the run's folder."""
_guard = threading.Lock()


def take(run: Run) -> bool:
    """Take the seat, or share it within this process; whether it is had. Each `take` that did wants one `leave`.

    A folder that cannot be written to, such as another person's, has no seat to be taken.
    """
    with _guard:
        if (mine := _held.get(run.folder)) is not None:
            mine.count += 1
            return True
        try:
            opened = folder.open_to_append(run, _file(run))
        except OSError:
            return False
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # another has it, or a file system without locks
            opened.close()
            return False
        with suppress(OSError):  # a full disk: it is had all the same
            opened.truncate(0)
            opened.write(json.dumps(_this_console()).encode())
        _held[run.folder] = _Held(opened)
        return True


def leave(run: Run) -> None:
    """Give back what one `take` gave."""
    with _guard:
        mine = _held.get(run.folder)
        if mine is None:
            return
        mine.count -= 1
        if not mine.count:
            del _held[run.folder]
            with suppress(OSError):
                mine.opened.truncate(0)
            mine.opened.close()


def is_taken(run: Run) -> bool:
    """Whether another console has it; where none has, and it cannot be taken, the folder cannot be written to."""
    return run.folder not in _held and folder.is_locked(_file(run))


def holder(run: Run) -> tuple[int, str, str] | None:
    """(process id, host, terminal) of the console that has the seat; None when that is not known."""
    try:
        with _file(run).open("rb") as opened:
            known = json.loads(opened.read(LONGEST))
        return int(known["pid"]), str(known["host"]), str(known["terminal"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(run: Run) -> Path:
    return run.folder / "console"


def _this_console() -> dict[str, str | int]:
    try:
        terminal = os.ttyname(0)
    except OSError:
        terminal = "-"
    return {"pid": os.getpid(), "host": socket.gethostname(), "terminal": terminal}
