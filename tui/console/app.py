"""The console itself: book, engine, settings and progress, and what every screen can ask for."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.binding import BindingType
from textual.filter import Monochrome, NoColor
from textual.screen import ModalScreen, Screen
from textual.timer import Timer

from tui import paths, settings
from tui.console import clipboard, job_control
from tui.console.crash_border import CrashBorder
from tui.console.diff_renderer import TerminalCells
from tui.console.keys import bindings
from tui.console.run_watch import RunWatch
from tui.console.screens.base import ConsoleScreen
from tui.console.styles import TextStyles
from tui.console.terminal import Ascii, WithoutColor
from tui.console.textual_internals import CompositorUpdate, ConsoleApp
from tui.console.themes import THEMES
from tui.console.widgets.chrome import scopes_of
from tui.course.book import Book, Entry
from tui.course.progress import Progress
from tui.engine.client import EngineClient, Phase
from tui.errors import HeadnotesError, sentence
from tui.settings import Settings
from tui.text.catalog import translate
from tui.text.visible import visible

if TYPE_CHECKING:
    from tui.instruments.registry import Rejected
    from tui.tables.source import Source

ScreenKind = TypeVar("ScreenKind", bound=Screen[Any])

COLORLESS = "terminal"
"""The theme for NO_COLOR: it marks by attributes where the others use shades."""
LEAVE_WITHIN = 10.0
"""Seconds in which a second ctrl+c leaves."""
SAVE_AFTER = 0.5
"""Seconds of quiet before progress is written."""


PAINT_BY = 1.0
"""Seconds after which the first screen is painted however far it has come."""
SETTLED_AFTER = 2.0
"""Seconds after the first paint when what was loaded is taken to stay."""


class HeadnotesApp(ConsoleApp):
    """Notes beside a bench of live instruments."""

    TITLE = "Headnotes"
    BINDINGS: ClassVar[list[BindingType]] = bindings("everywhere")
    ENABLE_COMMAND_PALETTE = False  # ours speaks both languages and shows keys

    CSS = """
    Screen { background: $background; color: $foreground; }
    Toast { background: $panel; }
    """

    def __init__(
        self,
        book: Book,
        chosen: Settings,
        *,
        open_at: Entry | None = None,
        data: Source | None = None,
        complaints: tuple[str, ...] = (),
        ascii_only: bool = False,
        engine: EngineClient | None = None,
    ) -> None:
        super().__init__()
        self.book = book
        self.language = chosen.language
        self.progress = Progress(paths.progress_file(book.course_id), self._save_soon)
        self.engine = engine or EngineClient(log=paths.engine_log())
        self.engine.listen(partial(self.call_later, self._engine_moved))
        self._run_watch = RunWatch(self)
        self._open_at = open_at
        self._data = data
        self._complaints = complaints
        self._saving: Timer | None = None
        self._leaving: Timer | None = None
        """Runs while a second ctrl+c would leave."""
        self._has_begun = False
        self._terminal = TerminalCells()
        self.border = CrashBorder(self, paths.console_log())
        self._unpainted = ExitStack()
        self._text_styles: tuple[str, TextStyles] | None = None
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = COLORLESS if self.no_color else chosen.theme
        if self.no_color:
            # Textual's own filter turns colors into shades of gray, which are color codes all the same.
            self._filters = [one for one in self._filters if not isinstance(one, Monochrome | NoColor)]
            self._filters.append(WithoutColor())
        self.animation_level = "none"  # a page is turned, not slid: one frame, and a tenth of the bytes
        self.is_ascii = ascii_only
        if ascii_only:
            self._filters.append(Ascii())

    # -- beginning and end ----------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        if os.name == "posix":
            loop = asyncio.get_running_loop()
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                loop.add_signal_handler(number, partial(self._end_by_signal, number))
        self.app_resume_signal.subscribe(self, lambda app: self._terminal.forget())
        self.hold_paint(PAINT_BY)
        if self._data is not None:
            self.action_data(self._data)
        elif self._open_at is not None:
            self.open_entry(self._open_at)
        else:
            self.show_contents()

    def hold_paint(self, seconds: float) -> None:
        """Paint nothing until `paint`, this long at most: every step of building a screen would be painted."""
        self._unpainted.enter_context(self.batch_update())
        self.set_timer(seconds, self.paint)

    def paint(self) -> None:
        """The screen is complete: paint it."""
        self._unpainted.close()

    def begin(self) -> None:
        """The first page is on the screen: tell what there is to tell, and start the engine."""
        if not self._has_begun:
            self._has_begun = True
            self.run_worker(self._begin(), group="begin")

    async def _begin(self) -> None:
        trouble = self.progress.trouble
        for complaint in (*self._complaints, sentence(self.language, trouble) if trouble else ""):
            if complaint:
                self.notify(complaint, severity="warning", timeout=8)
        try:
            await self.engine.start()
        except HeadnotesError as error:
            self.say_error(error)
        self._run_watch.begin()
        for one in await asyncio.to_thread(_rejected_instruments):
            self.notify(one.sentence(self.language), severity="warning", timeout=8)
        self.set_timer(SETTLED_AFTER, _settle)

    async def on_unmount(self) -> None:
        try:
            await self.engine.close()
        finally:
            self.progress.save()

    def _end_by_signal(self, number: int) -> None:
        self.exit(return_code=128 + number)

    async def action_quit(self) -> None:
        self.exit(0)

    def catch(self, error: Exception) -> bool:
        return self.border.catch(error)

    def action_interrupt(self) -> None:
        """Copy what is selected; else stop what runs; else leave, when it is pressed a second time."""
        selected = getattr(self.focused, "selected_text", "") or self.screen.get_selected_text()
        if selected:
            self.copy("selection", selected)
        elif isinstance(self.screen, ConsoleScreen) and self.screen.stop():
            pass
        elif self._leaving is not None:
            self.exit(return_code=128 + signal.SIGINT)
        else:
            self._leaving = self.set_timer(LEAVE_WITHIN, self._stay)
            self.notify(translate(self.language, "console.leave_again"), timeout=LEAVE_WITHIN)

    def _stay(self) -> None:
        if self._leaving is not None:
            self._leaving.stop()
            self._leaving = None

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Key) and event.key != "ctrl+c":
            self._stay()
        await super().on_event(event)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a text ctrl+z takes back what was typed; everywhere else it suspends."""
        return not (action == "suspend" and hasattr(self.focused, "undo"))

    def action_suspend(self) -> None:
        """Go to the shell that the console was started from; `fg` comes back."""
        if not job_control.has_shell():
            self.notify(translate(self.language, "console.no_shell"))
            return
        self.app_suspend_signal.publish(self)
        os.killpg(os.getpgrp(), signal.SIGTSTP)  # the group, as the terminal would: `uv run headnotes` is two processes

    # -- painting -------------------------------------------------------------------------------------------------

    def narrowed(self, update: CompositorUpdate) -> CompositorUpdate:
        """Only what has changed goes to the terminal."""
        # Where the terminal's own cursor is, an input method opens its window. Textual moves it when a field gets
        # the focus, which may be before the field has its place.
        if (cursor := getattr(self.screen.focused, "cursor_screen_offset", None)) is not None:
            self.cursor_position = cursor
        return self._terminal.changes(update, (self.size.width, self.size.height))

    def on_resize(self) -> None:
        # Also where the size that is drawn stays the same: the terminal may have lost what it showed.
        self.action_redraw()

    def action_redraw(self) -> None:
        self._terminal.forget()
        self.screen.refresh()

    # -- screens --------------------------------------------------------------------------------------------------

    def show_contents(self) -> None:
        """Go to the contents."""
        from tui.console.screens.contents import Contents

        opened, gives_way = self._opened(Contents), getattr(self.screen, "GIVES_WAY_TO_CONTENTS", False)
        if opened is not None:
            if gives_way:
                self.pop_screen()
            self.bring_forward(opened)
        elif gives_way:
            self.switch_screen(Contents(coming_back=True))
        else:
            self.push_screen(Contents())

    def go_to(self, screen: Screen[Any]) -> None:
        """Go to a screen: to the one that shows the same, where it is open, so that screens never pile up."""
        for opened in self.screen_stack:
            if isinstance(opened, ConsoleScreen) and opened.shows_same(screen):
                self.bring_forward(opened)
                return
        self.push_screen(screen)

    def _opened(self, kind: type[ScreenKind]) -> ScreenKind | None:
        return next((screen for screen in reversed(self.screen_stack) if isinstance(screen, kind)), None)

    async def start_over(self, screen: Screen[Any]) -> None:
        """Leave every screen there is, and go on with this one."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.paint()
        await self.push_screen(screen)

    def open_entry(self, entry: Entry | None, block: int | None = None) -> None:
        """Open a lesson or a page of notes, at one of its blocks or where it was left."""
        if entry is None:
            return
        from tui.console.screens.reader import Reader

        while isinstance(self.screen, ModalScreen):  # a lesson chosen from the palette over a window
            self.screen.dismiss(None)
        if (reader := self._opened(Reader)) is not None:
            self.bring_forward(reader)
            reader.open(entry, block=block)
        else:
            self.push_screen(Reader(entry, block=block))

    def action_doctor(self) -> None:
        from tui.console.screens.doctor import Doctor

        self.go_to(Doctor())

    def action_models(self) -> None:
        from tui.console.screens.models import Models

        self.go_to(Models())

    def action_data(self, source: Source | None = None) -> None:
        from tui.console.screens.data import Data

        self.go_to(Data(source))

    def action_runs(self) -> None:
        from tui.console.screens.runs import Runs

        self.go_to(Runs())

    def action_bench(self) -> None:
        """Choose an instrument for the free bench."""
        from tui.console.screens.free_bench import FreeBench
        from tui.console.screens.windows import ListWindow
        from tui.instruments import registry

        known = list(registry.instruments().values())
        here = self.screen.instrument if isinstance(self.screen, FreeBench) else None

        async def put(index: int | None) -> None:
            if index is not None:
                await self.open_bench(known[index].name)

        width = max(len(one.name) for one in known) + 2
        shown = [f"{one.name:{width}}{one.summary(self.language)}" for one in known]
        title = translate(self.language, "console.choose_instrument")
        self.push_screen(ListWindow(title, shown, marked=known.index(here) if here in known else 0), put)

    async def open_bench(self, name: str) -> None:
        """Put an instrument on the free bench."""
        from tui.console.screens.free_bench import FreeBench

        if (opened := self._opened(FreeBench)) is None:
            await self.push_screen(FreeBench(name))
            return
        self.bring_forward(opened)
        await opened.put(name)

    def action_help(self) -> None:
        from tui.console.screens.windows import help_window

        self.push_screen(help_window(scopes_of(self.screen.focused or self.screen), self.language))

    def action_palette(self) -> None:
        """Choose among the commands that work here, and the lessons."""
        from tui.console.screens.palette import Command, Palette, commands_for

        if isinstance(self.screen, Palette):
            return

        async def run(chosen: Command | None) -> None:
            if chosen is not None and (result := chosen.run()) is not None:
                await result

        self.push_screen(Palette(commands_for(self, self.screen.focused or self.screen)), run)

    # -- language and colors -------------------------------------------------------------------------------------

    def action_language(self) -> None:
        self.language = "en" if self.language == "zh" else "zh"
        self._keep(language=self.language)
        for screen in self.screen_stack:
            if translate := getattr(screen, "translate", None):
                translate()

    def action_next_theme(self) -> None:
        if self.no_color:
            self.notify(translate(self.language, "console.no_color"))
            return
        self.theme = settings.THEMES[(settings.THEMES.index(self.theme) + 1) % len(settings.THEMES)]
        self._keep(theme=self.theme)

    def _keep(self, **changed: str) -> None:
        self.run_worker(self._write_settings(changed), group="settings")

    async def _write_settings(self, changed: dict[str, str]) -> None:
        try:
            await asyncio.to_thread(partial(settings.save, paths.settings_file(), **changed))
        except (OSError, HeadnotesError) as error:
            reason = getattr(error, "strerror", None) or error
            self.notify(translate(self.language, "console.setting_not_kept", reason=reason), severity="warning")

    @property
    def text_styles(self) -> TextStyles:
        """The styles of the present theme."""
        theme = self.current_theme
        if self._text_styles is None or self._text_styles[0] != theme.name:
            styles = TextStyles(self.theme_variables, ansi=theme.ansi, colorless=self.no_color)
            self._text_styles = (theme.name, styles)
        return self._text_styles[1]

    # -- engine ---------------------------------------------------------------------------------------------------

    def _engine_moved(self, phase: Phase) -> None:
        if not self.is_running:
            return
        for screen in self.screen_stack:
            if moved := getattr(screen, "engine_moved", None):
                moved(phase)
        if not self.engine.is_answering:
            self.notify(translate(self.language, "console.engine_silent"), severity="warning")
        if phase.name == "ended" and phase.trouble is not None:
            word = "console.engine_gave_up" if self.engine.gave_up else "console.engine_died"
            self.notify(
                translate(self.language, word, why=phase.trouble.message(self.language).title), severity="warning"
            )

    def action_restart_engine(self) -> None:
        self.engine.restart()

    # -- telling and copying --------------------------------------------------------------------------------------

    def notify(self, message: str, **options: Any) -> None:
        """A notice. Its text may come from anywhere, so it is never markup."""
        options["title"] = visible(options.get("title", ""))
        super().notify(visible(message, lines=True), **{**options, "markup": False})

    def say_error(self, error: HeadnotesError) -> None:
        """What went wrong, and what to do."""
        self.notify(error.message(self.language).lines, severity="error", timeout=10)

    def copy(self, what: str, text: str, then: str = "") -> None:
        """Copy a text and say where it went; `then` is a sentence about what to do with it."""
        if not text.strip():
            self.notify(translate(self.language, "console.nothing_to_copy"))
            return
        self.run_worker(self._copy(what, text, then), group="copy")

    async def _copy(self, what: str, text: str, then: str) -> None:
        if by_terminal := len(text) <= clipboard.OSC52_LIMIT:
            self.copy_to_clipboard(text)
        copied = await asyncio.to_thread(clipboard.copy, text, paths.copied_file())
        if copied.place:
            word = f"console.copied.{copied.place}"
        elif by_terminal:
            word = "console.copied.sent"
        else:
            word = "console.copied.too_long" if copied.in_file else "console.copied.nowhere"
        said = translate(self.language, word, what=translate(self.language, f"console.what.{what}"), count=len(text))
        if copied.in_file and copied.place != "clipboard":
            said += " " + translate(self.language, "console.copied.file", file=paths.copied_file())
        self.notify(f"{said} {then}".strip())

    # -- progress -------------------------------------------------------------------------------------------------

    def _save_soon(self) -> None:
        if self.is_running:
            if self._saving is not None:
                self._saving.stop()
            self._saving = self.set_timer(SAVE_AFTER, self._save)

    def _save(self) -> None:
        self.run_worker(self._save_now(), group="progress")

    async def _save_now(self) -> None:
        before = self.progress.trouble
        await asyncio.to_thread(self.progress.save)
        if self.progress.trouble and self.progress.trouble != before:
            self.notify(sentence(self.language, self.progress.trouble), severity="warning")


def _rejected_instruments() -> tuple[Rejected, ...]:
    """Loaded here, after the first paint and off the event loop: they are not our code."""
    from tui.instruments import registry

    return registry.rejected()


def _settle() -> None:
    """Take everything loaded so far out of the garbage collector's rounds: a full one cost a key 30 ms now and then."""
    gc.enable()
    gc.collect()
    gc.freeze()
