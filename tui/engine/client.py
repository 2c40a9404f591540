"""The console's side of the engine: start it, ask, hear progress, stop a request, start again after a death.

Everything here runs in the console's event loop, and nothing here imports what the engine runs on.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any, BinaryIO

from tui.engine.environment import child_command, child_environment, child_folder
from tui.engine.protocol import LINE_LIMIT, decode, encode
from tui.errors import EngineDied, EngineError, Explained, HeadnotesError, Phrase, Stopped, phrase
from tui.record import record

LOG_LIMIT = 4 * 1024 * 1024
STOP_PATIENCE = 2.0
"""Seconds that a stopped request may go on before the engine is killed: one huge call cannot be interrupted."""
IMPORT_PATIENCE = 120.0
"""Seconds that a stopped request may go on importing, which is never interrupted."""
SILENCE = 3.0
"""Seconds without a word after which an engine is looked at; what is wrong with it is shown within a second more."""
LOOK_EVERY = 0.5
"""Seconds between two looks; two in a row must agree: a console that was halted has to catch up first."""
NOT_ANSWERING = "not answering"
"""The phase of an engine that has stopped, or is busy with something that lets it neither answer nor be interrupted."""
QUICK_DEATHS = 3
"""So many deaths in a row without one answer, and the engine is not started again by itself."""


@record
class Phase:
    """What the engine is doing apart from requests."""

    name: str
    """`off`, `starting`, `importing torch`, ..., `ready`, `not answering`, `ended`."""
    since: float
    """`time.monotonic()` of the moment it began."""
    trouble: HeadnotesError | None = None
    """Why the warm-up could not end as it should, or why the engine ended."""

    @property
    def settled(self) -> bool:
        """True when nothing changes by itself any more."""
        return self.name in ("off", "ready", "ended")


@record
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
    on_progress: Callable[[Progress], object] | None = None
    on_partial: Callable[[dict[str, Any]], object] | None = None
    """Called with some fields of the result to come, while it is being made."""
    since: float = field(default_factory=monotonic)
    started: bool = False
    seconds: float = 0.0
    """How long the engine worked on it."""

    def __await__(self) -> Any:
        return self.answer.__await__()


ENGINE = child_command("tui.engine.server")
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
        self._on_phase: Callable[[Phase], object] = lambda phase: None
        self._process: Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._open: dict[int, Request] = {}
        self._numbers = itertools.count(1)
        self._deaths = 0
        self._is_killed = False
        """Whether we ended the process ourselves."""
        self._heard = 0.0
        """`time.monotonic()` of the last message."""
        self._is_importing = True
        """As the engine said last. A process that has just begun does nothing else."""
        self._interrupted_phase: Phase | None = None
        """What it was doing before it stopped answering."""
        self._closing = False
        self._chores: set[asyncio.Task[Any]] = set()
        self.phase = Phase("off", monotonic())

    @property
    def pid(self) -> int | None:
        """The engine's process id while it lives."""
        return self._process.pid if self._process and self._process.returncode is None else None

    @property
    def is_answering(self) -> bool:
        """False for an engine that lives and says nothing."""
        return self._interrupted_phase is None

    @property
    def gave_up(self) -> bool:
        """True when it died so often that it is not started again by itself."""
        return self._deaths >= QUICK_DEATHS

    def listen(self, on_phase: Callable[[Phase], object]) -> None:
        """Call this whenever the engine is in another phase."""
        self._on_phase = on_phase

    async def start(self) -> None:
        """Start the engine if it does not run. Raises `EngineError` when it cannot be started."""
        async with self._starting:
            if self._closing or (self._process is not None and self._process.returncode is None):
                return
            self._set_phase("starting")
            try:
                with self._open_log() as log:
                    self._process = await asyncio.create_subprocess_exec(
                        *self._command,
                        *(("--folder", folder) if (folder := _reader_folder()) else ()),
                        stdin=PIPE,
                        stdout=PIPE,
                        stderr=log,
                        env=child_environment(),
                        cwd=child_folder(),
                        limit=LINE_LIMIT,
                        start_new_session=True,  # the terminal's signals are the console's business
                    )
            except OSError as error:
                failure = EngineError("engine.not-started", reason=str(error))
                self._set_phase("ended", failure)
                raise failure from error
            self._is_killed, self._is_importing, self._heard = False, True, monotonic()
            self._reading = asyncio.create_task(self._read(self._process))
            self._soon(self._watch(self._process))

    def _open_log(self) -> BinaryIO:
        """The log, begun anew when it has grown long; nowhere when it cannot be written."""
        try:
            self._log.parent.mkdir(parents=True, exist_ok=True)
            is_new = not self._log.exists() or self._log.stat().st_size > LOG_LIMIT
            return self._log.open("wb" if is_new else "ab")
        except OSError:
            return Path(os.devnull).open("wb")

    def ask(
        self,
        do: str,
        *,
        on_progress: Callable[[Progress], object] | None = None,
        on_partial: Callable[[dict[str, Any]], object] | None = None,
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
            self._finish(request, error=Stopped("engine.stopped"))
            return
        self._send({"drop": request.number})
        self._soon(self._lose_patience(request))

    def stop(self, request: Request) -> None:
        """The reader wants an end of this: drop it. An engine that does not answer is ended, begun or not."""
        if self.is_answering or request.answer.done():
            self.drop(request)
        else:
            self._finish(request, error=Stopped("engine.stopped-silent"))
            self.kill()

    def kill(self) -> None:
        """End the engine at once, with every process that it has forked; a new one starts by itself."""
        if self._process is not None and self._process.returncode is None:
            self._is_killed = True
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
            self._finish(request, error=Stopped("engine.closing"))
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
                self._note_sign_of_life()
                if message := decode(line):
                    self._hear(message)
        except (ValueError, ConnectionError):  # a line beyond LINE_LIMIT, or a pipe that broke
            _kill(process)
        await process.wait()
        await self._bury(process)

    def _hear(self, message: dict[str, Any]) -> None:
        kind = message.get("kind")
        if kind == "beat":
            self._is_importing = bool(message.get("importing"))
        elif kind == "phase":
            self._set_phase(str(message.get("phase")))
        elif kind == "ready":
            self._set_phase("ready")
        elif kind == "trouble":
            self._set_phase("ready", Explained(**message["error"]).as_error())
        request = self._open.get(message.get("id", 0))
        if request is None:
            return
        if kind == "started":
            request.started, self._is_importing = True, False
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
            self._finish(request, error=Stopped("engine.stopped"))

    async def _bury(self, process: Process) -> None:
        """The engine has ended: say so to the request it was working on, send the others to a new engine."""
        _kill(process)  # what it has started, if it was killed alone
        self._interrupted_phase = None
        if self._closing:
            return
        self._deaths += not self._is_killed
        how = _how_it_ended(process.returncode)
        log = str(self._log) if self._log.is_file() else ""
        self._set_phase("ended", EngineDied("engine.ended", how=how, log=log))
        for request in list(self._open.values()):
            if request.started:
                self._finish(request, error=EngineDied("engine.ended-at-work", how=how, log=log))
        waiting = list(self._open.values())
        if self.gave_up:
            for request in waiting:
                self._finish(request, error=EngineError("engine.gave-up", how=how, log=log))
            return
        await self._start_quietly()
        for request in waiting:
            self._send(request.message)

    async def _lose_patience(self, request: Request) -> None:
        begin = monotonic()
        end = begin + STOP_PATIENCE
        while not request.answer.done() and monotonic() < end:
            await asyncio.wait([request.answer], timeout=min(LOOK_EVERY, STOP_PATIENCE))
            if self._is_importing and monotonic() < begin + IMPORT_PATIENCE:
                end = monotonic() + STOP_PATIENCE
        if not request.answer.done() and request.started:
            self._finish(
                request,
                error=Stopped("engine.stopped-by-restart"),
            )
            self.kill()

    def _note_sign_of_life(self) -> None:
        self._heard = monotonic()
        if self._interrupted_phase is not None:
            phase, self._interrupted_phase = self._interrupted_phase, None
            self.phase = phase
            self._on_phase(phase)

    async def _watch(self, process: Process) -> None:
        """Tell when the engine stops answering, as long as it lives."""
        checks, seconds = 0, 0.0
        while process.returncode is None and process is self._process:
            await asyncio.sleep(LOOK_EVERY)
            if monotonic() - self._heard < SILENCE:
                checks = 0
                continue
            before, seconds = seconds, _processor_seconds(process)
            checks = 0 if self._is_importing and seconds != before else checks + 1
            if checks == 2 and process.returncode is None:
                self._interrupted_phase = self._interrupted_phase or self.phase
                self.phase = Phase(NOT_ANSWERING, self._heard)
                self._on_phase(self.phase)

    def _finish(self, request: Request, *, result: Any = None, error: Exception | None = None) -> None:
        self._open.pop(request.number, None)
        if request.answer.done():
            return
        if error is not None:
            request.answer.set_exception(error)
        else:
            request.answer.set_result(result)

    def _set_phase(self, name: str, trouble: HeadnotesError | None = None) -> None:
        self.phase = Phase(name, monotonic(), trouble)
        self._on_phase(self.phase)

    def _soon(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._chores.add(task)
        task.add_done_callback(self._chores.discard)


def _kill(process: Process) -> None:
    """The process and its group, also what is left of that: it was started in a session of its own."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _reader_folder() -> str:
    """The folder in which the console was started; empty when it is gone."""
    try:
        return os.getcwd()  # noqa: PTH109 (a text)
    except OSError:
        return ""


def _processor_seconds(process: Process) -> float:
    """What tells a long import from one that hangs: processor time, and any number while it waits for a disk."""
    import psutil

    try:
        info = psutil.Process(process.pid)
        with info.oneshot():
            if info.status() in (psutil.STATUS_DISK_SLEEP, psutil.STATUS_RUNNING):  # it may wait for a turn
                return monotonic()
            times = info.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _look(answer: asyncio.Future[Any]) -> None:
    """Mark an exception as seen: a screen that vanished does not collect its answers."""
    if not answer.cancelled():
        answer.exception()


def _how_it_ended(code: int | None) -> Phrase:
    if code is not None and code < 0:
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        return phrase("engine.killed", signal=name)
    return phrase("engine.exit-code", number=str(code))
