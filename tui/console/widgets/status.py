"""The line under an instrument's inputs: what it waits for and since when, how long it took, or what is wrong."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from tui.console.app_protocol import Console
from tui.console.phases import phase_name, progress_name
from tui.console.typeset import one_line
from tui.console.verbatim import verbatim
from tui.engine.client import Progress, Request
from tui.errors import HeadnotesError
from tui.models.local import measured_text
from tui.text.catalog import translate
from tui.text.visible import visible
from tui.text.wrap import wrapped

if TYPE_CHECKING:
    from tui.models.checkpoints import AnsweredBy

PATIENCE = 0.3
"""Seconds that a request may take before anything is said; quicker answers would only flicker."""


def said_progress(language: str, progress: Progress) -> str:
    """How far something has come; many bars do not know their end."""
    what = progress_name(language, progress.what)
    if progress.total:
        return translate(
            language,
            "console.bench.progress",
            what=what,
            done=f"{progress.done:,.0f}",
            all=f"{progress.total:,.0f}",
        )
    return translate(language, "console.bench.progress_open", what=what, done=f"{progress.done:,.0f}")


class Status(Static):
    """Says what the instrument is doing. Its clock ticks only while something is waited for."""

    app: Console  # type: ignore[assignment]  # to Textual it is an App

    DEFAULT_CSS = """
    Status { height: auto; min-height: 1; max-height: 8; padding: 0 1; margin: 1 0 0 0; color: $dim; }
    """

    class Waiting(Message):
        """The answer takes long enough to say that it is waited for."""

    def __init__(self, *, id: str) -> None:
        super().__init__("", id=id)
        self._request: Request | None = None
        self._clock: Timer | None = None
        self._progress: Progress | None = None
        self._said = ""
        self._answer: tuple[float, AnsweredBy | None] | None = None
        self._error: HeadnotesError | None = None

    def hint(self, text: str) -> None:
        """A quiet sentence."""
        self._settle(verbatim(text))

    def error(self, error: HeadnotesError) -> None:
        """What went wrong and what to do, in up to three lines."""
        text = error.message(self.app.language)
        lines = [verbatim(text.title).stylize("$error bold")]
        lines += [verbatim(text.detail).stylize("$foreground")] if text.detail else []
        lines += [verbatim(text.next_step).stylize("$accent")] if text.next_step else []
        self._settle(Content("\n").join(lines))
        self._error = error

    def done(self, request: Request, by: AnsweredBy | None) -> None:
        """The answer is there: how long it took; which model gave it, if one did, how good it is, its original."""
        self._settle(Content(""))
        self._answer = (request.seconds, by)
        self.tell()

    def on_resize(self) -> None:
        self.tell()

    def tell(self) -> None:
        """Say what there is to say of the answer, in the present language and width."""
        if self._error is not None:
            self.error(self._error)
        if self._answer is None:
            return
        language, (seconds, by) = self.app.language, self._answer
        facts = [f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"]
        if by is not None:
            facts[0] += f"   {by.checkpoint}"
        if by is not None and by.stands_in_for:
            measured = measured_text(language, by.measured)
            facts.append(translate(language, "console.bench.stand_in", measured=measured, name=by.stands_in_for))
        rows = [row for fact in facts for row in wrapped(visible(fact), max(20, self.size.width - 2))]
        self.update(verbatim("\n".join(rows), lines=True))

    def wait(self, request: Request) -> None:
        """Watch a request until something else is said."""
        self._request, self._progress, self._error = request, None, None
        if self._clock is None:
            self._clock = self.set_interval(PATIENCE, self._tick)

    def progress(self, progress: Progress) -> None:
        """How far the watched request has come."""
        self._progress = progress
        self._tick()

    def _tick(self) -> None:
        request = self._request
        if request is None or request.answer.done():
            return
        seconds = int(monotonic() - request.since)
        language, phase = self.app.language, self.app.engine.phase
        if not self.app.engine.is_answering:
            text = translate(language, "console.bench.unanswered", seconds=int(monotonic() - phase.since))
        elif self._progress is not None:
            text = said_progress(language, self._progress)
            text += "   " + translate(language, "console.bench.running", seconds=seconds)
        elif request.started and phase.name == "ready":
            text = translate(language, "console.bench.running", seconds=seconds)
        else:
            name = phase_name(language, phase)
            text = translate(language, "console.bench.waiting", phase=name, seconds=seconds)
        text = one_line(text, max(20, self.size.width - 2))
        if text != self._said:  # an unchanged line costs no bytes
            first = not self._said
            self._said = text
            self.update(verbatim(text), layout=first)
            if first:
                self.post_message(self.Waiting())

    def _settle(self, content: Content) -> None:
        self._request, self._said, self._answer, self._error = None, "", None, None
        if self._clock is not None:
            self._clock.stop()
            self._clock = None
        self.update(content)
