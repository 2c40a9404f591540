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
from tui.runs.event_messages import message_of, reason_text
from tui.runs.events import Event, Tail, strict_json
from tui.runs.folder import Run
from tui.runs.run_status import Status
from tui.text.catalog import has_message, translate
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
        print(translate(language, "cli.follow.left", run=run.name), file=sys.stderr)
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
            print(translate(self.language, "cli.follow.not-started", run=self.run.name), file=self.out)
        if status.trouble is not None and not status.trouble.seq:  # it is in no log, and so was not told yet
            for line in sentences(status.trouble, self.language):
                print(line, file=self.out)
        if status.state == "dead":
            print(translate(self.language, "cli.follow.died"), file=self.out)
            for line in folder.last_words(self.run):
                print(f"  {visible(line)}", file=self.out)
        if status.state in ("dead", "stopped", "failed") and folder.checkpoints(self.run):
            repeats = status.trouble is not None and status.trouble.fields.get("code") == "not-finite"
            what = f"fork {self.run.name} --set learning_rate=..." if repeats else f"resume {self.run.name}"
            print(translate(self.language, "cli.follow.go-on", command=f"headnotes runs {what}"), file=self.out)
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
        line = f"{clock(event.time)}  {step_line(status, event, self._left(status, event), self.language)}"
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


def step_line(status: Status, event: Event, left: float | None, language: str = "en") -> str:
    """Where a run is."""
    of = f"/{status.steps:,}" if status.steps else ""
    parts = [translate(language, "cli.follow.at-step", step=f"{status.step:,}{of}")]
    for name, shape in (("loss", ".4f"), ("lr", ".3g"), ("grad_norm", ".3g"), ("rows_s", ",.1f")):
        if (value := event.number(name)) is not None:
            figure = format(value, shape)
            parts.append(translate(language, "cli.follow.rate", n=figure) if name == "rows_s" else f"{name} {figure}")
    if left is not None:
        parts.append(translate(language, "cli.follow.remaining", duration=duration(language, left)))
    return "  ".join(parts)


def sentences(event: Event, language: str = "en") -> Iterator[str]:
    """An event for people; nothing for those that only a screen has room for."""
    of = event.fields
    step = event.whole("step")
    match event.kind:
        case "stage":
            yield _word(language, "state", of.get("stage"))
        case "prepared":
            names = ("rows", "eval_rows", "steps", "trainable", "parameters")
            counts = {name: _count(event, name) for name in names}
            yield translate(language, "cli.follow.prepared", **counts, device=visible(str(of.get("device"))))
            for note in of.get("notes") or []:
                yield translate(language, "cli.follow.note", text=visible(str(note)))
        case "evaluation":
            epoch, metrics = event.number("epoch") or 0, metrics_line(of.get("metrics"))
            yield translate(language, "cli.follow.evaluation", step=step, epoch=epoch, metrics=metrics)
        case "checkpoint":
            size = size_text(event.number("bytes") or 0)
            where, took = visible(str(of.get("folder"))), event.number("seconds") or 0
            yield translate(language, "cli.follow.saved", folder=where, size=size, seconds=took)
        case "order":
            words = {name: _word(language, "order", of.get(name)) for name in ("order", "state")}
            yield translate(language, "cli.follow.order", **words)
        case "resumed":
            yield translate(language, "cli.follow.resumed", step=step)
        case "warning" | "error":
            message = message_of(event, language)
            text = " ".join(part for part in (message.title, message.detail, message.next_step) if part)
            yield translate(language, f"cli.follow.{event.kind}", text=visible(text))
        case "diagnosis":
            plain = of.get("found")
            for one in diagnostics.read(plain if isinstance(plain, list) else []):
                yield translate(language, "cli.follow.diagnosis", text=diagnosis_text(one, language))
        case "stopped":
            reason = visible(reason_text(str(of.get("why") or ""), language))
            yield translate(language, "cli.follow.stopped", step=step, reason=reason).rstrip()
        case "done":
            reason = f" ({visible(reason_text(str(of['why']), language))})" if of.get("why") else ""
            spent = duration(language, event.number("seconds") or 0)
            line = translate(language, "cli.follow.done", step=step, duration=spent, reason=reason)
            yield f"{line}  {metrics_line(of.get('metrics'))}".rstrip()
            yield from _model_line(event, language)


def _model_line(event: Event, language: str) -> Iterator[str]:
    """Which model a run ended with; nothing of runs from before that was written."""
    model_step = event.whole("model_step")
    best, last = (of if isinstance(of := event.fields.get(name), dict) else {} for name in ("best", "last"))
    if best and last:
        scores = score_line(best, last, language)
        yield translate(language, "cli.follow.model-scored", step=model_step, scores=scores)
    elif model_step:
        yield translate(language, "cli.follow.model-last", step=model_step)


def score_line(best: dict[str, Any] | None, last: dict[str, Any] | None, language: str = "en") -> str:
    """Best and last score, as events and JSON have them: "best f1 0.812 at step 230, last 0.790 at step 300"."""
    found: list[str] = []
    for name, score in (("best", best), ("last", last)):
        number = Event(0, 0.0, "", score or {})
        if (value := number.number("value")) is not None:
            metric = f" {visible(str((score or {}).get('metric')))}" if not found else ""
            step = number.whole("step")
            found.append(translate(language, f"cli.follow.score-{name}", metric=metric, value=value, step=step))
    return translate(language, "cli.follow.comma").join(found)


def diagnosis_text(diagnosis: diagnostics.Diagnosis, language: str = "en") -> str:
    """The sentence of a diagnosis."""
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


def state_text(state: str, language: str) -> str:
    """A state of a run."""
    return _word(language, "state", state)


def _word(language: str, kind: str, word: object) -> str:
    """A state or an order; as the log has it where it is of another version."""
    key = f"console.{kind}.{word}"
    return translate(language, key) if language != "en" and has_message(key) else visible(str(word))


def _count(event: Event, name: str) -> str:
    value = event.number(name)
    return "?" if value is None or value != value else f"{value:,.0f}"
