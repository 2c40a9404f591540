"""All instruments, by name. The command line, the palette, the help page and the lesson linter read this list."""

from __future__ import annotations

import difflib

from tui.errors import UsageError
from tui.lab import (
    anatomy,
    batch,
    collate,
    data,
    mask,
    memory,
    metrics,
    pipeline,
    runs,
    schedule,
    stream,
    tokens,
    train,
)
from tui.lab import map as map_
from tui.lab.instrument import Instrument

_MODULES = (
    pipeline, batch, anatomy, tokens, mask, data, map_, collate, memory, stream, schedule, metrics, train, runs,
)  # fmt: skip
INSTRUMENTS: dict[str, Instrument] = {module.INSTRUMENT.name: module.INSTRUMENT for module in _MODULES}


def find(name: str) -> Instrument:
    """The instrument of that name. Raises `UsageError` that names the nearest one."""
    if name in INSTRUMENTS:
        return INSTRUMENTS[name]
    near = difflib.get_close_matches(name, INSTRUMENTS, 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UsageError(
        f"There is no instrument called {name!r}.", next_step=f"{hint}There are: {', '.join(INSTRUMENTS)}."
    )
