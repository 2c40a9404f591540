"""What an instrument is."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from tui.errors import ResultWarning, phrase
from tui.options import option, read_spec, with_own_names
from tui.text.catalog import has_message, translate
from tui.text.key import Key
from tui.text.lines import Line

__all__ = ["Instrument", "Result", "option"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What every instrument's result has; the dataclasses of their results extend it."""

    warnings: list[ResultWarning] = field(default_factory=list)
    """What a reader should know before trusting the result; empty when there is nothing to say."""

    @property
    def warnings_above(self) -> list[ResultWarning]:
        """Those that are shown above the answer: all that the answer does not tell itself."""
        return self.warnings

    def fields_left_out(self) -> Collection[str]:
        """Fields that belong to another task than the one that was done: programs do not get them."""
        return ()


def _no_tasks(spec: Any) -> Collection[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Instrument:
    """One thing that can be asked of the library, with the answer and the code that gives it."""

    name: str
    spec: type
    """A frozen dataclass whose fields were made with `option`."""
    run: Callable[[Any], Result]
    """Does it with the public libraries and returns a `result`, which is JSON-able. Runs in the engine."""
    result: type[Result]
    """The frozen dataclass that `run` returns."""
    code: Callable[[Any], str]
    """The short Python a reader would type for the same answer. Pure: needs no library."""
    view: str
    """Where its widget is, as `module:class`; imported only by the console, on first use."""
    lines: str
    """Where the function is that puts a result into lines, as `module:function`: (result, width, language)."""
    example: Mapping[str, Any] = field(default_factory=dict)
    """Inputs that it has on the free bench to begin with."""
    tasks: Callable[[Any], Collection[str]] = _no_tasks
    """The tasks whose models it uses for a Spec, by the library's names; `headnotes prepare` fetches the course's."""
    keys: tuple[Key, ...] = ()
    """What keys do on its pane, beside those of every pane; their scope is its name. Its catalogs have their words:
    `keys.title` for the help page, and for each id `keys.label.ID` and `keys.help.ID`."""

    def summary(self, language: str) -> str:
        """What it shows, in one line: `about` in its catalogs; without any, its name."""
        key = f"instruments.{self.name}.about"
        return translate(language, key) if has_message(key) else self.name

    def answer_lines(self, result: Any, width: int, language: str) -> list[Line]:
        """A result as styled lines, `width` cells wide, as its pane shows it."""
        module, _, function = self.lines.partition(":")
        lines: list[Line] = getattr(importlib.import_module(module), function)(result, width, language)
        return lines

    def own_names(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values under the Spec's names, where they have the library's."""
        return with_own_names(self.spec, values)

    def read(self, values: Mapping[str, Any]) -> Any:
        """A Spec from names and values as people write them. Raises `UsageError` that says what would fit."""
        called = phrase("errors.instrument", name=self.name)
        example = partial(phrase, "errors.example-try", instrument=self.name)
        return read_spec(self.spec, values, self.name, called, lambda missing: example(option=missing))
