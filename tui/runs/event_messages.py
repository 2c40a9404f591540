"""Errors and warnings in a run's log: written with their English sentences, read in any language."""

from __future__ import annotations

import re
from typing import Any

from tui.errors import ErrorText, Explained
from tui.runs.events import Event
from tui.text.catalog import has_message, translate


def message_fields(said: Explained) -> dict[str, Any]:
    """The fields of a `warning` or an `error`."""
    code = re.sub(r"(?<!^)(?=[A-Z])", "-", said.kind).lower()
    return {"code": code, "title": said.title, "detail": said.detail, "next_step": said.next_step,
            "key": said.code, "values": said.values}  # fmt: skip


def message_of(event: Event, language: str) -> ErrorText:
    """What a reader sees of it; in English where an older version, or a broken disk, left no code and values."""
    title, detail, next_step = (str(event.fields.get(name) or "") for name in ("title", "detail", "next_step"))
    key, values = event.fields.get("key"), event.fields.get("values")
    if language != "en" and isinstance(key, str) and isinstance(values, dict):
        try:
            return Explained("", title, detail, next_step, key, values).as_error().message(language)
        except (LookupError, TypeError, ValueError):
            pass
    return ErrorText(title, detail, next_step)


def reason_text(why: str, language: str) -> str:
    """Why a run stopped, which the log has in English; as it is there where another version wrote it."""
    if patience := re.fullmatch(r"no better (\S+) in (\d+) evaluations", why):
        return translate(language, "runs.why.no-better", metric=patience[1], count=patience[2])
    words = "-".join(re.findall(r"\w+", why.lower()))
    key = f"runs.why.{words}"
    return translate(language, key) if has_message(key) else why
