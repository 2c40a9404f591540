"""Dataclasses of the first screens: frozen to mypy, not at run time.

Some 35 classes are made before a lesson is on the screen. What `dataclass` compiles for each, its refusal to be
changed, its comparison and its repr, takes 0.3 ms a class; a shared comparison and repr take nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeVar, dataclass_transform

Kind = TypeVar("Kind")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(kind: type[Kind]) -> type[Kind]:
    """The class as a dataclass with slots, equal and hashed by its fields, that nobody changes."""
    record_class: Any = dataclass(slots=True, eq=False, repr=False)(kind)
    record_class.__eq__, record_class.__hash__, record_class.__repr__ = _is_equal, _hash, _repr
    return record_class  # type: ignore[no-any-return]


def _values(self: Any) -> tuple[Any, ...]:
    return tuple([getattr(self, name) for name in self.__match_args__])


def _is_equal(self: Any, other: Any) -> bool:
    return _values(self) == _values(other) if type(self) is type(other) else NotImplemented


def _hash(self: Any) -> int:
    return hash(_values(self))


def _repr(self: Any) -> str:
    values = zip(self.__match_args__, _values(self), strict=True)
    return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in values)})"
