"""Random keys, bytes and sizes for the console in a real terminal, and the shortest sequence that still fails.

An action is what one write sends (bytes), or a new size of the terminal (columns, rows).
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic

import pexpect
import psutil

from tests.terminal.terminal import Terminal
from tui.console.keys import all_keys

Action = bytes | tuple[int, int]

SPELLED = {
    "up": b"\x1b[A", "down": b"\x1b[B", "right": b"\x1b[C", "left": b"\x1b[D", "shift+right": b"\x1b[1;2C",
    "shift+left": b"\x1b[1;2D", "home": b"\x1b[H", "end": b"\x1b[F", "pageup": b"\x1b[5~", "pagedown": b"\x1b[6~",
    "delete": b"\x1b[3~", "backspace": b"\x7f", "tab": b"\t", "shift+tab": b"\x1b[Z", "enter": b"\r",
    "escape": b"\x1b", "space": b" ", "f1": b"\x1bOP", "f2": b"\x1bOQ", "f3": b"\x1bOR", "f4": b"\x1bOS",
    "f5": b"\x1b[15~", "f6": b"\x1b[17~", "f7": b"\x1b[18~", "f8": b"\x1b[19~", "f9": b"\x1b[20~",
    "slash": b"/", "question_mark": b"?",
    "left_square_bracket": b"[",
    "right_square_bracket": b"]", "plus": b"+", "equals_sign": b"=", "minus": b"-", "dollar_sign": b"$", "colon": b":",
    "circumflex_accent": b"^", "less_than_sign": b"<", "greater_than_sign": b">", "left_curly_bracket": b"{",
    "right_curly_bracket": b"}",
}  # fmt: skip
LEAVING = {b"\x11": 0.0, b"\x03": 0.05, b"q": 0.2, b"\x1b[15~": 0.1}
"""Keys that may end the console or restart the engine, and how often they come, where others come once."""
CHINESE = "这部电影太糟糕了。我爱自然语言处理，注意力！"
SIZES = [(1, 1), (1, 40), (2, 24), (80, 1), (20, 5), (40, 10), (80, 24), (100, 30), (120, 40), (300, 80)]
START_SIZE = (120, 40)
PATIENCE = 60.0
"""Seconds after which a console that draws nothing is taken for dead; far more than the slowest machine needs."""


def known_keys() -> list[bytes]:
    """Every key that the console knows, as a terminal sends it."""
    names = {name for key in all_keys() for name in key.keys.split(",")} | SPELLED.keys()
    letters = {f"ctrl+{chr(code + 96)}": bytes([code]) for code in range(1, 27)}
    spelled = {**letters, **SPELLED}
    return sorted({spelled[name] if name in spelled else name.encode() for name in names})


class Actions:
    """Actions without end, the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self._keys = known_keys()
        self._weights = [LEAVING.get(key, 1.0) for key in self._keys]

    def single(self) -> Iterator[Action]:
        """One key, click, paste, piece of text or size at a time."""
        while True:
            yield self._random.choice(SIZES) if self._random.random() < 0.03 else self._sent()

    def bursts(self) -> Iterator[Action]:
        """Several of them in one write."""
        while True:
            if self._random.random() < 0.03:
                yield self._random.choice(SIZES)
            else:
                yield b"".join(self._sent() for _ in range(self._random.randint(2, 10)))

    def _sent(self) -> bytes:
        kinds = [self._key, self._text, self._chinese, self._mouse, self._x10_mouse, self._paste, self._garbage]
        (kind,) = self._random.choices(kinds, [70, 8, 4, 6, 2, 4, 6])
        return kind()

    def _key(self) -> bytes:
        return self._random.choices(self._keys, self._weights)[0]

    def _text(self) -> bytes:
        return bytes(self._random.choice(b" abcdefghijklmnoprstuvwxyz0123456789.,:'\"()") for _ in range(4))

    def _chinese(self) -> bytes:
        return "".join(self._random.choices(CHINESE, k=3)).encode()

    def _mouse(self) -> bytes:
        code = self._random.choice([0, 0, 2, 32, 35, 64, 65])
        x, y = self._random.randint(-1, 320), self._random.randint(-1, 90)
        return b"".join(b"\x1b[<%d;%d;%d%c" % (code, x, y, end) for end in (b"M", b"m"))

    def _x10_mouse(self) -> bytes:
        return b"\x1b[M" + self._random.randbytes(3)

    def _paste(self) -> bytes:
        text = self._random.choice([b"two\nlines", "贴\x1b[31m\x00".encode(), b"x" * 5000, b"caf\xe9", b""])
        return b"\x1b[200~" + text + (b"\x1b[201~" if self._random.random() < 0.9 else b"")

    def _garbage(self) -> bytes:
        return self._random.choice(
            [
                self._random.randbytes(4),
                b"\x1b[" + bytes(self._random.choices(b"0123456789;:?<>=", k=6)) + b"u",
                b"\x1b[48;%d;%d;0;0t" % (self._random.randint(0, 9999), self._random.randint(0, 9999)),
                b"\x1b]11;rgb:0000/0000/0000\x1b\\",
                b"\x1b[I\x1b[O",
                b"\x1b[1;1R",
            ]
        ).replace(b"\x11", b"").replace(b"\x03", b"")  # fmt: skip


@dataclass
class Start:
    """Where a session begins: the words of the command, what is on its first screen, and what to send then."""

    words: tuple[str, ...]
    until: str
    then: bytes = b""


@dataclass
class Session:
    """One console, from its start to its end."""

    start: Start
    home: Path
    planted: str = ""
    """Code that every process of it runs first."""
    done: list[Action] = field(default_factory=list)
    """What it was sent so far."""
    uss: list[int] = field(default_factory=list)
    """Memory of its own, in bytes, each time it was measured."""

    def play(self, actions: Iterator[Action], count: int, measure_every: int = 0) -> str:
        """Send so many actions; says how it failed, or nothing. May end earlier, where a key has ended it rightly."""
        shutil.rmtree(self.home, ignore_errors=True)
        self.home.mkdir(parents=True)
        (self.home / "sitecustomize.py").write_text(
            "import os, sys\nif 'tui.runs.worker' in sys.orig_argv: os._exit(1)\n"  # no run outlives the fuzz
            + self.planted
        )
        (self.home / "rows.csv").write_text(
            "text,label,n\n" + "".join(f"row {i} 这部电影,{'ab'[i % 2]},{i * 1.5}\n" for i in range(60)), "utf-8"
        )
        environment = {"HEADNOTES_HOME": str(self.home), "PYTHONPATH": str(self.home), "HF_HUB_OFFLINE": "1",
                       "BROWSER": "true", "SSH_CONNECTION": "no clipboard"}  # fmt: skip
        with Terminal(*self.start.words, size=START_SIZE, cwd=str(self.home), **environment) as it:
            it.until(self.start.until, seconds=PATIENCE)
            if self.start.then:
                it.child.send(self.start.then)
            size = before = START_SIZE
            for number in range(count):
                if measure_every and number % measure_every == 0 and it.child.isalive():
                    self.uss.append(psutil.Process(it.child.pid).memory_full_info().uss)
                action = next(actions)
                self.done.append(action)
                if isinstance(action, bytes):
                    it.child.send(action)
                else:
                    size = action
                shown = (size[0], size[1] + number % 4)
                if shown == before:  # then nothing would be drawn
                    shown = (size[0], size[1] + (number + 1) % 4)
                before = shown
                if not _repaints(it, *shown):
                    return self._ended(it) if not it.child.isalive() else "it does not draw any more"
            if (self.home / "state" / "console.log").exists():
                return "an error was caught and logged:\n" + (self.home / "state" / "console.log").read_text("utf-8")
            it.child.setwinsize(START_SIZE[1], START_SIZE[0])
            it.child.send(b"\x1b[201~")
            _drain(it, 5)
            it.child.send(b"\x11")
            return self._ended(it, quit_by=b"\x11")

    def _ended(self, it: Terminal, quit_by: bytes = b"") -> str:
        """How it ended, if not as it should."""
        while _drain(it, 0.5):
            pass
        try:
            code = it.ended(PATIENCE)
        except AssertionError:
            return "it did not end at ^q"
        last = self.done[-1] if self.done and isinstance(self.done[-1], bytes) else b""
        log = self.home / "state" / "console.log"
        if log.exists():
            return "an error was caught and logged:\n" + log.read_text("utf-8")
        if b"Traceback" in it.received[-100_000:]:
            return f"it ended with a traceback and code {code}"
        if left := it.is_clean():
            return f"it left the terminal with {', '.join(left)}"
        rightly = {0} if quit_by or set(last) & set(b"q\r\n\t") else set()
        rightly |= {130} if b"\x03" in last else set()
        return "" if code in rightly else f"it ended with code {code}"


def _repaints(it: Terminal, columns: int, rows: int) -> bool:
    """Force everything to be drawn, by another size, and wait until the last row has been."""
    it.child.setwinsize(rows, columns)
    came, end = b"", monotonic() + PATIENCE
    while b"\x1b[%d;1H" % rows not in came:
        got = _drain(it, max(0.01, end - monotonic()))
        if not got:
            return False
        came = came[-100:] + it.received[-got:]
    return True


def _drain(it: Terminal, seconds: float) -> int:
    """Take what comes first within this time, without drawing it; returns how many bytes came."""
    try:
        data = it.child.read_nonblocking(1 << 20, timeout=seconds)
    except (pexpect.TIMEOUT, pexpect.EOF):
        return 0
    it.received = (it.received + data)[-(1 << 21) :]
    return len(data)


def shortest(actions: Sequence[Action], fails: Callable[[Sequence[Action]], bool], tries: int = 60) -> list[Action]:
    """A sequence of which no part can be left out (delta debugging), or what it was when the tries were used up."""
    kept, parts = list(actions), 2
    while len(kept) > 1 and tries > 0:
        size = -(-len(kept) // parts)
        for first in range(0, len(kept), size):
            rest = kept[:first] + kept[first + size :]
            tries -= 1
            if rest and fails(rest):
                kept, parts = rest, max(2, parts - 1)
                break
            if tries <= 0:
                break
        else:
            if size == 1:
                break
            parts = min(len(kept), parts * 2)
    return kept
