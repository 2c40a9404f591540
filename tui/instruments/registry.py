"""All instruments, by name. The command line, the palette, the help page and the lesson linter read this list."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import pkgutil
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, NoReturn

import tui.instruments
from tui.errors import Phrase, UsageError, explain, phrase, sentence
from tui.instruments.instrument import Instrument, Result
from tui.text.catalog import add_room
from tui.text.key import SCOPES

GROUP = "headnotes.instruments"
"""The entry points of other packages: a name, and the `Instrument` of that name."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Rejected:
    """An instrument of another package that cannot be used."""

    name: str
    package: str
    reason: str
    """`fails`, `not_an_instrument`, `other_name`, `name_taken` or `scope_taken`."""
    detail: str = ""

    @property
    def phrase(self) -> Phrase:
        """Which instrument of which package, and why."""
        key = f"instruments.rejected_{self.reason}"
        return phrase(key, name=self.name, package=self.package, detail=self.detail)

    def sentence(self, language: str) -> str:
        return sentence(language, self.phrase)


def _bundled() -> dict[str, Instrument]:
    """Every folder of this room is an instrument."""
    folders = (module.name for module in pkgutil.iter_modules(tui.instruments.__path__) if module.ispkg)
    loaded = (importlib.import_module(f"tui.instruments.{folder}").INSTRUMENT for folder in folders)
    return {instrument.name: instrument for instrument in loaded}


INSTRUMENTS = _bundled()
"""Those that come with Headnotes. The others take a look at every installed package: `instruments` has all of them."""


@cache
def _installed() -> tuple[Mapping[str, Instrument], tuple[Rejected, ...]]:
    """Instruments of other packages, loaded once, when they are first needed."""
    accepted: dict[str, Instrument] = {}
    rejected: list[Rejected] = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, _package(point))):
        loaded = _load(point, {**INSTRUMENTS, **accepted})
        if isinstance(loaded, Rejected):
            rejected.append(loaded)
        else:
            accepted[loaded.name] = loaded
            add_room(f"instruments.{loaded.name}", Path(sys.modules[point.module].__file__ or "").parent)
    return accepted, tuple(rejected)


def _load(point: EntryPoint, taken: Mapping[str, Instrument]) -> Instrument | Rejected:
    if point.name in taken:
        return Rejected(point.name, _package(point), "name_taken")
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:  # the border: the code is not ours, and the console goes on without it
        explained = explain(error)
        return Rejected(point.name, _package(point), "fails", explained.title.rstrip("."))
    if not _is_instrument(loaded):
        return Rejected(point.name, _package(point), "not_an_instrument")
    if loaded.name != point.name:
        return Rejected(point.name, _package(point), "other_name")
    return Rejected(point.name, _package(point), "scope_taken") if loaded.keys and loaded.name in SCOPES else loaded


def _is_instrument(loaded: Any) -> bool:
    """Whether the parts are what they must be: somebody else's code may have any types."""
    if not isinstance(loaded, Instrument) or not _NAME.fullmatch(str(loaded.name)):
        return False
    if any(key.scope != loaded.name or not key.id.startswith(f"{loaded.name}.") for key in loaded.keys):
        return False
    return (
        dataclasses.is_dataclass(loaded.spec) and isinstance(loaded.result, type) and issubclass(loaded.result, Result)
    )


def _package(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value


def instruments() -> dict[str, Instrument]:
    """All of them: those that come with Headnotes, then those of other packages."""
    return {**INSTRUMENTS, **_installed()[0]}


def rejected() -> tuple[Rejected, ...]:
    """Instruments of other packages that cannot be used, and why."""
    return _installed()[1]


def rejection_reasons(language: str) -> dict[str, str]:
    """Sentences about them, by their names and packages."""
    return {f"{one.name} ({one.package})": one.sentence(language) for one in rejected()}


def find(name: str) -> Instrument:
    """The instrument of that name. Raises `UsageError` that names the nearest one, or says why it cannot be used."""
    if name in INSTRUMENTS:
        return INSTRUMENTS[name]
    known = instruments()
    return known[name] if name in known else _not_found(name, known)


def _not_found(name: str, known: Mapping[str, Instrument]) -> NoReturn:
    if (broken := next((one for one in rejected() if one.name == name), None)) is not None:
        raise UsageError("errors.rejected-instrument", reason=broken.phrase, package=broken.package.split()[0])
    near = difflib.get_close_matches(name, known, 1)
    hint = phrase("errors.did-you-mean", name=near[0]) if near else ""
    raise UsageError("errors.no-such-instrument", name=name, hint=hint, names=list(known))
