"""A collator around the collator: counts rows and tokens."""

from __future__ import annotations

from typing import Any


class Counting:
    """Takes the number of a row out before the real collator sees it."""

    def __init__(self, collator: Any) -> None:
        self._collator = collator
        self.rows: list[int] = []
        """Numbers of the rows since the last look."""
        self.tokens = 0
        """Tokens since the last look, padding left out."""

    def __call__(self, rows: list[dict[str, Any]]) -> Any:
        rows = [dict(row) for row in rows]
        self.rows += [row.pop("row") for row in rows if "row" in row]
        batch = self._collator(rows)
        self.tokens += int(batch["attention_mask"].sum()) if "attention_mask" in batch else batch["input_ids"].numel()
        return batch

    def taken(self) -> int:
        """Tokens since the last call."""
        tokens, self.tokens = self.tokens, 0
        return tokens
