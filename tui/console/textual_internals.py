"""What the console touches of Textual that Textual does not promise: all of it is here.

An upgrade that changes one of these is noticed by `tests/console/test_textual_internals.py`, which says what
each is for.
"""

from __future__ import annotations

import os
import re
import select
import sys
from abc import abstractmethod
from collections.abc import Iterator
from inspect import CORO_CREATED, getcoroutinestate, iscoroutine
from time import monotonic
from typing import Any, TypeVar

from textual._compositor import ChopsUpdate, CompositorUpdate, LayoutUpdate
from textual._context import active_message_pump
from textual._styles_cache import StylesCache
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.await_remove import AwaitRemove
from textual.css.scalar import Scalar
from textual.dom import DOMNode
from textual.driver import Driver
from textual.errors import NoWidget
from textual.events import Event, MouseEvent, Resize, ScreenResume, ScreenSuspend
from textual.geometry import Region
from textual.message import Message
from textual.messages import InBandWindowResize
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import OptionList

from tui.console.terminal_input import InputDecoder

__all__ = [
    "ChopsUpdate",
    "CompositorUpdate",
    "ConsoleApp",
    "InputParser",
    "LayoutUpdate",
    "PatientScreen",
    "PromptList",
    "driver_class",
]

Answer = TypeVar("Answer")

POLL = 0.1
"""Seconds after which a lone escape is the escape key."""
PASTE_PATIENCE = 2.0
"""Seconds of silence that end a paste whose end does not come; until then every key would be taken for text."""
SMALLEST, LARGEST = (12, 3), (2000, 1000)
"""Columns and rows that are drawn, whatever the terminal says of its size. A smaller one shows a part of it: Textual
raises where a widget is left with no column for its text."""
PAINTS_PER_CACHE = 250
"""Paints after which what was kept to draw faster is dropped: the next one takes some 10 ms more."""
_SEQUENCES = re.compile("(?=\x1b)")


class InputParser:
    """Textual's parser of what a terminal sends. Some sequences make that one raise; then it begins anew."""

    def __init__(self) -> None:
        self._parser = XTermParser()

    def feed(self, text: str) -> Iterator[Message]:
        """The keys, clicks and pastes that a piece of text ends."""
        for sequence in filter(None, _SEQUENCES.split(text)):
            yield from self._guarded(self._parser.feed(sequence))

    def tick(self) -> Iterator[Message]:
        """What nothing followed: an escape is the key then."""
        yield from self._guarded(self._parser.tick())

    def _guarded(self, messages: Any) -> Iterator[Message]:
        try:
            yield from messages
        except Exception:  # a sequence like `ESC [ 99999999 u` names a character that does not exist
            self._parser = XTermParser()


if sys.platform == "win32":
    driver_class: type[Driver] | None = None
else:
    from textual.drivers.linux_driver import LinuxDriver

    class ConsoleDriver(LinuxDriver):
        """Reads the terminal so that no byte ends the reading (Textual issue 6668)."""

        def run_input_thread(self) -> None:
            decoder, parser, last = InputDecoder(), InputParser(), monotonic()
            while not self.exit_event.is_set():
                text = ""
                if select.select([self.fileno], [], [], POLL)[0]:
                    try:
                        data = os.read(self.fileno, 4096)
                    except OSError:
                        data = b""
                    if not data:  # the terminal is gone
                        self._app.call_later(self._app.exit, return_code=1)
                        return
                    text, last = decoder.decode(data), monotonic()
                else:
                    text = decoder.flush()
                    if decoder.is_pasting and monotonic() - last > PASTE_PATIENCE:
                        text += decoder.end_paste()
                for message in (*parser.feed(text), *parser.tick()):
                    self.process_message(message)

        def process_message(self, message: Message) -> None:
            # Sizes come from the system alone: those among the input could be anybody's, of any size.
            if not isinstance(message, Resize | InBandWindowResize):
                super().process_message(message)

        def _query_in_band_window_resize(self) -> None:
            """Never asked for, see above."""

        def _get_terminal_size(self) -> tuple[int, int]:
            width, height = super()._get_terminal_size()
            return (
                max(SMALLEST[0], min(width, LARGEST[0])),
                max(SMALLEST[1], min(height, LARGEST[1])),
            )

    driver_class = ConsoleDriver


class ConsoleApp(App[int]):
    """An app that outlives the errors of its parts, and sees what goes to the terminal."""

    def __init__(self) -> None:
        super().__init__(driver_class=driver_class)
        self._paints = 0

    @abstractmethod
    def catch(self, error: Exception) -> bool:
        """A handler, worker, timer or widget raised; only that has ended. False for an error that does not matter."""

    def narrowed(self, update: CompositorUpdate) -> CompositorUpdate:
        """The part of an update that the terminal does not show yet."""
        return update

    def clear_render_caches(self) -> None:
        """Drop the lines that widgets have drawn, and results about regions and strips.

        Textual keeps the last 1,024 to 16,384 results of each of these methods; one of them keeps with each result all
        lines of a widget that may be long gone: 4 MB more with every 1,000 keys.
        """
        for kind in (Region, Scalar, Strip, StylesCache):
            for method in vars(kind).values():
                if clear := getattr(getattr(method, "__func__", method), "cache_clear", None):  # class methods, too
                    clear()
        for screen in self.screen_stack:
            for widget in screen.walk_children(Widget, with_self=True):
                widget._styles_cache.clear()

    def bring_forward(self, screen: Screen[Any]) -> None:
        """Make a screen that is open the current one; those that were above it stay open below it."""
        if screen is not self.screen:
            self.capture_mouse(None)
            self.screen.post_message(ScreenSuspend())
            self._screen_stack.remove(screen)
            self._screen_stack.append(screen)
            screen.post_message(ScreenResume())
            self.screen_change_signal.publish(screen)

    def _handle_exception(self, error: Exception) -> None:
        if self.catch(error) and self.is_headless and self._exception is None:
            self._exception = error  # raised by `run_test` at its end
            self._exception_event.set()

    async def on_event(self, event: Event) -> None:
        # Until the next layout a removed widget is still found where it was; Textual asks it for its parent.
        if isinstance(event, MouseEvent) and not self._is_on_widget(event):
            return
        await super().on_event(event)

    def _is_on_widget(self, event: MouseEvent) -> bool:
        try:
            widget, _ = self.get_widget_at(event.x, event.y)
        except NoWidget:
            return True  # outside of everything: for the screen
        return widget.is_attached

    async def _dispatch_message(self, message: Message) -> None:
        # An error in a widget's own messages ends the widget; in the app's, it would end the app.
        try:
            await super()._dispatch_message(message)
        except Exception as error:
            self._handle_exception(error)

    def _prune(self, *nodes: Widget, parent: DOMNode | None = None) -> AwaitRemove:
        # Textual ends the workers of a widget only after its parts are gone: until then they would find none of them.
        for node in nodes:
            for part in node.walk_children(with_self=True):
                for worker in self.workers.cancel_node(part):
                    if iscoroutine(worker._work) and getcoroutinestate(worker._work) == CORO_CREATED:
                        worker._work.close()  # else Python warns of one that never began
        return super()._prune(*nodes, parent=parent)

    async def _close_all(self) -> None:
        # One screen that fails to end must not keep the others, or the app itself, from ending.
        while True:
            try:
                return await super()._close_all()
            except Exception as error:
                self._handle_exception(error)

    def _display(self, screen: Screen[Any], renderable: Any) -> None:
        # Textual's one door to the terminal.
        if isinstance(renderable, CompositorUpdate):
            if self._batch_count:
                return
            self._paints += 1
            if self._paints % PAINTS_PER_CACHE == 0:
                self.clear_render_caches()
            renderable = self.narrowed(renderable)
            cursor = self.screen.outer_size.clamp_offset(self.cursor_position)
            if getattr(renderable, "parts", None) == [] and cursor == self._previous_cursor_position:
                return  # nothing has changed: send nothing, not even where the cursor is
        super()._display(screen, renderable)


class PatientScreen(Screen[Answer]):
    """A screen that is not drawn while painting is held back: Textual would draw all of it, and throw that away."""

    @property
    def is_held_back(self) -> bool:
        return self.app._batch_count > 0

    def _compositor_refresh(self) -> None:
        if not self.is_held_back:  # what is to be drawn is remembered
            super()._compositor_refresh()


class PromptList(OptionList):
    """A list of choices that takes its keys before it has been laid out, too."""

    def _move_page(self, direction: Any) -> None:
        if self._lines:  # Textual's own raises KeyError where there are none yet
            super()._move_page(direction)


def running_widget() -> Widget | None:
    """The widget or screen whose handler runs now; None for the app's own handlers."""
    node = active_message_pump.get(None)
    return node if isinstance(node, Widget) else None


def is_leaving(widget: Widget) -> bool:
    """Whether the widget is being removed, or something around it is: its parts may be gone before its last handler."""
    around = widget.ancestors_with_self
    screen = next((node for node in around if isinstance(node, Screen)), None)
    return screen not in widget.app.screen_stack or any(node._pruning or node._closing for node in around)
