"""One series of a run: its points, thinned so that memory stays flat, and smoothed for the eye. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

MOST = 2048
"""Points of a series that are kept at most."""


@dataclass(slots=True)
class Points:
    """One series. A row is replaced or added in one go: a thread may read while another one draws."""

    rows: list[tuple[float, float, float, float]] = field(default_factory=list)
    """(step, epoch, seconds, value)"""

    def add(self, step: float, epoch: float, seconds: float, value: float) -> None:
        self.rows.append((step, epoch, seconds, value))
        if len(self.rows) > MOST:
            kept = extremes([row[0] for row in self.rows], [row[3] for row in self.rows], MOST // 2)
            self.rows = [self.rows[place] for place in kept]

    def forget(self, step: float) -> None:
        """Points after a step are void."""
        if self.rows and self.rows[-1][0] > step:
            self.rows = [row for row in self.rows if row[0] <= step]


def smooth(values: Sequence[float], weight: float) -> list[float]:
    """Exponential moving average with its bias corrected, as TensorBoard documents it.

    `weight` from 0 (nothing changes) to below 1. Values that are no numbers stay as they are and do not enter.
    Raises `ValueError` for other weights.
    """
    if not 0 <= weight < 1:
        raise ValueError("weight is at least 0 and below 1")
    found: list[float] = []
    average, correction = 0.0, 1.0
    for value in values:
        if not math.isfinite(value):
            found.append(value)
            continue
        average = average * weight + value * (1 - weight)
        correction *= weight
        found.append(average / (1 - correction))
    return found


def extremes(xs: Sequence[float], ys: Sequence[float], most: int) -> list[int]:
    """Places to keep, at most `most` and at least 8: first, last, and the ends of the range in every stretch of x.

    Values that are no numbers count as one of the ends, so that none of them is lost without a trace.
    """
    if len(xs) <= most:
        return list(range(len(xs)))
    stretches = max(1, (most - 2) // 3)
    low, wide = xs[0], (xs[-1] - xs[0]) or 1.0
    kept = {0, len(xs) - 1}
    place = 0
    while place < len(xs):
        number = min(stretches - 1, int((xs[place] - low) / wide * stretches))
        end = place
        least = largest = odd = -1
        while end < len(xs) and min(stretches - 1, int((xs[end] - low) / wide * stretches)) == number:
            if not math.isfinite(ys[end]):
                odd = end if odd < 0 else odd
            else:
                least = end if least < 0 or ys[end] < ys[least] else least
                largest = end if largest < 0 or ys[end] > ys[largest] else largest
            end += 1
        kept |= {one for one in (least, largest, odd) if one >= 0}
        place = end
    return sorted(kept)
