"""What a reader tells a running worker: lines that anyone appends, and the worker reads at every step.

Each order is answered by two events, `seen` and `done`. An order that was given to a worker which is gone is void: the
next one begins to read where the file ended when it was started.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from pathlib import Path

from tui.errors import UsageError
from tui.runs import folder
from tui.runs.folder import Run

ORDERS = ("stop", "save", "evaluate")


def give(run: Run, order: str, by: str) -> str:
    """Give an order and return its id. Raises `UsageError` when nobody is there to take it."""
    if order not in ORDERS:
        raise UsageError("runs.no-such-order", order=order, orders=list(ORDERS))
    if not folder.alive(run):
        raise UsageError("runs.not-running", name=run.name)
    name = uuid.uuid4().hex[:12]
    line = json.dumps({"id": name, "order": order, "by": by, "t": time.time()}) + "\n"
    try:
        with folder.open_to_append(run, run.orders_file) as out:
            os.write(out.fileno(), line.encode())
    except OSError as error:
        raise UsageError("runs.order-not-written", reason=str(error)) from error
    return name


def end_of(run: Run) -> int:
    """Where the orders that were given so far end."""
    try:
        return run.orders_file.stat().st_size
    except OSError:
        return 0


class Inbox:
    """The worker's side: orders that have come since `start`."""

    def __init__(self, file: Path, start: int) -> None:
        self._file = file
        self._offset = start

    def new(self) -> list[tuple[str, str]]:
        """(order, id) of each new one. Costs one look at the file's size when there is none."""
        try:
            if self._file.stat().st_size <= self._offset:
                return []
            with self._file.open("rb") as opened:
                opened.seek(self._offset)
                chunk = opened.read()
        except OSError:
            return []
        whole = chunk[: chunk.rfind(b"\n") + 1]
        self._offset += len(whole)
        found = []
        for line in whole.splitlines():
            try:
                plain = json.loads(line)
                found.append((str(plain["order"]), str(plain["id"])))
            except (ValueError, KeyError, TypeError):
                continue  # a torn line
        return [one for one in found if one[0] in ORDERS]
