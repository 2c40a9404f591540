"""What `tokens` answers, as lines: for the pane and for `headnotes try`."""

from __future__ import annotations

from itertools import pairwise

from tui.instruments.tokens.compute import TokensResult
from tui.text.catalog import translate
from tui.text.grid import grid
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible_with_positions
from tui.text.wrap import breaks

COLUMNS = ("number", "token", "id", "word", "type", "mask", "span", "special")
NUMBERS = ("number", "id", "word", "type", "mask", "span")
AROUND = 240
"""Characters shown on either side of the marked token."""


def span_lines(result: TokensResult, at: int, texts: tuple[str, str], width: int) -> list[Line]:
    """The text that the token comes from, wrapped, with the token's characters marked."""
    if not 0 <= at < result.listed:
        return []
    sequence = result.sequence_ids[at] if result.sequence_ids else None
    text = texts[sequence or 0]
    start, end = (result.starts[at], result.ends[at]) if sequence is not None else (0, 0)
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    shown, positions = visible_with_positions(text[first:last])
    lead = "…" if first else ""
    shown = lead + shown + ("…" if last < len(text) else "")
    a, b = (positions[start - first] + len(lead), positions[end - first] + len(lead)) if end > start else (0, 0)
    lines: list[Line] = []
    points = [0, *breaks(shown, width), len(shown)]
    for begin, stop in pairwise(points):
        cuts = sorted({begin, stop, *(p for p in (a, b) if begin < p < stop)})
        lines.append(tuple((shown[i:j], "match" if a <= i < b else "text") for i, j in pairwise(cuts)))
    marked = next((y for y, line in enumerate(lines) if any(look == "match" for _, look in line)), 0)
    return lines[max(0, marked - 2) : max(0, marked - 2) + 4]


def title_of(column: str, language: str) -> str:
    """What stands over a column of the table."""
    return translate(language, f"instruments.tokens.column.{column}")


def row_cells(result: TokensResult, row: int, language: str) -> Line:
    """The cells of a token's row: place, token, id, word, type, mask, characters, whether it is special."""
    special, masked = bool(result.special[row]), not result.attention_mask[row]
    look = "dim" if masked else "accent" if special else "text"
    word = result.word_ids[row] if result.word_ids else None
    span = "" if special or not result.starts else f"{result.starts[row]}-{result.ends[row]}"
    return (
        (str(row), "dim"),
        (result.tokens[row], look),
        (str(result.input_ids[row]), look),
        ("" if word is None else str(word), look),
        (str(result.token_type_ids[row]) if result.token_type_ids else "", look),
        (str(result.attention_mask[row]), look),
        (span, look),
        (title_of("special", language) if special else "", look),
    )


def tokens_lines(result: TokensResult, width: int, language: str) -> list[Line]:
    """A row for each token, then the counts and the ids turned back into text."""
    columns = [(title_of(name, language), name in NUMBERS) for name in COLUMNS]
    rows = [[text for text, _ in row_cells(result, row, language)] for row in range(result.listed)]
    return [*grid(columns, rows, width), (), *fact_lines(result, width, language)]


def fact_lines(result: TokensResult, width: int, language: str) -> list[Line]:
    """How many tokens there are, and what they are as text again."""
    counts = translate(language, "instruments.tokens.counted", count=result.length)
    if result.listed < result.length:
        counts += translate(language, "instruments.tokens.listed", n=f"{result.listed:,}")
    limit = f"{result.limit:,}" if result.limit else "-"
    counts += translate(language, "instruments.tokens.limits", limit=limit, vocabulary=f"{result.vocabulary:,}")
    decoded = result.decoded if len(result.decoded) <= 300 else result.decoded[:300] + "…"
    return [*plain_lines(counts, width, "dim"), *plain_lines(f"decode  {decoded}", width)[:3]]
