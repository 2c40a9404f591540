"""What a child process of ours sets up first, so that nothing of it outlives its parent and no log can stop it.

Two ways, because each covers what the other cannot. The kernel kills a process when the thread that started it ends
(Linux; in any state, but it reaches that process alone). A watchdog, a fork that only waits, kills the process group:
everywhere, with all that was forked or started by then, and also when it is the child that was killed.
"""

from __future__ import annotations

import io
import os
import select
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

HAS_DEATH_SIGNAL = sys.platform.startswith("linux")
_SET_DEATH_SIGNAL = 1
"""`PR_SET_PDEATHSIG` of <sys/prctl.h>."""

GRACE = 1
"""Seconds in which a process may end by itself when its parent has."""
MOST_FILES = 1024
"""A process that has just begun has no open file beyond this number."""


class Log(io.TextIOWrapper):
    """Standard error for Python code. Text that cannot be written, on a full disk for example, is lost."""

    def write(self, text: str) -> int:
        with suppress(OSError):
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            super().flush()


def log_to_stderr() -> None:
    """Send what Python code prints to standard error, where it may fail to be written without a consequence."""
    raw = open(2, "wb", buffering=0, closefd=False)  # noqa: SIM115 (for as long as the process lives)
    sys.stdout = sys.stderr = Log(raw, "utf-8", "backslashreplace", write_through=True)


def die_with_parent() -> None:
    """Ask the kernel to kill this process when the thread that started it ends. Nothing where it cannot."""
    if kill := _death_signal():
        kill()


def forks_die_with_us() -> None:
    """The same for every process that this one forks. A fork that starts another program keeps it, too."""
    if (kill := _death_signal()) is None:
        return
    parent = 0

    def before() -> None:
        nonlocal parent
        parent = os.getpid()

    def in_child() -> None:
        kill()
        if os.getppid() != parent:  # it ended before the kernel was asked
            os._exit(1)

    os.register_at_fork(before=before, after_in_child=in_child)


def close_in_forks(*files: int) -> None:
    """Close these file descriptors in a process that this one forks: once, since a fork of it may use the numbers."""
    left = list(files)

    def close() -> None:
        while left:
            with suppress(OSError):
                os.close(left.pop())

    os.register_at_fork(after_in_child=close)


def start_watchdog(parent: int | None = None) -> None:
    """Kill the group of this process when the process ends; also when the writers of the pipe `parent` are gone.

    To be called before there are threads. A process that does not lead its group is killed alone.
    """
    watched = os.getpid()
    kill: Callable[[int, int], None] = os.killpg if os.getpgrp() == watched else os.kill
    ends, alive = os.pipe()
    try:
        pid = os.fork()
    except OSError:  # no more processes: it goes on unwatched
        pid = -1
    if pid:
        os.close(ends)
        close_in_forks(alive)
        return
    try:
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        files = [file for file in (ends, parent) if file is not None]
        _close_others(files)
        poll = select.poll()
        for file in files:
            poll.register(file, 0)  # what comes is a hang-up
        if ends not in dict(poll.poll()):
            poll.unregister(parent or 0)
            poll.poll(GRACE * 1000)  # it has seen the same, and can end in order
        kill(watched, signal.SIGKILL)
    finally:
        os._exit(0)


def _close_others(files: list[int]) -> None:
    for file in range(max(files) + MOST_FILES):
        if file not in files:
            with suppress(OSError):
                os.close(file)


def _death_signal() -> Callable[[], None] | None:
    if not HAS_DEATH_SIGNAL:
        return None
    import ctypes

    try:
        prctl = ctypes.CDLL(None).prctl
    except (OSError, AttributeError):
        return None
    return lambda: prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
