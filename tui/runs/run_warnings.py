"""Warnings that are kept with a run: of its plan, and of its worker."""

from __future__ import annotations

from tui.errors import ResultWarning
from tui.runs.folder import Run
from tui.runs.run_status import Status


def recorded_warnings(run: Run, status: Status) -> list[ResultWarning]:
    """In the order in which they came; what is written in another shape is passed over."""
    plan = run.about().get("warnings")
    warnings = [ResultWarning(str(plain.get("code")), str(plain.get("message")))
                for plain in (plan if isinstance(plan, list) else []) if isinstance(plain, dict)]  # fmt: skip
    for event in status.warnings:
        parts = [str(event.fields[name]) for name in ("title", "detail", "next_step") if event.fields.get(name)]
        warnings.append(ResultWarning(str(event.fields.get("code") or "warning"), " ".join(parts)))
    return warnings
