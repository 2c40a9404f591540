"""A scrolling view of styled lines: what notes, token tables and tensors are drawn with.

Textual's Markdown and DataTable mount a widget for each block or measure every cell; this draws only the lines on
screen. A line is a tuple of pieces, a piece is (text, look); looks are the names in `console.styles`, joined by dots.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.console.app_protocol import Console
from tui.console.keys import bindings
from tui.text.lines import Line, line_text
from tui.text.visible import visible
from tui.text.wrap import cells


class Lines(ScrollView, can_focus=True):
    """Lines of styled pieces, scrolled by keys; draws only what is on screen."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    BINDINGS: ClassVar[list[BindingType]] = bindings("scroll")

    DEFAULT_CSS = """
    Lines {
        height: 1fr;
        scrollbar-size: 0 0;
    }
    """

    show_thumb: ClassVar[bool] = True
    THUMB: ClassVar[int] = 1
    """Columns that text leaves free on the right, where the thumb is drawn once not all lines fit."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._lines: Sequence[Line] = ()
        self._widest = 0
        self._styles_of: dict[str, Style] = {}

    @property
    def lines(self) -> Sequence[Line]:
        """What is shown."""
        return self._lines

    def set_lines(self, lines: Sequence[Line], *, scroll_wide: bool = False) -> None:
        """Show these lines. With `scroll_wide`, lines wider than the view can be reached by scrolling sideways."""
        self._lines = lines
        self._widest = max((cells(line_text(line)) for line in lines), default=0) if scroll_wide else 0
        self.virtual_size = Size(self._widest, len(lines))
        self.refresh()

    def on_resize(self) -> None:
        self.virtual_size = Size(self._widest, len(self._lines))

    def notify_style_update(self) -> None:
        self._styles_of.clear()
        super().notify_style_update()

    def look(self, names: str) -> Style:
        """The style of a look on this widget's background."""
        style = self._styles_of.get(names)
        if style is None:
            style = self._styles_of[names] = self.rich_style + self.app.text_styles.style(names)
        return style

    def decorated(self, y: int) -> Line:
        """The line as it is drawn just now, with a cursor or a match in it. `y` is its index."""
        return self._lines[y]

    def render_line(self, y: int) -> Strip:
        index = y + round(self.scroll_y)
        line = self.decorated(index) if 0 <= index < len(self._lines) else ()
        return self.fitted(line, y)

    def fitted(self, line: Line, y: int) -> Strip:
        """The line as wide as the view, with the thumb of the scrollbar at its end where that belongs.

        Textual's own scrollbar is drawn again with every change of layout, 2 kB for each second that is counted.
        """
        width, left = self.size.width, round(self.scroll_x)
        base = self.look("text")
        whole, height, above = self.extent()
        if whole <= height or not self.show_thumb:
            return self.strip(line).crop_extend(left, left + width, base).simplify()
        size = max(1, height * height // whole)
        first = round((height - size) * above / max(1, whole - height))
        thumb = Segment("┃" if first <= y < first + size else " ", self.look("dim"))
        text = self.strip(line).crop_extend(left, left + width - 1, base)
        return Strip([*text, thumb], width).simplify()

    def extent(self) -> tuple[int, int, float]:
        """(lines in all, lines that fit, lines above the view): what the thumb shows."""
        return self.virtual_size.height, self.size.height, self.scroll_y

    def strip(self, line: Line) -> Strip:
        """The line as Textual draws it; whatever is in it, only visible characters go to the terminal."""
        return Strip([Segment(visible(text), self.look(look)) for text, look in line])

    def show(self, first: int, last: int | None = None) -> None:
        """Scroll as little as possible so that the lines from `first` to `last` can be seen."""
        last = first if last is None else last
        top, height = round(self.scroll_y), self.size.height
        if first < top or last - first >= height:
            self.scroll_to(y=first, animate=False, immediate=True)
        elif last >= top + height:
            self.scroll_to(y=last - height + 1, animate=False, immediate=True)

    def action_line(self, by: int) -> None:
        self.scroll_to(y=self.scroll_y + by, animate=False, immediate=True)

    def action_page(self, by: int) -> None:
        self.scroll_to(y=self.scroll_y + by * max(1, self.size.height - 2), animate=False, immediate=True)

    def action_end(self, which: str) -> None:
        self.scroll_to(y=0 if which == "top" else self.max_scroll_y, animate=False, immediate=True)

    def action_side(self, by: int) -> None:
        self.scroll_to(x=self.scroll_x + by, animate=False, immediate=True)
