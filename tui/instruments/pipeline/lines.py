"""Answers of the eight tasks as lines: bars, marked stretches of a text, words for a gap, tokens and their odds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tui.console.typeset import plain_lines, set_pieces
from tui.instruments.pipeline.compute import PipelineResult
from tui.instruments.warning_text import warning_text
from tui.models.pipelines.answers import Candidate, Piece
from tui.text.bar import bar
from tui.text.catalog import translate
from tui.text.lines import Line
from tui.text.visible import visible
from tui.text.wrap import cells, fill

MARGIN = ("  ", "text")
LIKELY, POSSIBLE = 0.5, 0.1
"""Probabilities from which a written token counts as likely, and as possible; below it is a surprise."""


def answer_lines(result: PipelineResult, width: int, language: str) -> list[Line]:
    """The answer in the way of its task, then the times."""
    if result.beside is not None:
        return _beside(result, result.beside, width, language)
    lines: list[Line] = []
    if result.labels:
        lines += scores([(one.label, one.score) for one in result.labels], width)
    elif result.candidates:
        lines += _gaps(result, width)
    elif result.answers:
        found = result.answers
        lines += marked(result.text, [(found[0].start, found[0].end, "")], width)
        lines += [(), *scores([(one.text, one.score) for one in found], width)]
    elif result.pieces:
        lines += written(result.text, result.pieces, width, language)
    elif result.written:
        lines += _text(result.written, width, "strong")
    elif result.task in ("ner", "token-classification"):
        lines += _entities(result, width, language)
    else:
        lines += _text(translate(language, "console.bench.no_answer"), width, "dim")
    return [*lines, (), *_times(result, width, language)]


def _beside(first: PipelineResult, second: PipelineResult, width: int, language: str) -> list[Line]:
    """Two answers under the names of their models, each with its warnings."""
    lines: list[Line] = []
    for one in (replace(first, beside=None), second):
        lines += [()] if lines else []
        lines += [*_text(one.answered_by.checkpoint, width, "heading"), ()]
        for warning in one.warnings:
            lines += [*_text(warning_text(warning, language), width, "warn"), ()]
        lines += answer_lines(one, width, language)
    return lines


def scores(rows: Sequence[tuple[str, float]], width: int) -> list[Line]:
    """A name, its score and a bar on each line, the best marked."""
    name = min(max((cells(visible(text)) for text, _ in rows), default=0), width // 2)
    room = max(0, width - name - 12)
    lines: list[Line] = []
    for place, (text, score) in enumerate(rows):
        look = "accent" if place == 0 else "dim"
        head = (fill(visible(text), name) + "  ", "strong" if place == 0 else "text")
        lines.append((MARGIN, head, (f"{score:.4f}  ", "text"), (bar(score, room), look)))
    return lines


def marked(text: str, stretches: Sequence[tuple[int, int, str]], width: int) -> list[Line]:
    """The text with stretches (first character, one past the last, a word for it) marked."""
    pieces: list[tuple[str, str]] = []
    at = 0
    for start, end, kind in sorted(stretches):
        pieces.append((visible(text[at:start], lines=True), "text"))
        pieces.append((visible(text[start:end], lines=True), "match"))
        if kind:
            pieces.append((f" {visible(kind)}", "accent"))
        at = end
    pieces.append((visible(text[at:], lines=True), "text"))
    return [(MARGIN, *line) for line in set_pieces([piece for piece in pieces if piece[0]], width - 2)]


def written(prompt: str, pieces: Sequence[Piece], width: int, language: str) -> list[Line]:
    """The prompt and what was written after it, each token in the color of its probability; then the tokens."""
    shown = [(visible(prompt, lines=True), "dim")] if prompt else []
    shown += [(visible(piece.text, lines=True), _odds(piece.probability)) for piece in pieces if piece.text]
    lines: list[Line] = [(MARGIN, *line) for line in set_pieces(shown, width - 2)]
    legend = [
        (translate(language, "console.bench.likely"), "text"),
        ("   ", "text"),
        (translate(language, "console.bench.possible"), "accent"),
        ("   ", "text"),
        (translate(language, "console.bench.surprise"), "warn"),
    ]
    lines += [(), *((MARGIN, *line) for line in set_pieces(legend, width - 2)), ()]
    name = min(max((cells(_token(piece)) for piece in pieces), default=0), 16, width - 12)
    room = max(0, width - name - 12)
    for piece in pieces:
        look = _odds(piece.probability)
        head = (fill(_token(piece), name) + "  ", look)
        lines.append((MARGIN, head, (f"{piece.probability:.4f}  ", "text"), (bar(piece.probability, room), "dim")))
    return lines


def _token(piece: Piece) -> str:
    return visible(piece.text).replace(" ", "␣")


def _odds(probability: float) -> str:
    return "text" if probability >= LIKELY else "accent" if probability >= POSSIBLE else "warn"


def _gaps(result: PipelineResult, width: int) -> list[Line]:
    """For every gap the text with the best word in it, and the other words."""
    gaps: dict[int, list[Candidate]] = {}
    for one in result.candidates:
        gaps.setdefault(one.gap, []).append(one)
    lines: list[Line] = []
    parts = result.text.split(result.mask) if result.mask else [result.text]
    pieces: list[tuple[str, str]] = []
    for number, part in enumerate(parts):
        pieces.append((visible(part, lines=True), "text"))
        if number < len(parts) - 1 and number in gaps:
            pieces.append((visible(gaps[number][0].word), "match"))
    lines += [(MARGIN, *line) for line in set_pieces([piece for piece in pieces if piece[0]], width - 2)]
    for words in gaps.values():
        lines += [(), *scores([(one.word, one.score) for one in words], width)]
    return lines


def _entities(result: PipelineResult, width: int, language: str) -> list[Line]:
    lines = marked(result.text, [(one.start, one.end, one.kind) for one in result.entities], width)
    if not result.entities:
        return [*lines, (), *_text(translate(language, "console.bench.no_entities"), width, "dim")]
    kind = min(max(cells(visible(one.kind)) for one in result.entities), width // 3)
    lines.append(())
    for one in result.entities:
        name = fill(visible(result.text[one.start : one.end]), max(4, width - kind - 12))
        lines.append((MARGIN, (fill(visible(one.kind), kind) + "  ", "accent"), (name + "  ", "text"),
                      (f"{one.score:.4f}", "text")))  # fmt: skip
    return lines


def _text(text: str, width: int, look: str) -> list[Line]:
    return [(MARGIN, *line) for line in plain_lines(text, width - 2, look)]


def _times(result: PipelineResult, width: int, language: str) -> list[Line]:
    times = result.milliseconds
    room = min(16, width - 15)
    whole = times.tokenizer + times.model + times.postprocessing
    lines: list[Line] = []
    for name, value in (
        ("tokenizer", times.tokenizer),
        ("model", times.model),
        ("post", times.postprocessing),
    ):
        share = value / whole if whole else 0.0
        head = (f"{fill(translate(language, f'console.stage.{name}'), room)}{value:8.2f} ms  ", "dim")
        lines.append((MARGIN, head, (bar(share, max(0, width - room - 15)), "dim")))
    lines += [(), *_text(translate(language, "console.bench.tokens_seen", count=result.tokens), width, "dim")]
    return lines
