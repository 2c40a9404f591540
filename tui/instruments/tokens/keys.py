"""The keys of `tokens` on the bench."""

from __future__ import annotations

from tui.text.key import Key

KEYS = (
    Key("tokens.down", "down,j", "token(1)", "tokens", 1),
    Key("tokens.up", "up,k", "token(-1)", "tokens"),
)  # fmt: skip
