"""What the screens with a bench on them have in common: its fields, its code, what is copied of it."""

from __future__ import annotations

import asyncio

from textual.widget import Widget

from tui.console.screens.base import ConsoleScreen
from tui.console.widgets.bench import Bench
from tui.errors import HeadnotesError


class WithBench(ConsoleScreen[None]):
    """A screen that has a bench."""

    bench: Bench

    @property
    def bench_fields(self) -> list[Widget]:
        """What can be gone through with a key on the bench."""
        pane = self.bench.pane
        return [] if pane is None else [w for w in pane.query("*") if w.focusable and w.display]

    @property
    def is_on_bench(self) -> bool:
        """Whether a field of the bench has the focus."""
        return self.focused is not None and self.bench in self.focused.ancestors

    @property
    def is_running_something(self) -> bool:
        return self.bench.pane is not None and self.bench.pane.is_running

    def stop(self) -> bool:
        return super().stop() or (self.bench.pane is not None and self.bench.pane.stop())

    def translate(self) -> None:
        """The language has changed."""
        self.bench.translate()
        super().translate()

    async def action_code(self) -> None:
        """Show the Python behind what is on the bench."""
        pane = self.bench.pane
        if pane is None:
            return
        try:
            # Finding the checkpoint's folder reads 90 MB for its digest: not in the event loop.
            code = await asyncio.to_thread(pane.instrument.code, pane.spec())
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        from tui.console.screens.windows import code_window

        self.app.push_screen(code_window(code, self.app.language))

    async def copy_from_bench(self) -> None:
        """Copy what the pane at the front has for that."""
        if self.bench.pane is None:
            return
        try:
            what, text = await self.bench.pane.copied()
        except HeadnotesError as error:
            self.app.say_error(error)
        else:
            self.app.copy(what, text)
