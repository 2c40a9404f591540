"""Where an error that nobody caught ends: in one sentence, a log entry and the contents. The console goes on.

The log is made to be sent to others: it names places in code, never a value, since any value may be the reader's text.
Messages of exceptions are values, too.
"""

from __future__ import annotations

import os
import platform
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import textual
from textual.css.query import NoMatches
from textual.dom import NoScreen
from textual.widget import Widget
from textual.worker import WorkerFailed, WorkType, get_current_worker

import tui
from tui.console.app_protocol import Console
from tui.console.textual_internals import is_leaving, running_widget
from tui.errors import HeadnotesError
from tui.text.catalog import translate

if TYPE_CHECKING:
    from tui.console.screens.contents import Contents

LOOP_WITHIN = 10.0
"""Seconds within which a second error of the contents, or so many of other screens, end the console."""
LOOP_OF = 3
LOG_LIMIT = 256 * 1024


class CrashBorder:
    """What the app does with an error of one of its parts."""

    def __init__(self, app: Console, log: Path) -> None:
        self._app, self._log = app, log
        self._times: list[float] = []
        self._is_recovering = False
        self._last: Exception | None = None
        """The error that is being recovered from."""
        self._refuge: Contents | None = None
        """The contents that were opened after the last error."""
        self.fatal: HeadnotesError | None = None
        """Why the console ended by itself."""

    def catch(self, error: Exception) -> bool:
        """Log it, and go on from the contents; end where that does not help. False for one that does not matter."""
        widget = running_widget()
        if isinstance(error, WorkerFailed) and isinstance(error.error, Exception):
            owner = get_current_worker().node
            widget, error = owner if isinstance(owner, Widget) else None, error.error
        is_left = widget is not None and is_leaving(widget)
        if error is self._last or (is_left and isinstance(error, NoMatches | NoScreen)):
            return False  # Textual hands some on twice; and a handler that runs late finds its parts gone
        write_entry(self._log, error)
        if (is_left and self._app.is_running) or (self._is_recovering and not self._is_of_refuge(widget)):
            return True  # of a screen that nobody sees any more
        self._last = error
        now = monotonic()
        self._times = [time for time in self._times if now - time < LOOP_WITHIN] + [now]
        is_loop = len(self._times) >= LOOP_OF or (len(self._times) > 1 and self._is_of_refuge(widget))
        if not self._app.is_running:
            self._end("console.crash-at-end")
        elif is_loop:
            self._end()
        else:
            self._is_recovering = True
            work: WorkType[None] = self._recover  # no coroutine yet: should the app end first, none is left unawaited
            self._app.run_worker(work, group="recovery")
        return True

    def _is_of_refuge(self, widget: Widget | None) -> bool:
        return widget is not None and self._refuge in widget.ancestors_with_self

    async def _recover(self) -> None:
        from tui.console.screens.contents import Contents

        try:
            self._refuge = Contents(coming_back=True)
            await self._app.start_over(self._refuge)
        except Exception as error:
            write_entry(self._log, error)
            self._end()
            return
        self._is_recovering, self._last = False, None
        if self._refuge.is_running:
            self._app.notify(
                translate(self._app.language, "console.crashed", file=self._log), severity="error", timeout=10
            )
        else:
            self._end()

    def _end(self, code: str = "console.crash-loop") -> None:
        if self.fatal is None:
            self.fatal = HeadnotesError(code, file=str(self._log))
        self._app.exit(return_code=self.fatal.exit_code)


def write_entry(log: Path, error: BaseException) -> None:
    """Add an error to the log. A log that cannot be written stops nothing."""
    versions = f"headnotes {tui.__version__}, textual {textual.__version__}, python {platform.python_version()}"
    lines = [f"{datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC, {versions}", *_described(error)]
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        fresh = os.O_TRUNC if log.exists() and log.stat().st_size > LOG_LIMIT else os.O_APPEND
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | fresh, 0o600), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n\n")
    except OSError:
        pass


def _described(error: BaseException) -> Iterator[str]:
    """Kinds of the error and of those behind it, the innermost first, each with the places it passed through."""
    if isinstance(error, WorkerFailed):
        error = error.error
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None:
        yield from _described(before)
        yield "which led to"
    yield f"{type(error).__module__}.{type(error).__qualname__}"
    for frame, line in traceback.walk_tb(error.__traceback__):
        yield f"  {frame.f_globals.get('__name__', '?')}:{line} in {frame.f_code.co_name}"
