"""Bytes are said in one way everywhere."""

from __future__ import annotations

import pytest

from tui.text.sizes import size_text


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"), (999, "999 B"), (1_000, "1.0 kB"), (30_400, "30 kB"), (9_940_000, "9.9 MB"),
        (812_300_000, "812 MB"), (1_240_000_000, "1.2 GB"), (2_345_000_000_000, "2,345 GB"),
    ],
)  # fmt: skip
def test_sizes(count: float, said: str) -> None:
    assert size_text(count) == said
