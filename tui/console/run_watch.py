"""Watching for runs that go on, wherever they were started: their strip on whatever screen is shown."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from typing import TYPE_CHECKING

from textual.timer import Timer

from tui import paths
from tui.console.app_protocol import Console

if TYPE_CHECKING:
    from tui.runs.overview import Overview

EVERY = 1.0


class RunWatch:
    """Looks once a second, in a thread; until there is a folder of runs it costs one look into a folder."""

    def __init__(self, app: Console) -> None:
        self._app = app
        self._overview: Overview | None = None
        self._looking = False
        self._timer: Timer | None = None

    def begin(self) -> None:
        """Watch from now on."""
        if self._timer is None:
            self._timer = self._app.set_interval(EVERY, self._tick)

    def _tick(self) -> None:
        if not self._looking and self._app.is_running:
            self._looking = True
            self._app.run_worker(self._look(), group="watching")

    async def _look(self) -> None:
        try:
            await asyncio.to_thread(self._read)
        finally:
            self._looking = False
        self.show_strip()

    def _read(self) -> None:
        if self._overview is None:
            with suppress(OSError), os.scandir(paths.runs_dir()) as entries:
                if any(entries):
                    from tui.runs.overview import Overview

                    self._overview = Overview(weigh=False)
        if self._overview is not None:
            self._overview.look()

    def show_strip(self) -> None:
        """Put the strip of the latest run that goes on on the screen, or take it away."""
        show = getattr(self._app.screen, "show_run", None)
        if show is not None:
            alive = [glance for glance in self._overview.glances if glance.lives] if self._overview else []
            show(alive[0] if alive else None, max(0, len(alive) - 1))
