"""Days as readers call them."""

from __future__ import annotations

from datetime import date

from tui.text.catalog import translate


def describe_day(day: date, today: date, language: str) -> str:
    """Tomorrow, a day of the coming week by its name, or a date."""
    days = (day - today).days
    if days == 1:
        return translate(language, "text.day.tomorrow")
    if 1 < days < 7:
        return translate(language, f"text.day.weekday_{day.isoweekday()}")
    return day.isoformat()
