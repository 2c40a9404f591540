"""The curves of one run as panels of charts side by side. Pure: lines of pieces out of curves and a view."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from tui.runs.curves import AXES, Axis, Curves
from tui.runs.series import smooth
from tui.text.catalog import translate
from tui.text.chart import STYLES, Series, chart, figure
from tui.text.durations import duration
from tui.text.lines import Line, Piece, line_text
from tui.text.sizes import size_text
from tui.text.visible import visible
from tui.text.wrap import cells, shorten

SMOOTHINGS = (0.0, 0.3, 0.6, 0.8, 0.9, 0.95, 0.98)
PANELS = ("loss", "metrics", "lr", "grad_norm", "speed", "memory", "use")
LOGARITHMIC = ("loss", "lr", "grad_norm")
LEAST_HEIGHT, MOST_ROWS = 8, 3
GAP = 2
EPOCH_OR_TIME = ("loss", "runtime", "samples_per_second", "steps_per_second")
"""What an evaluation tells besides its metrics."""


@dataclass(slots=True)
class View:
    """How the reader looks at curves."""

    axis: Axis = "step"
    smoothing: float = 0.6
    log: bool = False
    cursor: float | None = None
    """An x of the axis."""
    panel: int | None = None
    """One panel alone; None: all that fit."""
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)
    """From where to where each panel shows values: kept while a curve grows, so that it is not drawn anew each time."""


@dataclass(frozen=True, slots=True)
class _Curve:
    """One curve of a panel."""

    name: str
    xs: Sequence[float]
    ys: Sequence[float]
    look: str
    mark: str = ""
    points: bool = False
    silent: bool = False
    """Behind another one: not named in the title."""


def panels(curves: Curves, view: View, width: int, height: int, language: str) -> list[Line]:
    """The panels that fit on `height` lines of `width` cells."""
    shown = [view.panel] if view.panel is not None else list(range(len(PANELS)))
    across = 1 if view.panel is not None or width < 60 else 2
    down = 1 if view.panel is not None else max(1, min(MOST_ROWS, height // LEAST_HEIGHT))
    room = (width - GAP * (across - 1)) // across
    tall = height // down
    lines: list[Line] = []
    for row in range(down):
        beside = [_panel(curves, view, PANELS[at], room, tall, language)
                  for at in shown[row * across : row * across + across]]  # fmt: skip
        for number in range(tall if beside else 0):
            pieces: list[Piece] = []
            for place, panel in enumerate(beside):
                line = panel[number] if number < len(panel) else ()
                pieces += line
                if place < len(beside) - 1:
                    pieces.append((" " * (room - cells(line_text(line)) + GAP), "text"))
            lines.append(tuple(pieces))
    return lines


def x_range(curves: Curves, axis: Axis) -> tuple[float, float] | None:
    """Both ends of the x axis: of the whole run where it is known, so that a growing curve is not drawn anew."""
    steps, prepared = curves.status.steps, curves.status.prepared
    if not steps:
        return None
    if axis == "step":
        return 0.0, float(max(steps, curves.status.step))
    if axis == "epoch":
        each = prepared.get("steps_an_epoch")
        last = max(curves.series("loss", "epoch")[0], default=0.0)
        whole = steps / each if isinstance(each, int | float) and each > 0 else last
        return 0.0, max(whole, last)
    return 0.0, max(10.0, _round_up(curves.elapsed))


def _round_up(seconds: float) -> float:
    """The next of 10, 15, 20, 30 s, 1 min ...: the axis of time grows in jumps."""
    size = 10.0
    while size < seconds:
        size *= 1.5
    return size


def _panel(curves: Curves, view: View, panel: str, width: int, height: int, language: str) -> list[Line]:
    found = _curves(curves, view, panel, language)
    baseline = curves.status.prepared.get("baseline")
    level = None
    if panel == "metrics" and isinstance(baseline, int | float) and found:
        level = (float(baseline), f"{translate(language, 'console.runs.baseline')} {figure(float(baseline))}")
    lines: list[Line] = [_title(found, view, panel, width, language)]
    axis_title = {
        "step": translate(language, "console.step_axis"),
        "epoch": translate(language, "console.runs.epoch_axis"),
        "time": "s",
    }[view.axis]
    scale = 1e-6 if panel == "memory" else 1.0
    series = [Series(one.xs, [y * scale for y in one.ys] if scale != 1 else one.ys, one.look, one.mark, one.points)
              for one in found]  # fmt: skip
    drawn = chart(
        series, width, height - 1, log=view.log and panel in LOGARITHMIC, x_title=axis_title,
        cursor=view.cursor, level=level, x_range=x_range(curves, view.axis), y_range=_kept_range(view, panel, series),
    )  # fmt: skip
    return [*lines, *(drawn or [((translate(language, "console.runs.no_points"), "dim"),)])]


def _kept_range(view: View, panel: str, series: Sequence[Series]) -> tuple[float, float] | None:
    """The range of a panel: the one before as long as the values are within it and fill half of it."""
    log = view.log and panel in LOGARITHMIC
    values = [y for one in series for y in one.ys if math.isfinite(y) and (y > 0 or not log)]
    if not values:
        return None
    low, high = min(values), max(values)
    if panel == "lr" and not log:
        low = min(low, 0.0)  # where every schedule but a constant one goes
    key = f"{panel} {log}"
    known = view.ranges.get(key)
    if known is None or low < known[0] or high > known[1] or high - low < 0.5 * (known[1] - known[0]):
        room = 0.25 * (high - low)
        low_room = low - room if low < 0 or low - room > 0 else 0.0
        known = view.ranges[key] = (low, high) if log else (low_room, high + room / 3)
    return known


def _curves(curves: Curves, view: View, panel: str, language: str) -> list[_Curve]:
    if panel == "metrics":
        names = [name for name in curves.names if name.startswith("eval/") and name[5:] not in EPOCH_OR_TIME]
        main = f"eval/{curves.status.prepared.get('main', '')}"
        names.sort(key=lambda name: name != main)
        return [_Curve(name[5:], *curves.series(name, view.axis), STYLES[place % len(STYLES)], "o*x+#@%&"[place % 8])
                for place, name in enumerate(names[:4])][::-1]  # fmt: skip
    if panel == "use":
        return [_Curve(name, *curves.series(name, view.axis), look)
                for name, look in (("cpu", "accent"), ("gpu", "warn")) if name in curves.names]  # fmt: skip
    name = {"speed": "rows_s"}.get(panel, panel)
    xs, ys = curves.series(name, view.axis)
    if not xs:
        return []
    smoothed = view.smoothing and panel in ("loss", "grad_norm", "speed") and len(xs) > 2
    made = [] if panel == "speed" and smoothed else [_Curve(name, xs, ys, "dim" if smoothed else "accent",
                                                             silent=bool(smoothed))]  # fmt: skip
    if smoothed:
        made.append(_Curve(name, xs, smooth(ys, view.smoothing), "accent"))
    if panel == "loss" and "eval/loss" in curves.names:
        made.append(
            _Curve(
                translate(language, "console.runs.validation"),
                *curves.series("eval/loss", view.axis),
                "warn",
                "o",
                True,
            )
        )
    return made


def _title(found: Sequence[_Curve], view: View, panel: str, width: int, language: str) -> Line:
    """The panel's name, and the value of each curve at the cursor or at its end."""
    pieces: list[Piece] = [(translate(language, f"console.panel.{panel}"), "heading")]
    room = width - cells(pieces[0][0])
    for one in reversed(found) if panel == "metrics" else found:
        if one.silent or not one.xs:
            continue
        place = len(one.xs) - 1
        if view.cursor is not None:
            place = nearest(one.xs, view.cursor)
        value = size_text(one.ys[place]) if panel == "memory" else figure(one.ys[place])
        label = f"{one.mark} {visible(one.name)} ".lstrip() if panel in ("metrics", "use") or one.points else ""
        text = shorten(f"  {label}{value}", room)
        room -= cells(text)
        pieces.append((text, one.look if one.look != "accent" else "number"))
    return tuple(pieces)


def nearest(xs: Sequence[float], x: float) -> int:
    """The place of the value that is nearest to x in an ascending list that is not empty."""
    return min(range(len(xs)), key=lambda at: abs(xs[at] - x))


def view_line(curves: Curves, view: View, language: str) -> Line:
    """How the curves are drawn, and where the cursor is."""
    said = [
        translate(language, f"console.axis.{view.axis}"),
        translate(language, "console.runs.smoothed", n=f"{view.smoothing:g}"),
    ]
    said += [translate(language, "console.runs.log_scale")] if view.log else []
    pieces: list[Piece] = [("   ".join(said), "dim")]
    if view.cursor is not None:
        xs, _ = curves.series("loss", view.axis)
        at = nearest(xs, view.cursor) if xs else None
        steps, epochs, times = (curves.series("loss", axis)[0] for axis in AXES)
        if at is not None:
            step = translate(language, "console.rate_at", n=f"{steps[at]:,.0f}")
            epoch = f"{translate(language, 'console.runs.epoch_axis')} {figure(epochs[at])}"
            pieces.append((f"   {step}   {epoch}   {duration(language, times[at])}", "strong"))
    return tuple(pieces)


def moved(curves: Curves, view: View, by: int, columns: int) -> float | None:
    """Where the cursor is after so many steps to the side: at least one column of the chart, and always at a point."""
    xs, _ = curves.series("loss", view.axis)
    if not xs:
        return None
    low, high = x_range(curves, view.axis) or (xs[0], xs[-1])
    apart = (high - low) / max(1, columns)
    at = nearest(xs, view.cursor) if view.cursor is not None else (len(xs) if by < 0 else -1)
    begin = xs[at] if view.cursor is not None else (math.inf if by < 0 else -math.inf)
    way = 1 if by > 0 else -1
    for _ in range(abs(by)):
        at += way
        while 0 <= at < len(xs) and abs(xs[at] - begin) < apart:
            at += way
        at = max(0, min(at, len(xs) - 1))
        begin = xs[at]
    return xs[at]
