"""Blocks of a page to lines of a given width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tui.console.typeset.code import code_lines, figure_lines
from tui.console.typeset.prose import Setting, pieces_of, set_pieces
from tui.console.typeset.stops import State, cell_lines, claim_lines, exercise_lines, quiz_lines, try_lines
from tui.course.blocks import (
    Block,
    Callout,
    Cell,
    Claim,
    Code,
    Exercise,
    Figure,
    Heading,
    List,
    Paragraph,
    Quiz,
    Quote,
    Rule,
    Table,
    Try,
    plain,
)  # fmt: skip
from tui.course.quizzes import Answering
from tui.text.catalog import translate
from tui.text.emoji import plain_emoji
from tui.text.lines import Line, Piece
from tui.text.visible import visible
from tui.text.wrap import cells


def set_block(block: Block, setting: Setting, state: State = None, *, on_bench: bool = False) -> list[Line]:
    """The lines of a block, without the empty line after it."""
    match block:
        case Heading():
            look = "heading" if block.level <= 2 else "title"
            lines = set_pieces(pieces_of(block.spans, look), setting.prose)
            return [*lines, (("═" * setting.prose, "dim"),)] if block.level == 1 else lines
        case Paragraph():
            return set_pieces(pieces_of(block.spans), setting.prose)
        case Code():
            return code_lines(block.text, block.language, setting)
        case List():
            return list(_list(block, setting))
        case Quote():
            inner = set_blocks(block.blocks, _narrower(setting, 2))
            return [(("▎ ", "bar"), *line) for line in inner]
        case Callout():
            inner = set_blocks(block.blocks, _narrower(setting, 2))
            look = "warn" if block.kind == "warning" else "accent"
            word = translate(setting.language, f"console.callout.{block.kind}") if block.kind else ""
            return [(("▎ ", look), *line) for line in ([((word, f"{look}.strong"),)] if word else []) + inner]
        case Table():
            return _table(block, setting)
        case Rule():
            return [(("─" * setting.prose, "dim"),)]
        case Try():
            return try_lines(block, setting, on_bench)
        case Cell():
            return cell_lines(block, setting, state)
        case Claim():
            return claim_lines(block, setting, state)
        case Figure():
            return figure_lines(block, setting)
        case Exercise():
            return exercise_lines(block, setting, state)
        case Quiz():
            return quiz_lines(block, setting, state if isinstance(state, Answering) else Answering())
    return []


def code_of(block: Block) -> list[tuple[str, str]]:
    """(text, language) of the code that setting a block would color."""
    match block:
        case Code():
            return [(block.text, block.language)]
        case Cell() | Claim() if block.code:
            return [(block.code, "python")]
    inner = [*getattr(block, "blocks", ()), *(b for item in getattr(block, "items", ()) for b in item.blocks)]
    return [code for inner_block in inner for code in code_of(inner_block)]


def set_blocks(blocks: Iterable[Block], setting: Setting) -> list[Line]:
    """Several blocks, an empty line between them."""
    lines: list[Line] = []
    for block in blocks:
        if lines:
            lines.append(())
        lines += set_block(block, setting)
    return lines


def _narrower(setting: Setting, by: int) -> Setting:
    return Setting(setting.prose + 4 - by, setting.language, setting.highlight, setting.described)


def _list(block: List, setting: Setting) -> Iterator[Line]:
    loose = any(len(item.blocks) > 1 for item in block.items)
    for number, item in enumerate(block.items):
        if number and loose:
            yield ()
        indent = len(item.marker) + 1
        inner: list[Line] = []
        for part in item.blocks:
            if inner and not isinstance(part, List):
                inner.append(())
            inner += set_block(part, _narrower(setting, indent))
        for row, line in enumerate(inner or [()]):
            yield ((item.marker + " ", "marker"), *line) if row == 0 else ((" " * indent, "text"), *line)


def _table(table: Table, setting: Setting) -> list[Line]:
    columns = max([len(table.header), *(len(row) for row in table.rows)], default=0)
    if not columns:
        return []
    rows = [tuple(row) + ((),) * (columns - len(row)) for row in (table.header, *table.rows)]
    room = setting.prose - 2 * (columns - 1)
    widths = _shares(
        [max(cells(visible(plain_emoji(plain(row[c])), lines=True)) for row in rows) for c in range(columns)], room
    )
    lines: list[Line] = []
    for number, row in enumerate(rows):
        base = "title" if number == 0 else "text"
        set_cells = [set_pieces(pieces_of(cell, base), width) for cell, width in zip(row, widths, strict=True)]
        for y in range(max(len(cell) for cell in set_cells)):
            pieces: list[Piece] = []
            for c, (cell, width) in enumerate(zip(set_cells, widths, strict=True)):
                line = cell[y] if y < len(cell) else ()
                space = width - sum(cells(piece) for piece, _ in line)
                right = table.aligns[c : c + 1] == ("right",)
                padded = ((" " * space, "text"), *line) if right else (*line, (" " * space, "text"))
                pieces += [*padded, ("  ", "text")] if c < columns - 1 else padded
            lines.append(tuple(pieces))
        if number == 0:
            lines.append((("─" * min(setting.prose, sum(widths) + 2 * (columns - 1)), "dim"),))
    return lines


def _shares(natural: list[int], room: int) -> list[int]:
    """Widths that fit: narrow columns keep theirs, the wide ones share what is left."""
    widths = [max(1, width) for width in natural]
    while sum(widths) > max(room, 3 * len(widths)):
        widest = widths.index(max(widths))
        second = max([width for i, width in enumerate(widths) if i != widest], default=0)
        over = sum(widths) - max(room, 3 * len(widths))
        widths[widest] -= max(1, min(over, widths[widest] - second))
    return widths
