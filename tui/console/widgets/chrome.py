"""The top line (where you are, what the machine does), the bottom line (the keys that matter here), the prompt."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.css.query import NoMatches
from textual.dom import DOMNode
from textual.geometry import Offset
from textual.keys import key_to_character
from textual.message import Message
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.console.app_protocol import Console
from tui.console.keys import Key, bindings, on_bottom_line
from tui.console.phases import phase_name
from tui.console.verbatim import verbatim
from tui.console.widgets.lines import Lines
from tui.console.widgets.ordered_keys import run_bound_key
from tui.engine.client import Phase
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, shorten


class OneLine(Lines):
    """A line of pieces on the left and on the right."""

    can_focus = False

    DEFAULT_CSS = """
    OneLine { height: 1; overflow: hidden; }
    """

    def sides(self) -> tuple[Line, Line]:
        """What to draw; the left side gives way when there is not room for both."""
        return (), ()

    def render_line(self, y: int) -> Strip:
        width = self.size.width
        left, right = self.sides()
        right_width = sum(cells(visible(text)) for text, _ in right)
        if right_width > width // 2:
            right, right_width = (), 0
        room = width - right_width - 1
        pieces: list[tuple[str, str]] = []
        for text, look in left:
            part = shorten(visible(text), room)
            pieces.append((part, look))
            room -= cells(part)
        pieces.append((" " * (max(0, room) + 1), "text"))
        return self.strip((*pieces, *right)).adjust_cell_length(width, self.look("text")).simplify()


class TopLine(OneLine):
    """Name, place, progress; engine and language. Its clock ticks only while the engine is on its way."""

    DEFAULT_CSS = """
    TopLine { dock: top; background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._where: tuple[str, ...] = ()
        self._done = self._model = ""
        self._clock: Timer | None = None

    def put(self, *where: str, done: str = "", model: str = "") -> None:
        """Say where the reader is, from the book to the section, and with which model if it is a chosen one."""
        self._where, self._done, self._model = tuple(part for part in where if part), done, model
        self.refresh()

    def on_mount(self) -> None:
        self.engine_moved(self.app.engine.phase)

    def engine_moved(self, phase: Phase) -> None:
        """The engine is in another phase."""
        if phase.settled and self._clock is not None:
            self._clock.stop()
            self._clock = None
        elif not phase.settled and self._clock is None:
            self._clock = self.set_interval(1.0, self.refresh)
        self.refresh()

    def sides(self) -> tuple[Line, Line]:
        left: list[tuple[str, str]] = [(" ", "text")]
        right = (*self._engine(), (f"  {self.app.language.upper()} ", "dim"))
        model = f"   {self._model}" if self._model else ""
        room = self.size.width - sum(cells(text) for text, _ in right) - cells(visible(model)) - 2
        for place, part in enumerate(self._where):
            left += [(" / ", "dim")] if place else []
            used = sum(cells(visible(text)) for text, _ in left)
            text = shorten(visible(part), max(8, room - used)) if model else part  # the model is seen beside any title
            left.append((text, "title" if place == 0 else "text"))
        if model:
            left.append((model, "accent"))
        if self._done:
            left.append((f"   {self._done}", "dim"))
        return tuple(left), right

    def _engine(self) -> Iterator[tuple[str, str]]:
        language, phase = self.app.language, self.app.engine.phase
        name = phase_name(language, phase)
        yield f"{translate(language, 'console.engine')} ", "dim"
        if phase.trouble is not None:
            yield translate(language, "console.trouble" if phase.name == "ready" else "console.phase.ended"), "bad"
        elif phase.name == "ready":
            yield name, "good"
        elif phase.name == "off":
            yield name, "dim"
        else:
            yield f"{name} {int(monotonic() - phase.since)} s", "warn"


class KeyLine(OneLine):
    """The keys that matter for what has the focus."""

    DEFAULT_CSS = """
    KeyLine { dock: bottom; background: $panel; }
    """
    MOST = 8
    """Keys at most, the one for help apart."""

    def __init__(self) -> None:
        super().__init__()
        self._offered: list[tuple[str, str]] = []

    def settle(self) -> None:
        """Draw the line again when other keys matter now."""
        if self.is_mounted and (offered := self.offered()) != self._offered:
            self._offered = offered  # behind a window it is not drawn, and would be asked to be for ever
            self.refresh()

    def offered(self) -> list[tuple[str, str]]:
        """(key, what it does) for what has the focus, in order; of a window over the screen, its keys."""
        screen = self.app.screen
        here = screen.focused or screen
        labels: dict[str, str | None] = {}
        counts: dict[str, int] = {}
        with suppress(NoMatches):  # a screen that is on its way, in or out, has not all its parts
            for node in reversed(here.ancestors_with_self):
                if key_labels := getattr(node, "key_labels", None):
                    labels |= key_labels()
                if key_counts := getattr(node, "key_counts", None):
                    counts |= key_counts()

        def is_typed(spelling: str) -> bool:
            return isinstance(here, Widget) and here.check_consume_key(spelling, key_to_character(spelling))

        language = self.app.language
        keys = on_bottom_line(scopes_of(here), labels, is_typed, counts)
        return [(spelling, translate(language, label)) for spelling, label, _ in sorted(keys, key=_is_help)]

    def sides(self) -> tuple[Line, Line]:
        self._offered = self.offered()
        *keys, help_ = self._offered or [("", "")]
        size = {key: cells(key[0]) + cells(key[1]) + 4 for key in self._offered}
        room = self.size.width - 2 - size.get(help_, 0) + 3  # nothing follows the last one
        line: list[tuple[str, str]] = [(" ", "text")]
        for key in keys[: self.MOST]:
            if size[key] > room:
                break
            room -= size[key]
            line += [(key[0], "accent"), (f" {key[1]}   ", "dim")]
        if room >= 0:
            line += [(help_[0], "accent"), (f" {help_[1]}", "dim")]
        return tuple(line), ()


def _is_help(offered: tuple[str, str, Key]) -> bool:
    return offered[2].id == "app.help"


def scopes_of(node: DOMNode) -> list[str]:
    """The key scopes of a widget and everything around it, nearest first."""
    scopes: list[str] = []
    for near in node.ancestors_with_self:
        scopes += [scope for scope in getattr(near, "SCOPES", ()) if scope not in scopes]
        if "prompt" in scopes:
            break  # what is behind it waits
    modal = isinstance(node, Widget) and isinstance(node.screen, ModalScreen)
    return scopes if modal else [*scopes, "everywhere"]


class PromptInput(Input):
    """A line to type into; keys act in the order in which they were typed."""

    @property
    def cursor_screen_offset(self) -> Offset:
        # Textual counts one cell too many at the end of the text, as it needs for scrolling.
        x, y = self.content_region.offset
        return Offset(x + cells(self.value[: self.cursor_position]) - self.scroll_offset.x, y)

    async def _on_key(self, event: events.Key) -> None:
        if not await run_bound_key(self, event):
            await super()._on_key(event)


class Prompt(Horizontal):
    """A line to type something short into, at the foot of the screen."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App
    SCOPES = ("prompt",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("prompt")

    DEFAULT_CSS = """
    Prompt {
        dock: bottom; offset-y: -1; height: 1; background: $panel; display: none;
        &.-open { display: block; }
        #prompt-label { width: auto; padding: 0 0 0 1; color: $accent; }
        #prompt-input { width: 1fr; border: none; height: 1; padding: 0; background: $panel; }
        #prompt-input:focus { border: none; background: $here; }
    }
    """

    @dataclass
    class Answered(Message):
        """Something was typed and sent; `purpose` is what it was asked for."""

        purpose: str
        text: str

    class Closed(Message):
        """The prompt was left without an answer."""

    def __init__(self) -> None:
        super().__init__()
        self._purpose = ""

    @property
    def is_open(self) -> bool:
        return self.has_class("-open")

    async def open(self, purpose: str, label: str, value: str = "") -> None:
        """Ask; the answer comes as a message. The fields are made with the first question.

        `value` stands there to begin with, the cursor at its end."""
        self._purpose = purpose
        if not self.children:
            field = PromptInput(id="prompt-input", compact=True, select_on_focus=False)
            field.cursor_blink = False
            await self.mount(Static("", id="prompt-label"), field)
        self.query_one("#prompt-label", Static).update(verbatim(label))
        field = self.query_one(PromptInput)
        field.value = value
        field.cursor_position = len(value)
        self.add_class("-open")
        field.focus()

    def close(self) -> None:
        """Put the prompt away."""
        self.remove_class("-open")

    async def action_send(self) -> None:
        await self.query_one(PromptInput).action_submit()

    def action_cancel(self) -> None:
        self.cancel()

    def cancel(self) -> None:
        """Put the prompt away without an answer."""
        self.close()
        self.post_message(self.Closed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.close()
        self.post_message(self.Answered(self._purpose, event.value))
