"""Dataclasses of options, and how they are read from what people write: key=value, YAML, TOML or JSON."""

from __future__ import annotations

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from tui.errors import UsageError


def read_spec(spec: type, values: Mapping[str, Any], name: str, called: str, example: str) -> Any:
    """A dataclass of `option` fields from names and values as people write them.

    `called` begins sentences about it, `name` those about its options; `example` has a place for a missing option.
    Raises `UsageError` that says what would fit.
    """
    options = {f.name: f for f in dataclasses.fields(spec)}
    others = _other_names(spec)
    values = with_own_names(spec, values)
    for given in values:
        if given in others:
            raise UsageError(
                f"{name}: {given} and {others[given]} are the same option.", next_step=f"Give only {others[given]}."
            )
        if given not in options:
            near = difflib.get_close_matches(str(given), [*options, *others], 1)
            hint = f"Did you mean {near[0]!r}? " if near else ""
            raise UsageError(
                f"{called} has no option {str(given)!r}.",
                next_step=f"{hint}Its options are: {', '.join(options)}.",
            )
    hints = typing.get_type_hints(spec)
    fitted = {n: _fit(name, options[n], hints[n], v) for n, v in values.items()}
    if missing := [n for n, f in options.items() if _required(f) and n not in fitted]:
        raise UsageError(f"{called} needs {' and '.join(missing)}.", next_step=example.format(missing[0]))
    return spec(**fitted)


def with_own_names(spec: type, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same values with other names of options replaced by their own, unless a name would come twice."""
    others, renamed = _other_names(spec), dict[str, Any]()
    for name, value in values.items():
        own = others.get(name, name)
        renamed[name if own in values or own in renamed else own] = value
    return renamed


def _other_names(spec: type) -> dict[str, str]:
    """Options by their other names."""
    return {other: f.name for f in dataclasses.fields(spec) for other in f.metadata["other_names"]}


def option(
    *,
    help: str,
    default: Any = dataclasses.MISSING,
    choices: tuple[str, ...] = (),
    aliases: Mapping[str, str] | None = None,
    suggestions: tuple[str, ...] = (),
    other_names: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
) -> Any:
    """A field of a Spec: its help, the values it takes, other spellings of them (`true` for `longest`).

    `suggestions` are values that the bench offers where any text is allowed; `other_names` are what the library calls
    the option; `least` and `most` are the smallest and the largest number that it takes.
    """
    known = {
        "help": help, "choices": choices, "aliases": dict(aliases or {}), "suggestions": suggestions,
        "other_names": other_names, "least": least, "most": most,
    }  # fmt: skip
    return field(default=default, metadata=known)


def options_of(spec: type) -> list[tuple[str, str, str]]:
    """(name, how it is written with its default, help) of every option, in order: for help pages and tables."""
    rows = []
    for f in dataclasses.fields(spec):
        shape = " | ".join(f.metadata["choices"]) or str(f.type).replace("tuple[str, ...]", "texts")
        default = "" if _required(f) else f" (default {f.default!r})"
        others = f" (also: {', '.join(f.metadata['other_names'])})" if f.metadata["other_names"] else ""
        rows.append((f.name, f"{shape}{default}", f.metadata["help"] + others))
    return rows


def revive(hint: Any, plain: Any) -> Any:
    """A dataclass again, from the plain data that `dataclasses.asdict` and JSON made of it."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType and plain is not None:  # only ever X | None here
        return revive(next(one for one in inner if one is not type(None)), plain)
    if origin is list:
        return [revive(inner[0], one) for one in plain] if _holds_dataclass(inner[0]) else plain
    if dataclasses.is_dataclass(hint) and plain is not None:
        hints = typing.get_type_hints(hint)
        return hint(**{name: revive(hints[name], value) for name, value in plain.items()})  # type: ignore[operator]
    return plain


def _holds_dataclass(hint: Any) -> bool:
    return dataclasses.is_dataclass(hint) or any(_holds_dataclass(one) for one in typing.get_args(hint))


def _required(f: dataclasses.Field[Any]) -> bool:
    return f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING


def _fit(instrument: str, f: dataclasses.Field[Any], hint: Any, value: Any) -> Any:
    if isinstance(value, bool | str) and (plain := f.metadata["aliases"].get(str(value).lower())) is not None:
        value = plain
    try:
        value = _coerce(hint, value)
    except (TypeError, ValueError, KeyError):
        wanted = f.metadata["help"]
        raise UsageError(
            f"{instrument}: {f.name} cannot be {_short(value)}.", next_step=f"{f.name} is {wanted}"
        ) from None
    choices = f.metadata["choices"]
    if choices and value not in choices:
        near = difflib.get_close_matches(str(value), choices, 1)
        hint_text = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"{instrument}: {f.name} cannot be {_short(value)}.",
            next_step=f"{hint_text}It is one of: {', '.join(choices)}.",
        )
    least, most = f.metadata["least"], f.metadata["most"]
    if value is not None and ((least is not None and value < least) or (most is not None and value > most)):
        fits = (
            f"{least:,} or more" if most is None else f"{most:,} or less" if least is None else f"{least:,} to {most:,}"
        )
        raise UsageError(
            f"{instrument}: {f.name} cannot be {_short(value)}.",
            next_step=f"Give {f.name}={fits}.",
        )
    return value


def _coerce(hint: Any, value: Any) -> Any:
    """The value as the annotated type; ValueError or TypeError when it does not fit."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is types.UnionType:  # only ever X | None here
        if value is None or value == "":
            return None
        return _coerce(next(a for a in inner if a is not type(None)), value)
    if origin is tuple:
        if isinstance(value, str):
            value = [value] if inner[-1] is Ellipsis else value.split(",")
        if not isinstance(value, list | tuple):
            raise TypeError
        if inner[-1] is Ellipsis:
            return tuple(_coerce(inner[0], v) for v in value)
        if len(value) != len(inner):
            raise ValueError
        return tuple(_coerce(t, v) for t, v in zip(inner, value, strict=True))
    if hint is bool:
        if isinstance(value, bool):
            return value
        return {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}[str(value).lower()]
    if hint is int:
        if isinstance(value, bool | float):
            raise TypeError
        return int(value)
    if hint is float:
        if isinstance(value, bool) or not math.isfinite(float(value)):
            raise ValueError
        return float(value)
    if hint is str:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)  # YAML reads an unquoted 2024 as a number; a text is what was meant
        if not isinstance(value, str):
            raise TypeError
        return value
    raise TypeError(hint)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
