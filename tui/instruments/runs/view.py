"""`runs` on the bench: the runs of this machine as a table, or one of them with its curves and evaluations."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from typing import Any, ClassVar

from tui.console.widgets.pane import Pane
from tui.runs import folder


class RunsPane(Pane):
    """All runs, or the one that was chosen on the line of options."""

    BESIDE: ClassVar[int] = 4
    TEXTS: ClassVar[tuple[str, ...]] = ()
    ANSWER: ClassVar[str] = "runs"

    DEFAULT_CSS = """
    RunsPane #runs { padding: 0 1; }
    """

    def __init__(self, instrument: Any) -> None:
        super().__init__(instrument)
        self._offer(("",))

    def put_extra(self, values: Mapping[str, Any]) -> None:
        self.run_worker(self._look_for_names(), group="names", exclusive=True)

    async def _look_for_names(self) -> None:
        self._offer(("", *(one.name for one in await asyncio.to_thread(folder.all_runs))))

    def _offer(self, names: tuple[str, ...]) -> None:
        """Runs to be gone through on the line of options, which has this very list; a name is chosen, not typed."""
        place = next(at for at, one in enumerate(self._options) if one.name == "name")
        self._options[place] = dataclasses.replace(self._options[place], kind="choice", choices=names)
