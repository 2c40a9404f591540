"""What is written is less, and the terminal shows the same."""

from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from tui.console.diff_renderer import Changes, TerminalCells
from tui.text.visible import visible

SIZE = (24, 6)
CONSOLE = Console(color_system="truecolor", force_terminal=True, width=SIZE[0])
STYLES = [Style.parse(s) for s in ("#ff0000", "bold #00ff00 on #101010", "italic #0000ff", "#ffffff on #202020")]

words = st.text(alphabet="ab [CLS]字，é 👍─┃x", min_size=1, max_size=24).map(visible)
segments = st.lists(st.tuples(words, st.sampled_from(STYLES)), min_size=1, max_size=4)


def strip_of(pieces: list[tuple[str, Style]], width: int) -> Strip:
    return Strip([Segment(text, style) for text, style in pieces]).adjust_cell_length(width, STYLES[3])


@st.composite
def updates(draw: st.DrawFn) -> LayoutUpdate:
    """A rectangle drawn anew, somewhere on the screen."""
    x, y = draw(st.integers(0, SIZE[0] - 2)), draw(st.integers(0, SIZE[1] - 1))
    width, height = draw(st.integers(1, SIZE[0] - x)), draw(st.integers(1, SIZE[1] - y))
    rows = [[strip_of(draw(segments), width)] for _ in range(height)]
    return LayoutUpdate(rows, Region(x, y, width, height))


class Eye:
    """A terminal, and what can be seen on it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(*SIZE)
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> None:
        self._stream.feed(text)

    def seen(self) -> list[list[tuple[str, str, str, bool]]]:
        return [
            [(c.data, c.fg, c.bg, c.bold) for c in (self.screen.buffer[y][x] for x in range(SIZE[0]))]
            for y in range(SIZE[1])
        ]


whole = st.builds(
    lambda rows: LayoutUpdate([[strip_of(row, SIZE[0])] for row in rows], Region(0, 0, *SIZE)),
    st.lists(segments, min_size=SIZE[1], max_size=SIZE[1]),
)


@given(whole, st.lists(whole, max_size=5))
def test_whole_screens_look_the_same(first: LayoutUpdate, then: list[LayoutUpdate]) -> None:
    plain, spared, shown = Eye(), Eye(), TerminalCells()
    for update in (first, *then):
        plain.write(update.render_segments(CONSOLE))
        spared.write(shown.changes(update, SIZE).render_segments(CONSOLE))
        assert spared.seen() == plain.seen()


@given(whole, st.lists(updates(), max_size=6), whole)
def test_parts_of_the_screen_look_the_same_once_they_are_whole_again(
    first: LayoutUpdate, then: list[LayoutUpdate], last: LayoutUpdate
) -> None:
    # A rectangle may cut a wide character in two, and terminals differ in what is left of it; what matters is that
    # nothing of that stays when the line is drawn anew.
    plain, spared, shown = Eye(), Eye(), TerminalCells()
    for update in (first, *then, last):
        plain.write(update.render_segments(CONSOLE))
        spared.write(shown.changes(update, SIZE).render_segments(CONSOLE))
    assert spared.seen() == plain.seen()


@given(whole)
def test_the_same_again_costs_nothing(update: LayoutUpdate) -> None:
    shown = TerminalCells()
    shown.changes(update, SIZE)
    again = shown.changes(update, SIZE)
    assert isinstance(again, Changes)
    assert again.parts == []


@given(whole)
def test_after_forgetting_everything_is_written(update: LayoutUpdate) -> None:
    shown = TerminalCells()
    first = shown.changes(update, SIZE).render_segments(CONSOLE)
    shown.forget()
    assert shown.changes(update, SIZE).render_segments(CONSOLE) == first


def test_another_size_forgets_by_itself() -> None:
    update = LayoutUpdate([[strip_of([("a", STYLES[0])], 24)]], Region(0, 0, 24, 1))
    shown = TerminalCells()
    shown.changes(update, SIZE)
    assert shown.changes(update, (24, 7)).render_segments(CONSOLE)


def test_one_changed_letter_is_one_letter() -> None:
    shown = TerminalCells()
    shown.changes(LayoutUpdate([[strip_of([("engine 4 s", STYLES[0])], 24)]], Region(0, 0, 24, 1)), SIZE)
    update = shown.changes(LayoutUpdate([[strip_of([("engine 5 s", STYLES[0])], 24)]], Region(0, 0, 24, 1)), SIZE)
    assert isinstance(update, Changes)
    assert [(y, x, strip.text) for y, x, strip in update.parts] == [(0, 7, "5")]


def test_an_update_of_another_kind_goes_through() -> None:
    from textual._compositor import CompositorUpdate

    other = CompositorUpdate()
    assert TerminalCells().changes(other, SIZE) is other
