"""A review on paper: questions first, answers at the end, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui.course.blocks import Exercise, Quiz, Spans
from tui.course.quizzes import display_order
from tui.course.recall import ReviewTask
from tui.text.catalog import translate


def write_sheet(tasks: Sequence[ReviewTask], language: str, seed: str) -> str:
    """The sheet, in the language of the reader."""
    lines = [f"# {translate(language, 'course.sheet.title')}", ""]
    for number, task in enumerate(tasks, 1):
        lines += [*_question(number, task, seed), ""]
    if not tasks:
        lines += [translate(language, "course.sheet.nothing"), ""]
        return "\n".join(lines)
    lines += ["---", "", f"## {translate(language, 'course.sheet.answers')}", ""]
    for number, task in enumerate(tasks, 1):
        lines += [*_answer(number, task, language, seed), ""]
    return "\n".join(lines)


def _question(number: int, task: ReviewTask, seed: str) -> Iterator[str]:
    content, place = task.content, f"{task.entry.number} {task.page.title}".strip()
    yield f"**{number}.** *{place}*"
    yield ""
    if isinstance(content, Exercise):
        yield from (_markdown(content.task), "", "```python", content.starter.rstrip("\n"), "```")
        return
    yield _markdown(content.ask)
    yield ""
    for letter, index in zip("abcdefghi", display_order(content, seed), strict=False):
        yield f"- {letter}) {_markdown(content.choices[index].text)}"
    if content.kind == "number":
        yield "\\_\\_\\_\\_\\_\\_"


def _answer(number: int, task: ReviewTask, language: str, seed: str) -> Iterator[str]:
    content = task.content
    if isinstance(content, Exercise):
        yield from (
            f"**{number}.**",
            "",
            "```python",
            content.solution.rstrip("\n"),
            "```",
            "",
            _markdown(content.after),
        )
        return
    yield f"**{number}.** {_solution(content, seed)}"
    yield ""
    for letter, index in zip("abcdefghi", display_order(content, seed), strict=False):
        if content.choices[index].why:
            yield f"- {letter}) {_markdown(content.choices[index].why)}"
    if content.why:
        yield _markdown(content.why)


def _solution(quiz: Quiz, seed: str) -> str:
    if quiz.answer is not None:
        return f"{quiz.answer:.10g}"
    letters = {index: letter for letter, index in zip("abcdefghi", display_order(quiz, seed), strict=False)}
    if quiz.kind == "order":
        return " → ".join(letters[index] for index in range(len(quiz.choices)))
    return ", ".join(sorted(letters[index] for index, choice in enumerate(quiz.choices) if choice.right))


def _markdown(spans: Spans) -> str:
    """The spans with their styles, in one line."""
    text = ""
    for span in spans:
        words = span.text.replace("\n", " ")
        if span.code:
            fence = "``" if "`" in words else "`"
            words = f"{fence}{words}{fence}"
        elif span.bold:
            words = f"**{words}**"
        elif span.italic:
            words = f"*{words}*"
        text += words
    return text
