"""What a run would do, as lines: rows, labels, lengths, steps, weights, memory, disk, the learning rate."""

from __future__ import annotations

import tomllib

from tui.console.typeset import one_line, plain_lines
from tui.instruments.schedule.compute import ScheduleSpec, calculations
from tui.instruments.schedule.lines import calculation_lines
from tui.instruments.train.compute import TrainResult
from tui.recipes import recipe
from tui.recipes.recipe import Recipe
from tui.recipes.run_plan import Plan
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.chart import Series, chart
from tui.text.lines import Line
from tui.text.sizes import size_text
from tui.text.visible import visible
from tui.text.wrap import cells, fill, shorten

LEFT = 12
"""Cells of the names of facts."""
LABELS = 8
"""Labels that are listed."""
CHART = 8


def plan_lines(result: TrainResult, width: int, language: str) -> list[Line]:
    """The whole plan."""
    plan, asked = result.plan, recipe.read(tomllib.loads(result.recipe))
    lines: list[Line] = []
    for note in plan.notes:
        lines += plain_lines(note.text(language), width, "dim")
    what = f"{asked.task}   {asked.data}   {asked.checkpoint}   {asked.loop}   {plan.device} {plan.precision}"
    lines += plain_lines(what, width, "dim")
    rows = translate(language, "instruments.train.plan.rows", n=f"{plan.rows:,}", measured=f"{plan.eval_rows:,}")
    lines.append(_fact(translate(language, "console.summary.rows"), rows, width))
    lines += _labels(plan, width, language)
    if found := plan.lengths:
        parts = [("least", found.least), ("median", found.median), ("p95", found.p95), ("most", found.most)]
        said = "   ".join(f"{translate(language, f'console.quantile.{name}')} {count:,}" for name, count in parts)
        cut = (
            translate(language, "instruments.train.plan.cut", share=f"{found.cut:.0%}", n=asked.max_length)
            if found.cut
            else ""
        )
        lines.append(
            _fact(translate(language, "instruments.train.plan.lengths"), "   ".join(filter(None, (said, cut))), width)
        )
    share = f"{plan.trainable / max(1, plan.parameters):.0%}"
    weights = translate(
        language, "instruments.train.plan.trained", n=f"{plan.trainable:,}", all=f"{plan.parameters:,}", share=share
    )
    lines.append(_fact(translate(language, "instruments.train.plan.weights"), weights, width))
    lines.append(
        _room(translate(language, "instruments.train.plan.memory"), plan.memory, plan.memory_free, width, language)
    )
    lines.append(_room(translate(language, "instruments.train.plan.disk"), plan.disk, plan.disk_free, width, language))
    lines += [
        (),
        ((translate(language, "console.steps_counted"), "heading"),),
        *_steps(plan, asked, width, language),
        (),
    ]
    if plan.rates:
        xs, ys = [step for step, _ in plan.rates], [rate for _, rate in plan.rates]
        title = f"{translate(language, 'console.rate')}   {asked.schedule}"
        lines += chart([Series(xs, ys)], width, CHART, x_title=translate(language, "console.step_axis"), y_title=title)
    lines += [(), ((translate(language, "instruments.train.plan.first_row"), "heading"),)]
    for name, text in plan.example:
        lines.append(_fact(name, text, width))
    return lines


def _fact(name: str, text: str, width: int) -> Line:
    left = max(LEFT, cells(visible(name)) + 1)
    return ((fill(visible(name), left), "dim"), (one_line(text, max(8, width - left)), "text"))


def _labels(plan: Plan, width: int, language: str) -> list[Line]:
    """Each label with its rows, the most frequent one first, and what always saying that one would come to."""
    if not plan.labels:
        return []
    ordered = sorted(plan.labels.items(), key=lambda one: -one[1])
    name = min(max(cells(visible(label)) for label, _ in ordered[:LABELS]), max(6, width // 3))
    most, all_rows = max(1, ordered[0][1]), max(1, sum(plan.labels.values()))
    lines: list[Line] = []
    for place, (label, count) in enumerate(ordered[:LABELS]):
        head = fill(translate(language, "instruments.train.plan.labels") if place == 0 else "", LEFT)
        numbers = f"  {count:>9,}  {count / all_rows:>5.1%}  "
        room = max(0, width - LEFT - name - len(numbers))
        lines.append((
            (head, "dim"), (fill(shorten(visible(label), name), name), "text"), (numbers, "dim"),
            (bar(count / most, min(room, 30)), "accent"),
        ))  # fmt: skip
    if len(ordered) > LABELS:
        lines.append(
            _fact("", translate(language, "instruments.train.plan.more_labels", n=f"{len(ordered) - LABELS:,}"), width)
        )
    if plan.baseline is not None:
        said = translate(language, "instruments.train.plan.baseline", label=ordered[0][0], share=f"{plan.baseline:.3f}")
        lines.append(_fact(translate(language, "console.majority_baseline"), said, width))
    return lines


def _room(name: str, needed: int, free: int, width: int, language: str) -> Line:
    """What is needed of what is free, and a bar of it."""
    said = translate(language, "instruments.train.plan.of_free", needed=size_text(needed), free=size_text(free))
    room = max(0, min(20, width - LEFT - cells(said) - 2))
    look = "warn" if needed > free else "accent"
    return ((fill(name, LEFT), "dim"), (f"{said}  ", "text"), (bar(needed / max(1, free), room), look))


def _steps(plan: Plan, asked: Recipe, width: int, language: str) -> list[Line]:
    spec = ScheduleSpec(
        rows=plan.rows, batch_size=asked.batch_size, accumulation=asked.accumulation,
        processes=asked.processes * asked.machines, epochs=asked.epochs, max_steps=asked.max_steps,
        warmup=asked.warmup,
    )  # fmt: skip
    return calculation_lines(calculations(spec, plan.arithmetic), width, language)
