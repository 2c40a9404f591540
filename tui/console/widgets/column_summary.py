"""A column's summary as lines: counts, the most frequent values, quantiles and histograms."""

from __future__ import annotations

import math
import re

from tui.tables.summary import Histogram, Lengths, Summary, said
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill

NAME = 14


def summary_lines(summary: Summary, width: int, language: str) -> list[Line]:
    """What is in a column, `width` cells wide."""
    looked = f"{summary.rows:,}"
    if summary.looked_at < summary.rows:
        looked = translate(language, "console.summary.sample", n=f"{summary.looked_at:,}", all=f"{summary.rows:,}")
    lines = [
        _fact(translate(language, "console.summary.rows"), looked),
        _fact(translate(language, "console.summary.missing"), f"{summary.missing:,}"),
    ]
    if summary.distinct is not None:
        lines.append(_fact(translate(language, "console.summary.distinct"), f"{summary.distinct:,}"))
        lines.append(_fact(translate(language, "console.summary.duplicates"), f"{summary.duplicates:,}"))
    if summary.values:
        lines += [(), ((translate(language, "console.summary.values"), "heading"),), *_values(summary, width)]
    if summary.numbers:
        lines += [(), ((translate(language, "console.summary.numbers"), "heading"),)]
        lines += [
            _fact(translate(language, f"console.quantile.{name}"), said(value))
            for name, value in summary.numbers.items()
        ]
        lines += [(), *_histogram(summary.histogram, width)]
    for lengths in summary.lengths:
        title = translate(language, f"console.summary.length.{lengths.unit}", count=lengths.of)
        lines += [(), ((title, "heading"),), _lengths(lengths, language), (), *_histogram(lengths.histogram, width)]
    return [*plain_lines(type_text(summary.type, language), width, "dim"), *lines]


def type_text(name: str, language: str) -> str:
    """A column's type as `tui.tables` names it: names of the library as they are, the words around them translated."""
    if inner := re.fullmatch(r"list of (.*)", name):
        return translate(language, "console.type.list", item=type_text(inner[1], language))
    if labels := re.fullmatch(r"class label of (\d+)", name):
        return translate(language, "console.type.class_label", n=labels[1])
    if fields := re.fullmatch(r"struct of (.*)", name):
        return translate(language, "console.type.struct", names=fields[1])
    return translate(language, "console.type.json") if name == "json (mixed types)" else name


def _fact(name: str, value: str) -> Line:
    return ((fill(name, NAME), "dim"), (value, "text"))


def _values(summary: Summary, width: int) -> list[Line]:
    most = summary.values[0][1]
    name = min(max(cells(visible(value)) for value, _ in summary.values), max(8, width // 2))
    counted = max(1, summary.looked_at - summary.missing)
    room = max(0, width - name - 22)
    return [
        ((fill(visible(value), name) + "  ", "text"), (f"{count:>8,}  {100 * count / counted:5.1f} %  ", "dim"),
         (bar(count / most, room), "accent"))
        for value, count in summary.values
    ]  # fmt: skip


def _lengths(lengths: Lengths, language: str) -> Line:
    parts = [("least", lengths.least), ("median", lengths.median), ("p95", lengths.p95), ("most", lengths.most)]
    return tuple(
        piece for name, value in parts
        for piece in ((f"{translate(language, f'console.quantile.{name}')} ", "dim"), (f"{said(value)}   ", "text"))
    )  # fmt: skip


def _histogram(histogram: Histogram | None, width: int) -> list[Line]:
    if histogram is None or not histogram.counts:
        return []
    edges = _edges(histogram.edges)
    size = max(cells(edge) for edge in edges)
    most, room = max(histogram.counts) or 1, max(0, width - size - 12)
    return [
        ((f"{edge:>{size}}  ", "dim"), (f"{count:>8,}  ", "text"), (bar(count / most, room), "accent"))
        for edge, count in zip(edges, histogram.counts, strict=False)
    ]


def _edges(edges: list[float]) -> list[str]:
    """Where the bars begin and end, with as many digits as tell one bar from the next."""
    step = abs(edges[1] - edges[0])
    if all(isinstance(edge, int) for edge in edges) or not step:
        return [said(edge) for edge in edges]
    decimals = max(0, 1 - math.floor(math.log10(step)))
    if decimals <= 6 and max(map(abs, edges)) < 1e15:
        return [f"{edge:,.{decimals}f}" for edge in edges]
    return [f"{edge:.4g}" for edge in edges]
