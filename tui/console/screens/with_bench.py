"""What the screens with a bench on them have in common: its fields, its code, what is copied of it."""

from __future__ import annotations

import asyncio
from typing import ClassVar

from textual.widget import Widget

from tui.console.screens.base import ConsoleScreen
from tui.console.widgets.bench import Bench
from tui.console.widgets.chrome import Prompt
from tui.errors import HeadnotesError
from tui.text.catalog import translate


class WithBench(ConsoleScreen[None]):
    """A screen that has a bench."""

    bench: Bench
    model_title: ClassVar[str] = "console.model.title"

    @property
    def space(self) -> str:
        """The chapter, whose cells share their variables; the reader's model is kept for it."""
        raise NotImplementedError

    @property
    def model(self) -> str:
        """The reader's model; '' for the lessons' own."""
        return self.app.progress.model(self.space)

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

    async def action_model(self) -> None:
        """Choose the model that the bench computes with."""
        from tui.console.screens.windows import ListWindow
        from tui.models.suggestions import models

        language, names = self.app.language, await asyncio.to_thread(models)
        if self.model not in ("", *names):
            names = (self.model, *names)
        own, another = (translate(language, f"console.model.{key}") for key in ("default", "another"))

        async def choose(index: int | None) -> None:
            if index == len(names) + 1:
                label = translate(self.app.language, "console.model.prompt")
                await self.query_one(Prompt).open("model", label, self.model)
            elif index is not None:
                await self.use_model(("", *names)[index])

        marked = names.index(self.model) + 1 if self.model else 0
        window = ListWindow(translate(language, self.model_title), (own, *names, another), marked=marked)
        self.app.push_screen(window, choose)

    async def use_model(self, text: str) -> None:
        """Compute with the model of a reference; '' is the lessons' own. Says why not when it cannot be found."""
        from tui.models.location import locate
        from tui.models.reference import parse

        try:
            if text:  # finding it reads 90 MB for a digest: not in the event loop
                await asyncio.to_thread(locate, parse(text))
        except HeadnotesError as error:
            self.app.say_error(error)
            return
        self.app.progress.keep_model(self.space, text)
        self.bench.use_model(text)
        self.app.notify(self.model_notice(text))

    def model_notice(self, model: str) -> str:
        """What is said when another model is used."""
        language = self.app.language
        return (
            translate(language, "console.model.now", model=model)
            if model
            else translate(language, "console.model.now_default")
        )

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
