"""What `schedule` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.schedule.compute import Calculation, ScheduleResult
from tui.recipes.learning_rates import Curve
from tui.text.catalog import translate
from tui.text.chart import STYLES, Series, chart, figure
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

RATE = 11
"""Cells of a rate in the table."""
LOWEST, HIGHEST = 8, 16
"""Lines of the chart."""


def schedule_lines(result: ScheduleResult, width: int, language: str, height: int = HIGHEST) -> list[Line]:
    """The whole answer; the chart `height` lines high."""
    lines: list[Line] = []
    if result.no_curve:
        lines += [
            *plain_lines(translate(language, f"instruments.schedule.no_curve.{result.no_curve}"), width, "warn"),
            (),
        ]
    marks = [chr(ord("a") + place) if len(result.curves) > 1 else "" for place in range(len(result.curves))]
    looks = [STYLES[place % len(STYLES)] for place in range(len(result.curves))]
    drawn = [Series(curve.steps, curve.rates, look, mark)
             for curve, look, mark in zip(result.curves, looks, marks, strict=True)]  # fmt: skip
    lines += chart(
        drawn,
        width,
        height,
        x_title=translate(language, "console.step_axis"),
        y_title=translate(language, "console.rate"),
    )
    if result.curves:
        lines += [(), _head(result, language)]
        for curve, look, mark in zip(result.curves, looks, marks, strict=True):
            lines += _curve(curve, look, mark, width)
    lines += [(), ((translate(language, "console.steps_counted"), "heading"),)]
    return lines + calculation_lines(result.calculations, width, language)


def _head(result: ScheduleResult, language: str) -> Line:
    steps = result.arithmetic.steps
    names = [
        translate(language, "console.rate_at", n=1),
        translate(language, "instruments.schedule.highest_rate"),
        translate(language, "instruments.schedule.at_step"),
        translate(language, "console.rate_at", n=f"{result.middle_at:,}"),
        translate(language, "console.rate_at", n=f"{steps:,}"),
    ]
    return (("".join(fill(name, RATE, "right") for name in names), "dim"),)


def _curve(curve: Curve, look: str, mark: str, width: int) -> list[Line]:
    """A name with its options over its rates."""
    options = "  ".join(f"{name}={value}" for name, value in curve.options.items())
    name = f"{mark} {curve.name}".strip()
    figures = [figure(curve.first), figure(curve.highest), f"{curve.highest_at:,}", figure(curve.middle),
               figure(curve.last)]  # fmt: skip
    return [
        ((f"{name}  ", look), (shorten(visible(options), max(0, width - cells(name) - 2)), "dim")),
        (("".join(fill(one, RATE, "right") for one in figures), "text"),),
    ]


def calculation_lines(calculations: list[Calculation], width: int, language: str) -> list[Line]:
    """How each number of the steps is found: its terms, what they make, and that rounded up."""
    shown = [
        (_name(one, language), one.terms or translate(language, "instruments.schedule.given"), one)
        for one in calculations
    ]
    left = max(cells(name) for name, _, _ in shown) + 2
    middle = max(cells(terms) for _, terms, _ in shown)
    lines: list[Line] = []
    for name, terms, one in shown:
        rounded = abs(one.exact - one.result) > 1e-6
        equals = f"= {one.exact:,.2f} → " if rounded else "= "
        lines.append((
            (fill(name, left), "dim"), (fill(terms, middle, "right"), "text" if one.terms else "dim"),
            (f" {equals}", "dim"), (f"{one.result:,}", "strong"),
        ))  # fmt: skip
    return lines


def _name(one: Calculation, language: str) -> str:
    if one.name == "batches" and "×" in one.terms:
        return translate(language, "instruments.schedule.count.batches_each")
    return translate(language, f"instruments.schedule.count.{one.name}")
