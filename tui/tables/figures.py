"""Quantiles, mean, spread and histogram of a column of numbers, exact where the numbers are.

Whole numbers and decimals are never turned into floats on the way: a float has 53 bits, and ids have 64.
"""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

BARS = 12
QUANTILES = {"least": 0, "25 %": 1, "median": 2, "75 %": 3, "most": 4}
"""In quarters."""


def finite(values: Any) -> Any:
    """The numbers of an Arrow array without missing values, smallest first: a numpy array, or a list of `Decimal`."""
    import numpy as np
    import pyarrow.types as t

    if t.is_decimal(values.type):
        return sorted(values.to_pylist())
    if not len(values):
        return np.array([])
    numbers = np.sort(np.asarray(values.to_numpy(zero_copy_only=False)))
    return numbers[np.isfinite(numbers)] if t.is_floating(values.type) else numbers


def describe(numbers: Any) -> dict[str, str]:
    """least, 25 %, median, 75 %, most, mean, standard deviation of sorted numbers, at least one.

    Quantiles lie between two values as numpy's do; the spread is that of all values, not of a sample.
    """
    described = {name: text(_quantile(numbers, quarters)) for name, quarters in QUANTILES.items()}
    mean, spread = _moments(numbers)
    return {**described, "mean": text(mean), "standard deviation": text(spread)}


def histogram(numbers: Any) -> tuple[list[float], list[int]]:
    """Edges and counts of at most `BARS` bars of one width; whole numbers get edges that are whole."""
    import numpy as np

    if not isinstance(numbers, np.ndarray):  # decimals: where a bar ends is no figure that must be exact
        numbers = np.asarray([float(number) for number in numbers])
    low, high = numbers.min(), numbers.max()
    if np.issubdtype(numbers.dtype, np.integer):
        span = int(high) - int(low)
        width = -(-(span + 1) // BARS)
        bars = -(-(span + 1) // width)
        apart = numbers.astype(np.uint64) - low.astype(np.uint64)  # exact, also where the signs differ
        counts = np.bincount((apart // np.uint64(width)).astype(np.int64), minlength=bars)
        return [int(low) + place * width for place in range(bars + 1)], [int(count) for count in counts]
    low, high = float(low), float(high)
    if low == high:
        return [low, high], [len(numbers)]
    half = high / 2 - low / 2  # the whole distance may be more than a float takes
    share = (numbers.astype(np.float64) / 2 - low / 2) / half if half else np.zeros(len(numbers))
    counts = np.bincount(np.minimum((share * BARS).astype(np.int64), BARS - 1), minlength=BARS)
    inner = [low * ((BARS - place) / BARS) + high * (place / BARS) for place in range(1, BARS)]
    return [low, *inner, high], [int(count) for count in counts]


def text(number: Any) -> str:
    """A number written out; a fraction that no decimal gives back is cut after 17 digits."""
    if isinstance(number, Fraction):
        with localcontext(prec=17 + len(str(abs(number.numerator) // number.denominator))):
            decimal = Decimal(number.numerator) / Decimal(number.denominator)
        return f"{decimal:f}"
    return str(number)


def _quantile(numbers: Any, quarters: int) -> Any:
    place, rest = divmod(quarters * (len(numbers) - 1), 4)
    low = _number(numbers[place])
    if not rest:
        return low
    high = _number(numbers[place + 1])
    share = Fraction(rest, 4)
    if not isinstance(low, float):
        return Fraction(low) + (Fraction(high) - Fraction(low)) * share
    apart = high - low
    return low + apart * float(share) if math.isfinite(apart) else low * float(1 - share) + high * float(share)


def _moments(numbers: Any) -> tuple[Any, float]:
    """Mean and standard deviation; the mean is exact for whole numbers and decimals."""
    import numpy as np

    if isinstance(numbers, list):
        mean = sum(map(Fraction, numbers)) / len(numbers)
        return mean, _spread(np.asarray([float(Fraction(number) - mean) for number in numbers]))
    if np.issubdtype(numbers.dtype, np.integer):
        apart = numbers.astype(np.uint64) - numbers[0].astype(np.uint64)
        return Fraction(sum(numbers.tolist()), len(numbers)), _spread(apart.astype(np.float64))
    plain = numbers.astype(np.float64)
    largest = float(np.abs(plain).max()) or 1.0  # scaled by it, so that no sum is more than a float takes
    return math.fsum((plain / largest).tolist()) / len(plain) * largest, _spread(plain)


def _spread(numbers: Any) -> float:
    import numpy as np

    largest = float(np.abs(numbers).max()) or 1.0
    return float(np.std(numbers / largest)) * largest


def _number(number: Any) -> Any:
    """A Python number of one of numpy's; a short float as the decimal that it is written as."""
    import numpy as np

    if isinstance(number, np.floating):
        return float(str(number))
    return number.item() if isinstance(number, np.generic) else number
