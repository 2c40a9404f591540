"""The picker of a chapter's model: the catalog, runs and folders of this machine, or a reference that is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Static

from tui.console.keys import foot
from tui.console.screens.palette import Command, CommandList, Palette
from tui.console.verbatim import verbatim
from tui.console.widgets.chrome import PromptInput
from tui.engine.client import Request
from tui.errors import HeadnotesError
from tui.models.catalog import SHELF
from tui.models.reference import LAST, catalog_names, parse
from tui.models.suggestions import model_folders, models
from tui.text.catalog import translate
from tui.text.visible import visible


class ModelPicker(Palette):
    """Answers with a command that calls `choose` with a reference; an empty one is the default."""

    DEFAULT_CSS = """
    ModelPicker #problem { color: $warning; margin: 1 0 0 0; display: none; }
    """

    def __init__(self, title: str, model: str, choose: Callable[[str], None]) -> None:
        super().__init__(())
        self._title = title
        self._model = model
        self._choose = choose
        self._typed: Command | None = None
        """The entry for what is typed; only this one may name nothing."""
        self._request: Request | None = None

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(verbatim(self._title), id="window-title")
            with Horizontal():
                yield Static(verbatim(self._words("type")), id="palette-label")
                field = PromptInput(id="palette-input", compact=True)
                field.cursor_blink = False
                yield field
            yield CommandList(id="commands")
            yield Static("", id="problem")
            yield Static(verbatim(foot("list", self.app.language)), id="window-foot")

    def on_mount(self) -> None:
        self.run_worker(self._collect(), group="collect")

    async def _collect(self) -> None:
        runs_and_folders = await asyncio.to_thread(lambda: (*models()[len(catalog_names()) :], *model_folders()))
        self._all = list(self._commands(runs_and_folders))
        self.find(self.query_one(PromptInput).value.strip())

    def _commands(self, runs_and_folders: tuple[str, ...]) -> Iterator[Command]:
        yield Command(self._words("default"), "" if self._model else self._words("now"), partial(self._choose, ""))
        tasks = {at.folder: at.task for at in SHELF if at.is_bundled}
        for name in catalog_names():
            if name in tasks or name not in {at.folder for at in SHELF}:
                yield self._command(name, tasks.get(name, self._words("encoder")))
        for reference in runs_and_folders:
            is_run = reference.startswith("run:")
            yield self._command(reference, self._words("best" if is_run else "folder"))
            if is_run:
                yield self._command(f"{reference}@{LAST}", self._words("last"))

    def _command(self, reference: str, note: str) -> Command:
        is_chosen = reference == self._model
        return Command(reference, self._words("now") if is_chosen else note, partial(self._choose, reference))

    def _words(self, key: str) -> str:
        return translate(self.app.language, f"console.model.{key}")

    def find(self, words: str) -> None:
        """Show what contains the typed text, and the text itself."""
        self._report("")
        matches = [one for one in self._all if words.lower() in one.title.lower()]
        self._typed = None
        if words and not any(one.title == words for one in matches):
            self._typed = Command(words, self._words("typed"), partial(self._choose, words))
            matches.append(self._typed)
        self.list.put(matches)

    def _report(self, text: str) -> None:
        problem = self.query_one("#problem", Static)
        problem.update(verbatim(visible(text, lines=True), lines=True))
        problem.display = bool(text)

    def action_choose(self) -> None:
        """Take what is listed; look first whether what is typed is on this machine."""
        if not self.list.commands or self._request is not None:
            return
        command = self.list.commands[self.list.cursor]
        if command is self._typed:
            self.run_worker(self._look_for(command), group="look", exclusive=True)
        else:
            self.dismiss(command)

    async def _look_for(self, command: Command) -> None:
        try:
            reference = str(parse(command.title))
            self._report(self._words("looking"))
            self._request = self.app.engine.ask("setup", model=reference, names=["tokenizer", "model"])
            await asyncio.shield(self._request.answer)
        except HeadnotesError as error:
            self._report(error.message(self.app.language).lines)
            return
        finally:
            self._request = None
        if command is self._typed:
            self.dismiss(command)

    def on_unmount(self) -> None:
        if self._request is not None:
            self.app.engine.drop(self._request)
