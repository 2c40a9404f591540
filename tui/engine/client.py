"""The console's side of the engine: start it, ask, hear progress, stop a request, start again after a death.

Everything here runs in the console's event loop, and nothing here imports what the engine runs on.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from tui.engine.environment import child_environment
from tui.engine.protocol import LINE_LIMIT, decode, encode
from tui.errors import EngineDied, EngineError, Explained, Stopped

LOG_LIMIT = 4 * 1024 * 1024
STOP_PATIENCE = 2.0
"""Seconds that a stopped request may go on before the engine is killed: one huge call cannot be interrupted."""
QUICK_DEATHS = 3
"""So many deaths in a row without one answer, and the engine is not started again by itself."""


@dataclass(frozen=True, slots=True)
class Phase:
    """What the engine is doing apart from requests."""

    name: str
    """`off`, `starting`, `importing torch`, ..., `ready`, `ended`."""
    since: float
    """`time.monotonic()` of the moment it began."""
    trouble: Explained | None = None
    """Why the warm-up could not end as it should, or why the engine ended."""

    @property
    def settled(self) -> bool:
        """True when nothing changes by itself any more."""
        return self.name in ("off", "ready", "ended")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a request has come."""

    what: str
    done: float
    total: float | None


@dataclass(eq=False)
class Request:
    """One thing asked of the engine. Await it for the result."""

    number: int
    message: dict[str, Any]
    answer: asyncio.Future[Any]
    on_progress: Callable[[Progress], None] | None = None
    on_partial: Callable[[dict[str, Any]], None] | None = None
    """Called with some fields of the result to come, while it is being made."""
    since: float = field(default_factory=monotonic)
    started: bool = False
    seconds: float = 0.0
    """How long the engine worked on it."""

    def __await__(self) -> Any:
        return self.answer.__await__()


ENGINE = (sys.executable, "-m", "tui.engine.server")
FETCHER = (*ENGINE, "--bare")
"""An engine that loads nothing: a download of minutes must not keep the instruments waiting."""
DATA_FIRST = (*ENGINE, "--data-first")
"""An engine that gets ready for tables before it gets ready for models."""


class EngineClient:
    """One engine for the whole console; a second one only while something is fetched."""

    def __init__(
        self,
        *,
        log: Path,
        command: tuple[str, ...] = ENGINE,
    ) -> None:
        self._command = command
        self._log = log
        self._on_phase: Callable[[Phase], None] = lambda phase: None
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._open: dict[int, Request] = {}
        self._numbers = itertools.count(1)
        self._deaths = 0
        self._closing = False
        self._chores: set[asyncio.Task[Any]] = set()
        self.phase = Phase("off", monotonic())

    @property
    def pid(self) -> int | None:
        """The engine's process id while it lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def gave_up(self) -> bool:
        """True when it died so often that it is not started again by itself."""
        return self._deaths >= QUICK_DEATHS

    def listen(self, on_phase: Callable[[Phase], None]) -> None:
        """Call this whenever the engine is in another phase."""
        self._on_phase = on_phase

    async def start(self) -> None:
        """Start the engine if it does not run. Raises `EngineError` when it cannot be started."""
        async with self._starting:
            if self._closing or (self._process is not None and self._process.returncode is None):
                return
            self._set_phase("starting")
            try:
                self._log.parent.mkdir(parents=True, exist_ok=True)
                fresh = not self._log.exists() or self._log.stat().st_size > LOG_LIMIT
                with self._log.open("wb" if fresh else "ab") as log:
                    self._process = await asyncio.create_subprocess_exec(
                        *self._command,
                        stdin=PIPE,
                        stdout=PIPE,
                        stderr=log,
                        env=child_environment(),
                        limit=LINE_LIMIT,
                        start_new_session=True,  # the terminal's signals are the console's business
                    )
            except OSError as error:
                trouble = Explained("EngineError", "The engine cannot be started.", str(error))
                self._set_phase("ended", trouble)
                raise trouble.as_error() from error
            self._reading = asyncio.create_task(self._read(self._process))

    def ask(
        self,
        do: str,
        *,
        on_progress: Callable[[Progress], None] | None = None,
        on_partial: Callable[[dict[str, Any]], None] | None = None,
        **what: Any,
    ) -> Request:
        """Send a request; it waits its turn. Await the returned `Request` for the result.

        The answer raises what the engine raised, `Stopped` after `drop`, `EngineDied` when the engine ended on it.
        """
        number = next(self._numbers)
        answer = asyncio.get_running_loop().create_future()
        answer.add_done_callback(_look)
        request = Request(number, {"id": number, "do": do, **what}, answer, on_progress, on_partial)
        self._open[number] = request
        self._soon(self._deliver(request))
        return request

    def drop(self, request: Request) -> None:
        """Nobody waits for this any more: take it from the queue, or stop it; it answers with `Stopped`."""
        if request.answer.done():
            return
        if self.pid is None:
            self._finish(request, error=Stopped("Stopped."))
            return
        self._send({"drop": request.number})
        self._soon(self._lose_patience(request))

    def kill(self) -> None:
        """End the engine at once, with every process that it has forked; a new one starts by itself."""
        if self._process is not None and self._process.returncode is None:
            _kill(self._process)

    def restart(self) -> None:
        """Start anew, however often it has died."""
        self._deaths = 0
        if self.pid is None:
            self._soon(self._start_quietly())
        else:
            self.kill()

    async def _start_quietly(self) -> None:
        try:
            await self.start()
        except EngineError:
            return  # the phase says why

    async def close(self) -> None:
        """End the engine with the console. What is still open answers with `Stopped`."""
        self._closing = True
        for request in list(self._open.values()):
            self._finish(request, error=Stopped("The console is closing."))
        process = self._process
        if process is not None and process.returncode is None:
            if process.stdin is not None:
                process.stdin.close()
            try:
                await asyncio.wait_for(process.wait(), 1.0)
            except TimeoutError:
                _kill(process)
                await process.wait()
        for task in [*self._chores, *([self._reading] if self._reading else [])]:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _deliver(self, request: Request) -> None:
        try:
            await self.start()
        except EngineError as error:
            self._finish(request, error=error)
            return
        if not request.answer.done():
            self._send(request.message)

    def _send(self, message: dict[str, Any]) -> None:
        process = self._process
        if process is not None and process.stdin is not None and process.returncode is None:
            process.stdin.write(encode(message))

    async def _read(self, process: Process) -> None:
        assert process.stdout is not None
        try:
            while line := await process.stdout.readline():
                if message := decode(line):
                    self._hear(message)
        except (ValueError, ConnectionError):  # a line beyond LINE_LIMIT, or a pipe that broke
            _kill(process)
        await process.wait()
        await self._bury(process)

    def _hear(self, message: dict[str, Any]) -> None:
        kind = message.get("kind")
        if kind == "phase":
            self._set_phase(str(message.get("phase")))
        elif kind == "ready":
            self._set_phase("ready")
        elif kind == "trouble":
            self._set_phase("ready", Explained(**message["error"]))
        request = self._open.get(message.get("id", 0))
        if request is None:
            return
        if kind == "started":
            request.started = True
        elif kind == "progress" and request.on_progress is not None:
            request.on_progress(Progress(str(message["what"]), message["done"], message["total"]))
        elif kind == "partial" and request.on_partial is not None:
            request.on_partial(message["fields"])
        elif kind == "result":
            self._deaths = 0
            request.seconds = message["seconds"]
            self._finish(request, result=message["result"])
        elif kind == "error":
            self._deaths = 0
            self._finish(request, error=Explained(**message["error"]).as_error())
        elif kind == "stopped":
            self._finish(request, error=Stopped("Stopped."))

    async def _bury(self, process: Process) -> None:
        """The engine has ended: say so to the request it was working on, send the others to a new engine."""
        if self._closing:
            return
        self._deaths += 1
        how = _how_it_ended(process.returncode)
        trouble = Explained("EngineDied", f"The engine ended ({how}).", f"Its last words are in {self._log}.")
        self._set_phase("ended", trouble)
        for request in list(self._open.values()):
            if request.started:
                died = EngineDied(
                    f"The engine ended ({how}) while it worked on this.",
                    f"Its last words are in {self._log}.",
                    "Nothing you typed is lost: run it again, and a new engine answers.",
                )
                self._finish(request, error=died)
        waiting = list(self._open.values())
        if self.gave_up:
            for request in waiting:
                self._finish(request, error=EngineError(trouble.title, trouble.detail, "See headnotes doctor."))
            return
        await self._start_quietly()
        for request in waiting:
            self._send(request.message)

    async def _lose_patience(self, request: Request) -> None:
        await asyncio.wait([request.answer], timeout=STOP_PATIENCE)
        if not request.answer.done() and request.started:
            self._finish(
                request,
                error=Stopped("Stopped.", "It could not be interrupted, so the engine was restarted."),
            )
            self.kill()

    def _finish(self, request: Request, *, result: Any = None, error: Exception | None = None) -> None:
        self._open.pop(request.number, None)
        if request.answer.done():
            return
        if error is not None:
            request.answer.set_exception(error)
        else:
            request.answer.set_result(result)

    def _set_phase(self, name: str, trouble: Explained | None = None) -> None:
        self.phase = Phase(name, monotonic(), trouble)
        self._on_phase(self.phase)

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _kill(process: Process) -> None:
    """The process and its group: it was started in a session of its own."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except ProcessLookupError:
        return


def _look(answer: asyncio.Future[Any]) -> None:
    """Mark an exception as seen: a screen that vanished does not collect its answers."""
    if not answer.cancelled():
        answer.exception()


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return f"killed by {name}"
    return f"exit code {code}" if os.name == "posix" else f"code {code}"
