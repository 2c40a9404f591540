"""Blocks of a page to styled lines of a given width. Pure: no widget, no screen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from tui.course.blocks import (
    Block,
    Cell,
    Claim,
    Code,
    Heading,
    List,
    Paragraph,
    Quiz,
    Quote,
    Rule,
    Spans,
    Table,
    Try,
    plain,
)
from tui.course.quizzes import shown_order
from tui.ui.verbatim import visible
from tui.ui.widgets.lines import Line, Piece
from tui.ui.words import say
from tui.ui.wrap import breaks, cells, fill, shorten, wrapped

WIDEST = 76
"""Cells of a line of prose at most, whatever the terminal."""
MARGIN = "  "
CONTINUED = "    "
"""Before the second and later lines of a line of code that had to be cut."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a cell or a claim printed when it was run here."""

    output: str
    failed: bool


@dataclass(frozen=True, slots=True)
class Answering:
    """How far the reader has come with a question."""

    picked: tuple[int, ...] = ()
    """Indices of choices, in the order in which they were picked."""
    number: str = ""
    judged: bool | None = None
    """Whether the submitted answer was right; None before."""


State = Outcome | Answering | str | None
"""What is known of a stop: its outcome, its answer, or a word on what it is doing now."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How to set a page."""

    width: int
    language: str
    highlight: bool
    """Colour the code; it takes an import that the first painting does without."""

    @property
    def prose(self) -> int:
        return max(20, min(WIDEST, self.width - 4))


def set_block(block: Block, setting: Setting, state: State = None, *, on_bench: bool = False) -> list[Line]:
    """The lines of a block, without the empty line after it."""
    match block:
        case Heading():
            look = "heading" if block.level <= 2 else "title"
            lines = set_pieces(_pieces(block.spans, look), setting.prose)
            return [*lines, (("═" * setting.prose, "dim"),)] if block.level == 1 else lines
        case Paragraph():
            return set_pieces(_pieces(block.spans), setting.prose)
        case Code():
            return _code(block.text, block.language, setting)
        case List():
            return list(_list(block, setting))
        case Quote():
            inner = set_blocks(block.blocks, _narrower(setting, 2))
            return [(("▎ ", "bar"), *line) for line in inner]
        case Table():
            return _table(block, setting)
        case Rule():
            return [(("─" * setting.prose, "dim"),)]
        case Try():
            return _try(block, setting, on_bench)
        case Cell():
            return _cell(block, setting, state)
        case Claim():
            return _claim(block, setting, state)
        case Quiz():
            return _quiz(block, setting, state if isinstance(state, Answering) else Answering())
    return []


def code_of(block: Block) -> list[tuple[str, str]]:
    """(text, language) of the code that setting a block would colour."""
    match block:
        case Code():
            return [(block.text, block.language)]
        case Cell() | Claim() if block.code:
            return [(block.code, "python")]
    inner = [*getattr(block, "blocks", ()), *(b for item in getattr(block, "items", ()) for b in item.blocks)]
    return [found for one in inner for found in code_of(one)]


def set_blocks(blocks: Iterable[Block], setting: Setting) -> list[Line]:
    """Several blocks, an empty line between them."""
    lines: list[Line] = []
    for block in blocks:
        if lines:
            lines.append(())
        lines += set_block(block, setting)
    return lines


def _narrower(setting: Setting, by: int) -> Setting:
    return Setting(setting.prose + 4 - by, setting.language, setting.highlight)


def _pieces(spans: Spans, base: str = "text") -> list[Piece]:
    made = []
    for span in spans:
        looks = [base]
        looks += ["strong"] * span.bold + ["em"] * span.italic + ["struck"] * span.struck
        looks += ["code"] * span.code + ["link"] * bool(span.link)
        made.append((visible(span.text, lines=True), ".".join(looks)))
    return made


def set_pieces(pieces: Sequence[Piece], width: int) -> list[Line]:
    """Pieces of any length to lines of at most `width` cells."""
    text = "".join(piece for piece, _ in pieces)
    points = [0, *breaks(text, width), len(text)]
    lines, at, rest = [], 0, list(pieces)
    for start, end in pairwise(points):
        kept = start + len(text[start:end].rstrip(" \n"))
        line: list[Piece] = []
        while rest and at < end:
            piece, look = rest[0]
            take = min(len(piece), end - at)
            shown = piece[: max(0, min(take, kept - at))]
            if shown:
                line.append((shown, look))
            at += take
            rest[0] = (piece[take:], look)
            if not rest[0][0]:
                rest.pop(0)
        lines.append(tuple(line))
    return lines


def prose(spans: Spans, width: int, look: str = "text") -> list[Line]:
    """Styled text, wrapped."""
    return set_pieces(_pieces(spans, look), width)


def plain_lines(text: str, width: int, look: str = "text") -> list[Line]:
    """A text as it is, wrapped, every character visible."""
    return [((line, look),) for line in wrapped(visible(text, lines=True), width)]


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


def _code(text: str, language: str, setting: Setting) -> list[Line]:
    """Code on a panel; long lines go on in the next one."""
    width = setting.prose
    lines = []
    for pieces in highlighted(text, language) if setting.highlight else _unhighlighted(text):
        for line in fold(pieces, width - 2):
            room = width - 2 - sum(cells(piece) for piece, _ in line)
            styled = tuple((piece, f"{look}.panel") for piece, look in line)
            lines.append(((" ", "panel"), *styled, (" " * (room + 1), "panel")))
    return lines


def _unhighlighted(text: str) -> list[Line]:
    return [((line, "code"),) for line in visible(text, lines=True).split("\n")]


@lru_cache(256)
def highlighted(text: str, language: str) -> list[Line]:
    """The lines of a program, coloured by Pygments where it knows the language."""
    from pygments import lex
    from pygments.lexers import get_lexer_by_name
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, Name, Number, Operator, String
    from pygments.util import ClassNotFound

    looks: tuple[tuple[Any, str], ...] = (
        (Comment, "comment"), (Keyword, "keyword"), (Operator.Word, "keyword"), (String, "string"), (Number, "number"),
        (Name.Builtin, "name"), (Name.Function, "name"), (Name.Class, "name"), (Name.Decorator, "name"),
    )  # fmt: skip
    name = language.split()[0].strip("{}") if language.split() else ""
    if len(text) > 50_000 or not name:
        return _unhighlighted(text)
    try:
        python = name in ("python", "py", "code-cell")
        lexer = PythonLexer(stripnl=False) if python else get_lexer_by_name(name, stripnl=False)
    except ClassNotFound:
        return _unhighlighted(text)
    lines: list[list[Piece]] = [[]]
    for token, value in lex(visible(text, lines=True), lexer):
        look = next((look for kind, look in looks if token in kind), "code")
        for number, part in enumerate(value.split("\n")):
            if number:
                lines.append([])
            if part:
                lines[-1].append((part, look))
    if lines and not lines[-1]:
        lines.pop()  # lexers end the last line themselves
    return [tuple(line) for line in lines]


def fold(line: Line, width: int) -> list[Line]:
    """A line of code, cut after a space or a comma where there is one; what goes on below is indented."""
    text = "".join(piece for piece, _ in line)
    if cells(text) <= width:
        return [line]
    points, room, used = [0], width, 0
    for index, character in enumerate(text):
        used += cells(character)
        if used > room:
            room = width - len(CONTINUED)
            half = points[-1] + room // 2
            near = max(text.rfind(mark, half, index) for mark in ",(")
            near = near if near >= 0 else text.rfind(" ", half, index)
            points.append(near + 1 if near > points[-1] else index)
            used = cells(text[points[-1] : index + 1])
    folded = []
    for begin, end in pairwise([*points, len(text)]):
        head: Line = ((CONTINUED, "dim"),) if begin else ()
        folded.append((*head, *_slice(line, begin, end)))
    return folded


def _slice(line: Line, begin: int, end: int) -> Line:
    """The pieces of a line between two characters."""
    cut: list[Piece] = []
    at = 0
    for piece, look in line:
        part = piece[max(0, begin - at) : max(0, end - at)]
        if part:
            cut.append((part, look))
        at += len(piece)
    return tuple(cut)


def _table(table: Table, setting: Setting) -> list[Line]:
    columns = max([len(table.header), *(len(row) for row in table.rows)], default=0)
    if not columns:
        return []
    rows = [tuple(row) + ((),) * (columns - len(row)) for row in (table.header, *table.rows)]
    room = setting.prose - 2 * (columns - 1)
    widths = _shares([max(cells(visible(plain(row[c]))) for row in rows) for c in range(columns)], room)
    lines: list[Line] = []
    for number, row in enumerate(rows):
        base = "title" if number == 0 else "text"
        set_cells = [set_pieces(_pieces(cell, base), width) for cell, width in zip(row, widths, strict=True)]
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


def _try(block: Try, setting: Setting, on_bench: bool) -> list[Line]:
    values = block.values
    text = values.get("text") or " / ".join(map(str, values.get("texts") or []))
    label = f"▸ {block.instrument}  "
    note = say(setting.language, "on_the_bench") if on_bench else ""
    room = setting.prose - cells(label) - (cells(note) + 2 if note else 0)
    shown = fill(visible(str(text)), room)
    return [
        ((label, "accent"), (shown, "text"), ("  " + note, "dim")) if note else ((label, "accent"), (shown, "text"))
    ]


def _cell(block: Cell, setting: Setting, state: State) -> list[Line]:
    lines = _code(block.code, "python", setting)
    return [*lines, *_running(setting, state, say(setting.language, "cell_run"))]


def _claim(block: Claim, setting: Setting, state: State) -> list[Line]:
    said, so = say(setting.language, "often_said"), say(setting.language, "what_is_so")
    indent = max(cells(said), cells(so)) + 2
    lines: list[Line] = []
    for label, text, look in ((said, block.said, "dim"), (so, block.so, "text")):
        for row, line in enumerate(prose(text, setting.prose - indent, look)):
            head = fill(label if row == 0 else "", indent)
            lines.append(((head, "warn" if label == said else "good"), *line))
    if block.code:
        lines += _code(block.code, "python", setting)
        lines += _running(setting, state, say(setting.language, "claim_run"), block.id)
    else:
        lines.append(((fill(block.id, setting.prose, "right"), "dim"),))
    return lines


def _running(setting: Setting, state: State, invitation: str, name: str = "") -> list[Line]:
    """The line under a piece of code: what a key would do, what it is doing, or what it printed."""
    right = cells(name)
    if isinstance(state, Outcome):
        head = say(setting.language, "failed" if state.failed else "prints")
        output = state.output.rstrip("\n") or say(setting.language, "printed_nothing")
        shown = plain_lines(output, setting.prose - 2, "bad" if state.failed else "text")
        title = ((fill(head, setting.prose - right), "bad" if state.failed else "good"), (name, "dim"))
        return [title, *((("  ", "text"), *line) for line in shown)]
    note = state if isinstance(state, str) else invitation
    return [((fill(visible(note), setting.prose - right), "dim"), (name, "dim"))]


def _quiz(block: Quiz, setting: Setting, answering: Answering) -> list[Line]:
    language = setting.language
    lines = prose(block.ask, setting.prose, "title")
    order = shown_order(block)
    judged = answering.judged is not None
    for place, index in enumerate(order, 1):
        choice = block.choices[index]
        picked = index in answering.picked
        if block.kind == "order":
            mark = str(answering.picked.index(index) + 1) if picked else " "
        else:
            mark = "x" if picked else " "
        head = f"{place} [{mark}] "
        look = "accent" if picked else "text"
        for row, line in enumerate(prose(choice.text, setting.prose - len(head), look)):
            lines.append(((head if row == 0 else " " * len(head), look), *line))
        if judged and choice.why:
            sign, colour = ("+ ", "good") if choice.right or block.kind == "order" else ("- ", "warn")
            for row, line in enumerate(prose(choice.why, setting.prose - len(head) - 2, "dim")):
                lines.append(((" " * len(head), "dim"), (sign if row == 0 else "  ", colour), *line))
    if block.kind == "number" and answering.number:
        lines.append(((f"= {answering.number}", "accent"),))
    return [*lines, *_verdict(block, setting, answering, language)]


def _verdict(block: Quiz, setting: Setting, answering: Answering, language: str) -> list[Line]:
    if answering.judged is None:
        kinds = {
            "single": "pick_one",
            "multiple": "pick_many",
            "order": "pick_order",
            "number": "pick_number",
        }
        return plain_lines(say(language, kinds[block.kind]), setting.prose, "dim")
    verdict = say(language, "right" if answering.judged else "not_yet")
    lines: list[Line] = [((verdict, "good" if answering.judged else "warn"),)]
    if block.kind == "number" and block.answer is not None:
        lines += plain_lines(say(language, "the_answer", answer=f"{block.answer:g}"), setting.prose)
    elif block.kind == "order" and not answering.judged:
        places = {index: place for place, index in enumerate(shown_order(block), 1)}
        order = " ".join(str(places[i]) for i in range(len(block.choices)))
        lines += plain_lines(say(language, "right_order", order=order), setting.prose)
    if block.why:
        lines += prose(block.why, setting.prose, "dim")
    return lines


def one_line(text: str, width: int) -> str:
    """A text on one line: visible, shortened."""
    return shorten(visible(text), width)
