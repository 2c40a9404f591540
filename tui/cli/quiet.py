"""The real standard output for answers, while whatever the libraries print goes to standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from tui.engine.environment import child_environment


@contextmanager
def quiet() -> Iterator[TextIO]:
    """Within it, standard output is for what is written to the file that it gives."""
    os.environ.update(child_environment())
    sys.stdout.flush()
    real = os.dup(1)
    os.dup2(2, 1)
    from tui.engine.ticks import tap_tqdm

    tap_tqdm(lambda what, done, total: None)
    out = os.fdopen(real, "w", encoding=sys.stdout.encoding, errors="backslashreplace", closefd=False)
    try:
        yield out
    finally:
        out.flush()
        os.dup2(real, 1)
        os.close(real)
