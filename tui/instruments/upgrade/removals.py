"""The table of removals, `removals.toml`: what older code uses and the installed libraries no longer take."""

from __future__ import annotations

import fnmatch
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Removal:
    """One change; `removals.toml` says what the fields are."""

    id: str
    removed: str
    calls: tuple[str, ...] = ()
    keyword: str = ""
    argument: str = ""
    literal: Mapping[str, str | None] = field(default_factory=dict)
    """Values that no longer work, with what replaces each; None where nothing does."""
    name: str = ""
    method: str = ""
    becomes: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    imports: str = ""

    def is_called(self, function: str) -> bool:
        """Whether the removal is about calls of a function of that name."""
        return function in self.calls or "*" in self.calls

    def replacement(self, value: str) -> str | None:
        """What replaces a literal. Raises `KeyError` when the removal is not about it."""
        for pattern, instead in self.literal.items():
            if fnmatch.fnmatchcase(value, pattern):
                return instead
        raise KeyError(value)

    def renamed(self, name: str) -> str | None:
        """`module:name` in place of a qualified name; None when nothing is. Raises `KeyError` for another name."""
        if name.count(".") != self.name.count(".") or not fnmatch.fnmatchcase(name, self.name):
            raise KeyError(name)
        if self.becomes is None or "*" not in self.becomes:
            return self.becomes
        return self.becomes.replace("*", name[len(self.name) - 1 :])


@dataclass(frozen=True, slots=True)
class OutdatedUse:
    """A place that no longer works."""

    line: int
    """Counted from 1, in the code as it was."""
    removal: str
    """Its id; `missing-name`, `missing-module` or `unknown-keyword` for what the table does not know."""
    old: str
    new: str
    """What takes its place; empty when it is left out, or nothing does."""
    removed: str
    """The library and its version without it."""
    is_fixed: bool
    """Whether the new code is without it."""


@cache
def removals() -> tuple[Removal, ...]:
    """All changes, in the order of the table."""
    tables = tomllib.loads(Path(__file__).with_name("removals.toml").read_text("utf-8"))["removal"]
    return tuple(_removal(table) for table in tables)


def _removal(table: dict[str, object]) -> Removal:
    literal = table.pop("literal", {})
    if isinstance(literal, list):
        literal = dict.fromkeys(literal)
    calls = tuple(map(str, table.pop("calls", ())))  # type: ignore[call-overload]
    return Removal(calls=calls, literal=literal, **table)  # type: ignore[arg-type]
