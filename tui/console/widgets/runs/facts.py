"""Runs in words: state, how far, how long, how large; what its curves show. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable

from tui.console.phases import progress_name
from tui.runs.curves import Curves
from tui.runs.diagnostics import Diagnosis
from tui.runs.run_status import ENDED, Status
from tui.text.catalog import has_message, translate
from tui.text.chart import figure
from tui.text.durations import duration
from tui.text.lines import Line, Piece
from tui.text.sizes import size_text
from tui.text.visible import visible
from tui.text.wrap import cells, shorten

OF_A_STEP: dict[str, Callable[[float], str]] = {
    "lr": figure,
    "grad_norm": figure,
    "rows_s": lambda value: figure(round(value, 1)),
    "tokens_s": lambda value: figure(round(value)),
    "memory": size_text,
    "cpu": "{:.0f}%".format,
    "gpu": "{:.0f}%".format,
    "watts": "{:.0f}".format,
    "celsius": "{:.0f}".format,
}
"""Series whose last value is told, and how."""
LOOK_OF = {"done": "good", "failed": "bad", "dead": "bad", "stopped": "warn", "stopping": "warn", "new": "dim"}


def state_said(language: str, state: str) -> str:
    """The state in a word."""
    key = f"console.state.{state}"
    return translate(language, key) if has_message(key) else state


def state_piece(language: str, state: str) -> Piece:
    """The state with the color that belongs to it."""
    return state_said(language, state), LOOK_OF.get(state, "accent")


def steps_said(status: Status) -> str:
    """120 / 460; - before the first step."""
    if not status.step and not status.steps:
        return "-"
    return f"{status.step:,} / {status.steps:,}" if status.steps else f"{status.step:,}"


def metric_said(status: Status) -> str:
    """The best value of the metric that decides."""
    best = status.history.best
    return f"{visible(status.history.metric)} {score_figure(best.value)}" if best else "-"


def score_figure(value: float) -> str:
    """A score with the three decimals that it has everywhere."""
    return f"{value:.3f}" if math.isfinite(value) else figure(value)


def score_text(status: Status, language: str) -> str:
    """Best score with its step, last score, and the step of the model that the run ended with; "" before them."""
    history = status.history
    if history.last is None:
        return ""
    parts = [translate(language, "console.last_score", value=score_figure(history.last.value))]
    if (best := history.best) is not None:
        figures = {"metric": visible(history.metric), "value": score_figure(best.value), "step": f"{best.step:,}"}
        parts.insert(0, translate(language, "console.best_score", **figures))
    if status.model_step is not None and status.model_step != status.step:
        parts.append(translate(language, "console.runs.model_is_of_step", n=f"{status.model_step:,}"))
    return "   ".join(parts)


def progress_line(curves: Curves, language: str) -> Line:
    """State, step of steps, share, time left; within a stage, how far that has come."""
    status = curves.status
    pieces: list[Piece] = [state_piece(language, status.state)]
    if status.steps:
        share = min(1.0, status.step / status.steps)
        done, all_ = f"{status.step:,}", f"{status.steps:,}"
        pieces += [
            (f"   {translate(language, 'console.runs.run_step', done=done, all=all_)}", "text"),
            (f"   {share:.0%}", "number"),
        ]
    if curves.progress is not None and status.state not in ENDED:
        what, done_, total = curves.progress
        if total is None or done_ < total:
            of = f" / {total:,.0f}" if total else ""
            pieces.append((f"   {visible(progress_name(language, what))} {done_:,.0f}{of}", "dim"))
    if curves.left is not None:
        pieces.append(
            (f"   {translate(language, 'console.runs.time_left', time=duration(language, curves.left))}", "text")
        )
    elif status.state in ENDED and curves.elapsed:
        pieces.append(
            (f"   {translate(language, 'console.runs.took', time=duration(language, curves.elapsed))}", "dim")
        )
    if status.loss is not None:
        pieces.append((f"   {translate(language, 'console.panel.loss')} {figure(status.loss)}", "text"))
    if scores := score_text(status, language):
        pieces.append((f"   {scores}", "text"))
    return tuple(pieces)


def fact_lines(curves: Curves, width: int, language: str) -> list[Line]:
    """What is known of the last step: learning rate, gradient norm, speed, memory, load; and the run's device."""
    said = []
    for name, shown in OF_A_STEP.items():
        if (value := curves.last(name)) is not None:
            said.append(translate(language, f"console.fact.{name}", n=shown(value)))
    prepared = curves.status.prepared
    if prepared.get("device"):
        several = prepared.get("processes", 1) != 1
        device = f"{prepared['device']} x{prepared['processes']}" if several else str(prepared["device"])
        said.append(translate(language, "console.fact.device", n=visible(device)))
    rows: list[str] = []
    for one in said:
        if rows and cells(rows[-1]) + cells(one) + 3 <= width:
            rows[-1] += f"   {one}"
        else:
            rows.append(shorten(one, width))
    return [((row, "dim"),) for row in rows]


def diagnosis_text(diagnosis: Diagnosis, language: str) -> str:
    """The sentence of a diagnosis."""
    figures = {name: visible(text) for name, text in diagnosis.figures.items()}
    return translate(language, f"console.diagnosis.{diagnosis.kind}", **figures)
