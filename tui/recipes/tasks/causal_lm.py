"""The next token, guessed from those before it."""

from __future__ import annotations

from typing import Any

from tui.errors import UsageError
from tui.recipes.blocks import LanguageModeling
from tui.recipes.recipe import Recipe


class CausalLM(LanguageModeling):
    name = "causal-lm"
    head, lora_type, pipeline = "CausalLM", "CAUSAL_LM", "text-generation"
    is_decoder = True
    script_collator = "collator = DataCollatorForLanguageModeling(tokenizer, mlm=False)"
    script_imports = ("transformers.DataCollatorForLanguageModeling",)
    script_sets_padding = True

    def check_model(self, model: Any, recipe: Recipe) -> None:
        """Raise `UsageError` where its guess of a token depends on what comes after it: tried, not read off."""
        import torch

        ids = torch.arange(2, 10).remainder(model.config.vocab_size)[None]
        other = ids.clone()
        other[0, -1] = 1
        was_training = model.training
        model.eval()
        with torch.no_grad():
            first, second = (
                model(input_ids=row, attention_mask=torch.ones_like(row)).logits[0, :-1] for row in (ids, other)
            )
        model.train(was_training)
        if (first - second).abs().max() > 1e-5 * first.abs().max():
            raise UsageError(
                "recipes.not-causal", checkpoint=recipe.checkpoint, task=self.name, model=type(model).__name__
            )

    def collator(self, recipe: Recipe, tokenizer: Any, model: Any) -> Any:
        from transformers import DataCollatorForLanguageModeling

        return DataCollatorForLanguageModeling(tokenizer, mlm=False)


TASK = CausalLM()
