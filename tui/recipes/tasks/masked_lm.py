"""Words that are hidden, guessed from those around them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tui.errors import UsageError
from tui.recipes.blocks import LanguageModeling
from tui.recipes.recipe import Recipe
from tui.recipes.task import IGNORED

MASKED = 0.15
"""Share of the tokens that have to be guessed."""
EVALUATES = "evaluates"
"""The column that says that a row is evaluated: every token that is to be guessed is hidden there."""
TRIES = 8
"""Draws of what is masked, where no token of a batch was."""


class MaskedLM(LanguageModeling):
    name = "masked-lm"
    head, lora_type, pipeline = "MaskedLM", None, "fill-mask"
    is_decoder = False

    def check_tokenizer(self, tokenizer: Any, recipe: Recipe) -> None:
        if tokenizer.mask_token is None:
            raise UsageError("recipes.no-mask-token", checkpoint=recipe.checkpoint)

    def features(
        self, table: Any, recipe: Recipe, tokenizer: Any, ids: Mapping[Any, int], *, evaluates: bool = False
    ) -> Any:
        blocks = super().features(table, recipe, tokenizer, ids)
        return blocks.add_column(EVALUATES, [True] * blocks.num_rows) if evaluates else blocks

    def collator(self, recipe: Recipe, tokenizer: Any, model: Any) -> Any:
        """The library's; what it masks depends on the batch alone, so that a resumed run masks the same.

        In training it leaves a tenth of the chosen tokens as they are and replaces another tenth by random ones. An
        evaluation hides them all: a model that sees a token guesses it too well, 16.7 where 20 random words allow for
        20. A batch has something to guess: the mean loss of nothing is NaN.
        """
        import torch
        from transformers import DataCollatorForLanguageModeling

        class Masking(DataCollatorForLanguageModeling):
            def __call__(self, rows: list[dict[str, Any]], **options: Any) -> Any:
                evaluates = [row.pop(EVALUATES, False) for row in rows]
                self.mask_replace_prob, self.random_replace_prob = (1.0, 0.0) if any(evaluates) else (0.8, 0.1)
                own = recipe.seed + sum(place * sum(row["input_ids"]) for place, row in enumerate(rows, 1))
                state = torch.get_rng_state()
                for number in range(TRIES):
                    torch.manual_seed(own + number)
                    batch = super().__call__([dict(row) for row in rows], **options)
                    if (batch["labels"] != IGNORED).any():
                        break
                torch.set_rng_state(state)
                return batch

        return Masking(tokenizer, mlm_probability=MASKED)

    # -- script ---------------------------------------------------------------------------------------------------

    script_imports = ("transformers.DataCollatorForLanguageModeling",)
    script_collator = "\n".join([
        "class Masking(DataCollatorForLanguageModeling):  # what is masked depends on the batch alone",
        "    def __call__(self, rows, **options):",
        "        evaluates = [row.pop('evaluates', False) for row in rows]  # there no token that counts is seen",
        "        self.mask_replace_prob, self.random_replace_prob = (1.0, 0.0) if any(evaluates) else (0.8, 0.1)",
        "        own = seed + sum(place * sum(row['input_ids']) for place, row in enumerate(rows, 1))",
        "        state = torch.get_rng_state()",
        f"        for number in range({TRIES}):  # until there is a token to guess",
        "            torch.manual_seed(own + number)",
        "            batch = super().__call__([dict(row) for row in rows], **options)",
        "            if (batch['labels'] != -100).any():",
        "                break",
        "        torch.set_rng_state(state)",
        "        return batch",
        "",
        f"collator = Masking(tokenizer, mlm_probability={MASKED})",
    ])  # fmt: skip

    def script_constants(self, recipe: Recipe) -> list[str]:
        return [f"seed = {recipe.seed}"]

    def script_map(self, recipe: Recipe, table: str) -> list[str]:
        lines = super().script_map(recipe, table)
        if table == "evaluation":
            lines.append(f"evaluation = evaluation.add_column({EVALUATES!r}, [True] * evaluation.num_rows)")
        return lines


TASK = MaskedLM()
