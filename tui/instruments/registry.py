"""All instruments, by name. The command line, the palette, the help page and the lesson linter read this list."""

from __future__ import annotations

import difflib
import importlib
import pkgutil

import tui.instruments
from tui.errors import UsageError
from tui.instruments.instrument import Instrument


def _discovered() -> dict[str, Instrument]:
    """Every folder of this room is an instrument."""
    folders = (module.name for module in pkgutil.iter_modules(tui.instruments.__path__) if module.ispkg)
    found = (importlib.import_module(f"tui.instruments.{folder}").INSTRUMENT for folder in folders)
    return {instrument.name: instrument for instrument in found}


INSTRUMENTS = _discovered()


def find(name: str) -> Instrument:
    """The instrument of that name. Raises `UsageError` that names the nearest one."""
    if name in INSTRUMENTS:
        return INSTRUMENTS[name]
    near = difflib.get_close_matches(name, INSTRUMENTS, 1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise UsageError(
        f"There is no instrument called {name!r}.", next_step=f"{hint}There are: {', '.join(INSTRUMENTS)}."
    )
