"""The two logs of a run: JSON lines that the worker appends, and whoever looks follows by offset. They are the truth.

`events.jsonl` holds what happened, `steps.jsonl` a line for each step: the first is read whole, the second may have a
million lines and is sampled. A line that was torn by a kill is ended by the next writer and skipped by every reader; a
gap in `seq` is seen. Nothing here raises for what is in a file.

Kinds of events: `stage` (stage), `progress` (what, done, total), `prepared` (what the run stands on), `epoch` (epoch,
rows, distinct), `evaluation` (step, epoch, metrics, examples, confusion, file), `checkpoint` (step, folder, bytes,
seconds), `diagnosis` (found: what the curves say by now), `order` (id, order, state), `resumed` (step: what came
after it is void), `warning` and `error` (code, title, detail, next_step, key, values), `stopped` (step, why), `done`
(step, seconds, model_step, the metrics of that model, best and last score). Of steps: `step` (step, epoch, loss, lr,
grad_norm, rows_s, tokens_s, memory, cpu; with NVML gpu, watts, celsius).
"""

from __future__ import annotations

import errno
import json
import math
import os
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VERSION = 1
SLICE = 1 << 20
"""Bytes that a reader takes at a time."""
LONGEST = 8 * SLICE
"""No line is so long."""
TAIL = 64 * 1024
PATIENT = 100_000
"""Lines that wait for room on the disk."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line."""

    seq: int
    time: float
    """Seconds since 1970, by the worker's clock, which may be set back: the order of lines is the order of events."""
    kind: str
    fields: dict[str, Any] = field(default_factory=dict)

    def number(self, name: str) -> float | None:
        """A number among the fields, NaN and infinity included; None when there is none."""
        try:
            return float(self.fields[name])
        except (KeyError, TypeError, ValueError, OverflowError):
            return None

    def whole(self, name: str) -> int:
        """A whole number among the fields; 0 when there is none."""
        value = self.number(name)
        return int(value) if value is not None and math.isfinite(value) else 0


def metrics_of(event: Event) -> dict[str, float]:
    """What an evaluation measured, NaN and infinity included; what is not a number is left out."""
    plain = event.fields.get("metrics")
    named = Event(0, 0.0, "", plain if isinstance(plain, dict) else {})
    return {str(name): value for name in named.fields if (value := named.number(name)) is not None}


def strict_json(value: Any, **options: Any) -> str:
    """JSON that any parser reads: it knows no NaN and no infinity, so these become words, which `Event.number` reads.

    What JSON has no word for becomes text.
    """
    return json.dumps(_finite(value), default=str, allow_nan=False, **options)


class Log:
    """The one writer of a log. A full disk never ends a run: lines wait in memory until there is room."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.lost = 0
        """Lines that waited in vain."""
        self.seq = last_seq(file)
        self._waiting: deque[bytes] = deque()
        self._out = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self._torn = _is_torn(file)

    def write(self, kind: str, **fields: Any) -> None:
        """Append a line. Raises `OSError` for anything but a full disk."""
        self.seq += 1
        head = {"v": VERSION, "seq": self.seq, "t": round(time.time(), 3), "kind": kind}
        line = strict_json({**head, **fields}, separators=(",", ":"))
        self._waiting.append(line.encode() + b"\n")
        if len(self._waiting) > PATIENT:
            self._waiting.popleft()
            self.lost += 1
        self.flush()

    def flush(self) -> None:
        """Write what waits, as far as the disk takes it."""
        while self._waiting:
            line = b"\n" * self._torn + self._waiting[0]
            try:
                written = os.write(self._out, line)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                return
            if written < len(line):  # the rest found no room: what is there is ended by the next line
                self._torn = True
                return
            self._torn = False
            self._waiting.popleft()

    def close(self) -> None:
        """No more lines."""
        self.flush()
        os.close(self._out)


class Tail:
    """Follows a log: each call of `read` gives what has come since."""

    def __init__(self, file: Path, offset: int = 0) -> None:
        self.file = file
        self.offset = offset
        self.missing = 0
        """Lines that were skipped: gaps in `seq`."""
        self._seq = 0
        self._rest = b""

    def read(self, limit: int = SLICE) -> list[Event]:
        """Whole lines that have come, of at most `limit` bytes; an empty list when there is nothing new."""
        try:
            with self.file.open("rb") as opened:
                if opened.seek(0, os.SEEK_END) < self.offset:  # another file stands in its place
                    self.offset, self._rest, self._seq = 0, b"", 0
                opened.seek(self.offset)
                chunk = opened.read(limit)
        except OSError:
            return []
        self.offset += len(chunk)
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        if len(self._rest) > LONGEST:
            self._rest = b""
        found = [event for line in lines if (event := decode(line)) is not None]
        for event in found:
            if self._seq and event.seq > self._seq + 1:
                self.missing += event.seq - self._seq - 1
            self._seq = event.seq
        return found

    @property
    def behind(self) -> int:
        """Bytes that have not been read."""
        try:
            return max(0, self.file.stat().st_size - self.offset)
        except OSError:
            return 0


def decode(line: bytes) -> Event | None:
    """The event of a line, or None for anything else."""
    try:
        plain = json.loads(line)
        seq, at, kind = int(plain.pop("seq")), float(plain.pop("t")), str(plain.pop("kind"))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, OverflowError):
        return None
    plain.pop("v", None)
    return Event(seq, at, kind, plain)


def read_all(file: Path) -> list[Event]:
    """Every event of a log, which must be a short one."""
    tail, found = Tail(file), []
    while tail.behind:
        found += tail.read()
    return found


def sample(file: Path, count: int) -> Iterator[Event]:
    """Lines spread evenly over a log, first and last included, without reading what is between."""
    shown = 0
    try:
        size = file.stat().st_size
        with file.open("rb") as opened:
            last = -1
            for number in range(count):
                at = size * number // count
                if at < last:
                    continue
                opened.seek(max(0, at - 1))
                if at:
                    opened.readline(LONGEST)
                line = opened.readline(LONGEST)
                last = opened.tell()
                if (event := decode(line)) is not None:
                    shown = event.seq
                    yield event
    except OSError:
        return
    yield from (event for event in last_events(file)[-1:] if event.seq != shown)


def last_events(file: Path) -> list[Event]:
    """The events in the last bytes of a log: at least one, if there is one."""
    taken = TAIL
    while True:
        try:
            with file.open("rb") as opened:
                size = opened.seek(0, os.SEEK_END)
                opened.seek(max(0, size - taken))
                lines = opened.read(taken).split(b"\n")
        except OSError:
            return []
        whole = lines[1:] if size > taken else lines
        found = [event for line in whole if (event := decode(line)) is not None]
        if found or size <= taken or taken > LONGEST:
            return found
        taken *= 4


def last_seq(file: Path) -> int:
    """The number of the last whole line; 0 when there is none."""
    found = last_events(file)
    return found[-1].seq if found else 0


def _is_torn(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            if opened.seek(0, os.SEEK_END) == 0:
                return False
            opened.seek(-1, os.SEEK_END)
            return opened.read(1) != b"\n"
    except OSError:
        return False


def _finite(value: Any) -> Any:
    """The value with words in place of numbers that are not finite."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(name): _finite(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return value
