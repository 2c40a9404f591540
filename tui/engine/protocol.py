"""The line between console and engine: one JSON object a line, in both directions.

Console to engine
    {"id": 7, "do": "run", "instrument": "tokens", "spec": {...}}    run an instrument
    {"id": 8, "do": "cell", "space": "2", "code": "...", "model": "run:x"}  run code; a space keeps its variables
    {"id": 8, "do": "exercise", "space", "code", "check"}            run code, then the check of an exercise
    {"id": 8, "do": "setup", "model": "run:x", "names": [...]}       the lines that load a model for cells
    {"id": 8, "do": "data", "call": "open", "values": {...}}         open, change, search or save a table
    {"id": 8, "do": "look", "call": "rows", "values": {...}}         look into an open table; takes no turn
    {"id": 9, "do": "about"}                                         versions and device
    {"id": 9, "do": "stock"}                                         which models are on this machine
    {"id": 9, "do": "plan", "what": "ner"}                           what fetching its checkpoint would take
    {"id": 9, "do": "fetch", "what": "ner"}                          fetch it; answers with its folder
    {"drop": 7}                                                      nobody waits for 7 any more: drop or stop it

Engine to console
    {"kind": "phase", "phase": "importing torch"}                    what the engine does unasked
    {"kind": "beat", "importing": false}                             it is alive; sent every second
    {"kind": "ready"}                                                it has warmed up
    {"kind": "started", "id": 7}
    {"kind": "progress", "id": 7, "what": "...", "done": 3, "total": 10}
    {"kind": "partial", "id": 7, "fields": {...}}                    some fields of the result to come
    {"kind": "result", "id": 7, "result": {...}, "seconds": 0.004}
    {"kind": "error", "id": 7, "error": {"kind", "title", "detail", "next_step"}}
    {"kind": "stopped", "id": 7}                                     it was dropped or stopped
"""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from typing import Any

BEAT_EVERY = 1.0
"""Seconds between two beats of the engine. While a library is being loaded there may be none."""
LINE_LIMIT = 64 * 1024 * 1024
"""Bytes; a longer line means the other side has lost its mind."""


def encode(message: dict[str, Any]) -> bytes:
    """One line, newline included. ASCII only, so that lone surrogates in a text survive the way."""
    return json.dumps(message, default=_plain, allow_nan=False, separators=(",", ":")).encode("ascii") + b"\n"


def decode(line: bytes) -> dict[str, Any] | None:
    """The message, or None for anything that is not a JSON object."""
    try:
        message = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    raise TypeError(f"{type(value).__name__} cannot cross to the console")
