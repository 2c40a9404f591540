"""What a reader can stop at and do: tries, cells, claims and questions, with how far they have come."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.console.typeset.code import code_lines, output_lines
from tui.console.typeset.prose import Setting, prose
from tui.course.blocks import Cell, Claim, Exercise, Quiz, Span, Try
from tui.course.exercises import ExerciseRecord
from tui.course.quizzes import Answering, display_order
from tui.record import record
from tui.text.catalog import translate
from tui.text.lines import Line, plain_lines
from tui.text.visible import visible
from tui.text.wrap import cells, fill


@record
class Outcome:
    """What a cell or a claim printed when it was run here."""

    output: str
    failed: bool
    cut: int = 0
    """Characters left out at the end of `output`."""
    whole: str = ""
    """The whole traceback, where `output` has a short one."""
    hints: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    """Messages, with their values, on what an error means."""
    guess: str = ""
    """What the reader expected."""


State = Outcome | Answering | ExerciseRecord | str | None
"""What is known of a stop: its outcome, its answer, or a word on what it is doing now."""


def try_lines(block: Try, setting: Setting, on_bench: bool) -> list[Line]:
    values = block.values
    text = values.get("text") or " / ".join(map(str, values.get("texts") or []))
    label = f"▸ {block.instrument}  "
    note = translate(setting.language, "console.reader.on_the_bench") if on_bench else ""
    room = setting.prose - cells(label) - (cells(note) + 2 if note else 0)
    value = fill(visible(str(text)), room)
    return [
        ((label, "accent"), (value, "text"), ("  " + note, "dim")) if note else ((label, "accent"), (value, "text"))
    ]


def cell_lines(block: Cell, setting: Setting, state: State) -> list[Line]:
    lines = code_lines(block.code, "python", setting)
    language = setting.language
    name = "" if block.original is None else translate(language, "console.cell.edited")
    invitation = translate(language, "console.reader.cell_run")
    if block.predict and state is None:
        lines += prose((Span(block.predict),), setting.prose, "accent")
        invitation = translate(language, "console.cell.guess_first")
    return [*lines, *_running(setting, state, invitation, name)]


def claim_lines(block: Claim, setting: Setting, state: State) -> list[Line]:
    claim, fact = (
        translate(setting.language, "console.reader.misconception"),
        translate(setting.language, "console.reader.fact"),
    )
    indent = max(cells(claim), cells(fact)) + 2
    lines: list[Line] = []
    for label, text, look in ((claim, block.myth, "dim"), (fact, block.fact, "text")):
        for row, line in enumerate(prose(text, setting.prose - indent, look)):
            head = fill(label if row == 0 else "", indent)
            lines.append(((head, "warn" if label == claim else "good"), *line))
    if block.code:
        lines += code_lines(block.code, "python", setting)
        lines += _running(setting, state, translate(setting.language, "console.reader.claim_run"), block.id)
    else:
        lines.append(((fill(block.id, setting.prose, "right"), "dim"),))
    return lines


def _running(setting: Setting, state: State, invitation: str, name: str = "") -> list[Line]:
    """The line under a piece of code: what a key would do, what it is doing, or what it printed."""
    if isinstance(state, Outcome):
        return outcome_lines(setting, state, name)
    note = state if isinstance(state, str) else invitation
    return [((fill(visible(note), setting.prose - cells(name)), "dim"), (name, "dim"))]


def outcome_lines(setting: Setting, state: State, name: str = "") -> list[Line]:
    """What came of a piece of code: what it printed, what was left out of it, and what an error means."""
    language = setting.language
    if not isinstance(state, Outcome):
        return plain_lines(state, setting.prose, "dim") if isinstance(state, str) else []
    head = translate(language, "console.reader.failed" if state.failed else "console.reader.prints")
    look = "bad" if state.failed else "good"
    lines: list[Line] = [((fill(head, setting.prose - cells(name)), look), (name, "dim"))]
    if state.guess:
        guess = translate(language, "console.cell.your_guess", guess=state.guess)
        lines += plain_lines(guess, setting.prose, "accent")
    output = state.output.rstrip("\n") or translate(language, "console.reader.printed_nothing")
    lines += output_lines(output, "bad" if state.failed else "text")
    if state.cut:
        lines += plain_lines(translate(language, "console.reader.more_output", count=state.cut), setting.prose, "dim")
    for message, values in state.hints:
        lines += plain_lines(translate(language, message, **values), setting.prose, "warn")
    if state.whole:
        lines += plain_lines(translate(language, "console.cell.whole_on_key"), setting.prose, "dim")
    return lines


def exercise_lines(block: Exercise, setting: Setting, state: State) -> list[Line]:
    """The task, and how far the reader has come with it."""
    record = state if isinstance(state, ExerciseRecord) else ExerciseRecord()
    title = translate(setting.language, "console.exercise.title")
    status = exercise_status(record, setting.language)
    head: Line = ((f"{title}  ", "accent"), (status, "good" if record.passed else "dim"))
    invitation = translate(setting.language, "console.exercise.open")
    return [head, *prose(block.task, setting.prose), ((invitation, "dim"),)]


def exercise_status(record: ExerciseRecord, language: str) -> str:
    """Whether it is done, in a few words."""
    if record.passed:
        return "✓ " + translate(language, "console.exercise.passed")
    if record.attempts:
        return translate(language, "console.exercise.not_passed", count=record.attempts)
    return ""


def quiz_lines(block: Quiz, setting: Setting, answering: Answering) -> list[Line]:
    lines = prose(block.ask, setting.prose, "title")
    explained = _explained(block, answering)
    for place, index in enumerate(answering.order or display_order(block), 1):
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
        if index in explained and (choice.why or answering.is_over):
            sign, color = ("+ ", "good") if choice.right or block.kind == "order" else ("- ", "warn")
            for row, line in enumerate(prose(choice.why, setting.prose - len(head) - 2, "dim") or [()]):
                lines.append(((" " * len(head), "dim"), (sign if row == 0 else "  ", color), *line))
    if block.kind == "number" and answering.number:
        lines.append(((f"= {answering.number}", "accent"),))
    return [*lines, *_verdict(block, setting, answering)]


def _explained(block: Quiz, answering: Answering) -> set[int]:
    """The choices whose explanations are shown: all once the answer is known, before only those of a wrong try."""
    if answering.judged is None:
        return set()
    if answering.is_over:
        return set(range(len(block.choices)))
    return set() if block.kind == "order" else set(answering.picked)


def _verdict(block: Quiz, setting: Setting, answering: Answering) -> list[Line]:
    language = setting.language
    if answering.judged is None:
        return plain_lines(translate(language, f"console.pick.{block.kind}"), setting.prose, "dim")
    verdict = "right" if answering.judged else "shown" if answering.revealed else "not_yet"
    lines: list[Line] = [((translate(language, f"console.reader.{verdict}"), "good" if answering.judged else "warn"),)]
    if not answering.is_over:
        if block.kind == "order":
            count = _first_right(answering.picked)
            lines += plain_lines(translate(language, "console.reader.right_so_far", n=count), setting.prose, "dim")
        elif block.kind == "multiple" and all(block.choices[i].right for i in answering.picked):
            lines += plain_lines(translate(language, "console.reader.some_missing"), setting.prose, "dim")
        return [*lines, *plain_lines(translate(language, "console.reader.try_again"), setting.prose, "dim")]
    if block.kind == "number" and block.answer is not None:
        answer = translate(language, "console.reader.the_answer", answer=f"{block.answer:.10g}")
        lines += plain_lines(answer, setting.prose)
    elif block.kind == "order" and not answering.judged:
        places = {index: place for place, index in enumerate(answering.order or display_order(block), 1)}
        order = " ".join(str(places[i]) for i in range(len(block.choices)))
        lines += plain_lines(translate(language, "console.reader.right_order", order=order), setting.prose)
    if block.why:
        lines += prose(block.why, setting.prose, "dim")
    return lines


def _first_right(picked: tuple[int, ...]) -> int:
    """How many steps from the first on are in their places."""
    return next((place for place, index in enumerate(picked) if place != index), len(picked))
