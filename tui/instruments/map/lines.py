"""What `map` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from tui.instruments.map.compute import Lap, MapResult
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.grid import grid
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill


def map_lines(result: MapResult, width: int, language: str) -> list[Line]:
    """The facts, then the first rows after, new columns in front."""
    numbers = {column.name: column.kind == "number" for column in result.after.columns}
    front = [name for name in result.columns if name in result.changed.added]
    order = [*front, *(name for name in result.columns if name not in front)]
    places = [result.columns.index(name) for name in order]
    columns = [(name, numbers.get(name, False)) for name in order]
    rows = [[row[place] for place in places] for row in result.rows]
    return [*note_lines(result, width, language), (), *grid(columns, rows, width)]


def note_lines(result: MapResult, width: int, language: str) -> list[Line]:
    """How fast it was, columns that came and went, and the race or the first row as tokens."""
    changed = result.changed
    kept = translate(language, f"console.cache.{changed.cache}") if changed.cache else ""
    speed = translate(language, "console.speed", rows=f"{result.rows_per_second:,.0f}", how=kept)
    facts = [kept if changed.cache == "read" else speed]
    for key, names in (("console.new_columns", changed.added), ("console.gone_columns", changed.removed)):
        facts += [translate(language, key, names=", ".join(names))] if names else []
    lines: list[Line] = [line for fact in facts for line in plain_lines(fact, width, "dim")]
    if result.laps:
        lines.append(((translate(language, "instruments.map.race"), "heading"),))
        lines += race_lines(result.laps, width, language)
    elif result.tokens:
        types = result.token_type_ids[0] if result.token_type_ids else []
        lines.append(((translate(language, "instruments.map.first_row_tokens"), "heading"),))
        lines += token_lines(result.tokens[0], types, width)
    return lines


def race_lines(laps: list[Lap], width: int, language: str) -> list[Line]:
    """Rows a second of each way, with bars."""
    most = max((lap.rows_per_second for lap in laps), default=0) or 1
    lines: list[Line] = []
    for lap in laps:
        name = translate(language, "instruments.map.batched" if lap.batched else "instruments.map.one_by_one")
        head = f"{fill(name, 12)}{fill(translate(language, 'instruments.map.processes', n=lap.num_proc), 12)}"
        if lap.failed:
            lines.append(((head, "dim"), (fill(visible(lap.failed), max(8, width - 24)), "bad")))
        else:
            figures = f"{lap.seconds:7.2f} s {lap.rows_per_second:9,.0f} /s  "
            lines.append(((head, "dim"), (figures, "text"),
                          (bar(lap.rows_per_second / most, max(0, width - 24 - len(figures))), "accent")))  # fmt: skip
    return lines


def token_lines(tokens: list[str], types: list[int], width: int) -> list[Line]:
    """Tokens over their token type ids, in as many lines as they take, at most three pairs."""
    lines: list[Line] = []
    first: list[tuple[str, str]] = []
    second: list[tuple[str, str]] = []
    used = 0
    for place, token in enumerate(tokens):
        shown = visible(token)
        size = cells(shown) + 1
        if used + size > width and first:
            lines += [tuple(first), tuple(second)]
            first, second, used = [], [], 0
            if len(lines) >= 6:
                return lines
        kind = types[place] if place < len(types) else 0
        first.append((shown + " ", "accent" if kind else "text"))
        second.append((fill(str(kind), size), "dim"))
        used += size
    return [*lines, tuple(first), tuple(second)] if first else lines
