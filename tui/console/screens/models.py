"""The shelf: for every task our stand-in with its score, the course's checkpoint, what is at hand, and fetching it."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Static

from tui import paths
from tui.console.keys import bindings
from tui.console.phases import progress_name
from tui.console.screens.base import ConsoleScreen
from tui.console.screens.windows import ListWindow
from tui.console.verbatim import verbatim
from tui.console.widgets.chrome import KeyLine, TopLine
from tui.console.widgets.lines import Lines
from tui.engine.client import FETCHER, EngineClient, Progress
from tui.errors import HeadnotesError
from tui.models import local
from tui.models.catalog import SHELF
from tui.models.local import Stock
from tui.options import revive
from tui.settings import HUB, endpoint
from tui.text.catalog import translate
from tui.text.lines import Line, line_text, plain_lines
from tui.text.sizes import size_text
from tui.text.wrap import fill


class Models(ConsoleScreen[None]):
    """What can do each task. The engine looks into the cache; until it has, the table alone is shown."""

    SCOPES = ("models", "window", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("models"), *bindings("window")]
    AUTO_FOCUS = "#shelf"

    DEFAULT_CSS = """
    Models {
        #shelf { padding: 1 0 0 2; }
        #fetching { height: auto; padding: 0 2; color: $accent; display: none; }
        #fetching.-shown { display: block; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._stock: list[Stock] = []
        self._trouble: HeadnotesError | None = None
        self._at = 0
        self._fetcher: EngineClient | None = None

    def compose(self) -> ComposeResult:
        yield TopLine()
        yield Shelf(id="shelf")
        yield Static("", id="fetching")
        yield KeyLine()

    def on_mount(self) -> None:
        self.translate()
        self.run_worker(self._look())

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    async def on_unmount(self) -> None:
        await self._end_fetching()

    async def _look(self) -> None:
        try:
            self._stock = revive(list[Stock], await self.app.engine.ask("stock"))
        except HeadnotesError as error:
            self._trouble = error
        self._draw()

    # -- drawing --------------------------------------------------------------------------------------------------

    def translate(self) -> None:
        """The language has changed."""
        self.query_one(TopLine).put(self.app.book.name, translate(self.app.language, "console.models.title"))
        self._draw()
        super().translate()

    def _draw(self) -> None:
        view = self.query_one(Shelf)
        width = max(30, view.size.width - 4)
        lines: list[Line] = [
            *plain_lines(translate(self.app.language, "console.models.shelf_note"), min(width, 76), "dim")
        ]
        if (hub := endpoint()) != HUB:
            lines += [
                (),
                *plain_lines(translate(self.app.language, "console.models.mirror", address=hub), width, "dim"),
            ]
        if self._trouble:
            lines += [(), *plain_lines(str(self._trouble.message(self.app.language)), width, "bad")]
        elif not self._stock:
            lines += [(), ((translate(self.app.language, "console.models.looking"), "dim"),)]
        marked = (0, 0)
        for index, (at, row) in enumerate(zip(SHELF, self._stock, strict=False)):
            look = "cursor" if index == self._at else "heading"
            lines += [(), ((f" {', '.join([at.task, *at.aliases])} ", look),)]
            first = len(lines) - 1 if index else 0
            for name, text in local.stock_lines(self.app.language, at, row):
                for number, line in enumerate(plain_lines(text, width - 12)):
                    lines.append(((f"  {fill(name if number == 0 else '', 10)}", "dim"), *line))
            if index == self._at:
                marked = (first, len(lines) - 1)
        view.set_lines(lines)
        view.show(*marked)

    def _say(self, text: str) -> None:
        line = self.query_one("#fetching", Static)
        line.set_class(bool(text), "-shown")
        line.update(verbatim(text))

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_task(self, by: int) -> None:
        self._at = max(0, min(self._at + by, len(SHELF) - 1))
        self._draw()

    def key_labels(self) -> dict[str, str | None]:
        """The messages of what keys do otherwise just now; None for what would do nothing."""
        labels: dict[str, str | None] = {}
        if self._fetcher is not None:
            labels["window.close"] = "console.keys.now.stop"
        if self._fetcher is not None or not self._stock or self._stock[self._at].course_at_hand:
            labels["models.fetch"] = None
        return labels

    def stop(self) -> bool:
        if self._fetcher is None:
            return False
        self._say("")
        self.run_worker(self._end_fetching(), group="end")
        return True

    def action_close(self) -> None:
        if not self.stop():
            self.dismiss()

    def action_copy(self) -> None:
        self.app.copy("table", "\n".join(line_text(line) for line in self.query_one(Shelf).lines))

    def action_fetch(self) -> None:
        if self._fetcher is None and self._stock:
            self.run_worker(self._fetch(self._stock[self._at]), group="fetch")

    # -- fetching -------------------------------------------------------------------------------------------------

    async def _fetch(self, row: Stock) -> None:
        language, name = self.app.language, row.course
        if row.course_at_hand:
            self.app.notify(translate(language, "console.models.at_hand", name=name))
            return
        fetcher = self._fetcher = EngineClient(log=paths.engine_log(), command=FETCHER)
        try:
            self._say(translate(language, "console.models.asking_hub", name=name, hub=endpoint()))
            plan: dict[str, Any] = await fetcher.ask("plan", what=row.task)
            size = translate(
                language, "console.models.fetch_it", size=size_text(plan["bytes"]), count=len(plan["files"])
            )
            if (
                await self.app.push_screen_wait(
                    ListWindow(name, [size, translate(language, "console.models.leave_it")])
                )
                == 0
            ):
                tell = partial(self.call_later, self._show_progress, name)
                await fetcher.ask("fetch", what=row.task, on_progress=tell)
                self.app.notify(translate(language, "console.models.fetched", name=name))
                await self._look()
        except HeadnotesError as error:
            if self._fetcher is fetcher:  # else it was stopped
                self.app.say_error(error)
        finally:
            if self._fetcher is fetcher:
                self._say("")
                await self._end_fetching()

    def _show_progress(self, name: str, progress: Progress) -> None:
        if self._fetcher is None or not progress.total:
            return
        large = progress.total >= 1_000_000
        done, whole = (size_text(int(n)) if large else f"{n:g}" for n in (progress.done, progress.total))
        language = self.app.language
        self._say(
            translate(
                language,
                "console.models.fetching",
                name=name,
                what=progress_name(language, progress.what),
                done=done,
                all=whole,
            )
        )

    async def _end_fetching(self) -> None:
        fetcher, self._fetcher = self._fetcher, None
        if fetcher is not None:
            await fetcher.close()


class Shelf(Lines):
    """The list; the screen's own keys move in it."""

    BINDINGS: ClassVar[list[BindingType]] = []
