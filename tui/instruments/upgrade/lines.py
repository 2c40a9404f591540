"""What `upgrade` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.upgrade.compute import Execution, UpgradeResult
from tui.instruments.upgrade.removals import OutdatedUse
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells

MOST_USES, MOST_DIFFERENT = 100, 400
"""Places and lines of the difference that are shown: what is drawn does not grow with the file."""


def upgrade_lines(result: UpgradeResult, width: int, language: str) -> list[Line]:
    """The places with their reasons, the difference, and what the programs printed."""
    lines: list[Line] = []
    head = translate(language, "instruments.upgrade.count", count=len(result.uses))
    lines += plain_lines(head, width, "strong" if result.uses else "good")
    for use in result.uses[:MOST_USES]:
        lines += [(), *_use(use, width, language)]
    if result.difference:
        lines += [(), ((translate(language, "instruments.upgrade.new_code"), "heading"),)]
        lines += _difference(result.difference[:MOST_DIFFERENT], width)
    if len(result.uses) > MOST_USES or len(result.difference) > MOST_DIFFERENT:
        lines += [(), *plain_lines(translate(language, "instruments.upgrade.more"), width, "dim")]
    for name, execution in (("before", result.before), ("after", result.after)):
        if execution is not None:
            lines += [(), ((translate(language, f"instruments.upgrade.{name}"), "heading"),)]
            lines += _execution(execution, width, language)
    return lines


def _use(use: OutdatedUse, width: int, language: str) -> list[Line]:
    """The line, what stood there and what takes its place; then since when and why."""
    number = translate(language, "instruments.upgrade.line", line=use.line)
    instead = f" → {use.new}" if use.new else ""
    if use.is_fixed and not use.new:
        instead = " " + translate(language, "instruments.upgrade.left_out")
    old, new = visible(use.old), visible(instead)
    if cells(f"{number}  {old}{new}") <= width:
        lines: list[Line] = [((f"{number}  ", "dim"), (old, "bad"), (new, "good"))]
    else:
        lines = [((number, "dim"),), *plain_lines(use.old, width, "bad"), *plain_lines(instead.strip(), width, "good")]
    since = translate(language, "instruments.upgrade.removed", library=use.removed)
    if use.removal in ("missing-name", "missing-module", "unknown-keyword"):
        since = ""
    why = translate(language, f"instruments.upgrade.why.{use.removal}", library=use.removed)
    return [*lines, *plain_lines(f"{since}{why}", width, "dim")]


def _difference(difference: list[str], width: int) -> list[Line]:
    styles = {"+": "good", "-": "bad", "@": "dim"}
    return [line for row in difference for line in plain_lines(row or " ", width, styles.get(row[:1], "text"))]


def _execution(execution: Execution, width: int, language: str) -> list[Line]:
    lines = plain_lines(execution.output.rstrip(), width) if execution.output.strip() else []
    if execution.error:
        return [*lines, *plain_lines(execution.error, width, "bad")]
    return lines or plain_lines(translate(language, "instruments.upgrade.no_output"), width, "dim")
