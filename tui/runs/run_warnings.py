"""Warnings that are kept with a run: of its plan, and of its worker."""

from __future__ import annotations

from typing import Any

from tui.errors import ResultWarning
from tui.runs.event_messages import message_of
from tui.runs.folder import Run
from tui.runs.run_status import Status


def recorded_warnings(run: Run, status: Status) -> list[ResultWarning]:
    """In the order in which they came; what is written in another shape is passed over."""
    worker = [_warning(event.fields, str(message_of(event, "en"))) for event in status.warnings]
    return planned_warnings(run) + worker


def trouble_of(status: Status) -> ResultWarning | None:
    """The last error or warning of the worker, its detail and next step included."""
    event = status.trouble
    return _warning(event.fields, str(message_of(event, "en"))) if event is not None else None


def planned_warnings(run: Run) -> list[ResultWarning]:
    """Those of the plan alone."""
    plan = run.about().get("warnings")
    plain = [one for one in (plan if isinstance(plan, list) else []) if isinstance(one, dict)]
    return [_warning(one, str(one.get("message"))) for one in plain]


def _warning(plain: dict[str, Any], message: str) -> ResultWarning:
    key, values = plain.get("key"), plain.get("values")
    is_known = isinstance(key, str) and isinstance(values, dict)
    return ResultWarning(
        str(plain.get("code") or "warning"),
        message,
        str(key) if is_known else "",
        dict(values or {}) if is_known else {},
    )
