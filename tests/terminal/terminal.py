"""A real terminal for tests: the console in a pty, with a screen that reads what it draws."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from types import TracebackType

import pexpect
import pyte

KEYS = {
    "enter": "\r", "esc": "\x1b", "tab": "\t", "down": "\x1b[B", "up": "\x1b[A", "right": "\x1b[C", "left": "\x1b[D",
    "space": " ", "pagedown": "\x1b[6~", "f2": "\x1bOQ", "f4": "\x1bOS",
    "ctrl+c": "\x03", "ctrl+p": "\x10", "ctrl+q": "\x11", "ctrl+t": "\x14", "ctrl+z": "\x1a",
}  # fmt: skip


class Terminal:
    """`headnotes ...` in a pty. As a context manager it leaves no process behind."""

    def __init__(
        self,
        *words: str,
        size: tuple[int, int] = (120, 40),
        cwd: str | None = None,
        shell: str = "",
        prefix: tuple[str, ...] = (),
        **environment: str | None,
    ) -> None:
        """`prefix` is a command that runs the words after it; a variable that is None is taken out."""
        columns, rows = size
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        for name in ("LC_ALL", "COLUMNS", "LINES"):  # a runner of several processes says 80 by 24
            env.pop(name, None)
        for name, value in environment.items():
            env.pop(name, None) if value is None else env.update({name: value})
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.received = b""
        command = [*prefix, sys.executable, "-P", "-m", "tui", *words]
        if shell:  # an interactive one, which gets the terminal back when the console is suspended
            command = [shell, "--norc", "--noprofile", "-i"]
            env["PS1"] = "$ "
        self.child = pexpect.spawn(
            command[0],
            command[1:],
            dimensions=(rows, columns),
            env=env,
            cwd=cwd,
            encoding=None,
            timeout=60,
        )
        self.child.delaybeforesend = None

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        if self.child.isalive():
            self.child.kill(signal.SIGKILL)
        self.child.close(force=True)

    def pump(self, seconds: float = 0.05) -> int:
        """Take what arrives within this time; returns how many bytes came."""
        before, end = len(self.received), time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self.child.read_nonblocking(65536, timeout=max(0.01, end - time.monotonic()))
            except pexpect.TIMEOUT:
                break
            except pexpect.EOF:
                break
            self.received += data
            self._stream.feed(data)
        return len(self.received) - before

    def text(self) -> str:
        """What is on the screen."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def until(self, *words: str, seconds: float = 90) -> None:
        """Wait until all these words are on the screen."""
        self.wait(lambda: all(word in self.text() for word in words), f"{words}", seconds)

    def wait(self, condition: Callable[[], object], what: str, seconds: float = 90) -> None:
        """Wait for a condition; fail with the screen."""
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"waited {seconds} s for {what}; the screen shows\n{self.text()}"
            assert self.child.isalive() or self.pump(), f"it ended while {what} was waited for\n{self.text()}"
            self.pump(0.05)

    def settle(self, quiet: float = 0.6) -> int:
        """Take everything until nothing comes for a while; returns the bytes."""
        total = 0
        while got := self.pump(quiet):
            total += got
        return total

    def press(self, *keys: str) -> None:
        for key in keys:
            self.child.send(KEYS.get(key, key))
            self.pump(0.15)

    def ended(self, seconds: float = 20) -> int:
        """Wait for the end; returns the exit code, negative for a signal."""
        end = time.monotonic() + seconds
        while self.child.isalive():
            assert time.monotonic() < end, f"it did not end; the screen shows\n{self.text()}"
            self.pump(0.05)
        self.pump(0.2)
        self.child.close()
        return -self.child.signalstatus if self.child.signalstatus else self.child.exitstatus

    def is_clean(self) -> list[str]:
        """What was switched on and not off again, by its name; empty for a terminal left as it was found."""
        modes = {
            "alternate screen": (b"\x1b[?1049h", b"\x1b[?1049l"),
            "mouse": (b"\x1b[?1000h", b"\x1b[?1000l"),
            "mouse motion": (b"\x1b[?1003h", b"\x1b[?1003l"),
            "mouse coordinates": (b"\x1b[?1006h", b"\x1b[?1006l"),
            "bracketed paste": (b"\x1b[?2004h", b"\x1b[?2004l"),
            "hidden cursor": (b"\x1b[?25l", b"\x1b[?25h"),
            "focus events": (b"\x1b[?1004h", b"\x1b[?1004l"),
        }
        return [name for name, (on, off) in modes.items() if self.received.rfind(on) > self.received.rfind(off)]
