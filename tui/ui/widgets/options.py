"""The options of an instrument on one or two lines, made from its Spec."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.lab.instrument import Instrument
from tui.ui.keys import bindings
from tui.ui.widgets.lines import Line, Lines
from tui.ui.wrap import cells


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is called and what it may be."""

    name: str
    default: Any
    choices: tuple[Any, ...]
    """Empty for a number."""


def options_for(instrument: Instrument, leave_out: tuple[str, ...]) -> list[Option]:
    """The options of a Spec that are choices, yes or no, or a number; texts have boxes of their own."""
    hints = typing.get_type_hints(instrument.spec)
    made = []
    for field in dataclasses.fields(instrument.spec):
        if field.name in leave_out:
            continue
        if choices := field.metadata["choices"]:
            made.append(Option(field.name, field.default, choices))
        elif hints[field.name] is bool:
            made.append(Option(field.name, field.default, (True, False)))
        elif hints[field.name] in (int, int | None):
            made.append(Option(field.name, field.default, ()))
    return made


class Options(Lines):
    """Left and right go from option to option, space and up and down change one; digits type a number."""

    SCOPES = ("options",)
    show_thumb = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("options")

    DEFAULT_CSS = """
    Options { height: auto; max-height: 3; padding: 0 1; overflow: hidden; }
    """

    class Changed(Message):
        """An option has another value."""

    def __init__(self, options: list[Option], *, id: str) -> None:
        super().__init__(id=id)
        self._options = options
        self._at = 0
        self._laid_for = 0
        """The width that the lines were made for."""
        self.values: dict[str, Any] = {option.name: option.default for option in options}

    def put(self, values: Mapping[str, Any]) -> None:
        """Set the options from a Spec's values; what is not named goes back to its default."""
        self.values = {option.name: values.get(option.name, option.default) for option in self._options}
        self._lay()

    def render_line(self, y: int) -> Strip:
        if self._laid_for != self.size.width:  # no Resize comes when it gets its first size in a batch
            self._lay()
        return super().render_line(y)

    def on_focus(self) -> None:
        self._lay()

    def on_blur(self) -> None:
        self._lay()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(1, len(self._flow(width)))

    def _lay(self) -> None:
        before = len(self.lines)
        self._laid_for = self.size.width
        self.set_lines(self._flow(self.size.width))
        if len(self.lines) != before:
            self.refresh(layout=True)

    def _flow(self, width: int) -> list[Line]:
        lines: list[list[tuple[str, str]]] = [[]]
        used = 0
        for index, option in enumerate(self._options):
            value = self.values[option.name]
            shown = {None: "-", True: "yes", False: "no"}.get(value, str(value))
            marked = index == self._at and self.has_focus
            piece = [
                (f"{option.name} ", "dim"),
                (f" {shown} ", "cursor" if marked else "strong.panel"),
                ("  ", "text"),
            ]
            size = sum(cells(text) for text, _ in piece)
            if used and used + size - 2 > width:
                lines.append([])
                used = 0
            lines[-1] += piece
            used += size
        return [tuple(line) for line in lines]

    def action_move(self, by: int) -> None:
        if self._options:
            self._at = (self._at + by) % len(self._options)
            self._lay()

    def action_change(self, by: int) -> None:
        option = self._options[self._at]
        value = self.values[option.name]
        if option.choices:
            place = option.choices.index(value) if value in option.choices else 0
            self._set(option.choices[(place + by) % len(option.choices)])
        elif isinstance(value, int):
            self._set(max(1, value - by))
        else:
            self._set(8)

    def action_erase(self) -> None:
        option = self._options[self._at]
        value = self.values[option.name]
        if not option.choices and isinstance(value, int):
            self._set(value // 10 or option.default)

    def on_key(self, event: events.Key) -> None:
        if not self._options:
            return
        option = self._options[self._at]
        if not option.choices and event.character is not None and event.character in "0123456789":
            event.stop()
            value = self.values[option.name]
            typed = int(f"{value if isinstance(value, int) else ''}{event.character}")
            self._set(min(typed, 10**9) or option.default)

    def _set(self, value: Any) -> None:
        self.values[self._options[self._at].name] = value
        self._lay()
        self.post_message(self.Changed())
