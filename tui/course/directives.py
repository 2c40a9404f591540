"""The six directives of a lesson, read from fences whose info string begins with `{try}`, `{code-cell}`, `{claim}`,
`{quiz}`, `{exercise}` or `{figure}`. MyST's way: options stand between `---` lines, before the code or the drawing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import yaml

from tui.course.blocks import Block, Cell, Choice, Claim, Code, Exercise, Figure, Quiz, Spans, Try
from tui.course.markdown import inline
from tui.errors import LessonError, Phrase, phrase
from tui.text.characters import closes_up

KINDS = ("try", "code-cell", "claim", "quiz", "exercise", "figure")
QUIZ_KINDS = ("single", "multiple", "order", "number")
EXERCISE_FIELDS = ("task", "starter", "check", "hints", "solution", "after")
HINTS = 3
_INFO = re.compile(r"^\{([\w-]+)\}\s*(.*)$")
_OPTIONS = re.compile(r"\A---\n(.*?)^---\n?(.*)\Z", re.DOTALL | re.MULTILINE)
_SPACE = re.compile(r"(?<=\S) (?=\S)")
MOST_YAML, MOST_LEVELS, MOST_ALIASES = 65_536, 20, 10
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str, what: str | Phrase, line: int) -> dict[str, Any]:
    """A YAML mapping. Raises `LessonError` that names the line in the file."""
    _check_size(text, what, line)
    try:
        value = yaml.load(text, Loader=_Loader) or {}  # noqa: S506 (a safe loader, in C where there is one)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        mark = getattr(error, "problem_mark", None)
        at = line + (min(mark.line, text.rstrip("\n").count("\n")) if mark else 0)
        reason = getattr(error, "problem", None) or next(iter(str(error).splitlines()), type(error).__name__)
        raise LessonError("course.yaml-broken", where=line_phrase(at), what=what, reason=str(reason)) from None
    if not isinstance(value, dict):
        raise LessonError("course.not-a-mapping", where=line_phrase(line), what=what)
    return {str(k): v for k, v in value.items()}


def line_phrase(line: int) -> Phrase:
    """Where something is wrong, for a sentence that begins with it."""
    return phrase("course.line", line=line)


def _check_size(text: str, what: str | Phrase, line: int) -> None:
    """Raises `LessonError` for YAML that would grow far beyond its text: aliases of aliases, thousands of levels."""
    depth = aliases = 0
    too_much = phrase("course.characters", most=MOST_YAML) if len(text) > MOST_YAML else None
    with suppress(yaml.YAMLError, ValueError):  # loading it says what is wrong, with its line
        for event in () if too_much else yaml.parse(text, Loader=_Loader):
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if aliases > MOST_ALIASES or depth > MOST_LEVELS:
                too_much = (
                    phrase("course.aliases", most=MOST_ALIASES)
                    if aliases > MOST_ALIASES
                    else phrase("course.levels", most=MOST_LEVELS)
                )
                break
    if too_much:
        raise LessonError("course.yaml-too-large", where=line_phrase(line), what=what, limit=too_much)


def read(block: Code) -> Block:
    """The directive in this fence, or the fence itself when it is ordinary code. Raises `LessonError`."""
    match = _INFO.match(block.language)
    if match is None:
        return block
    kind, argument = match.groups()
    if kind not in KINDS:
        return block
    return _READERS[kind](block, argument.strip())


def _try(block: Code, argument: str) -> Try:
    if not argument:
        raise LessonError("course.try-without-instrument", where=line_phrase(block.line))
    return Try(block.line, argument, read_yaml(block.text, f"{{try}} {argument}", block.line + 1))


def _cell(block: Code, argument: str) -> Cell:
    options, code = _split(block, "{code-cell}")
    if argument not in ("", "python"):
        raise LessonError("course.cell-language", where=line_phrase(block.line), language=argument)
    return Cell(block.line, code, _text(options, "prints"), predict=_text(options, "predict"))


def _claim(block: Code, argument: str) -> Claim:
    options, code = _split(block, f"{{claim}} {argument}")
    if not argument:
        raise LessonError("course.claim-without-id", where=line_phrase(block.line))
    texts = {}
    for name, old_name in (("myth", "said"), ("fact", "so")):
        if not (text := _text(options, name) or _text(options, old_name)):
            raise LessonError("course.claim-lacks", where=line_phrase(block.line), claim=argument, name=name)
        texts[name] = inline(text)
    return Claim(block.line, argument, texts["myth"], texts["fact"], code, _text(options, "prints"))


def _quiz(block: Code, argument: str) -> Quiz:
    values = read_yaml(block.text, "{quiz}", block.line + 1)
    place = {"where": line_phrase(block.line), "what": phrase("course.quiz", id=argument or "?")}
    raw = values.get("choices") or []
    if not isinstance(raw, list) or not all(isinstance(choice, Mapping) and choice.get("text") for choice in raw):
        raise LessonError("course.choice-without-text", **place)
    choices = tuple(Choice(_spans(c["text"]), c.get("right") is True, _spans(c.get("why"))) for c in raw)
    right = sum(choice.right for choice in choices)
    answer = values.get("answer")
    kind = values.get("kind") or ("number" if answer is not None else "multiple" if right > 1 else "single")
    if kind not in QUIZ_KINDS:
        raise LessonError("course.quiz-kind", **place, kind=str(kind), kinds=QUIZ_KINDS)
    if not argument or not values.get("ask"):
        raise LessonError("course.quiz-without-ask", **place)
    if kind == "number":
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            raise LessonError("course.answer-not-a-number", **place)
    elif len(choices) < 2 or (kind != "order" and not right):
        raise LessonError("course.no-right-answer" if len(choices) > 1 else "course.few-choices", **place)
    elif kind == "single" and right > 1:
        raise LessonError("course.several-right-answers", **place, count=right)
    return Quiz(
        line=block.line,
        id=argument,
        kind=str(kind),
        ask=_spans(values["ask"]),
        choices=choices,
        answer=None if answer is None else float(answer),
        why=_spans(values.get("why")),
        code=str(values.get("code") or ""),
    )


def _exercise(block: Code, argument: str) -> Exercise:
    place = {"where": line_phrase(block.line), "what": phrase("course.exercise", id=argument or "?")}
    if not argument:
        raise LessonError("course.without-id", **place, example="{exercise} build-the-triangle")
    options, rest = _split(block, f"{{exercise}} {argument}")
    if rest.strip():
        raise LessonError("course.text-after-fields", **place)
    _check_fields(options, place, EXERCISE_FIELDS, ("messages",))
    hints, messages = options["hints"], options.get("messages") or {}
    if not isinstance(hints, list) or len(hints) != HINTS or not all(hints):
        raise LessonError("course.hints", **place, count=HINTS)
    if not isinstance(messages, Mapping):
        raise LessonError("course.messages-not-a-mapping", **place)
    return Exercise(
        block.line,
        argument,
        task=_spans(options["task"]),
        starter=str(options["starter"]).strip("\n"),
        check=str(options["check"]).strip("\n"),
        hints=tuple(map(_spans, hints)),
        solution=str(options["solution"]).strip("\n"),
        after=_spans(options["after"]),
        messages={str(message): unfold(str(text)) for message, text in messages.items()},
    )


def _figure(block: Code, argument: str) -> Figure:
    place = {"where": line_phrase(block.line), "what": phrase("course.figure", id=argument or "?")}
    if not argument:
        raise LessonError("course.without-id", **place, example="{figure} causal-mask")
    options, text = _split(block, f"{{figure}} {argument}")
    _check_fields(options, place, ("alt",))
    if not text.strip():
        raise LessonError("course.figure-empty", **place)
    return Figure(block.line, argument, _spans(options["alt"]), text.strip("\n"))


_READERS = {
    "try": _try,
    "code-cell": _cell,
    "claim": _claim,
    "quiz": _quiz,
    "exercise": _exercise,
    "figure": _figure,
}  # fmt: skip


def _check_fields(
    options: Mapping[str, Any], place: dict[str, Phrase], needed: Sequence[str], optional: Sequence[str] = ()
) -> None:
    """Raises `LessonError` for a field that is missing, empty or unknown."""
    for name in needed:
        if not options.get(name):
            raise LessonError("course.field-missing", **place, name=name)
    for name in options:
        if name not in (*needed, *optional):
            raise LessonError("course.field-unknown", **place, name=name, names=(*needed, *optional))


def _split(block: Code, what: str) -> tuple[dict[str, Any], str]:
    match = _OPTIONS.match(block.text + "\n")
    if match is None:
        return {}, block.text
    return read_yaml(match[1], what, block.line + 2), match[2].rstrip("\n")


def _text(options: Mapping[str, Any], name: str) -> str:
    value = options.get(name)
    return "" if value is None else unfold(str(value)).strip()


def _spans(value: object) -> Spans:
    return inline(unfold(str(value))) if value else ()


def unfold(text: str) -> str:
    """Without the spaces that YAML's folding puts between the lines of a Chinese text."""
    if text.isascii():
        return text
    return _SPACE.sub(lambda m: "" if closes_up(text[m.start() - 1], text[m.end()]) else " ", text)
