"""The palette: every command that works here and every lesson, found by typing, each with the key that does the same.

Textual's own palette speaks English only, takes titles for markup, and fails on a page key before its list is there.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import ClassVar, cast

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.fuzzy import Matcher
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.console.app_protocol import Console
from tui.console.keys import Key, all_keys, bindings, foot, help_of, label_of
from tui.console.screens.windows import FRAME
from tui.console.typeset import one_line
from tui.console.verbatim import verbatim
from tui.console.widgets.chrome import PromptInput, scopes_of
from tui.console.widgets.lines import Lines
from tui.course.book import entries
from tui.instruments import registry
from tui.text.catalog import LANGUAGES, translate
from tui.text.lines import Line
from tui.text.wrap import cells, fill


@dataclass(frozen=True, slots=True)
class Command:
    """One entry: what it does, the key that does it without the palette (a lesson has none), and how to run it."""

    title: str
    key: str
    run: Callable[[], Awaitable[object] | None]
    also: tuple[str, ...] = ()
    """Other words that find it: its title in the other language, its short name."""


class CommandList(Lines):
    """The commands that match; the field above keeps the focus."""

    can_focus = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.commands: Sequence[Command] = ()
        self.cursor = 0

    def put(self, commands: Sequence[Command]) -> None:
        """Show these commands, the cursor on the first."""
        self.commands, self.cursor = commands, 0
        self.lay()

    def lay(self) -> None:
        """Lay out the commands for the present width."""
        width = max(20, self.size.width - 2)
        key_width = max((cells(command.key) for command in self.commands), default=0)
        room = width - key_width - 4
        self.set_lines(
            [
                ((f"  {fill(one_line(command.title, room), room)}  ", "text"), (fill(command.key, key_width), "accent"))
                for command in self.commands
            ]
            or [((f"  {translate(self.app.language, 'console.no_commands')}", "dim"),)]
        )
        self.show(self.cursor)

    def on_resize(self) -> None:
        self.lay()

    def decorated(self, y: int) -> Line:
        line = self.lines[y]
        if y != self.cursor or not self.commands:
            return line
        (title, _), key = line
        return (("▌", "bar.here"), (title[1:], "text.here.strong"), (key[0], "accent.here"))

    def move(self, by: int) -> None:
        """Move the cursor; it stays in the list."""
        self.cursor = max(0, min(self.cursor + by, len(self.commands) - 1))
        self.show(self.cursor)
        self.refresh()

    async def on_click(self, event: events.Click) -> None:
        y = event.y + round(self.scroll_y)
        if y < len(self.commands):
            self.cursor = y
            await self.run_action("screen.choose")


class Palette(ModalScreen["Command | None"]):
    """Answers with the command that was chosen."""

    SCOPES = ("palette",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("palette")
    AUTO_FOCUS = "#palette-input"
    DEFAULT_CSS = FRAME.format(
        name="Palette",
        widest=86,
        inside="""
        #window { height: 90%; }
        Horizontal { height: 1; margin: 0 0 1 0; background: $here; }
        #palette-label { width: auto; color: $accent; }
        #palette-input { width: 1fr; border: none; height: 1; padding: 0; background: $here; }
        #palette-input:focus { border: none; }
        """,
    )

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    def __init__(self, commands: Sequence[Command]) -> None:
        super().__init__()
        self._all = commands

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            with Horizontal():
                yield Static(verbatim(translate(self.app.language, "console.find")), id="palette-label")
                field = PromptInput(id="palette-input", compact=True)
                field.cursor_blink = False
                yield field
            yield CommandList(id="commands")
            yield Static(verbatim(foot("palette", self.app.language)), id="window-foot")

    @property
    def list(self) -> CommandList:
        return self.query_one(CommandList)

    def on_mount(self) -> None:
        self.list.put(self._all)

    @on(Input.Changed)
    def _search(self, event: Input.Changed) -> None:
        self.find(event.value.strip())

    @on(Input.Submitted)
    def _submit(self) -> None:
        self.action_choose()

    def find(self, words: str) -> None:
        """Show what matches, the best match first."""
        if not words:
            self.list.put(self._all)
            return
        matcher = Matcher(words)
        scored = [(max(map(matcher.match, (one.title, one.key, *one.also))), one) for one in self._all]
        self.list.put([one for score, one in sorted(scored, key=lambda pair: -pair[0]) if score > 0])

    def action_choose(self) -> None:
        commands = self.list.commands
        if commands:
            self.dismiss(commands[self.list.cursor])

    def action_line(self, by: int) -> None:
        self.list.move(by)

    def action_page(self, by: int) -> None:
        self.list.move(by * max(1, self.list.size.height - 1))

    def action_close(self) -> None:
        self.dismiss(None)


def commands_for(app: Console, here: Widget) -> list[Command]:
    """The commands of the scopes around a widget, each run where its action is, and the lessons."""
    language, scopes = app.language, scopes_of(here)

    def act(action: str) -> Callable[[], Awaitable[object]]:
        method = f"action_{action.split('(')[0]}"
        owner = next((node for node in here.ancestors_with_self if hasattr(node, method)), here)
        return partial(cast(Widget, owner).run_action, action)

    commands = [
        Command(translate(language, help_of(key)), key.shown, act(key.action), also=_names(key))
        for key in all_keys()
        if key.palette and key.scope in scopes
    ]
    for name, instrument in registry.instruments().items():
        also = tuple(instrument.summary(other) for other in LANGUAGES)
        commands.append(Command(f"{name}: {instrument.summary(language)}", "", partial(app.open_bench, name), also))
    for entry in entries(app.book):
        title = f"{entry.number} {entry.title(language)}".strip()
        also = tuple(entry.title(other) for other in LANGUAGES)
        commands.append(Command(title, "", partial(app.open_entry, entry), also))
    return commands


def _names(key: Key) -> tuple[str, ...]:
    """What a key is called in all languages, so that a reader of either finds it."""
    return tuple(translate(language, message(key)) for message in (help_of, label_of) for language in LANGUAGES)
