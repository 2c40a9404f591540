"""The recipe and the log of one run as lines of pieces."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from typing import Any

from tui.console.typeset import highlighted, plain_lines
from tui.console.widgets.runs.facts import diagnosis_text, state_said
from tui.errors import UsageError, explain
from tui.runs import diagnostics, folder
from tui.runs.curves import Curves
from tui.runs.event_messages import message_of, reason_text
from tui.runs.events import Event
from tui.runs.folder import Run
from tui.runs.predictions import json_lines
from tui.runs.run_warnings import planned_warnings
from tui.text.catalog import has_message, translate
from tui.text.chart import figure
from tui.text.lines import Line
from tui.text.sizes import size_text
from tui.text.visible import visible
from tui.text.wrap import fill


def recipe_lines(run: Run, curves: Curves, width: int, language: str) -> list[Line]:
    """Where the run comes from, its recipe, and its checkpoints. Reads files."""
    about = run.about()
    lines: list[Line] = []
    versions, parent = (plain if isinstance(plain := about.get(name), dict) else {} for name in ("libraries", "parent"))
    facts = {
        "folder": str(run.folder),
        "created": _clock(about.get("created"), "%Y-%m-%d %H:%M"),
        "forked_from": " ".join(str(value) for value in parent.values()),
        "versions": "  ".join(f"{name} {version}" for name, version in versions.items() if version),
        "counts": _counts(curves.status.prepared, language),
    }
    for word, text in facts.items():
        if text:
            lines += [
                ((fill(translate(language, f"console.about.{word}"), 16), "dim"), *line)
                if number == 0
                else ((" " * 16, "dim"), *line)
                for number, line in enumerate(plain_lines(visible(text), max(20, width - 16)))
            ]
    for warning in planned_warnings(run):
        lines += plain_lines(visible(warning.text(language)), width, "warn")
    lines += [(), ((translate(language, "console.runs.checkpoints"), "heading"),)]
    kept = folder.checkpoints(run)
    lines += [((f"  checkpoint-{one.step}   {size_text(one.bytes)}", "text"),) for one in kept]
    lines += [] if kept else [((f"  {translate(language, 'console.runs.none_yet')}", "dim"),)]
    lines += [(), ((translate(language, "console.runs.recipe"), "heading"),)]
    try:
        lines += highlighted(run.recipe_file.read_text("utf-8").rstrip("\n"), "toml")
    except (OSError, UnicodeDecodeError, UsageError) as error:
        lines += plain_lines(visible(str(explain(error).as_error().message(language))), width, "bad")
    return lines


def _counts(prepared: dict[str, Any], language: str) -> str:
    names = ("rows", "eval_rows", "steps", "effective_batch", "parameters", "trainable")
    counts = {name: count for name in names if isinstance(count := prepared.get(name), int)}
    return "   ".join(translate(language, f"console.count.{name}", n=f"{count:,}") for name, count in counts.items())


def log_lines(run: Run, curves: Curves, printed: Sequence[str], language: str) -> list[Line]:
    """What happened, then what the worker printed last. Reads the orders, to say who gave them."""
    lines: list[Line] = [((translate(language, "console.runs.what_happened"), "heading"),)]
    by = orderers(run)
    for event in curves.log:
        look = {"error": "bad", "warning": "warn", "done": "good", "stopped": "warn"}.get(event.kind, "text")
        lines.append(((f"{_clock(event.time, '%H:%M:%S')}  ", "dim"), (event_said(event, by, language), look)))
        if event.kind in ("error", "warning"):
            text = message_of(event, language)
            rows = [*text.detail.splitlines(), *text.next_step.splitlines()]
            lines += [((f"          {visible(row)}", "dim"),) for row in rows]
    if printed:
        lines += [(), ((translate(language, "console.runs.what_was_printed"), "heading"),)]
        lines += [((visible(row), "text"),) for row in printed]
    return lines


def event_said(event: Event, by: dict[str, str], language: str) -> str:
    """An event in words."""
    fields = event.fields
    match event.kind:
        case "stage":
            return state_said(language, str(fields.get("stage")))
        case "evaluation":
            plain = fields.get("metrics")
            metrics = plain if isinstance(plain, dict) else {}
            values = "  ".join(f"{name} {figure(Event(0, 0, '', metrics).number(name))}" for name in metrics)
            return visible(f"{translate(language, 'console.event.evaluation')}  {_step(event, language)}  {values}")
        case "checkpoint":
            size = size_text(event.number("bytes") or 0)
            took = f"{event.number('seconds') or 0:.1f} s"
            return f"{translate(language, 'console.event.checkpoint')}  {_step(event, language)}  {size}  {took}"
        case "order":
            who = by.get(str(fields.get("id")), "?")
            state, order = str(fields.get("state")), str(fields.get("order"))
            shown = _order_word(language, state)
            named = _order_word(language, order)
            return visible(f"{translate(language, 'console.event.order', order=named, who=who)}: {shown}")
        case "error" | "warning":
            return visible(message_of(event, language).title)
        case "stopped" | "done":
            why = f"  {reason_text(str(fields['why']), language)}" if fields.get("why") else ""
            return visible(f"{state_said(language, event.kind)}  {_step(event, language)}{why}")
        case "epoch":
            return visible(f"{translate(language, 'console.event.epoch', n=fields.get('epoch'))}  {fields.get('rows')}")
        case "diagnosis":
            found = fields.get("found")
            read = diagnostics.read(found if isinstance(found, list) else [])
            text = " ".join(diagnosis_text(one, language) for one in read) or translate(
                language, "console.runs.no_diagnosis"
            )
            return translate(language, "console.event.diagnosis", found=text)
        case "resumed":
            return f"{translate(language, 'console.event.resumed')}  {_step(event, language)}"
        case "prepared":
            return visible(f"{translate(language, 'console.event.prepared')}  {_counts(fields, language)}")
    return visible(f"{event.kind}  {json.dumps(fields, ensure_ascii=False)[:200]}")


def orderers(run: Run) -> dict[str, str]:
    """Who gave each order, by the order's id."""
    return {str(row.get("id")): str(row.get("by", "?")) for row in json_lines(run, run.orders_file.name)}


def _order_word(language: str, word: str) -> str:
    """An order or its state; as the log has it where it is of another version."""
    key = f"console.order.{word}"
    return translate(language, key) if has_message(key) else word


def _step(event: Event, language: str) -> str:
    step = event.number("step")
    return translate(language, "console.rate_at", n=f"{step:,.0f}") if step is not None else ""


def _clock(at: Any, shape: str) -> str:
    try:
        return time.strftime(shape, time.localtime(float(at)))
    except (TypeError, ValueError, OverflowError, OSError):
        return ""
