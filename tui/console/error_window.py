"""The whole traceback of a piece of code, in a window."""

from __future__ import annotations

from tui.console.app_protocol import Console
from tui.console.typeset import Outcome, State, highlighted
from tui.text.catalog import translate


def show_whole_error(app: Console, state: State) -> None:
    """Show how the code went through the libraries to its error, if it did."""
    if isinstance(state, Outcome) and state.whole:
        from tui.console.screens.windows import TextWindow

        title = translate(app.language, "console.cell.whole")
        app.push_screen(TextWindow(title, highlighted(state.whole, "pytb"), what="error", text=state.whole))
