"""Texts as blocks of tokens, of which language models learn: what their tasks have in common."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.errors import DataError
from tui.recipes.recipe import Recipe
from tui.recipes.task import Batch, Task


class LanguageModeling(Task):
    """Tokens that a model guesses; its measure is its loss."""

    metrics = ("perplexity",)
    lower_is_better = ("loss", "perplexity")
    makes_blocks = predicts_tokens = True

    def count(self, table: Any, recipe: Recipe, tokenizer: Any) -> int:
        return int(blocks_of(table, recipe, tokenizer).num_rows)

    def features(
        self, table: Any, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int], *, evaluates: bool = False
    ) -> Any:
        return blocks_of(table, recipe, tokenizer)

    def script_features(self, recipe: Recipe) -> list[str]:
        return [
            "ending = tokenizer.eos_token_id or tokenizer.sep_token_id",
            "",
            "def tokens(batch):",
            f"    made = tokenizer(batch[{recipe.text!r}], add_special_tokens=False)['input_ids']",
            "    return {'input_ids': [[*ids, ending] if ending is not None else ids for ids in made]}",
            "",
            "def blocks(batch):  # all texts after each other, cut into blocks; what is left at the end is dropped",
            "    joined = [one for ids in batch['input_ids'] for one in ids]",
            f"    cut = [joined[at:at + {recipe.max_length}] "
            f"for at in range(0, len(joined) - {recipe.max_length - 1}, {recipe.max_length})]",
            "    return {'input_ids': cut, 'attention_mask': [[1] * len(ids) for ids in cut]}",
            "",
        ]

    def script_map(self, recipe: Recipe, table: str) -> list[str]:
        return [
            f"{table} = {table}.select_columns([{recipe.text!r}])",
            f"{table} = {table}.map(tokens, batched=True, remove_columns=[{recipe.text!r}])",
            f"{table} = {table}.map(blocks, batched=True)",
        ]

    def script_main_metric(self, recipe: Recipe) -> str:
        name = recipe.best_metric or self.main_metric([])
        return repr("loss" if name in self.metrics else name)  # the perplexity rises and falls with it


def blocks_of(table: Any, recipe: Recipe, tokenizer: Any) -> Any:
    """All texts after each other, cut into blocks of `max_length` tokens; what is left at the end is dropped.

    Raises `DataError` where there is not even one.
    """
    length, ending = recipe.max_length, tokenizer.eos_token_id or tokenizer.sep_token_id

    def tokens(batch: Batch) -> Batch:
        rows = tokenizer(batch[recipe.text], add_special_tokens=False)["input_ids"]
        return {"input_ids": [[*ids, ending] if ending is not None else ids for ids in rows]}

    def blocks(batch: Batch) -> Batch:
        joined = [token for ids in batch["input_ids"] for token in ids]
        return {"input_ids": [joined[at : at + length] for at in range(0, len(joined) - length + 1, length)]}

    def numbered(batch: Batch, numbers: list[int]) -> Batch:
        return {**batch, "attention_mask": [[1] * len(ids) for ids in batch["input_ids"]], "row": numbers}

    cut = table.select_columns([recipe.text]).map(tokens, batched=True, remove_columns=[recipe.text])
    cut = cut.map(blocks, batched=True, remove_columns=cut.column_names)
    if cut.num_rows == 0:
        raise DataError("recipes.shorter-than-a-block", tokens=length)
    return cut.map(numbered, batched=True, with_indices=True)
