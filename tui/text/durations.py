"""Seconds as people read them."""

from __future__ import annotations

import math

from tui.text.catalog import translate


def duration(language: str, seconds: float) -> str:
    """40 s, 1 min 12 s, 3 h 5 min, 2 d; ? for what is not a time."""
    if not math.isfinite(seconds):
        return "?"
    whole = max(0, round(seconds))
    if whole < 60:
        return translate(language, "text.duration.seconds", n=whole)
    if whole < 3600:
        return translate(language, "text.duration.minutes", n=whole // 60, m=whole % 60)
    if whole < 48 * 3600:
        return translate(language, "text.duration.hours", n=whole // 3600, m=whole % 3600 // 60)
    return translate(language, "text.duration.days", n=whole // 86_400)


def age(language: str, seconds: float) -> str:
    """How long ago something was, in one unit: now, 5 min, 3 h, 2 d."""
    for unit, size in (("days", 86_400), ("hours", 3600), ("minutes", 60)):
        if seconds >= size:
            return translate(language, f"text.age.{unit}", n=int(seconds // size))
    return translate(language, "text.age.now")
