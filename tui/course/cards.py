"""When a question returns: at growing intervals while it is known, soon when it was not.

The intervals are those of FSRS, in whole days, without steps of minutes: what was wrong returns the next day. A second
answer within one sitting changes nothing: by then the reader has seen the explanation.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from tui.record import record

if TYPE_CHECKING:
    from fsrs import Scheduler

DAY = 86_400.0
SITTING = 8 * 3600.0
"""Seconds within which further answers to the same question do not count."""
LONGEST = 365
"""Days until anything returns."""
LATEST = 2e10
"""A time after which no date can be written, or is meant."""


@record
class Card:
    """What is known of how well the reader knows something. Times are in seconds since 1970."""

    stability: float
    """Days after which they still know it, nine times out of ten."""
    difficulty: float
    due: float
    last: float
    """When they were asked last."""
    times: int = 1
    """How often they were asked."""
    lapses: int = 0
    """How often they did not know it."""

    @classmethod
    def read(cls, value: object) -> Card | None:
        """From a file; None for what is not a card."""
        if not isinstance(value, Mapping):
            return None
        numbers: dict[str, Any] = {name: value.get(name) for name in cls.__match_args__}
        if not all(type(number) in (int, float) and 0 <= number < LATEST for number in numbers.values()):
            return None
        card = cls(**numbers)
        return card if card.stability > 0 and 1 <= card.difficulty <= 10 else None

    def plain(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)

    def is_due(self, now: float) -> bool:
        """Whether it is to be asked on the day of `now`; so is what was last asked in the future: a clock was wrong."""
        return day_of(self.due) <= day_of(now) or self.last > now + DAY

    def day(self, now: float) -> date:
        """The day on which it is to be asked, today at the earliest."""
        return day_of(now) if self.is_due(now) else day_of(self.due)


def day_of(moment: float) -> date:
    """The reader's day."""
    return date(*time.localtime(moment)[:3])


def grade(card: Card | None, is_known: bool, now: float) -> Card:
    """The card after an answer."""
    if card is not None and 0 <= now - card.last < SITTING:
        return card
    from fsrs import Card as Schedule
    from fsrs import Rating, State

    if card is None:
        schedule = Schedule()
    else:
        last = card.last if 0 < card.last <= now else now - DAY  # nobody knows how long: an old file, a wrong clock
        schedule = Schedule(1, State.Review, None, card.stability, card.difficulty, _moment(now), _moment(last))
    rating = Rating.Good if is_known else Rating.Again
    after, _ = _scheduler().review_card(schedule, rating, _moment(now))
    assert after.stability is not None
    assert after.difficulty is not None
    times, lapses = (card.times, card.lapses) if card is not None else (0, 0)
    due = after.due.timestamp() if is_known else now + DAY
    return Card(after.stability, after.difficulty, due, now, times + 1, lapses + (not is_known))


def card_of_old_answer(is_known: bool, answered: float) -> Card:
    """Of an answer that was written before there was a review: it returns when a new one would."""
    days = 2 if is_known else 1
    return Card(2.3 if is_known else 0.2, 5.0, answered + days * DAY, answered, lapses=not is_known)


@cache
def _scheduler() -> Scheduler:
    from fsrs import Scheduler

    return Scheduler(learning_steps=(), relearning_steps=(), maximum_interval=LONGEST, enable_fuzzing=False)


def _moment(seconds: float) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
