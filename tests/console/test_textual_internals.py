"""What the console touches of Textual that Textual does not promise: a failure says what an upgrade has changed."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest
from textual import constants
from textual._compositor import Compositor
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.css.scalar import Scalar
from textual.dom import DOMNode
from textual.drivers.linux_driver import LinuxDriver
from textual.events import MouseDown, MouseEvent, MouseMove, MouseUp
from textual.geometry import Region
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets import OptionList

from tests.conftest import ROOT
from tests.console.console import InProcess, console
from tui.console import textual_internals
from tui.console.screens.windows import ListWindow
from tui.console.widgets.chrome import TopLine


def test_no_other_module_imports_private_modules_of_textual() -> None:
    private = re.compile(r"^\s*(from|import) textual(\.\w+)*\._", re.MULTILINE)
    found = [str(path) for path in (ROOT / "tui").rglob("*.py") if private.search(path.read_text("utf-8"))]
    assert found == [textual_internals.__file__]


@pytest.mark.parametrize(
    ("owner", "method", "parameters", "purpose"),
    [
        (App, "_handle_exception", ["self", "error"], "every error that nobody caught ends here"),
        (MessagePump, "_dispatch_message", ["self", "message"], "an error of the app's handlers is caught here"),
        (App, "_prune", ["self", "nodes", "parent"], "widgets are removed here (their workers end first)"),
        (App, "_close_all", ["self"], "screens are ended here when the app ends"),
        (App, "_display", ["self", "screen", "renderable"], "all that is drawn goes through it (changes are sent)"),
        (LinuxDriver, "run_input_thread", ["self"], "reads the terminal (bytes that are not UTF-8)"),
        (LinuxDriver, "process_message", ["self", "message"], "what is read goes through it (sizes are dropped)"),
        (LinuxDriver, "_query_in_band_window_resize", ["self"], "asks the terminal for sizes among the input"),
        (LinuxDriver, "_get_terminal_size", ["self"], "the size that is drawn"),
        (XTermParser, "feed", ["self", "data"], "parses keys"),
        (XTermParser, "tick", ["self"], "tells a lone escape from the beginning of a sequence"),
        (Screen, "_compositor_refresh", ["self"], "draws a screen (not while painting is held back)"),
        (OptionList, "_move_page", ["self", "direction"], "raises before the list is laid out"),
    ],
)  # fmt: skip
def test_what_is_overridden_is_there(owner: type, method: str, parameters: list[str], purpose: str) -> None:
    there = getattr(owner, method, None)
    assert there is not None, f"{owner.__name__}.{method} is gone: {purpose}"
    assert list(inspect.signature(there).parameters) == parameters, f"{owner.__name__}.{method} has changed: {purpose}"


def test_what_is_read_is_there() -> None:
    app: App[None] = App()
    assert app._exception is None
    assert not app._exception_event.is_set()
    assert app._batch_count == 0
    assert not app._closing
    assert not DOMNode()._pruning
    assert constants.ESCAPE_DELAY == textual_internals.POLL


def test_every_error_ends_in_one_method() -> None:
    """Where Textual catches what a handler raised, it calls `_handle_exception` and does not end the app itself."""
    from textual import message_pump, screen, timer, widget, worker

    for module in (message_pump, screen, timer, widget, worker):
        source = inspect.getsource(module)
        assert "_handle_exception(" in source, f"{module.__name__} hands its errors elsewhere"
        assert "_fatal_error(" not in source, f"{module.__name__} ends the app by itself"


class PagedAtOnce(ListWindow):
    """A list whose page key was in one packet with the key that opened it."""

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(OptionList).action_page_down()
        self.query_one(OptionList).action_page_up()


async def test_a_list_takes_a_page_key_before_it_is_laid_out() -> None:
    engine = InProcess()
    engine.hold = True
    async with console(engine=engine) as it:
        it.app.push_screen(PagedAtOnce("title", ["first", "second"]))
        await it.until_shown("first", "second")


@pytest.mark.parametrize("kind", [MouseDown, MouseMove, MouseUp])
async def test_a_widget_that_is_being_removed_can_be_clicked(kind: type[MouseEvent]) -> None:
    async with console(lesson="2.2") as it:
        line = it.app.screen.query_one(TopLine)
        x, y = line.region.offset
        parent = line._parent
        line._parent = None  # as between the removal of a toast and the next layout
        try:
            await it.app.on_event(kind(None, x, y, 0, 0, 1, False, False, False))
        finally:
            line._parent = parent


async def test_what_was_drawn_is_not_kept_forever() -> None:
    """Neither lines and their pieces, nor results about regions, however many keys and sizes there were."""
    async with console(lesson="2.2") as it:
        regions = []
        while it.app._paints < 2 * textual_internals.PAINTS_PER_CACHE:
            await it.pilot.resize_terminal(80 + it.app._paints % 60, 40)
            regions.append(Region.intersection.cache_info().currsize + Scalar.resolve.cache_info().currsize)
        assert min(regions[len(regions) // 2 :]) < max(regions) / 2

        def lines() -> int:
            return sum(len(widget._styles_cache._cache) for widget in it.app.screen.walk_children())

        await it.pilot.resize_terminal(150, 40)  # the paint before may have been one that clears
        assert lines() > 0
        it.app.clear_render_caches()
        assert lines() == 0


@pytest.mark.parametrize(("lesson", "words"), [("", "Using Transformers"), ("2.2", "Three steps")])
async def test_nothing_is_drawn_while_painting_is_held_back(
    monkeypatch: pytest.MonkeyPatch, lesson: str, words: str
) -> None:
    held: list[bool] = []
    render = Compositor.render_update

    def watched(self: Compositor, **options: Any) -> Any:
        assert self.root is not None
        held.append(bool(self.root.app._batch_count))
        return render(self, **options)

    monkeypatch.setattr(Compositor, "render_update", watched)
    async with console(lesson, engine=InProcess()) as it:
        await it.until_shown(words)
        assert held
        assert not any(held)
