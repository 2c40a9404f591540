"""The bench: the instrument that belongs to what is being read, with its inputs filled in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.ui.verbatim import verbatim
from tui.ui.words import say

if TYPE_CHECKING:
    from tui.ui.app import HeadnotesApp
    from tui.ui.widgets.pane import Pane


def panes() -> dict[str, type[Pane]]:
    """The pane of each instrument. Imported on first use: the notes are painted without any of them."""
    from tui.ui.widgets.anatomy import AnatomyPane
    from tui.ui.widgets.mask import MaskPane
    from tui.ui.widgets.pipeline import PipelinePane
    from tui.ui.widgets.tokens import TokensPane

    return {"pipeline": PipelinePane, "anatomy": AnatomyPane, "tokens": TokensPane, "mask": MaskPane}


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
        self._panes: dict[str, Pane] = {}

    def compose(self) -> ComposeResult:
        yield Static(verbatim(say(self.app.language, "no_bench")), id="bench-title")

    async def show(self, instrument: str, values: Mapping[str, Any]) -> None:
        """Bring an instrument to the front with these inputs. Raises `UsageError` for one that does not exist."""
        from tui.lab import registry

        found = registry.find(instrument)
        before = self.pane
        self.pane = self._panes.get(instrument)
        if self.pane is None:
            self.pane = self._panes[instrument] = panes()[instrument](found)
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
        for pane in self._panes.values():
            pane.translate()
        if self.pane is None:
            self.query_one("#bench-title", Static).update(verbatim(say(self.app.language, "no_bench")))
