"""The bench: the instrument that belongs to what is being read, with its inputs filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.errors import UsageError
from tui.lab import registry
from tui.ui.verbatim import verbatim
from tui.ui.widgets.anatomy import AnatomyPane
from tui.ui.widgets.mask import MaskPane
from tui.ui.widgets.pane import Pane
from tui.ui.widgets.pipeline import PipelinePane
from tui.ui.widgets.tokens import TokensPane
from tui.ui.words import say

if TYPE_CHECKING:
    from tui.ui.app import HeadnotesApp

PANES: dict[str, type[Pane]] = {
    "pipeline": PipelinePane,
    "anatomy": AnatomyPane,
    "tokens": TokensPane,
    "mask": MaskPane,
}


class Bench(Vertical):
    """Holds one pane for each instrument that has been needed; shows one of them."""

    app: HeadnotesApp

    DEFAULT_CSS = """
    Bench {
        padding: 1 0 0 1;
        #bench-title { height: 1; padding: 0 1; margin: 0 0 1 0; color: $accent; text-style: bold; }
    }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.pane: Pane | None = None

    def compose(self) -> ComposeResult:
        yield Static(verbatim(say(self.app.language, "no_bench")), id="bench-title")

    async def show(self, instrument: str, values: Mapping[str, Any]) -> None:
        """Bring an instrument to the front with these inputs. Raises `UsageError` for one that does not exist."""
        found = registry.find(instrument)
        if instrument not in PANES:
            raise UsageError(f"The instrument {instrument!r} has no place on the bench yet.")
        before = self.pane
        self.pane = next((pane for pane in self.query(PANES[instrument]) if pane.instrument is found), None)
        if self.pane is None:
            self.pane = PANES[instrument](found)
            self.pane.put(values)
            await self.mount(self.pane)
        else:
            self.pane.put(values)
        if before is not None and before is not self.pane:
            before.stop()
            before.display = False
        self.pane.display = True
        self.query_one("#bench-title", Static).update(verbatim(instrument))

    def translate(self) -> None:
        """The language has changed."""
        for pane in self.query(Pane):
            pane.translate()
        if self.pane is None:
            self.query_one("#bench-title", Static).update(verbatim(say(self.app.language, "no_bench")))
