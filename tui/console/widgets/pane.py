"""The frame that every instrument on the bench has: its texts, its options, what it is doing, its answer."""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from tui.console.app_protocol import Console
from tui.console.keys import bindings
from tui.console.typeset import one_line
from tui.console.verbatim import verbatim
from tui.console.widgets.lines import Lines
from tui.console.widgets.option_bar import Option, Options, options_for
from tui.console.widgets.sentence import Sentence
from tui.console.widgets.status import Status
from tui.console.widgets.warnings import Warnings
from tui.engine.client import Progress, Request
from tui.errors import HeadnotesError, Stopped, UsageError
from tui.instruments.instrument import Instrument
from tui.instruments.warning_text import warning_text
from tui.options import revive
from tui.text.catalog import has_message, translate

REMEMBERED = 50
"""Inputs that a pane remembers."""


class Pane(Vertical):
    """One instrument. Runs again whenever its inputs change; only the newest question is ever waited for."""

    SCOPES: ClassVar[tuple[str, ...]] = ("bench",)
    BINDINGS: ClassVar[list[BindingType]] = bindings("bench")
    TEXTS: ClassVar[tuple[str, ...]] = ("text",)
    """The fields of the Spec that are typed into a box."""
    SEVERAL: ClassVar[tuple[str, ...]] = ()
    """Those of them that hold several texts, one a line."""
    LEFT_OUT: ClassVar[tuple[str, ...]] = ()
    """Fields that the pane sets in a way of its own."""
    WAITING: ClassVar[tuple[str, ...]] = ()
    """Those that are sent as a whole: half a path names nothing, half a function is another one."""
    DELAY: ClassVar[float] = 0.25
    """Seconds without a key before the new text is sent."""

    ANSWER: ClassVar[str] = "lines"
    """The id of the widget with the answer's lines."""
    BESIDE: ClassVar[int] = 2
    """Cells of the pane beside such a line: its padding and the thumb."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    class Settled(Message):
        """The pane has something to show: an answer, a sentence, or what it is waiting for."""

    DEFAULT_CSS = """
    Pane {
        margin: 2 0 0 0;
        height: 1fr;
        .field { color: $dim; height: 1; padding: 0 1; }
        &:ansi .field { text-style: dim; }
        .answer { margin: 1 0 0 0; }
        .-hidden { display: none; }
    }
    """

    def __init__(self, instrument: Instrument) -> None:
        super().__init__(id=f"pane-{instrument.name}")
        self.instrument = instrument
        self.result: Any = None
        self.model = ""
        """The reader's model for what the notes leave open; empty: each instrument's own."""
        self._notes_values: dict[str, Any] = {}
        self._request: Request | None = None
        self._later: Timer | None = None
        self._unsent = False
        """Whether a text that waits was changed since it was sent."""
        self._asked: list[dict[str, Any]] = []
        """Inputs that were answered, newest first."""
        self._options: list[Option] = options_for(instrument, (*self.TEXTS, *self.LEFT_OUT))

    # -- to be filled in by each instrument -----------------------------------------------------------------------

    def compose_answer(self) -> Iterator[Widget]:
        """The widgets that draw the answer."""
        yield Lines(id=self.ANSWER)

    def draw(self, result: Any) -> None:
        """Draw the answer."""
        lines = self.instrument.answer_lines(result, self.text_width, self.app.language)
        self.query_one(f"#{self.ANSWER}", Lines).set_lines(lines)

    @property
    def text_width(self) -> int:
        """Cells of a line of the answer."""
        return max(30, self.size.width - self.BESIDE)

    def on_resize(self) -> None:
        if self.result is not None:
            self.draw(self.result)

    def draw_partial(self, fields: dict[str, Any]) -> None:
        """Draw what there is of the answer so far: some fields of the result."""

    def extra_values(self) -> dict[str, Any]:
        """Values of the Spec that are neither a text nor an option on the line."""
        return {}

    def put_extra(self, values: Mapping[str, Any]) -> None:
        """Take over such values from the notes."""

    def translate(self) -> None:
        """The language has changed."""
        for name in self.TEXTS:
            self.query_one(f"#field-{name}", Static).update(verbatim(self.name_of(name)))
        self.query_one(Status).tell()
        if self.result is not None:
            self._draw()

    # -- frame ----------------------------------------------------------------------------------------------------

    def compose(self) -> ComposeResult:
        for name in self.TEXTS:
            if len(self.TEXTS) > 1 or name in self.SEVERAL:
                yield Static("", id=f"field-{name}", classes="field")
            else:
                yield Static("", id=f"field-{name}", classes="field -hidden")
            yield Sentence(id=f"text-{name}", several=name in self.SEVERAL, waits=name in self.WAITING)
        if self._options:
            yield Options(self._options, id="options")
        yield Status(id="status")
        with Vertical(id="answer", classes="answer"):
            yield Warnings(id="warnings")
            yield from self.compose_answer()

    def name_of(self, field: str) -> str:
        """What stands over a box: as the instrument's own catalog has it, or the one of all fields; else its name."""
        keys = (f"instruments.{self.instrument.name}.field.{field}", f"console.field.{field}")
        return next((translate(self.app.language, key) for key in keys if has_message(key)), field)

    def on_mount(self) -> None:
        self.translate()
        self._fill(self._with_model(self._notes_values))

    def put(self, values: Mapping[str, Any]) -> None:
        """Take over the inputs that the notes give, and run."""
        self._notes_values = dict(values)
        if self.is_mounted:
            self._fill(self._with_model(values))

    def use_model(self, model: str) -> None:
        """Take another model, unless the notes name one; whatever else is set stays. The answer is no longer true."""
        self.model = model
        if self.is_mounted and "model" in self._fields and "model" not in self._notes_values:
            others = {name: value for name, value in self.values().items() if name != "model"}
            self.drop()
            self.result = None
            self._set(self._with_model(others))

    def _with_model(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {"model": self.model, **values} if self.model and "model" in self._fields else dict(values)

    @property
    def _fields(self) -> set[str]:
        return {field.name for field in dataclasses.fields(self.instrument.spec)}

    def _fill(self, values: Mapping[str, Any]) -> None:
        self._set(values)
        self.ask()

    def _set(self, values: Mapping[str, Any]) -> None:
        defaults = {field.name: field.default for field in dataclasses.fields(self.instrument.spec)}
        for name in self.TEXTS:
            value = values.get(name, defaults[name] if isinstance(defaults[name], str) else "")
            text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
            self.query_one(f"#text-{name}", Sentence).put(text)
        if self._options:
            try:
                spec = self.instrument.read({**dict.fromkeys(self.TEXTS, ""), **values})
                given = {option.name: getattr(spec, option.name) for option in self._options}
            except UsageError:
                given = {}  # said by ask(), which reads the same values
            self.query_one(Options).put(given)
        self.put_extra(values)

    def values(self) -> dict[str, Any]:
        """What the reader has set, without what only repeats a default."""
        values: dict[str, Any] = {}
        for name in self.TEXTS:
            text = self.query_one(f"#text-{name}", Sentence).value
            if name in self.SEVERAL:
                values[name] = [line for line in text.split("\n") if line]
            elif text or name == self.TEXTS[0]:
                values[name] = text
        if self._options:
            chosen = self.query_one(Options).values
            values.update({o.name: chosen[o.name] for o in self._options if chosen[o.name] != o.default})
        return {**values, **self.extra_values()}

    def spec(self) -> Any:
        """The Spec of what is on the bench. Raises `UsageError`."""
        return self.instrument.read(self.values())

    @property
    def is_empty(self) -> bool:
        return bool(self.TEXTS) and not any(self.query_one(f"#text-{name}", Sentence).value for name in self.TEXTS)

    @property
    def first_field(self) -> Widget:
        """Where editing begins: the first text; without one, the options."""
        return self.query_one(f"#text-{self.TEXTS[0]}" if self.TEXTS else "#options")

    def edit(self) -> None:
        """Put the cursor there."""
        self.first_field.focus()

    # -- asking ---------------------------------------------------------------------------------------------------

    @on(Sentence.Edited)
    def _take_text(self, event: Sentence.Edited) -> None:
        if event.sentence.waits:
            self._unsent = True
            self.query_one(Status).hint(translate(self.app.language, "console.enter_runs"))
        else:
            self._ask_soon()

    def on_descendant_blur(self) -> None:
        if self._unsent:
            self.ask()

    def _ask_soon(self) -> None:
        if self._later is not None:
            self._later.stop()
        self._later = self.set_timer(self.DELAY, self.ask)

    @on(Options.Changed)
    def _take_option(self, event: Options.Changed) -> None:
        if event.typed:
            self._ask_soon()
        else:
            self.ask()

    @on(Sentence.Done)
    def _to_the_answer(self, event: Sentence.Done) -> None:
        event.stop()
        if self._unsent:
            self.ask()
        views = [view for view in self.query_one("#answer").query(Lines) if view.can_focus]
        if views:
            views[0].focus()

    @on(Sentence.CannotEdit)
    def _say_why(self, event: Sentence.CannotEdit) -> None:
        event.stop()
        self.app.notify(translate(self.app.language, "console.bench.held", count=len(event.sentence.value)))

    def ask(self) -> None:
        """Ask the engine for what is on the bench now; what was asked before is dropped."""
        self._unsent = False
        if self._later is not None:
            self._later.stop()
            self._later = None
        self.drop()
        status = self.query_one(Status)
        if self.is_empty:
            self._say_instead(lambda: status.hint(translate(self.app.language, "console.bench.empty_text")))
            return
        try:
            spec = self.spec()
        except UsageError as error:
            self._say_instead(partial(status.error, error))
            return
        request = self.app.engine.ask(
            "run",
            instrument=self.instrument.name,
            spec=dataclasses.asdict(spec),
            on_progress=partial(self.call_later, self._progress),
            on_partial=lambda fields: self.call_later(self._partial, request, fields),
        )
        self._request = request
        status.wait(request)
        self.run_worker(self._wait(request), group=f"wait-{self.id}", exclusive=True)

    async def _wait(self, request: Request) -> None:
        try:
            plain = await asyncio.shield(request.answer)
        except HeadnotesError as error:
            if request is self._request:
                self._request = None
                status = self.query_one(Status)
                if isinstance(error, Stopped) and not error.detail:
                    status.hint(translate(self.app.language, "console.stopped"))
                else:
                    self._say_instead(partial(status.error, error))
            return
        if request is self._request:
            self._request = None
            self.result = revive(self.instrument.result, plain)
            self._remember()
            with self.app.batch_update():
                self._show_answer(True)
                self.query_one(Status).done(request, getattr(self.result, "answered_by", None))
                self._draw()
            self.post_message(self.Settled())

    def _draw(self) -> None:
        texts = [warning_text(one, self.app.language) for one in self.result.warnings_above]
        self.query_one(Warnings).put(texts)
        self.draw(self.result)

    def _say_instead(self, tell: Callable[[], None]) -> None:
        """Put the answer away and say something in its place."""
        with self.app.batch_update():
            self._show_answer(False)
            tell()
        self.post_message(self.Settled())

    def on_status_waiting(self) -> None:
        self.post_message(self.Settled())

    def _progress(self, progress: Progress) -> None:
        self.query_one(Status).progress(progress)

    def _partial(self, request: Request, fields: dict[str, Any]) -> None:
        if request is not self._request:  # its whole answer is drawn already
            return
        with self.app.batch_update():
            self.query_one("#answer").remove_class("-hidden")
            self.draw_partial(fields)
        self.post_message(self.Settled())

    def _show_answer(self, shown: bool) -> None:
        self.query_one("#answer").set_class(not shown, "-hidden")
        if not shown:
            self.result = None

    @property
    def is_running(self) -> bool:
        return self._request is not None

    def stop(self) -> bool:
        """The reader stops what is running. False when nothing is."""
        if self._request is None:
            return False
        request, self._request = self._request, None
        self.app.engine.stop(request)
        self.query_one(Status).hint(translate(self.app.language, "console.stopped"))
        return True

    def drop(self) -> None:
        """Nobody waits for what is running any more."""
        request, self._request = self._request, None
        if request is not None:
            self.app.engine.drop(request)

    def on_unmount(self) -> None:
        self.drop()

    # -- keys -----------------------------------------------------------------------------------------------------

    def action_rerun(self) -> None:
        self.ask()

    def _remember(self) -> None:
        values = self.values()
        self._asked = [values, *(one for one in self._asked if one != values)][:REMEMBERED]

    def action_history(self) -> None:
        """Choose among the inputs that were answered before."""
        from tui.console.screens.windows import ListWindow

        if not self._asked:
            self.app.notify(translate(self.app.language, "console.bench.no_history"))
            return

        def go(index: int | None) -> None:
            if index is not None:
                self._fill(self._asked[index])

        asked = [one_line(" / ".join(self._flat(one)), 200) for one in self._asked]
        self.app.push_screen(ListWindow(translate(self.app.language, "console.bench.history"), asked), go)

    def _flat(self, values: Mapping[str, Any]) -> Iterator[str]:
        """Inputs in a line: the texts as they are, options with their names."""
        for name, value in values.items():
            text = " | ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
            yield text if name in self.TEXTS or isinstance(value, list | tuple) else f"{name}={text}"

    def action_reset(self) -> None:
        self._fill(self._with_model(self._notes_values))

    async def copied(self) -> tuple[str, str]:
        """(what it is, its text) for the key that copies."""
        text = "\n".join("".join(t for t, _ in line).rstrip() for v in self.query(Lines) for line in v.lines if line)
        return "answer", text
