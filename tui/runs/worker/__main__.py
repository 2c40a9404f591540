"""`python -m tui.runs.worker FOLDER`: the launcher's one door."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import suppress
from pathlib import Path

from tui.engine import child

NICE = 5
"""The console comes first."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--orders-from", type=int, default=0, help="where orders of this worker begin in the file")
    parser.add_argument("--resume", type=int, metavar="STEP", help="go on from the checkpoint of this step")
    parser.add_argument("--launched", action="store_true", help="a launcher of several started this: end with it")
    asked = parser.parse_args()
    child.log_to_stderr()
    child.forks_die_with_us()
    if asked.launched:
        child.die_with_parent()
    elif not child.HAS_DEATH_SIGNAL:
        child.start_watchdog()  # kills what was forked, since this process leads its group
    with suppress(OSError):
        os.nice(NICE)

    from tui.runs.folder import Run
    from tui.runs.worker.running import work

    return work(Run(asked.folder.resolve()), asked.orders_from, asked.resume)


if __name__ == "__main__":
    sys.exit(main())
