"""A chart of curves in braille dots: two by four of them in a cell. Pure: lines of pieces out of numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tui.text.lines import Line, Piece
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

_DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bits of a braille character, by column and row of the dot."""
_BLANK = 0x2800
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
STYLES = ("accent", "number", "keyword", "string", "name", "code", "match", "strong")
"""Looks of curves that are drawn over each other; each also has a letter, for terminals without colors."""


@dataclass(frozen=True, slots=True)
class Series:
    """One curve. Values that are no numbers leave gaps."""

    xs: Sequence[float]
    """In ascending order."""
    ys: Sequence[float]
    look: str = "accent"
    mark: str = ""
    """A sign of one cell at its last point; with `points`, at every point."""
    points: bool = False
    """Points that are not joined."""


@dataclass(frozen=True, slots=True)
class _Scale:
    """Where values stand on one axis."""

    low: float
    high: float
    dots: int
    log: bool = False

    def at(self, value: float) -> int | None:
        """The dot of a value, counted from the low end; None for what cannot be shown."""
        if self.log and value > 0:
            value = math.log10(value)
        elif self.log:
            return None
        if not math.isfinite(value):
            return None
        share = (value - self.low) / (self.high - self.low)
        return round(min(max(share, 0.0), 1.0) * (self.dots - 1))


def chart(
    series: Sequence[Series],
    width: int,
    height: int,
    *,
    log: bool = False,
    x_title: str = "",
    y_title: str = "",
    cursor: float | None = None,
    level: tuple[float, str] | None = None,
    x_range: tuple[float, float] | None = None,
    y_range: tuple[float, float] | None = None,
) -> list[Line]:
    """The curves on `height` lines of `width` cells, axes included; an empty list when there is nothing to draw.

    `level` is a value with its name that is drawn as a dashed line; `cursor` an x whose column is marked. A range is
    taken from the values where it is not given; `y_range` holds at least those, and above 0 with `log`.
    """
    rows = height - 1 - bool(y_title)
    values = [y for one in series for y in one.ys if _is_drawn(y, log)]
    xs = [x for one in series for x in one.xs if math.isfinite(x)]
    if rows < 2 or width < 16 or not values or not xs:
        return []
    values += [value for value in y_range or () if _is_drawn(value, log)]
    if level is not None and _is_drawn(level[0], log):
        values.append(level[0])
    low, high = _range(values, log)
    ticks = list(_ticks(low, high, max(2, rows * 2 // 5), log))
    margin = max(cells(text) for _, text in ticks) + 1
    columns = width - margin
    x_low, x_high = x_range or (min(xs), max(xs))
    across = _Scale(x_low, x_high if x_high > x_low else x_low + 1, columns * 2)
    up = _Scale(low, high, rows * 4, log)
    canvas = _Canvas(columns, rows)
    if level is not None and (at := up.at(level[0])) is not None:
        for dot in range(0, columns * 2, 4):
            canvas.dot(dot, at, "dim")
        canvas.text(at, level[1])
    for one in series:
        canvas.curve(one, across, up)
    lines: list[Line] = [((y_title, "heading"),)] if y_title else []
    labels = {rows - 1 - (up.at(value) or 0) // 4: text for value, text in ticks}
    marked = None if cursor is None else (across.at(cursor) or 0) // 2
    lines += [((fill(labels.get(row, ""), margin - 1, "right") + " ", "dim"), *canvas.line(row, marked))
              for row in range(rows)]  # fmt: skip
    return [*lines, ((" " * margin + _foot(x_low, x_high, columns, x_title), "dim"),)]


def figure(value: float | None) -> str:
    """A number of a curve for people: 0.4127, 4.1e-05, 812, NaN."""
    if value is None:
        return "-"
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else ("∞" if value > 0 else "-∞")
    if value == 0:
        return "0"
    if abs(value) >= 1e6 or abs(value) < 1e-3:
        return f"{value:.2e}"
    if float(value).is_integer() and abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:,.1f}" if abs(value) >= 100 else f"{value:.4g}"


def _is_drawn(value: float, log: bool) -> bool:
    return math.isfinite(value) and (value > 0 or not log)


def _range(values: Sequence[float], log: bool) -> tuple[float, float]:
    """Low and high end of the y axis, a little beyond the values; in powers of ten with `log`."""
    low, high = min(values), max(values)
    if log:
        low, high = math.log10(low), math.log10(high)
    if high - low < 1e-12 * max(1.0, abs(high)):
        room = abs(high) * 0.1 or 1.0
        return low - room, high + room
    return low - (high - low) * 0.03, high + (high - low) * 0.03


def _ticks(low: float, high: float, count: int, log: bool) -> Iterator[tuple[float, str]]:
    """(value, how it is written) along an axis."""
    size = (high - low) / max(1, count)
    if log and high - low >= 1:
        step = max(1, math.ceil(size))
        yield from ((10.0**power, f"1e{power}" if abs(power) > 3 else f"{10.0**power:g}")
                    for power in range(math.ceil(low), math.floor(high) + 1, step))  # fmt: skip
        return
    if log:  # less than a power of ten: its ends
        yield from ((10.0**power, figure(10.0**power)) for power in (low, high))
        return
    power = 10.0 ** math.floor(math.log10(size))
    apart: float = next(power * one for one in _STEPS if power * one >= size * 0.999)
    digits = max(0, -math.floor(math.log10(apart)) + (apart / 10 ** math.floor(math.log10(apart)) == 2.5))
    small = max(abs(low), abs(high)) < 1e-3 or max(abs(low), abs(high)) >= 1e6
    for number in range(math.ceil(low / apart), math.floor(high / apart) + 1):
        value = number * apart
        yield value, ("0" if number == 0 else f"{value:.3g}") if small else f"{value:,.{digits}f}"


def _foot(low: float, high: float, columns: int, title: str) -> str:
    """The ends and the middle of the x axis."""
    if high <= low:
        return fill(f"{figure(low)} {title}".rstrip(), columns)
    first, last = figure(low), f"{figure(high)} {title}".rstrip()
    middle = figure((low + high) / 2 if high - low < 10 else round((low + high) / 2))
    room = columns - cells(first) - cells(last)
    if room < len(middle) + 4:
        return shorten(fill(first, max(0, columns - cells(last))) + last, columns)
    before = columns // 2 - cells(first) - len(middle) // 2
    return fill(fill(first + " " * before + middle, columns - cells(last)) + last, columns)


class _Canvas:
    """Dots, signs and looks, a cell each."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self._dots = [[0] * columns for _ in range(rows)]
        self._styles = [["text"] * columns for _ in range(rows)]
        self._signs: dict[tuple[int, int], str] = {}

    def dot(self, x: int, y: int, look: str) -> None:
        """A dot; y counts from below."""
        down = self.rows * 4 - 1 - y
        row, column = down // 4, x // 2
        self._dots[row][column] |= _DOTS[x % 2][down % 4]
        self._styles[row][column] = look

    def upright(self, x: int, low: int, high: int, look: str) -> None:
        """Dots above each other."""
        for y in range(low, high + 1):
            self.dot(x, y, look)

    def text(self, y: int, text: str) -> None:
        """A dimmed text at the right end of the line above y."""
        row = max(0, (self.rows * 4 - 1 - y) // 4 - 1)
        part = shorten(visible(text), self.columns)
        at = self.columns - cells(part)
        for sign in part:
            self._signs[row, at] = sign
            self._styles[row][at] = "dim"
            at += cells(sign)

    def curve(self, series: Series, across: _Scale, up: _Scale) -> None:
        """A curve: what falls into one column of dots is an upright line from its least to its largest value."""
        before: tuple[int, int] | None = None
        last: tuple[int, int] | None = None
        for x, low, high, first, end in _columns(series, across, up):
            if x is None:
                before = None
                continue
            last = (x, end)
            if series.points:
                self._sign(x, end, series)
                continue
            if before is not None:
                self._join(before, (x, first), series.look)
            self.upright(x, low, high, series.look)
            before = (x, end)
        if last is not None and series.mark and not series.points:
            self._sign(*last, series)

    def _join(self, one: tuple[int, int], other: tuple[int, int], look: str) -> None:
        """A straight line between two dots."""
        (x0, y0), (x1, y1) = one, other
        y_before = y0
        for x in range(x0 + 1, x1 + 1):
            y = round(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
            near = y_before + (y > y_before) - (y < y_before)
            self.upright(x, min(near, y), max(near, y), look)
            y_before = y

    def _sign(self, x: int, y: int, series: Series) -> None:
        row, column = (self.rows * 4 - 1 - y) // 4, x // 2
        if series.mark:
            self._signs[row, column] = series.mark
            self._styles[row][column] = series.look
        else:
            self.dot(x, y, series.look)

    def line(self, row: int, marked: int | None) -> Iterator[Piece]:
        """A line of the canvas, pieces of one look together."""
        text, look, skip = "", "", 0
        for column in range(self.columns):
            if skip:
                skip -= 1
                continue
            sign = self._signs.get((row, column)) or chr(_BLANK + self._dots[row][column])
            skip = cells(sign) - 1
            sign = " " if sign == chr(_BLANK) else sign
            here = self._styles[row][column] if sign != " " else "text"
            here += ".here" if column == marked else ""
            if here != look and text:
                yield text, look
                text = ""
            text, look = text + sign, here
        yield text, look


def _columns(series: Series, across: _Scale, up: _Scale) -> Iterator[tuple[int | None, int, int, int, int]]:
    """(x, least, largest, first, last) of each column of dots that has values; x is None where the curve breaks."""
    now, low, high, first, end = -1, 0, 0, 0, 0
    for x, y in zip(series.xs, series.ys, strict=False):
        if not across.low <= x <= across.high:
            continue
        at, dot = across.at(x), up.at(y)
        if dot is None or at is None:
            if now >= 0:
                yield now, low, high, first, end
            yield None, 0, 0, 0, 0
            now = -1
        elif at == now:
            low, high, end = min(low, dot), max(high, dot), dot
        else:
            if now >= 0:
                yield now, low, high, first, end
            now, low, high, first, end = at, dot, dot, dot, dot
    if now >= 0:
        yield now, low, high, first, end
