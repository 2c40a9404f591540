"""Dataclasses of options, and how they are read from what people write: key=value, YAML, TOML or JSON."""

from __future__ import annotations

import dataclasses
import difflib
import math
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from tui.errors import UsageError, phrase


def read_spec(spec: type, values: Mapping[str, Any], name: str, called: Any, example: Callable[[str], Any]) -> Any:
    """A dataclass of `option` fields from names and values as people write them.

    `called` (a phrase) begins sentences about it, `name` those about its options; `example` gives a phrase that shows
    how a missing option is written.
    Raises `UsageError` that says what would fit.
    """
    options = {f.name: f for f in dataclasses.fields(spec)}
    others = _other_names(spec)
    values = with_own_names(spec, values)
    for given in values:
        if given in others:
            raise UsageError("errors.same-option", spec=name, first=given, second=others[given])
        if given not in options:
            near = difflib.get_close_matches(str(given), [*options, *others], 1)
            hint = phrase("errors.did-you-mean", name=near[0]) if near else ""
            raise UsageError("errors.no-such-option", spec=called, option=str(given), hint=hint, options=list(options))
    hints = typing.get_type_hints(spec)
    fitted = {n: _fit(name, options[n], hints[n], v) for n, v in values.items()}
    if missing := [n for n, f in options.items() if _required(f) and n not in fitted]:
        raise UsageError("errors.option-missing", spec=called, options=missing, example=example(missing[0]))
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
    suggestions: tuple[str, ...] | Callable[[], tuple[str, ...]] = (),
    other_names: tuple[str, ...] = (),
    least: float | None = None,
    most: float | None = None,
) -> Any:
    """A field of a Spec: its help, the values it takes, other spellings of them (`true` for `longest`).

    `suggestions` are values that the bench offers where any text is allowed, or a function that finds them;
    `other_names` are what the library calls
    the option; `least` and `most` are the smallest and the largest number that it takes.
    """
    known = {
        "help": help, "choices": choices, "aliases": dict(aliases or {}), "suggestions": suggestions,
        "other_names": other_names, "least": least, "most": most,
    }  # fmt: skip
    return field(default=default, metadata=known)


def suggestions_of(field: dataclasses.Field[Any]) -> tuple[str, ...]:
    """What the bench offers for an option, found anew at each call."""
    known = field.metadata["suggestions"]
    offered: tuple[str, ...] = known() if callable(known) else known
    return offered


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
        kind = phrase(f"errors.kind.{_kind(hint)}")
        raise UsageError("errors.option-kind", spec=instrument, option=f.name, value=_short(value), kind=kind) from None
    choices = f.metadata["choices"]
    if choices and value not in choices:
        near = difflib.get_close_matches(str(value), choices, 1)
        meant: Any = phrase("errors.did-you-mean", name=near[0]) if near else ""
        raise UsageError(
            "errors.option-choice", spec=instrument, option=f.name, value=_short(value), hint=meant, choices=choices
        )
    least, most = f.metadata["least"], f.metadata["most"]
    if value is not None and ((least is not None and value < least) or (most is not None and value > most)):
        raise UsageError(
            "errors.option-range", spec=instrument, option=f.name, value=_short(value), range=number_range(least, most)
        )
    return value


def number_range(least: float | None, most: float | None) -> dict[str, Any]:
    """The numbers that fit, for a sentence. At least one end is given."""
    if most is None:
        return phrase("errors.at-least", least=least)
    return phrase("errors.at-most", most=most) if least is None else phrase("errors.between", least=least, most=most)


def _kind(hint: Any) -> str:
    """What a value of this type is, as the catalogs call it."""
    if typing.get_origin(hint) is types.UnionType:
        hint = next(one for one in typing.get_args(hint) if one is not type(None))
    return "list" if typing.get_origin(hint) is tuple else str(hint.__name__)


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
