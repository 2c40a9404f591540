"""A run told in lines while it goes on, for logs and for terminals without a screen."""

from __future__ import annotations

import dataclasses
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from tui.runs import diagnostics, folder, run_status
from tui.runs.events import Event, Tail, strict_json
from tui.runs.folder import Run
from tui.runs.run_status import Status
from tui.text.durations import duration
from tui.text.sizes import size_text
from tui.text.visible import visible

POLL = 0.2
"""Seconds between two looks at a run."""
STEP_EVERY = 5.0
"""Seconds between two lines about steps, so that a log stays short; a line that is rewritten is quicker."""


def stay(run: Run, *, plain: bool, as_json: bool, language: str = "en") -> int:
    """Follow a run to its end. Returns the exit code: 0 when it is done, 1 when not, 130 when the reader left it."""
    out = sys.stdout
    rewriting = not (plain or as_json) and out.isatty() and os.environ.get("TERM") not in (None, "", "dumb")
    teller = _Json(out) if as_json else _Lines(run, out, language, rewriting=rewriting)
    try:
        status = watch(run, teller.tell, steps_from_now=not as_json)
    except KeyboardInterrupt:
        teller.leave()
        if not folder.alive(run):
            return 130
        print(f"{run.name} goes on. To see it again: headnotes runs follow {run.name}", file=sys.stderr)
        return 130
    teller.end(status)
    return 0 if status.state == "done" else 1


def watch(run: Run, tell: Callable[[Status, list[Event]], bool], *, steps_from_now: bool, log_from: int = 0) -> Status:
    """Tell what a run has written and writes, in batches, until its worker is gone or `tell` says that it is enough.

    `log_from` is where in the log to begin. Returns the state of the run at that time.
    """
    log, steps = Tail(run.events_file, log_from), Tail(run.steps_file)
    status = run_status.look(run) if log_from else Status()
    if steps_from_now:
        steps.offset = steps.behind
    while True:
        alive = folder.alive(run)  # before reading: whatever it wrote last is read after that
        told = True
        while told:
            found = [*log.read(), *steps.read()]
            told = bool(found)
            for event in found:
                run_status.take(status, event)
                if event.kind == "step":
                    status.step, status.loss = event.whole("step"), event.number("loss")
            if found and tell(_settled(status, run, alive), found):
                return _settled(status, run, alive)
        if not alive:
            return _settled(status, run, alive)
        time.sleep(POLL)


def _settled(status: Status, run: Run, alive: bool) -> Status:
    """The state with what is known of the worker."""
    shown = dataclasses.replace(status, alive=alive)
    run_status.settle(shown, run)
    return shown


class _Json:
    """Every event as it was written."""

    def __init__(self, out: TextIO) -> None:
        self.out = out

    def tell(self, status: Status, found: list[Event]) -> bool:
        for event in found:
            line = {"seq": event.seq, "t": event.time, "kind": event.kind, **event.fields}
            print(strict_json(line), file=self.out)
        self.out.flush()
        return False

    def leave(self) -> None:
        """The reader has gone."""

    def end(self, status: Status) -> None:
        print(strict_json({"kind": "end", "state": status.state, **status.history.fields}), file=self.out, flush=True)


class _Lines:
    """Sentences, and of the steps a line now and then; on a terminal one that is rewritten."""

    def __init__(self, run: Run, out: TextIO, language: str, *, rewriting: bool) -> None:
        self.run, self.out, self.language, self.rewriting = run, out, language, rewriting
        self._told, self._shown, self._stage = 0.0, "", ""
        self._first: tuple[int, float] | None = None

    def tell(self, status: Status, found: list[Event]) -> bool:
        step: Event | None = None
        for event in found:
            if event.kind == "step":
                self._first = self._first or (event.whole("step"), event.time)
                step = event
            elif event.kind != "stage" or self._is_new(str(event.fields.get("stage"))):
                for line in sentences(event, self.language):
                    self._print(f"{clock(event.time)}  {line}")
        if step is not None:
            self._step(status, step)
        self.out.flush()
        return False

    def leave(self) -> None:
        """Leave the line that is rewritten as it is."""
        if self._shown:
            print(file=self.out)
        self._shown = ""

    def end(self, status: Status) -> None:
        """What is to be said when nothing more comes."""
        self.leave()
        if status.state == "new":
            print(f"{self.run.name} has not been started.", file=self.out)
        if status.trouble is not None and not status.trouble.seq:  # it is in no log, and so was not told yet
            for line in sentences(status.trouble):
                print(line, file=self.out)
        if status.state == "dead":
            print("The worker died. Last output:", file=self.out)
            for line in folder.last_words(self.run):
                print(f"  {visible(line)}", file=self.out)
        if status.state in ("dead", "stopped", "failed") and folder.checkpoints(self.run):
            repeats = status.trouble is not None and status.trouble.fields.get("code") == "not-finite"
            what = f"fork {self.run.name} --set learning_rate=..." if repeats else f"resume {self.run.name}"
            print(f"To go on: headnotes runs {what}", file=self.out)
        self.out.flush()

    def _is_new(self, stage: str) -> bool:
        """Between steps a run is training, evaluating, saving and so on for ever: only the way there is told."""
        if stage in ("evaluating", "saving", "done") or stage == self._stage:
            return False
        self._stage = stage
        return True

    def _step(self, status: Status, event: Event) -> None:
        now = time.monotonic()
        last = status.steps and status.step >= status.steps
        if now - self._told < (POLL if self.rewriting else STEP_EVERY) and not last:
            return
        self._told = now
        line = f"{clock(event.time)}  {step_line(status, event, self._left(status, event))}"
        if self.rewriting:
            line = line[: shutil.get_terminal_size().columns - 1]  # a line that wraps cannot be rewritten
            self._shown = line
            print(f"\r\x1b[K{line}", end="", file=self.out)
        else:
            print(line, file=self.out)

    def _left(self, status: Status, event: Event) -> float | None:
        first, at = self._first or (0, 0.0)
        done, took = status.step - first, event.time - at
        return (status.steps - status.step) * took / done if done > 0 and took > 0 and status.steps else None

    def _print(self, line: str) -> None:
        if self._shown:
            print(f"\r\x1b[K{line}\n{self._shown}", end="", file=self.out)
        else:
            print(line, file=self.out)


def step_line(status: Status, event: Event, left: float | None) -> str:
    """Where a run is."""
    of = f"/{status.steps:,}" if status.steps else ""
    parts = [f"step {status.step:,}{of}"]
    for name, shape in (("loss", ".4f"), ("lr", ".3g"), ("grad_norm", ".3g"), ("rows_s", ",.1f")):
        if (value := event.number(name)) is not None:
            parts.append(f"{format(value, shape)} rows/s" if name == "rows_s" else f"{name} {format(value, shape)}")
    if left is not None:
        parts.append(f"about {duration('en', left)} left")
    return "  ".join(parts)


def sentences(event: Event, language: str = "en") -> Iterator[str]:
    """An event for people; nothing for those that only a screen has room for."""
    of = event.fields
    step = event.whole("step")
    match event.kind:
        case "stage":
            yield visible(str(of.get("stage")))
        case "prepared":
            yield (f"{_count(event, 'rows')} training rows, {_count(event, 'eval_rows')} evaluation rows; "
                   f"{_count(event, 'steps')} steps; {_count(event, 'trainable')} of {_count(event, 'parameters')} "
                   f"weights are trained; on {visible(str(of.get('device')))}")  # fmt: skip
            for note in of.get("notes") or []:
                yield f"note: {visible(str(note))}"
        case "evaluation":
            yield f"step {step:,}, epoch {event.number('epoch') or 0:g}: {metrics_line(of.get('metrics'))}"
        case "checkpoint":
            size = size_text(event.number("bytes") or 0)
            yield f"{visible(str(of.get('folder')))} saved: {size} in {event.number('seconds') or 0:.1f} s"
        case "order":
            yield f"order to {visible(str(of.get('order')))}: {visible(str(of.get('state')))}"
        case "resumed":
            yield f"goes on from step {step:,}; what came after it is void"
        case "warning" | "error":
            said = [str(of.get(name)) for name in ("title", "detail", "next_step") if of.get(name)]
            yield f"{event.kind}: {visible(' '.join(said))}"
        case "diagnosis":
            plain = of.get("found")
            for one in diagnostics.read(plain if isinstance(plain, list) else []):
                yield f"diagnosis: {diagnosis_text(one, language)}"
        case "stopped":
            yield f"stopped at step {step:,} {visible(str(of.get('why') or ''))}".rstrip()
        case "done":
            why = f" ({visible(str(of['why']))})" if of.get("why") else ""
            yield (f"done: {step:,} steps in {duration('en', event.number('seconds') or 0)}{why}  "
                   f"{metrics_line(of.get('metrics'))}".rstrip())  # fmt: skip
            yield from _model_line(event)


def _model_line(event: Event) -> Iterator[str]:
    """Which model a run ended with; nothing of runs from before that was written."""
    model_step = event.whole("model_step")
    best, last = (of if isinstance(of := event.fields.get(name), dict) else {} for name in ("best", "last"))
    if best and last:
        yield f"the model is of step {model_step:,}: {score_line(best, last)}"
    elif model_step:
        yield f"the model is of step {model_step:,}, the last one: nothing was evaluated"


def score_line(best: dict[str, Any] | None, last: dict[str, Any] | None) -> str:
    """Best and last score, as events and JSON have them: "best f1 0.812 at step 230, last 0.790 at step 300"."""
    found: list[str] = []
    for name, score in (("best", best), ("last", last)):
        number = Event(0, 0.0, "", score or {})
        if (value := number.number("value")) is not None:
            metric = f" {visible(str((score or {}).get('metric')))}" if not found else ""
            found.append(f"{name}{metric} {value:.3f} at step {number.whole('step'):,}")
    return ", ".join(found)


def diagnosis_text(diagnosis: diagnostics.Diagnosis, language: str = "en") -> str:
    """The sentence of a diagnosis."""
    from tui.text.catalog import translate

    figures = {name: visible(text) for name, text in diagnosis.figures.items()}
    return translate(language, f"console.diagnosis.{diagnosis.kind}", **figures)


def metrics_line(metrics: Any) -> str:
    """Names and values."""
    known = metrics if isinstance(metrics, dict) else {}
    found = Event(0, 0.0, "", known)
    return "  ".join(f"{visible(str(name))} {value:.4f}" for name in known
                     if (value := found.number(name)) is not None)  # fmt: skip


def clock(at: float) -> str:
    """Seconds since 1970 as the time of day here."""
    try:
        return time.strftime("%H:%M:%S", time.localtime(at))
    except (OverflowError, ValueError, OSError):
        return "--:--:--"


def _count(event: Event, name: str) -> str:
    value = event.number(name)
    return "?" if value is None or value != value else f"{value:,.0f}"
