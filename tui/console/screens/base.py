"""What all screens of the console have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from textual.reactive import Reactive
from textual.screen import Screen
from textual.timer import Timer, TimerCallback
from textual.widget import Widget

from tui.console.app_protocol import Console
from tui.console.textual_internals import PatientScreen
from tui.console.widgets.chrome import KeyLine, Prompt, TopLine
from tui.engine.client import Phase

if TYPE_CHECKING:
    from tui.runs.overview import Glance

Result = TypeVar("Result")


class ConsoleScreen(PatientScreen[Result]):
    """A screen between the top line and the bottom line."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """Textual draws the whole screen again when the focus moves (25 kB); the widgets themselves draw what changes."""

    GIVES_WAY_TO_CONTENTS = False
    """Whether it is closed when the reader goes to the contents."""
    SHOWS_RUNS = False
    """Whether the screen is about runs, and needs no strip that tells of them."""

    def shows_same(self, other: Screen[Any]) -> bool:
        """Whether the other screen, if it were opened, would show what this one does."""
        return type(self) is type(other)

    def show_run(self, glance: Glance | None, others: int) -> None:
        """Tell in one line of a run that goes on, and how many more there are; None takes the line away."""
        if self.SHOWS_RUNS or (glance is None and not self._strip):
            return
        from tui.console.widgets.runs.strip import RunStrip

        if glance is None:
            self._strip = False
            self.query(RunStrip).remove()
        elif not self._strip:
            self._strip = True
            strip = RunStrip()
            self.mount(strip, before=self.query_one(KeyLine))
            strip.put(glance, others)
        else:
            for strip in self.query(RunStrip):
                strip.put(glance, others)

    _strip = False
    _polling: Timer | None = None

    def poll_every(self, seconds: float, poll: TimerCallback) -> None:
        """Call this every so often while the screen is in front."""
        self._polling = self.set_interval(seconds, poll)

    def on_screen_suspend(self) -> None:
        if self._polling is not None:
            self._polling.pause()

    def on_screen_resume(self) -> None:
        if self._polling is not None:
            self._polling.resume()

    def translate(self) -> None:
        """The language has changed."""
        for line in (*self.query(KeyLine), *self.query(TopLine)):
            line.refresh()

    def engine_moved(self, phase: Phase) -> None:
        """The engine is in another phase."""
        for line in self.query(TopLine):  # none yet on a screen that is just being opened
            line.engine_moved(phase)

    def stop(self) -> bool:
        """Put away an open prompt, else stop what runs. False when there is neither."""
        for prompt in self.query(Prompt):
            if prompt.is_open:
                prompt.cancel()
                return True
        return False

    def on_idle(self) -> None:
        if not self.is_held_back:  # when it is drawn, the line looks for itself
            for line in self.query(KeyLine):
                line.settle()
