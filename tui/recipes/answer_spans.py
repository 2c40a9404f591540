"""Questions and answers in the shapes in which data sets have them: a row each, SQuAD's own, lists of records."""

from __future__ import annotations

from typing import Any

from tui.errors import DataError, UsageError
from tui.recipes.recipe import Recipe
from tui.recipes.task import FILE_ROW

SQUAD = "answers"
"""SQuAD's column: `{"text": [...], "answer_start": [...]}`."""
START = "answer_start"
"""Where an answer begins in its text, where the data says so."""
LONGEST_ANSWER = 30
"""Tokens of an answer."""


def flat(table: Any, recipe: Recipe) -> Any:
    """A row for each question, with one answer as a text; what is so already stays as it is."""
    return _first_answers(_single_questions(table, recipe), recipe)


def position(text: str, answer: str, start: int | None) -> int:
    """Where an answer begins: where the data says, if that is right, else where it comes first; -1 for nowhere."""
    if start is not None and start >= 0 and text.startswith(answer, start):
        return start
    return text.find(answer)


def tokens_of(tokens: Any, place: int, begin: int, end: int) -> tuple[int, int]:
    """First and last token of a stretch of the second text; (0, 0) when truncation took a part of it."""
    first = last = 0
    offsets = tokens["offset_mapping"][place]
    for at, (owner, (left, right)) in enumerate(zip(tokens.sequence_ids(place), offsets, strict=True)):
        if owner == 1 and left < end and right > begin:
            first, last = first or at, at
    return (first, last) if last and offsets[last][1] >= end else (0, 0)


def best_answer(row: dict[str, Any], starts: Any, ends: Any, recipe: Recipe, tokenizer: Any) -> str:
    """The stretch of the text with the highest sum of start and end logits."""
    import numpy

    context = row[recipe.text]
    tokens = tokenizer(
        row[recipe.question], context, truncation="only_second", max_length=recipe.max_length,
        return_offsets_mapping=True,
    )  # fmt: skip
    inside = [at for at, owner in enumerate(tokens.sequence_ids()) if owner == 1]
    if not inside:
        return ""
    first, last = inside[0], inside[-1] + 1
    sums = numpy.add.outer(starts[first:last], ends[first:last])
    allowed = numpy.tril(numpy.triu(numpy.ones(sums.shape, bool)), LONGEST_ANSWER)
    begin, end = numpy.unravel_index(numpy.where(allowed, sums, -numpy.inf).argmax(), sums.shape)
    offsets = tokens["offset_mapping"]
    return str(context[offsets[first + int(begin)][0] : offsets[first + int(end)][1]])


def check_questions(table: Any, recipe: Recipe, tokenizer: Any) -> None:
    """Raise `DataError` for a question that leaves no room for its text: the tokenizer refuses such a row."""
    room = recipe.max_length - tokenizer.num_special_tokens_to_add(pair=True)
    number = 0
    for batch in table.select_columns([recipe.question]).iter(1000):
        for at, ids in enumerate(tokenizer(batch[recipe.question], add_special_tokens=False)["input_ids"]):
            if len(ids) >= room:
                raise DataError("recipes.question-too-long", row=number + at, limit=recipe.max_length, tokens=len(ids))
        number += len(batch[recipe.question])


def _single_questions(table: Any, recipe: Recipe) -> Any:
    """A row for each question, where the data keeps the questions of a text in a list of records."""
    if recipe.question not in table.column_names or recipe.text not in table.column_names:
        return table
    first = table[0][recipe.question] if table.num_rows else None
    if not (isinstance(first, list) and first and isinstance(first[0], dict)):
        return table
    known = set(first[0])
    if not {"question", "answer"} <= known:
        raise UsageError("recipes.not-questions", column=recipe.question, fields=sorted(known))

    def apart(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        several = zip(numbers, batch[recipe.text], batch[recipe.question], strict=True)
        each = [
            (number, text, one if isinstance(one, dict) else {})
            for number, text, records in several
            for one in (records if isinstance(records, list) else [None])
        ]
        return {
            recipe.text: [text for _, text, _ in each],
            recipe.question: [one.get("question") for _, _, one in each],
            recipe.answer: [one.get("answer") for _, _, one in each],
            FILE_ROW: [number for number, _, _ in each],
        }

    return table.map(apart, batched=True, with_indices=True, remove_columns=table.column_names)


def _first_answers(table: Any, recipe: Recipe) -> Any:
    """The first answer of each question, where the data has lists of them as SQuAD does; none is an empty text."""
    name = recipe.answer if recipe.answer in table.column_names else SQUAD
    shown = next((one for one in table[:100][name] if one), None) if name in table.column_names else None
    if not (isinstance(shown, dict) and isinstance(shown.get("text"), list)):
        return table

    def first(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        answers = [_first_answer(value) for value in batch[name]]
        return {recipe.answer: [text for text, _ in answers], START: [start for _, start in answers]}

    return table.map(first, batched=True, remove_columns=[name])


def _first_answer(value: Any) -> tuple[str | None, int]:
    """Text and start of an answer in SQuAD's form, or a text; no text for what is neither: one column can hold all."""
    if isinstance(value, str):
        return value, -1
    texts, starts = (value.get("text"), value.get(START)) if isinstance(value, dict) else (None, None)
    if not isinstance(texts, list):
        return None, -1
    text = texts[0] if texts else ""
    start = starts[0] if isinstance(starts, list) and starts else -1
    return text if isinstance(text, str) else None, start if isinstance(start, int) else -1
