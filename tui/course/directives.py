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
from tui.errors import LessonError
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


def read_yaml(text: str, what: str, line: int) -> dict[str, Any]:
    """A YAML mapping. Raises `LessonError` that names the line in the file."""
    _check_size(text, what, line)
    try:
        value = yaml.load(text, Loader=_Loader) or {}  # noqa: S506 (a safe loader, in C where there is one)
    except (yaml.YAMLError, ValueError, RecursionError, OverflowError) as error:
        mark = getattr(error, "problem_mark", None)
        at = line + (min(mark.line, text.rstrip("\n").count("\n")) if mark else 0)
        problem = getattr(error, "problem", None) or str(error).splitlines()[0] if str(error) else "unreadable"
        raise LessonError(
            f"Line {at}: the YAML of {what} is broken: {problem}.",
            next_step="Put texts that hold a colon or a bracket in quotes.",
        ) from None
    if not isinstance(value, dict):
        raise LessonError(f"Line {line}: {what} should be a list of 'name: value' lines.")
    return {str(k): v for k, v in value.items()}


def _check_size(text: str, what: str, line: int) -> None:
    """Raises `LessonError` for YAML that would grow far beyond its text: aliases of aliases, thousands of levels."""
    depth = aliases = 0
    too_much = f"{MOST_YAML:,} characters" if len(text) > MOST_YAML else ""
    with suppress(yaml.YAMLError, ValueError):  # loading it says what is wrong, with its line
        for event in () if too_much else yaml.parse(text, Loader=_Loader):
            aliases += isinstance(event, yaml.AliasEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if aliases > MOST_ALIASES or depth > MOST_LEVELS:
                too_much = f"{MOST_ALIASES} aliases" if aliases > MOST_ALIASES else f"{MOST_LEVELS} levels"
                break
    if too_much:
        raise LessonError(f"Line {line}: the YAML of {what} has more than {too_much}.")


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
        raise LessonError(f"Line {block.line}: {{try}} needs the name of an instrument.", next_step="{try} tokens")
    return Try(block.line, argument, read_yaml(block.text, f"{{try}} {argument}", block.line + 1))


def _cell(block: Code, argument: str) -> Cell:
    options, code = _split(block, "{code-cell}")
    if argument not in ("", "python"):
        raise LessonError(f"Line {block.line}: a cell in {argument} cannot run.", next_step="{code-cell} python")
    return Cell(block.line, code, _text(options, "prints"), predict=_text(options, "predict"))


def _claim(block: Code, argument: str) -> Claim:
    options, code = _split(block, f"{{claim}} {argument}")
    if not argument:
        raise LessonError(f"Line {block.line}: {{claim}} needs the id of its erratum.", next_step="{claim} E028")
    texts = {}
    for name, old_name in (("myth", "said"), ("fact", "so")):
        if not (text := _text(options, name) or _text(options, old_name)):
            raise LessonError(f"Line {block.line}: the claim {argument} lacks '{name}'.")
        texts[name] = inline(text)
    return Claim(block.line, argument, texts["myth"], texts["fact"], code, _text(options, "prints"))


def _quiz(block: Code, argument: str) -> Quiz:
    values = read_yaml(block.text, "{quiz}", block.line + 1)
    where = f"Line {block.line}: the quiz {argument or 'question'}"
    raw = values.get("choices") or []
    if not isinstance(raw, list) or not all(isinstance(choice, Mapping) and choice.get("text") for choice in raw):
        raise LessonError(f"{where}: every choice needs a 'text'.")
    choices = tuple(Choice(_spans(c["text"]), c.get("right") is True, _spans(c.get("why"))) for c in raw)
    right = sum(choice.right for choice in choices)
    answer = values.get("answer")
    kind = values.get("kind") or ("number" if answer is not None else "multiple" if right > 1 else "single")
    if kind not in QUIZ_KINDS:
        raise LessonError(f"{where}: kind {kind!r} is none of {', '.join(QUIZ_KINDS)}.")
    if not argument or not values.get("ask"):
        raise LessonError(f"{where} needs an id and an 'ask'.", next_step="{quiz} what-logits-are")
    if kind == "number":
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            raise LessonError(f"{where}: 'answer' should be a number.")
    elif len(choices) < 2 or (kind != "order" and not right):
        raise LessonError(
            f"{where} has no right answer." if len(choices) > 1 else f"{where} has fewer than two choices.",
            next_step="Mark each right choice with 'right: true'.",
        )
    elif kind == "single" and right > 1:
        raise LessonError(f"{where} has {right} right answers.", next_step="Write kind: multiple.")
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
    where = f"Line {block.line}: the exercise {argument}".rstrip()
    if not argument:
        raise LessonError(f"{where} needs an id.", next_step="{exercise} build-the-triangle")
    options, rest = _split(block, f"{{exercise}} {argument}")
    if rest.strip():
        raise LessonError(f"{where} has text after its fields.", next_step="Write every field between the --- lines.")
    _check_fields(options, where, EXERCISE_FIELDS, ("messages",))
    hints, messages = options["hints"], options.get("messages") or {}
    if not isinstance(hints, list) or len(hints) != HINTS or not all(hints):
        raise LessonError(f"{where} needs exactly {HINTS} hints.", next_step="Write them as a list under 'hints:'.")
    if not isinstance(messages, Mapping):
        raise LessonError(f"{where}: 'messages' should be a list of 'message: translation' lines.")
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
    where = f"Line {block.line}: the figure {argument}".rstrip()
    if not argument:
        raise LessonError(f"{where} needs an id.", next_step="{figure} causal-mask")
    options, text = _split(block, f"{{figure}} {argument}")
    _check_fields(options, where, ("alt",))
    if not text.strip():
        raise LessonError(f"{where} is empty.", next_step="Draw it in text under the --- lines.")
    return Figure(block.line, argument, _spans(options["alt"]), text.strip("\n"))


_READERS = {
    "try": _try,
    "code-cell": _cell,
    "claim": _claim,
    "quiz": _quiz,
    "exercise": _exercise,
    "figure": _figure,
}  # fmt: skip


def _check_fields(options: Mapping[str, Any], where: str, needed: Sequence[str], optional: Sequence[str] = ()) -> None:
    """Raises `LessonError` for a field that is missing, empty or unknown."""
    for name in needed:
        if not options.get(name):
            raise LessonError(f"{where} lacks '{name}'.", next_step=f"Write {name}: between its --- lines.")
    for name in options:
        if name not in (*needed, *optional):
            listed = ", ".join((*needed, *optional))
            raise LessonError(f"{where} has an unknown field {name!r}.", next_step=f"There are: {listed}.")


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
