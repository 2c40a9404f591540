"""How a run stands: its state, step, best metric and trouble, told from its logs and from whether its worker lives."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from tui.errors import UsageError, explain
from tui.recipes import best
from tui.recipes.best import History
from tui.runs import events, folder
from tui.runs.event_messages import message_fields
from tui.runs.events import Event, metrics_of
from tui.runs.folder import Run

LAST_OUTPUT = 3
"""Lines of what a launcher printed before it failed."""


CLOSED = ("done", "stopped", "failed")
"""States that a worker leaves a run in."""
ENDED = (*CLOSED, "dead")
"""States in which nothing works at a run that was started."""


@dataclass(slots=True)
class Status:
    """What is known of a run without looking at its curves."""

    state: str = "new"
    """new, starting, loading, tokenising, training, evaluating, saving, stopping; done, stopped, failed, dead."""
    step: int = 0
    steps: int = 0
    loss: float | None = None
    history: History = field(default_factory=History)
    """The metric that decides, evaluation by evaluation."""
    model_step: int | None = None
    """The step of the model that it ended with; None before there is one."""
    started: float = 0.0
    changed: float = 0.0
    """When the last thing was written, by the clock of the file system."""
    prepared: dict[str, Any] = field(default_factory=dict)
    trouble: Event | None = None
    warnings: list[Event] = field(default_factory=list)
    """Of the worker."""
    diagnoses: list[dict[str, Any]] = field(default_factory=list)
    """What the worker saw in its curves at the last evaluation: kind, bad, values."""
    alive: bool = False


def look(run: Run) -> Status:
    """The state of a run."""
    found = Status(alive=folder.alive(run))
    for event in events.read_all(run.events_file):
        take(found, event)
    for event in reversed(events.last_events(run.steps_file)):
        if event.kind == "step":
            found.step, found.loss = event.whole("step"), event.number("loss")
            break
    with suppress(OSError):
        logs = [file for file in (run.events_file, run.steps_file) if file.exists()]
        found.changed = max((file.stat().st_mtime for file in logs), default=0.0)
    settle(found, run)
    return found


def take(status: Status, event: Event) -> None:
    """What an event changes in the state."""
    match event.kind:
        case "stage":
            status.state = str(event.fields.get("stage"))
            if status.state == "starting":
                status.trouble = None
            status.started = status.started or event.time
        case "prepared":
            status.prepared = event.fields
            status.steps = event.whole("steps")
            fresh = best.history_of(event.fields)
            if (fresh.metric, fresh.greater_is_better) != (status.history.metric, status.history.greater_is_better):
                status.history = fresh
        case "resumed":
            status.history.rewind(event.whole("step"))
            status.model_step, status.diagnoses = None, []
        case "evaluation" if not event.fields.get("asked"):
            status.history.add(event.whole("step"), metrics_of(event))
        case "diagnosis":
            found = event.fields.get("found")
            status.diagnoses = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
        case "error" | "warning":
            status.trouble = event
            if event.kind == "warning":
                status.warnings = [*status.warnings, event]
            else:
                status.state = "failed"
        case "stopped" | "done":
            status.state = event.kind
            if event.kind == "done":
                status.model_step = event.whole("model_step") or event.whole("step")
        case "order" if event.fields.get("order") == "stop" and event.fields.get("state") == "seen":
            status.state = "stopping"
        case "order" if event.fields.get("state") == "refused" and status.state == "stopping":
            status.state = "training"  # there was no room to save: it goes on


def settle(status: Status, run: Run) -> None:
    """A run whose worker is gone without a word is dead; one whose worker works is not at its end.

    One whose launch ended before the worker wrote anything has failed.
    """
    ended = status.state in CLOSED
    if status.alive and (ended or status.state == "new"):
        status.state = "starting"
    elif not status.alive and folder.launch_failed(run):
        status.state, status.trouble = "failed", _launch_failure(run)
    elif not status.alive and not ended and status.state != "new":
        status.state = "dead"


def _launch_failure(run: Run) -> Event:
    """What the log says of it; an event like those of the worker, with the number 0 because it is in no log."""
    output = folder.last_words(run, LAST_OUTPUT)
    failure = UsageError("runs.launch-failed", output=" | ".join(output), log=str(run.log_file))
    return Event(0, 0.0, "error", message_fields(explain(failure)))


def is_better(metric: str, one: float, other: float) -> bool:
    """Whether a value of a metric is better than another, by what is usual of it."""
    return best.is_better(one, other, best.greater_is_better(metric))
