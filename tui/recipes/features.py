"""From rows to what a model is given: token ids and labels, one function for each task."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.errors import DataError
from tui.recipes import answer_spans
from tui.recipes import rows as rows_
from tui.recipes.recipe import Recipe
from tui.recipes.rows import Rows

MASKED = 0.15
"""Share of the tokens that a masked language model has to guess."""
EVALUATES = "evaluates"
"""The column that says that a row is evaluated: every token that is to be guessed is hidden there."""
TRIES = 8
"""Draws of what is masked, where no token of a batch was."""
IGNORED = -100
"""The label of a token that is not counted in the loss."""


@dataclass(slots=True)
class Features:
    """The two tables of a run as token ids, each row with its number in `row`."""

    train: Any
    evaluation: Any | None


def make(rows: Rows, recipe: Recipe, tokenizer: Any) -> Features:
    """Tokenise both tables, whose rows are checked. Raises `DataError` for texts that fill no block."""
    if recipe.task in ("causal-lm", "masked-lm"):
        train, evaluation = (blocks_of(one, recipe, tokenizer) for one in (rows.train, rows.evaluation))
        if recipe.task == "masked-lm" and evaluation is not None:
            evaluation = evaluation.add_column(EVALUATES, [True] * evaluation.num_rows)
        return Features(train, evaluation)
    function = _function(rows, recipe, tokenizer)
    return Features(*(_mapped(one, function, recipe) for one in (rows.train, rows.evaluation)))


def collator(recipe: Recipe, tokenizer: Any, model: Any = None) -> Any:
    """What makes a batch of rows: pads them to the longest one among them."""
    import transformers

    match recipe.task:
        case "token-classification":
            return transformers.DataCollatorForTokenClassification(tokenizer)
        case "seq2seq":
            return transformers.DataCollatorForSeq2Seq(tokenizer, model)
        case "causal-lm":
            return transformers.DataCollatorForLanguageModeling(tokenizer, mlm=False)
        case "masked-lm":
            return _masking(tokenizer, recipe.seed)
    return transformers.DataCollatorWithPadding(tokenizer)


def _masking(tokenizer: Any, seed: int) -> Any:
    """The library's collator; what it masks depends on the batch alone, so that a resumed run masks the same.

    In training it leaves a tenth of the chosen tokens as they are and replaces another tenth by random ones. An
    evaluation hides them all: a model that sees a token guesses it too well, 16.7 where 20 random words allow for 20. A
    batch has something to guess: the mean loss of nothing is NaN.
    """
    import torch
    from transformers import DataCollatorForLanguageModeling

    class Masking(DataCollatorForLanguageModeling):
        def __call__(self, rows: list[dict[str, Any]], **options: Any) -> Any:
            evaluates = [row.pop(EVALUATES, False) for row in rows]
            self.mask_replace_prob, self.random_replace_prob = (1.0, 0.0) if any(evaluates) else (0.8, 0.1)
            own = seed + sum(place * sum(row["input_ids"]) for place, row in enumerate(rows, 1))
            state = torch.get_rng_state()
            for number in range(TRIES):
                torch.manual_seed(own + number)
                batch = super().__call__([dict(row) for row in rows], **options)
                if (batch["labels"] != IGNORED).any():
                    break
            torch.set_rng_state(state)
            return batch

    return Masking(tokenizer, mlm_probability=MASKED)


def _mapped(table: Any, function: Callable[..., dict[str, list[Any]]], recipe: Recipe) -> Any:
    if table is None:
        return None
    extra = [
        name for name in (answer_spans.START,) if recipe.task == "question-answering" and name in table.column_names
    ]
    wanted = [*rows_.columns(recipe).values(), *extra]
    return table.select_columns(wanted).map(function, batched=True, with_indices=True, remove_columns=wanted)


def _function(rows: Rows, recipe: Recipe, tokenizer: Any) -> Callable[..., dict[str, list[Any]]]:
    length = recipe.max_length
    text, pair, label = recipe.text, recipe.pair, recipe.label
    ids = rows_.label_ids(rows, recipe) if rows.labels else {}

    def sentences(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        made = tokenizer(batch[text], batch[pair] if pair else None, truncation=True, max_length=length)
        return {**made, "labels": [ids[value] for value in batch[label]], "row": numbers}

    def words(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        made = tokenizer(batch[text], is_split_into_words=True, truncation=True, max_length=length)
        labels = []
        for place, tags in enumerate(batch[label]):
            owners = made.word_ids(place)
            labels.append(
                [IGNORED if word is None or (at and owners[at - 1] == word) else ids[tags[word]]
                 for at, word in enumerate(owners)]
            )  # fmt: skip
        return {**made, "labels": labels, "row": numbers}

    def spans(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        made = tokenizer(
            batch[recipe.question], batch[text], truncation="only_second", max_length=length,
            return_offsets_mapping=True,
        )  # fmt: skip
        starts, ends = [], []
        begins = batch.get(answer_spans.START) or [None] * len(numbers)
        for place, (context, answer) in enumerate(zip(batch[text], batch[recipe.answer], strict=True)):
            begin = answer_spans.position(context, answer, begins[place])
            found = _span(made, place, begin, begin + len(answer))
            starts.append(found[0])
            ends.append(found[1])
        made.pop("offset_mapping")
        return {**made, "start_positions": starts, "end_positions": ends, "row": numbers}

    def written(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        made = tokenizer(
            batch[text], text_target=batch[recipe.target], truncation=True, max_length=length,
            return_token_type_ids=False,
        )  # fmt: skip
        return {**made, "row": numbers}

    return {"token-classification": words, "question-answering": spans, "seq2seq": written}.get(recipe.task, sentences)


def check_questions(table: Any, recipe: Recipe, tokenizer: Any) -> None:
    """Raise `DataError` for a question that leaves no room for its text: the tokenizer refuses such a row."""
    room = recipe.max_length - tokenizer.num_special_tokens_to_add(pair=True)
    number = 0
    for batch in table.select_columns([recipe.question]).iter(1000):
        for at, ids in enumerate(tokenizer(batch[recipe.question], add_special_tokens=False)["input_ids"]):
            if len(ids) >= room:
                raise DataError(
                    f"Row {number + at:,}: the question alone fills max_length={recipe.max_length}.",
                    f"It has {len(ids):,} tokens.", "Raise max_length, or drop that row.",
                )  # fmt: skip
        number += len(batch[recipe.question])


def _span(made: Any, place: int, begin: int, end: int) -> tuple[int, int]:
    """First and last token of a stretch of the second text; (0, 0) when truncation took a part of it."""
    first = last = 0
    for at, (owner, (left, right)) in enumerate(
        zip(made.sequence_ids(place), made["offset_mapping"][place], strict=True)
    ):
        if owner == 1 and left < end and right > begin:
            first, last = first or at, at
    reached = last and made["offset_mapping"][place][last][1] >= end
    return (first, last) if reached else (0, 0)


def blocks_of(table: Any, recipe: Recipe, tokenizer: Any) -> Any:
    """All texts after each other, cut into blocks of `max_length` tokens; what is left at the end is dropped."""
    if table is None:
        return None
    length, ending = recipe.max_length, tokenizer.eos_token_id or tokenizer.sep_token_id

    def tokens(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        made = tokenizer(batch[recipe.text], add_special_tokens=False)["input_ids"]
        return {"input_ids": [[*ids, ending] if ending is not None else ids for ids in made]}

    def blocks(batch: dict[str, list[Any]]) -> dict[str, list[Any]]:
        joined = [one for ids in batch["input_ids"] for one in ids]
        return {"input_ids": [joined[at : at + length] for at in range(0, len(joined) - length + 1, length)]}

    def numbered(batch: dict[str, list[Any]], numbers: list[int]) -> dict[str, list[Any]]:
        return {**batch, "attention_mask": [[1] * len(ids) for ids in batch["input_ids"]], "row": numbers}

    cut = table.select_columns([recipe.text]).map(tokens, batched=True, remove_columns=[recipe.text])
    cut = cut.map(blocks, batched=True, remove_columns=cut.column_names)
    if cut.num_rows == 0:
        raise DataError(
            "The texts together are shorter than one block.", f"A block has {length} tokens.", "Lower max_length."
        )
    return cut.map(numbered, batched=True, with_indices=True)
