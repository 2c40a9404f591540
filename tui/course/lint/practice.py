"""What is wrong with the exercises and figures of a page, before anything runs."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tui.course.blocks import Exercise, Figure
from tui.course.lint.finding import Finding
from tui.course.page import Page


def check_exercises(page: Page) -> Iterator[Finding]:
    """Code that does not parse, checks without a message or its translation, ids that are taken."""
    lines: dict[tuple[type, str], int] = {}
    for block in page.blocks:
        if not isinstance(block, Exercise | Figure):
            continue
        line = lines.setdefault((type(block), block.id), block.line)
        if line != block.line:
            what = f"The id {block.id!r} is taken (line {line})."
            yield Finding(str(page.path), block.line, what, "Choose another.")
        if isinstance(block, Exercise):
            yield from (Finding(str(page.path), block.line, *problem) for problem in _problems(block, page.language))


def _problems(exercise: Exercise, language: str) -> Iterator[tuple[str, str]]:
    for name in ("starter", "check", "solution"):
        try:
            ast.parse(getattr(exercise, name))
        except SyntaxError as error:
            what = f"The {name} of {exercise.id!r} is not Python: {error.msg} (its line {error.lineno})."
            yield what, "Check its indentation and brackets."
            return
    asserts = [node for node in ast.walk(ast.parse(exercise.check)) if isinstance(node, ast.Assert)]
    if not asserts:
        yield f"The check of {exercise.id!r} asserts nothing.", 'Write: assert got == want, "what is wrong".'
    messages = [_message(node) for node in asserts]
    if "" in messages:
        what = f"An assert of {exercise.id!r} has no message in quotes."
        yield what, 'Write: assert got == want, "what is wrong"; with a value: ("{} is wrong", got).'
    for message in dict.fromkeys(filter(None, messages)):
        if language != "en" and message not in exercise.messages:
            yield f"The message {message!r} of {exercise.id!r} is not translated.", "Add it under 'messages:'."
    for message, text in exercise.messages.items():
        if message not in messages:
            yield f"No assert of {exercise.id!r} has the message {message!r}.", "Write it as in the check."
        elif message.count("{}") != text.count("{}"):
            yield f"A translation in {exercise.id!r} has another number of {{}} than {message!r}.", "Add or remove one."


def _message(node: ast.Assert) -> str:
    """The text of an assertion's message, which may be the first of a tuple: the values that it takes follow."""
    message = node.msg.elts[0] if isinstance(node.msg, ast.Tuple) and node.msg.elts else node.msg
    return message.value if isinstance(message, ast.Constant) and isinstance(message.value, str) else ""
