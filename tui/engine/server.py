"""`python -m tui.engine.server`: runs instruments and code for one console, one request at a time.

Four threads. A reader takes lines from standard input and can interrupt the main thread; the main thread does the
work, so that an interrupt reaches whatever Python it is running; a third looks rows up in open tables, so that a table
can be paged through while the main thread is at work; a fourth sends a beat every second, so that the console knows an
engine that works from one that hangs. Warm-up is what the engine does while nobody asks for anything. Standard input
closing means that the console has gone, and ends the engine at once.

An interrupt waits until no import is under way: a library whose import was broken off cannot be imported again.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
from _thread import interrupt_main
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from time import monotonic, perf_counter, sleep
from types import FrameType
from typing import Any, BinaryIO

from tui.engine import child, imports
from tui.engine.protocol import BEAT_EVERY, decode, encode
from tui.errors import Stopped, UsageError, explain
from tui.instruments import registry
from tui.partial_results import hearing

IDLE = 2.0
"""Seconds without a request before an engine for tables goes on to get ready for models: torch is a long import."""
PROGRESS_EVERY = 0.1
"""Seconds between two progress messages of one request."""
INSIST_EVERY = 0.02
"""Seconds until a request that could not be interrupted at this moment is interrupted again."""


class Interrupted(KeyboardInterrupt):
    """The console asked for the running request to stop."""


class Engine:
    """Takes requests from `requests`, answers on `answers`."""

    def __init__(
        self, requests: BinaryIO, answers: BinaryIO, *, bare: bool = False, data_first: bool = False, folder: str = ""
    ) -> None:
        """With `bare` nothing is warmed up: for requests that need no model. With `data_first` tables come first.

        Requests are worked on in `folder`, the reader's: relative paths mean what they mean there.
        """
        self._bare = bare
        self._folder, self._own_folder = folder, os.getcwd()  # noqa: PTH109 (texts)
        self._data_first = data_first
        self._requests = requests
        self._answers = answers
        self._writing = threading.Lock()
        self._queue: deque[dict[str, Any]] = deque()
        self._lookups: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._arrived = threading.Condition()
        self._running: int | None = None
        self._stop: int | None = None
        """The request to interrupt; taken once, so that a late or second interrupt does nothing."""
        self._is_interruptible = False
        """Whether the main thread works on a request: not while it takes the next or has answered."""
        self._is_writing = False
        """Whether the main thread writes a line."""
        self._is_silent = False
        """Whether nothing is sent any more: the console is gone, or this is a fork, and the console hears us alone."""
        self._last_progress = self._last_partial = 0.0
        self._last_update: tuple[str, float, float | None] | None = None
        self._cells: Any = None

    def serve(self) -> None:
        """Work until standard input closes."""
        signal.signal(signal.SIGINT, self._interrupt)
        imports.watch(self._send_beat)
        os.register_at_fork(after_in_child=self._fall_silent)
        threading.Thread(target=self._beat, daemon=True, name="beats").start()
        threading.Thread(target=self._read, daemon=True, name="requests").start()
        threading.Thread(target=self._look_up, daemon=True, name="lookups").start()
        warming = None if self._bare else self._warm_up()
        if self._bare:
            self.say(kind="ready")
        while True:
            request = self._next(None if warming is None else IDLE if self._data_first else 0.0)
            if request is not None:
                self._answer(request)
            elif warming is not None:
                warming = self._step(warming)

    def say(self, **message: Any) -> None:
        """Send one message, whole: an interrupt waits until the line is out. When the console has gone, end."""
        if self._is_silent:
            return
        line = encode(message)
        is_main = threading.current_thread() is threading.main_thread()
        self._is_writing = self._is_writing or is_main
        try:
            with self._writing:
                self._answers.write(line)
                self._answers.flush()
        except (BrokenPipeError, ValueError):
            self._is_silent = True
            os._exit(0)  # the watchdog ends whatever a cell or a step has started
        finally:
            if is_main:
                self._is_writing = False

    def progress(self, what: str, done: float, total: float | None) -> None:
        """Report how far the running request has come, at most ten times a second; the end of a bar always, once."""
        now, update = monotonic(), (what, done, total)
        due = now - self._last_progress >= PROGRESS_EVERY or done == total
        if self._running is not None and due and update != self._last_update:
            self._last_progress, self._last_update = now, update
            self.say(kind="progress", id=self._running, what=what, done=done, total=total)

    def partial(self, fields: dict[str, Any]) -> None:
        """Send what the running request has so far, at most ten times a second; the result has the rest."""
        now = monotonic()
        if self._running is not None and now - self._last_partial >= PROGRESS_EVERY:
            self._last_partial = now
            self.say(kind="partial", id=self._running, fields=fields)

    def _beat(self) -> None:
        while True:
            self._send_beat()
            sleep(BEAT_EVERY)

    def _send_beat(self) -> None:
        self.say(kind="beat", importing=imports.is_under_way())

    def _fall_silent(self) -> None:
        self._is_silent = True

    def _read(self) -> None:
        for line in self._requests:
            message = decode(line)
            if message is None:
                continue
            with self._arrived:
                if "drop" in message:
                    self._drop(message["drop"])
                elif isinstance(message.get("id"), int) and message.get("do") == "look":
                    self._lookups.put(message)
                elif isinstance(message.get("id"), int):
                    self._queue.append(message)
                    self._arrived.notify()
        os._exit(0)

    def _look_up(self) -> None:
        while True:
            request = self._lookups.get()
            start = perf_counter()
            try:
                from tui.tables.api import look

                result = look(str(request.get("call")), request.get("values") or {})
                self.say(kind="result", id=request["id"], result=result, seconds=perf_counter() - start)
            except Exception as error:  # the border, as in _attempt
                self.say(kind="error", id=request["id"], error=explain(error))

    def _drop(self, number: Any) -> None:
        for request in list(self._queue):
            if request["id"] == number:
                self._queue.remove(request)
                self.say(kind="stopped", id=number)
                return
        if self._running == number:
            self._stop = number
            threading.Thread(target=self._insist, args=(number,), daemon=True, name="interrupt").start()

    def _insist(self, number: int) -> None:
        while self._stop == number and self._running == number:
            wake_main()
            sleep(INSIST_EVERY)

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        # As a signal handler this runs in the main thread, between any two of its instructions.
        if not self._is_interruptible or self._is_writing or self._stop is None or self._stop != self._running:
            return
        if imports.is_within(frame):
            return
        self._stop = self._running = None
        self._is_interruptible = False
        raise Interrupted

    def _next(self, patience: float | None) -> dict[str, Any] | None:
        """The next request, waited for so many seconds; None waits for ever."""
        with self._arrived:
            self._arrived.wait_for(lambda: bool(self._queue), patience)
            if not self._queue:
                return None
            request = self._queue.popleft()
            self._running = request["id"]  # in the queue or running: a drop finds it in any case
            return request

    def _answer(self, request: dict[str, Any]) -> None:
        number = request["id"]
        start = perf_counter()
        try:
            self._is_interruptible = True
            reply = self._attempt(request)
            self._is_interruptible = False
        except Interrupted:
            reply = {"kind": "stopped"}
        self._running = None
        try:
            self.say(**reply, id=number, seconds=perf_counter() - start)
        except (TypeError, ValueError) as error:
            self.say(kind="error", id=number, error=explain(error))

    def _attempt(self, request: dict[str, Any]) -> dict[str, Any]:
        self._last_update = None
        self.say(kind="started", id=request["id"])
        try:
            with self._reader_folder():
                return {"kind": "result", "result": self._do(request)}
        except Stopped:
            return {"kind": "stopped"}
        except Exception as error:  # the border: whatever a library raises becomes a sentence on the console
            if self._running is None:  # it was interrupted, and the library made another error of that
                return {"kind": "stopped"}
            return {"kind": "error", "error": explain(error)}

    @contextmanager
    def _reader_folder(self) -> Iterator[None]:
        """Work in the reader's folder, or where the reader's code has gone; in ours while that one is not there."""
        try:
            os.chdir(self._folder)
        except OSError:
            yield
            return
        try:
            yield
        finally:
            with suppress(OSError):
                self._folder = os.getcwd()  # noqa: PTH109
            os.chdir(self._own_folder)

    def _do(self, request: dict[str, Any]) -> Any:
        match request.get("do"):
            case "run":
                instrument = registry.find(str(request.get("instrument")))
                hearing.set(self.partial)
                return instrument.run(instrument.read(request.get("spec") or {}))
            case "exercise":
                from tui.engine.exercise_checks import run_exercise

                space, code, check = (str(request.get(name, "")) for name in ("space", "code", "check"))
                return run_exercise(self.cells, space, code, check)
            case "cell" | "complete" | "reset":
                return self.cells.answer(request)
            case "data":
                from tui.tables.api import work

                hearing.set(self.partial)
                return work(str(request.get("call")), request.get("values") or {})
            case "about":
                from tui.models.machine import about

                return about()
            case "setup":
                from tui.models.setup_code import cell_setup

                return cell_setup(*map(str, request.get("names") or ()), model=str(request.get("model", "")))
            case "stock":
                from tui.models.local import take

                return take()
            case "plan" | "fetch" as do:
                from tui.models import download

                planned = download.plan(*download.resolve(str(request.get("what"))))
                return planned if do == "plan" else download.fetch(planned)
            case other:
                raise UsageError("engine.unknown-request", request=str(other))

    @property
    def cells(self) -> Any:
        """The reader's code and variables; made on first use, because IPython takes half a second."""
        if self._cells is None:
            from tui.engine.code_cells import Cells

            self._cells = Cells()
        return self._cells

    def _warm_up(self) -> Iterator[tuple[str, Callable[[], object]]]:
        from tui.models import loading, machine

        if self._data_first:
            yield "importing datasets", machine.import_datasets
        yield "importing torch", machine.import_torch
        yield "importing transformers", machine.import_transformers
        yield "loading the tokenizer", loading.tokenizer
        yield "loading MiniLM", lambda: loading.load_for_task("sentiment-analysis")
        if not self._data_first:
            yield "importing datasets", machine.import_datasets

    def _step(self, warming: Iterator[tuple[str, Callable[[], object]]]) -> Any:
        phase = next(warming, None)
        if phase is None:
            self.say(kind="ready")
            return None
        name, work = phase
        self.say(kind="phase", phase=name)
        try:
            work()
        except Exception as error:  # said now, and again by the first request that needs it
            self.say(kind="trouble", error=explain(error))
            return None
        return warming


def wake_main() -> None:
    """Interrupt the main thread. A real signal, where there are signals: it also ends a sleep or a blocked read."""
    if hasattr(signal, "pthread_kill"):
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
    else:
        interrupt_main()


def main() -> None:
    """Keep the real standard input and output for the protocol; everything else that prints goes to the log."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bare", action="store_true", help="load nothing unasked")
    parser.add_argument("--data-first", action="store_true", help="get ready for tables before models")
    parser.add_argument("--folder", default="", help="the reader's: relative paths are meant there")
    options = parser.parse_args()
    child.die_with_parent()
    child.start_watchdog(parent=0)
    requests, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    # Python's own stdin is closed by every process that map(num_proc=2) forks, and would wait for our reading thread.
    sys.stdin = os.fdopen(nothing)
    child.log_to_stderr()
    child.close_in_forks(requests.fileno(), answers.fileno())
    if hasattr(os, "nice"):
        os.nice(10)  # the console must always get the processor when a key is pressed
    from tui.engine.ticks import tap_tqdm

    sys.setswitchinterval(0.001)  # a page of rows is looked up while a function of the reader's keeps Python busy
    engine = Engine(requests, answers, bare=options.bare, data_first=options.data_first, folder=options.folder)
    tap_tqdm(engine.progress)
    engine.serve()


if __name__ == "__main__":
    main()
