"""The bench: the instrument that belongs to what is being read, with its inputs filled in."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.console.app_protocol import Console
from tui.console.verbatim import verbatim
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.widgets.pane import Pane


def pane_of(instrument: str) -> type[Pane]:
    """The pane of an instrument; imported on first use, as the notes need none."""
    from tui.instruments import registry

    module, _, name = registry.find(instrument).view.partition(":")
    found: type[Pane] = getattr(importlib.import_module(module), name)
    return found


class Bench(Vertical):
    """Holds one pane for each instrument that has been needed, each on a layer of its own; shows one of them.

    Another instrument comes to the front only when it has something to show, all at once.
    """

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    DEFAULT_CSS = """
    Bench {
        layers: title front;
        padding: 1 0 0 1;
        #bench-title { layer: title; height: 1; padding: 0 1; color: $accent; text-style: bold; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._pane: Pane | None = None
        self._panes: dict[str, Pane] = {}
        self.model = ""
        """The reader's model for the instruments that take one; empty: each one's own."""

    @property
    def pane(self) -> Pane | None:
        """The one that is at the front, or is coming there; none before it has its fields."""
        return self._pane if self._pane is not None and self._pane.is_mounted else None

    def compose(self) -> ComposeResult:
        yield Static("", id="bench-title")

    async def show(self, instrument: str, values: Mapping[str, Any], *, again: bool = True) -> None:
        """Bring an instrument to the front with these inputs; unless `again`, with those that it has already.

        Raises `UsageError` for one that does not exist.
        """
        from tui.instruments import registry

        found = registry.find(instrument)
        before = self._pane
        pane = self._pane = self._panes.get(instrument) or pane_of(instrument)(found)
        if pane is not before:
            pane.visible = False
            if before is not None:
                before.drop()
        if again:
            pane.model = self.model
            pane.put(found.own_names(values))
        elif pane is not before and pane.result is None:
            pane.ask()
        if instrument not in self._panes:
            self._panes[instrument] = pane
            self.styles.layers = ("title", *self._panes)  # type: ignore[assignment]
            pane.styles.layer = instrument
            await self.mount(pane)

    def use_model(self, model: str) -> None:
        """Put another model into every instrument that takes one, and ask the one at the front again."""
        self.model = model
        for pane in self._panes.values():
            pane.use_model(model)
        if self.pane is not None and self.pane.result is None:
            self.pane.ask()

    def on_pane_settled(self) -> None:
        self.reveal()

    def reveal(self) -> None:
        """Put the pane that is coming to the front, ready or not."""
        if self.pane is None or self.pane.visible:
            return
        with self.app.batch_update():
            for pane in self._panes.values():
                pane.visible = pane is self.pane
            self.query_one("#bench-title", Static).update(verbatim(self.pane.instrument.name))
        self.call_after_refresh(self._measure, self.pane)

    def _measure(self, pane: Pane) -> None:
        """Textual sends no Resize to what got its size while it could not be seen: a text would never be wrapped."""
        for widget in pane.query("*"):
            widget.post_message(events.Resize(widget.size, widget.virtual_size, widget.container_size))

    def clear(self, reason: str = "console.bench.no_bench") -> None:
        """Nothing is on the bench, because this page has nothing for it or for another reason."""
        self._pane = None
        for pane in self._panes.values():
            pane.drop()
            pane.visible = False
        self.query_one("#bench-title", Static).update(verbatim(translate(self.app.language, reason)))

    def translate(self) -> None:
        """The language has changed."""
        for pane in self._panes.values():
            pane.translate()
