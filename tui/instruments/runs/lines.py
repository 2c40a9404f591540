"""What `runs` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.console.widgets.evaluations import evaluation_lines
from tui.console.widgets.runs.facts import score_figure, state_piece
from tui.instruments.runs.compute import Curve, Listed, RunsResult
from tui.text.catalog import translate
from tui.text.chart import Series, chart
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

NAME = 24
"""Cells of a name at most."""
EVALUATIONS = 12
TALL = 9


def runs_lines(result: RunsResult, width: int, language: str) -> list[Line]:
    """The table of runs, and for a single one what it did."""
    if not result.runs:
        return plain_lines(translate(language, "instruments.runs.none"), width, "dim")
    lines = _table(result.runs, width, language)
    if result.left_out:
        lines.append(((translate(language, "instruments.runs.more", n=f"{result.left_out:,}"), "dim"),))
    lines += plain_lines(result.trouble.text(language), width, "warn") if result.trouble else []
    steps = result.runs[0].steps
    across = (0.0, float(steps)) if steps and result.curves else None
    for curve in result.curves:
        if curve.name == "loss" or curve.name.startswith("eval/"):
            lines += _chart(curve, result.baseline, across, width, language)
    measured = [(one.step, one.metrics) for one in result.evaluations]
    return [*lines, (), *evaluation_lines(measured, EVALUATIONS, width, translate(language, "console.step_axis"))]


def _table(runs: list[Listed], width: int, language: str) -> list[Line]:
    name = min(NAME, max(cells(visible(run.name)) for run in runs)) + 2
    lines: list[Line] = []
    for run in runs:
        state, look = state_piece(language, run.state)
        steps = f"{run.step:,} / {run.steps:,}" if run.steps else f"{run.step:,}"
        best = "-"
        if run.best is not None:
            figures = {"metric": visible(run.metric), "value": score_figure(run.best), "step": f"{run.best_step:,}"}
            best = translate(language, "console.best_score", **figures)
        if run.last is not None:
            best += "   " + translate(language, "console.last_score", value=score_figure(run.last))
        rest = shorten(visible(f"{fill(steps, 16, 'right')}   {best}"), max(0, width - name - 12))
        lines.append(
            ((fill(shorten(visible(run.name), name - 2), name), "text"), (fill(state, 12), look), (rest, "dim"))
        )
    return lines


def _chart(
    curve: Curve, baseline: float | None, across: tuple[float, float] | None, width: int, language: str
) -> list[Line]:
    """A curve; one of evaluations with a sign at each of them."""
    ys = [float("nan") if value is None else value for value in curve.values]
    measured = curve.name.startswith("eval/")
    series = [Series(curve.steps, ys, "dim" if measured else "accent")]
    series += [Series(curve.steps, ys, "accent", "●", points=True)] if measured else []
    level = None
    if curve.name == "eval/accuracy" and baseline is not None:
        level = (baseline, f"{translate(language, 'console.majority_baseline')} {baseline:.3f}")
    drawn = chart(
        series,
        width,
        TALL,
        x_title=translate(language, "console.step_axis"),
        y_title=curve.name,
        level=level,
        x_range=across,
    )
    return [(), *drawn] if drawn else []
