"""The small windows over a screen: something to read and copy, or a list to choose from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import OptionList, Static

from tui.console.app_protocol import Console
from tui.console.keys import all_scopes, bindings, foot, help_of, keys_of, shown, title_of
from tui.console.textual_internals import PromptList
from tui.console.typeset import fold, highlighted, plain_lines
from tui.console.verbatim import verbatim
from tui.console.widgets.lines import Lines
from tui.errors import HeadnotesError
from tui.instruments import registry
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import fill

WIDEST, WIDEST_LIST = 104, 86
"""Columns of a window at most: one to read, one to choose from."""
LEAST = 3
"""Rows that a window leaves to what scrolls in it, however low the terminal."""
FRAME = """
    {name} {{
        align: center middle;
        background: $background 60%;
        #window {{
            width: {widest}; max-width: 94%; height: auto; max-height: 90%;
            border: round $accent; background: $background; padding: 0 1;
        }}
        #window-title {{ color: $accent; text-style: bold; margin: 0 0 1 0; }}
        #window-warnings {{ color: $warning; margin: 0 0 1 0; }}
        #window-foot {{ color: $dim; margin: 1 0 0 0; }}
        {inside}
    }}
"""


class TextWindow(ModalScreen[None]):
    """Lines to read; `y` copies them."""

    SCOPES = ("window", "scroll")
    BINDINGS: ClassVar[list[BindingType]] = bindings("window")
    DEFAULT_CSS = FRAME.format(name="TextWindow", widest=WIDEST, inside="Lines { height: auto; }")

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    def __init__(self, title: str, lines: Sequence[Line], *, what: str, text: str) -> None:
        super().__init__()
        self._title, self.unfolded, self.what, self._text = title, lines, what, text

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(verbatim(self._title), id="window-title")
            yield Lines(id="window-lines")
            yield Static(verbatim(foot("window", self.app.language)), id="window-foot")

    def on_mount(self) -> None:
        self.query_one(Lines).focus()
        self.on_resize()

    def on_resize(self) -> None:
        room = min(WIDEST, self.app.size.width * 94 // 100) - 5  # frame, padding and the scrollbar's thumb
        lines = [row for line in self.unfolded for row in fold(line, max(20, room))]
        view = self.query_one(Lines)
        view.set_lines(lines)
        view.styles.height = len(lines) + 1
        leave_room_around(view, WIDEST)

    def action_close(self) -> None:
        self.dismiss()

    def action_copy(self) -> None:
        self.app.copy(self.what, self._text)


class ListWindow(ModalScreen["int | None"]):
    """Something to choose; answers with its index."""

    SCOPES = ("list",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("list")
    DEFAULT_CSS = FRAME.format(
        name="ListWindow",
        widest=WIDEST_LIST,
        inside="OptionList { height: auto; border: none; background: $background; scrollbar-size-vertical: 1;"
        " &:focus { border: none; } }",
    )

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    def __init__(self, title: str, entries: Sequence[str], *, marked: int = 0, warnings: Sequence[str] = ()) -> None:
        super().__init__()
        self._title, self._entries, self._marked, self._warnings = title, entries, marked, warnings

    def compose(self) -> ComposeResult:
        with Vertical(id="window"):
            yield Static(verbatim(self._title, lines=True), id="window-title")  # may be a program
            if self._warnings:
                yield Static(verbatim("\n".join(self._warnings), lines=True), id="window-warnings")
            yield PromptList(*(verbatim(entry) for entry in self._entries))
            yield Static(verbatim(foot("list", self.app.language)), id="window-foot")

    def on_mount(self) -> None:
        choice = self.query_one(OptionList)
        choice.highlighted = self._marked
        choice.focus()
        self.on_resize()

    def on_resize(self) -> None:
        leave_room_around(self.query_one(OptionList), WIDEST_LIST)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_choose(self) -> None:
        self.query_one(OptionList).action_select()

    def action_close(self) -> None:
        self.dismiss(None)

    def action_list(self, way: str) -> None:
        choice = self.query_one(OptionList)
        choice.action_cursor_down() if way == "down" else choice.action_cursor_up()


def leave_room_around(scrolling: Widget, widest: int) -> None:
    """Let what scrolls in a window be so high that the title, the warnings and the keys around it are seen, too."""
    app, window = scrolling.app, scrolling.screen.query_one("#window")
    width = min(widest, app.size.width * 94 // 100) - window.gutter.width
    others = sum(
        part.get_content_height(app.size, app.size, width) + part.styles.margin.height for part in window.query(Static)
    )
    room = app.size.height * 9 // 10 - window.gutter.height - others
    scrolling.styles.max_height = max(LEAST, room)


def code_window(code: str, language: str, title: str = "code_behind") -> TextWindow:
    """The Python behind the bench, or behind something else that has a word for it."""
    return TextWindow(
        translate(language, f"console.title.{title}"), highlighted(code.rstrip("\n"), "python"), what="code", text=code
    )


async def open_cell(app: Console, handle: str, split: str, row: int, column: str) -> None:
    """Fetch a whole cell of a table and show it."""
    try:
        values = {"handle": handle, "split": split, "row": row, "column": column}
        text: str = await app.engine.ask("look", call="cell", values=values)
    except HeadnotesError as error:
        app.say_error(error)
        return
    title = translate(app.language, "console.cell_title", column=visible(column), row=f"{row:,}")
    lines: list[Line] = [((part, "text"),) for part in text.split("\n")]
    app.push_screen(TextWindow(title, lines, what="cell", text=text))


def help_window(scopes: Sequence[str], language: str) -> TextWindow:
    """What every key does: first where the reader is, then elsewhere."""
    order = [*scopes, *(scope for scope in all_scopes() if scope not in scopes)]
    lines: list[Line] = []
    for scope in order:
        if not (keys := keys_of(scope)):
            continue
        lines += [()] if lines else []
        lines.append(((translate(language, title_of(scope)), "heading" if scope in scopes else "title"),))
        for key in keys:
            spellings = key.shown if "{}" in key.action else " ".join(map(shown, key.spellings))
            for row, line in enumerate(plain_lines(translate(language, help_of(key)), 46)):
                lines.append(((fill(spellings if row == 0 else "", 20) + " ", "accent"), *line))
    lines += [(), ((translate(language, "console.instruments"), "title"),)]
    for name, instrument in registry.instruments().items():
        for row, line in enumerate(plain_lines(instrument.summary(language), 56)):
            lines.append(((fill(name if row == 0 else "", 20) + " ", "accent"), *line))
    text = "\n".join("".join(piece for piece, _ in line) for line in lines)
    return TextWindow(translate(language, "console.help"), lines, what="help", text=text)
