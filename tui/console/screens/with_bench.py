"""What the screens with a bench on them have in common: its fields, its code, what is copied of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual.widget import Widget

from tui.console.screens.base import ConsoleScreen
from tui.console.widgets.bench import Bench
from tui.errors import HeadnotesError
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.screens.palette import Command


class WithBench(ConsoleScreen[None]):
    """A screen that has a bench."""

    PICKER_TITLE: ClassVar[str] = "console.model.title"

    bench: Bench

    @property
    def space(self) -> str:
        """Where code runs that goes with the bench: it has the same model."""
        raise NotImplementedError

    @property
    def model(self) -> str:
        """The reference of the chosen model; empty for the defaults."""
        return self.app.progress.model(self.space)

    @property
    def model_line(self) -> str:
        """What the top line says of a model that is not the default."""
        return translate(self.app.language, "console.model.line", model=self.model) if self.model else ""

    def action_model(self) -> None:
        """Choose the model of the chapter."""
        from tui.console.screens.model_picker import ModelPicker

        def take(command: Command | None) -> None:
            if command is not None:
                command.run()

        self.app.push_screen(
            ModelPicker(translate(self.app.language, self.PICKER_TITLE), self.model, self.use_model), take
        )

    def use_model(self, model: str) -> None:
        """Every instrument here takes this model from now on."""
        if model == self.model:
            return
        self.app.progress.keep_model(self.space, model)
        self.bench.use_model(model)
        self.model_changed()

    def model_changed(self) -> None:
        """Another model was chosen: say so, show it."""
        raise NotImplementedError

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
