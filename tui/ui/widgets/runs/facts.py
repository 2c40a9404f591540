"""Runs in words: state, how far, how long, how large; what the coach sees. Pure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from tui.runs.coach import Doubt
from tui.runs.curves import Curves
from tui.runs.standing import Status
from tui.sizes import size_said
from tui.ui.chart import figure
from tui.ui.verbatim import visible
from tui.ui.widgets.lines import Line, Piece
from tui.ui.words import known, say
from tui.ui.wrap import cells, shorten

OF_A_STEP: dict[str, Callable[[float], str]] = {
    "lr": figure,
    "grad_norm": figure,
    "rows_s": lambda value: figure(round(value, 1)),
    "tokens_s": lambda value: figure(round(value)),
    "memory": size_said,
    "cpu": "{:.0f}%".format,
    "gpu": "{:.0f}%".format,
    "watts": "{:.0f}".format,
    "celsius": "{:.0f}".format,
}
"""Series whose last value is told, and how."""
LOOK_OF = {"done": "good", "failed": "bad", "dead": "bad", "stopped": "warn", "stopping": "warn", "new": "dim"}


def state_said(language: str, state: str) -> str:
    """The state in a word."""
    return say(language, f"state_{state}") if known(f"state_{state}") else state


def state_piece(language: str, state: str) -> Piece:
    """The state with the colour that belongs to it."""
    return state_said(language, state), LOOK_OF.get(state, "accent")


def steps_said(status: Status) -> str:
    """120 / 460; - before the first step."""
    if not status.step and not status.steps:
        return "-"
    return f"{status.step:,} / {status.steps:,}" if status.steps else f"{status.step:,}"


def metric_said(status: Status) -> str:
    """The best value of the metric that counts."""
    return f"{status.metric[0]} {figure(status.metric[1])}" if status.metric else "-"


def duration(language: str, seconds: float) -> str:
    """40 s, 1 min 12 s, 3 h 5 min, 2 d."""
    whole = max(0, round(seconds))
    if whole < 60:
        return say(language, "in_seconds", n=whole)
    if whole < 3600:
        return say(language, "in_minutes", n=whole // 60, m=whole % 60)
    if whole < 48 * 3600:
        return say(language, "in_hours", n=whole // 3600, m=whole % 3600 // 60)
    return say(language, "in_days", n=whole // 86_400)


def age(language: str, since: float) -> str:
    """How long ago, in one unit."""
    whole = max(0, round(time.time() - since))
    for word, size in (("age_days", 86_400), ("age_hours", 3600), ("age_minutes", 60)):
        if whole >= size:
            return say(language, word, n=whole // size)
    return say(language, "age_now")


def progress_line(curves: Curves, language: str) -> Line:
    """State, step of steps, share, time left; within a stage, how far that has come."""
    status = curves.status
    pieces: list[Piece] = [state_piece(language, status.state)]
    if status.steps:
        share = min(1.0, status.step / status.steps)
        done, all_ = f"{status.step:,}", f"{status.steps:,}"
        pieces += [(f"   {say(language, 'run_step', done=done, all=all_)}", "text"), (f"   {share:.0%}", "number")]
    if curves.progress is not None and status.state not in ("done", "stopped", "failed", "dead"):
        what, done_, total = curves.progress
        if total is None or done_ < total:
            of = f" / {total:,.0f}" if total else ""
            pieces.append((f"   {visible(what)} {done_:,.0f}{of}", "dim"))
    if curves.left is not None:
        pieces.append((f"   {say(language, 'time_left', time=duration(language, curves.left))}", "text"))
    elif status.state in ("done", "stopped", "failed", "dead") and curves.elapsed:
        pieces.append((f"   {say(language, 'took', time=duration(language, curves.elapsed))}", "dim"))
    if status.loss is not None:
        pieces.append((f"   loss {figure(status.loss)}", "text"))
    if status.metric is not None:
        pieces.append((f"   {say(language, 'best')} {metric_said(status)}", "text"))
    return tuple(pieces)


def fact_lines(curves: Curves, width: int, language: str) -> list[Line]:
    """What is known of the last step: learning rate, gradient norm, speed, memory, load; and the run's device."""
    said = []
    for name, shown in OF_A_STEP.items():
        if (value := curves.last(name)) is not None:
            said.append(say(language, f"fact_{name}", n=shown(value)))
    prepared = curves.status.prepared
    if prepared.get("device"):
        several = prepared.get("processes", 1) != 1
        device = f"{prepared['device']} x{prepared['processes']}" if several else str(prepared["device"])
        said.append(say(language, "fact_device", n=visible(device)))
    rows: list[str] = []
    for one in said:
        if rows and cells(rows[-1]) + cells(one) + 3 <= width:
            rows[-1] += f"   {one}"
        else:
            rows.append(shorten(one, width))
    return [((row, "dim"),) for row in rows]


def doubt_said(doubt: Doubt, language: str) -> str:
    """The sentence of a doubt."""
    values: dict[str, Any] = {
        name: visible(value) if isinstance(value, str) else figure(value) if isinstance(value, float) else f"{value:,}"
        for name, value in doubt.values.items()
    }
    return say(language, f"doubt_{doubt.kind}", **values)
