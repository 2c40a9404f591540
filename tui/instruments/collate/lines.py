"""What `collate` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.collate.compute import CollateResult
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.wrap import fill

NAME = 20


def collate_lines(result: CollateResult, width: int, language: str) -> list[Line]:
    """The whole answer."""
    said = translate(language, "instruments.collate.summary", rows=f"{result.rows:,}", count=f"{result.count:,}",
               longest=f"{result.longest:,}", cut=f"{result.cut:,}")  # fmt: skip
    ways = [
        ("real_tokens", result.tokens, "good"), ("per_batch", result.dynamic, "accent"),
        ("per_epoch", result.one_length, "dim"), ("at_max_length", result.fixed, "dim"),
    ]  # fmt: skip
    most = max(count for _, count, _ in ways) or 1
    lines: list[Line] = [*plain_lines(said, width, "dim"), ()]
    for name, count, look in ways:
        wasted = (
            translate(language, "instruments.collate.wasted", share=f"{1 - result.tokens / count:.0%}")
            if count > result.tokens
            else ""
        )
        head = f"{fill(translate(language, f'instruments.collate.way.{name}'), NAME)}{count:>12,}  "
        room = max(0, width - NAME - 14 - 14)
        lines.append(((head, "text"), (fill(bar(count / most, room), room), look), (f" {wasted}", "dim")))
    if result.batches:
        batch = result.batches[0]
        lines += [(), ((translate(language, "instruments.collate.first_batch"), "heading"),)]
        for length in batch.lengths:
            lines.append(((f"{length:>4}  ", "dim"), *_row(length, batch.padded_to, width - 6)))
        lines += [(), ((translate(language, "instruments.collate.batch_shapes"), "heading"),)]
        for name, shape in result.shapes.items():
            size = " x ".join(map(str, shape))
            lines.append(((fill(name, NAME), "text"), (fill(size, 12), "text"), (result.dtypes[name], "dim")))
    return lines


def _row(length: int, padded_to: int, width: int) -> Line:
    """A row of a batch: its tokens, then padding; scaled down when it is wider than the pane."""
    scale = min(1.0, width / max(1, padded_to))
    tokens, whole = round(length * scale), round(padded_to * scale)
    return (("█" * tokens, "accent"), ("·" * max(0, whole - tokens), "dim"))
