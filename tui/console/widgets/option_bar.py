"""The options of an instrument on one or two lines, made from its Spec."""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip

from tui.console.keys import bindings
from tui.console.widgets.lines import Lines
from tui.instruments.instrument import Instrument
from tui.options import suggestions_of
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, shorten


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is called and what it may be."""

    name: str
    kind: str
    """`choice`, `int`, `float` or `text`."""
    default: Any
    choices: tuple[Any, ...]
    """All values of a choice; for a text, those that are offered."""

    def read(self, typed: str) -> Any:
        """The value of what was typed; the default when it is none."""
        try:
            match self.kind:
                case "int":
                    return min(int(typed), 10**9)
                case "float":
                    return min(float(typed), 1e6)
        except ValueError:
            return self.default
        return typed or self.default

    def takes(self, character: str, typed: str = "") -> bool:
        """Whether a character can be typed into it, after what has been typed; 5e-5 is a number, too."""
        allowed = {"int": "0123456789", "float": "0123456789."}.get(self.kind, "")
        if self.kind == "float" and typed and "e" not in typed:
            allowed += "e"
        elif self.kind == "float" and typed.endswith("e"):
            allowed += "-"
        return character in allowed or (self.kind == "text" and character.isprintable() and character != " ")


def options_for(instrument: Instrument, leave_out: tuple[str, ...]) -> list[Option]:
    """The options of a Spec that fit on a line; texts to think about have boxes of their own."""
    hints = typing.get_type_hints(instrument.spec)
    made = []
    for field in dataclasses.fields(instrument.spec):
        if field.name in leave_out:
            continue
        hint, known = hints[field.name], field.metadata
        if known["choices"]:
            made.append(Option(field.name, "choice", field.default, known["choices"]))
        elif hint is bool:
            made.append(Option(field.name, "choice", field.default, (True, False)))
        elif hint in (int, int | None):
            made.append(Option(field.name, "int", field.default, ()))
        elif hint in (float, float | None):
            made.append(Option(field.name, "float", field.default, ()))
        elif hint is str:
            made.append(Option(field.name, "text", field.default, suggestions_of(field)))
    return made


def nudged(value: float | None, by: int) -> float:
    """The next value up or down: in tenths; below a tenth through 1, 2, 5, 10, as learning rates are tried."""
    if value is None or not 0 < value < 0.1:
        return round(max(0.0, (value or 0.0) + 0.1 * by), 3)
    power = math.floor(math.log10(value) + 1e-9)
    ladder = [float(f"{digit}e{power + shift}") for shift in (-1, 0, 1) for digit in (1, 2, 5)]
    if by > 0:
        return next(one for one in ladder if one > value * (1 + 1e-9))
    return next(one for one in reversed(ladder) if one < value * (1 - 1e-9))


class Options(Lines):
    """Left and right go from option to option, space and up and down change one; digits type a number."""

    SCOPES = ("options",)
    show_thumb = False
    BINDINGS: ClassVar[list[BindingType]] = bindings("options")

    DEFAULT_CSS = """
    Options { height: auto; max-height: 3; padding: 0 1; overflow: hidden; }
    """

    @dataclass
    class Changed(Message):
        """An option has another value."""

        typed: bool
        """More of it may be on its way."""

    def __init__(self, options: list[Option], *, id: str) -> None:
        super().__init__(id=id)
        self._all = self._options = options
        self._at = 0
        self._typed: str | None = None
        """What has been typed into the marked option."""
        self._laid_for = 0
        """The width that the lines were made for."""
        self.values: dict[str, Any] = {option.name: option.default for option in options}

    def put(self, values: Mapping[str, Any]) -> None:
        """Set the options from a Spec's values; what is not named goes back to its default."""
        self.values = {option.name: values.get(option.name, option.default) for option in self._all}
        self._lay()

    def show_only(self, names: Collection[str]) -> None:
        """Show these options alone; the others keep their values."""
        marked = self._options[self._at].name if self._options else ""
        self._options = [option for option in self._all if option.name in names]
        self._at = next((i for i, option in enumerate(self._options) if option.name == marked), 0)
        self._lay()

    def render_line(self, y: int) -> Strip:
        if self._laid_for != self.size.width:  # no Resize comes when it gets its first size in a batch
            self._lay()
        return super().render_line(y)

    def on_focus(self) -> None:
        self._lay()

    def on_blur(self) -> None:
        self._commit()
        self._lay()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        if len(self._options) < 2:
            labels["options.next"] = None
        if not self._waits_for_enter:
            labels["options.enter"] = None
        if not self._options or (self.marked.kind == "text" and not self.marked.choices):
            labels["options.change"] = None
        return labels

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return bool(self._options and character) and self.marked.takes(character or "", self._typed or "")

    @property
    def marked(self) -> Option:
        return self._options[self._at]

    @property
    def _waits_for_enter(self) -> bool:
        """Whether a text is being typed: a name runs as a whole, not letter by letter."""
        return self._typed is not None and bool(self._options) and self.marked.kind == "text"

    def _commit(self) -> None:
        """What was typed is all of it: a text is taken over only now."""
        typed, waits = self._typed, self._waits_for_enter
        self._typed = None
        if waits and typed is not None and (value := self.marked.read(typed)) != self.values[self.marked.name]:
            self._set(value)

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
            marked = index == self._at and self.has_focus
            shown = self._typed if marked and self._typed is not None else self._in_words(value)
            shown = shorten(visible(shown), max(8, width // 2))
            piece = [
                (f"{option.name} ", "dim"),
                (f" {shown} ", "cursor" if marked else "strong.panel"),
                ("  ", "text"),
            ]
            size = sum(cells(text) for text, _ in piece)
            if marked and option.kind == "text" and (self._typed is not None or not option.choices):
                hint = translate(
                    self.app.language, "console.enter_runs" if self._typed is not None else "console.type_and_enter"
                )
                piece[-1:] = [(f" {hint}", "dim"), ("  ", "text")]
                size += cells(hint) + 1
            if used and used + size - 2 > width:
                lines.append([])
                used = 0
            lines[-1] += piece
            used += size
        return [tuple(line) for line in lines]

    def _in_words(self, value: Any) -> str:
        if isinstance(value, bool):
            return translate(self.app.language, f"console.option.{'yes' if value else 'no'}")
        return "-" if value is None or value == "" else str(value)

    def action_move(self, by: int) -> None:
        if self._options:
            self._commit()
            self._at = (self._at + by) % len(self._options)
            self._lay()

    def action_enter(self) -> None:
        if self._waits_for_enter:
            self._commit()
        else:
            self.action_change(1)

    def action_change(self, by: int) -> None:
        option = self._options[self._at]
        value = self.values[option.name]
        self._typed = None
        if option.choices:
            place = option.choices.index(value) if value in option.choices else -by
            self._set(option.choices[(place + by) % len(option.choices)])
        elif option.kind == "text":
            return  # it is typed
        elif option.kind == "float":
            self._set(nudged(value, -by))
        else:
            self._set(max(1, value - by) if isinstance(value, int) else 8)

    def action_erase(self) -> None:
        option = self._options[self._at]
        if option.kind != "choice":
            value = self.values[option.name]
            before = ("" if value is None else f"{value}") if self._typed is None else self._typed
            self._type(before[:-1])

    def on_key(self, event: events.Key) -> None:
        if not self._options or event.character is None:
            return
        option = self._options[self._at]
        if option.takes(event.character, self._typed or ""):
            event.stop()
            value = self.values[option.name]
            before = f"{value}" if self._typed is None and option.kind == "int" and value is not None else self._typed
            self._type((before or "") + event.character)

    def _type(self, typed: str) -> None:
        self._typed = typed
        if self._waits_for_enter:
            self._lay()
        else:
            self._set(self.marked.read(typed), typed=True)

    def _set(self, value: Any, *, typed: bool = False) -> None:
        self.values[self._options[self._at].name] = value
        self._lay()
        self.post_message(self.Changed(typed))
