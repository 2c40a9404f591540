"""How sure a score is: bootstrap intervals over the rows that a confusion matrix stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

RESAMPLES = 1000
AT_ONCE = 1_000_000
"""Rows that are drawn at once."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Percentile bootstrap interval, 1,000 resamples of the rows, seed 0."""

    low: float
    high: float


def bootstrapped(
    matrix: list[list[int]], positive: int | None, confidence: float
) -> tuple[Interval | None, Interval | None]:
    """Of accuracy, and of the F1 of a class or of the macro average."""
    import numpy
    from scipy.stats import bootstrap

    size = len(matrix)
    rows = numpy.repeat(numpy.arange(size * size), numpy.ravel(matrix))
    if len(rows) < 2:
        return None, None

    def both(drawn: Any, axis: int) -> Any:
        flat = numpy.moveaxis(drawn, axis, -1).reshape(-1, len(rows))
        places = flat + size * size * numpy.arange(len(flat))[:, None]
        tables = numpy.bincount(places.ravel(), minlength=len(flat) * size * size).reshape(-1, size, size)
        right = tables.diagonal(axis1=1, axis2=2)
        f1 = 2 * right / numpy.maximum(tables.sum(1) + tables.sum(2), 1)
        found = numpy.stack([right.sum(1) / len(rows), f1.mean(1) if positive is None else f1[:, positive]])
        return found if drawn.ndim > 1 else found[:, 0]

    made = bootstrap(
        (rows,), both, method="percentile", n_resamples=RESAMPLES, confidence_level=confidence, vectorized=True,
        batch=max(1, AT_ONCE // len(rows)), rng=0,
    ).confidence_interval  # fmt: skip
    accuracy, f1 = (Interval(float(low), float(high)) for low, high in zip(made.low, made.high, strict=True))
    return accuracy, f1
