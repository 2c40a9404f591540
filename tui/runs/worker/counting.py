"""A collator around the collator: counts rows and tokens of what was trained, not of what was fetched ahead of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Counting:
    """Takes the number of a row out before the real collator sees it, and remembers each batch until it is trained.

    A loader fetches the next batch before it gives the one at hand: so batches are counted in the order in which they
    were made, and only as many as a step says it took.
    """

    def __init__(self, collator: Any) -> None:
        self._collator = collator
        self._made: deque[tuple[list[int], int]] = deque()
        self._aside = False

    def __call__(self, rows: list[dict[str, Any]]) -> Any:
        rows = [dict(row) for row in rows]
        numbers = [row.pop("row") for row in rows if "row" in row]
        batch = self._collator(rows)
        if not self._aside:
            ids = batch["attention_mask"].sum() if "attention_mask" in batch else batch["input_ids"].numel()
            self._made.append((numbers, int(ids)))
        return batch

    def trained(self, batches: int) -> tuple[list[int], int]:
        """The rows of the next batches, and their tokens, padding left out."""
        taken = [self._made.popleft() for _ in range(min(batches, len(self._made)))]
        return [row for rows, _ in taken for row in rows], sum(tokens for _, tokens in taken)

    def forget(self) -> None:
        """What was fetched and will not be trained."""
        self._made.clear()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Batches that are measured on are not counted."""
        self._aside = True
        try:
            yield
        finally:
            self._aside = False
