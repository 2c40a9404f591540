"""A run while it goes on, as lines for the bench: where it is, loss, metric against the baseline, what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from tui.console.typeset import fold, one_line, plain_lines
from tui.console.widgets.evaluations import evaluation_lines
from tui.console.widgets.runs.facts import LOOK_OF, diagnosis_text, fact_lines, progress_line
from tui.runs import diagnostics
from tui.runs.curves import Curves
from tui.runs.event_messages import message_of
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.chart import Series, chart
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import shorten

SMOOTHING = 0.9
TALL, LOW = 10, 7
"""Lines of a chart."""
OTHERS = 22
"""Lines of everything else, about."""
EVALUATIONS = 6
"""The last ones, as rows of a table."""


def live_lines(curves: Curves, last_words: Sequence[str], width: int, height: int, language: str) -> list[Line]:
    """The run, for a view of this size; `last_words` are the end of its log, told when it is dead."""
    status = curves.status
    lines: list[Line] = [((shorten(visible(curves.run.name), width), "strong"),)]
    lines += fold(progress_line(curves, language), width)
    lines += fact_lines(curves, width, language)
    share = min(1.0, status.step / status.steps) if status.steps else 0.0
    lines.append(((bar(share, width), LOOK_OF.get(status.state, "accent")),))
    lines += trouble_lines(curves, last_words, width, language)
    tall = max(LOW, min(TALL, (height - OTHERS) // 2))
    across = (0.0, float(status.steps)) if status.steps else None  # a curve that grows does not stretch
    axis = translate(language, "console.step_axis")
    xs, raw = curves.series("loss")
    if xs:
        smoothed = curves.series("loss", smoothing=SMOOTHING)[1]
        curve = [Series(xs, raw, "dim"), Series(xs, smoothed, "accent")]
        title = translate(language, "instruments.train.loss", weight=SMOOTHING)
        lines += [(), *chart(curve, width, tall, x_title=axis, y_title=title, x_range=across)]
    if (found := metric_of(curves)) is not None:
        name, baseline = found
        points, values = curves.series(f"eval/{name}")
        drawn = [Series(points, values, "dim"), Series(points, values, "accent", "●", points=True)]
        level = (
            None
            if baseline is None
            else (baseline, f"{translate(language, 'console.majority_baseline')} {baseline:.3f}")
        )
        rows = status.prepared.get("eval_rows")
        title = (
            translate(language, "instruments.train.metric", name=name, count=rows) if isinstance(rows, int) else name
        )
        lines += [(), *chart(drawn, width, tall, x_title=axis, y_title=title, level=level, x_range=across)]
        measured = [(one.step, one.metrics) for one in curves.evaluations]
        lines += evaluation_lines(measured, EVALUATIONS, width, axis)
    return lines


def trouble_lines(curves: Curves, last_words: Sequence[str], width: int, language: str) -> list[Line]:
    """What went wrong, what can be done about it, and what its curves say."""
    status, lines = curves.status, []
    if (trouble := status.trouble) is not None:
        look = "bad" if trouble.kind == "error" else "warn"
        text = message_of(trouble, language)
        for part, shown in ((text.title, look), (text.detail, "text"), (text.next_step, "accent")):
            lines += plain_lines(part, width, shown) if part else []
    if status.state == "dead":
        lines += plain_lines(translate(language, "instruments.train.died"), width, "bad")
        lines += [((one_line(words, width), "dim"),) for words in last_words]
    elif status.state == "stopped":
        lines += plain_lines(translate(language, "instruments.train.stopped"), width, "dim")
    for one in diagnostics.diagnose(curves):
        said = f"{diagnosis_text(one, language)} {translate(language, 'console.see_lesson', number=one.lesson)}"
        lines += plain_lines(said, width, "bad" if one.bad else "warn")
    return [(), *lines] if lines else []


def metric_of(curves: Curves) -> tuple[str, float | None] | None:
    """(name, baseline) of what is drawn of the evaluations: accuracy where it has a baseline, else the main metric."""
    prepared = curves.status.prepared
    level = prepared.get("baseline")
    baseline = float(level) if isinstance(level, int | float) else None
    wanted = [*(["accuracy"] if baseline is not None else []), str(prepared.get("main") or "loss"), "loss"]
    name = next((name for name in wanted if f"eval/{name}" in curves.names), None)
    return None if name is None else (name, baseline if name == "accuracy" else None)
