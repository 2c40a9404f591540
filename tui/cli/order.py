"""An order to a running worker, and its answer."""

from __future__ import annotations

import json

from tui.cli.follow import clock, sentences, state_text, watch
from tui.errors import Stopped
from tui.runs import orders
from tui.runs.events import Event
from tui.runs.folder import Run
from tui.runs.run_status import Status
from tui.text.catalog import translate

TOLD = ("checkpoint", "evaluation", "warning", "error", "stopped", "done")
"""Events that are told while an answer is waited for."""


def order(run: Run, what: str, language: str, *, as_json: bool) -> int:
    """Give an order and wait until it is carried out; after `stop` until the worker is gone.

    Returns the exit code: 0 when it was carried out, 1 when the worker refused or ended before. Raises `UsageError`
    when nobody is there to take it.
    """
    begin = run.events_file.stat().st_size if run.events_file.exists() else 0
    name = orders.give(run, what, by=f"headnotes runs {what}")
    answer = ""

    def tell(status: Status, found: list[Event]) -> bool:
        nonlocal answer
        for event in found:
            if event.kind in TOLD and not as_json:
                for line in sentences(event, language):
                    print(f"{clock(event.time)}  {line}", flush=True)
            if event.kind == "order" and event.fields.get("id") == name and event.fields.get("state") != "seen":
                answer = str(event.fields.get("state"))
        return bool(answer) and (what != "stop" or answer != "done")

    try:
        status = watch(run, tell, steps_from_now=True, log_from=begin)
    except KeyboardInterrupt:
        raise Stopped("cli.order-waits", run=run.name) from None
    carried_out = answer == "done" or (what == "stop" and status.state == "stopped")
    if as_json:
        said = "done" if carried_out else answer or "unanswered"
        print(json.dumps({"name": run.name, "order": what, "answer": said, "state": status.state}))
    elif not carried_out:
        key = "cli.runs.refused-goes-on" if status.alive else "cli.runs.refused-ended"
        print(translate(language, key, run=run.name, state=state_text(status.state, language)))
    return 0 if carried_out else 1
