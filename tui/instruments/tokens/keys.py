"""The keys of `tokens` on the bench."""

from __future__ import annotations

from tui.text.key import Key

TITLE = ("Token table", "词元表")
KEYS = (
    Key("tokens.down", "down,j", "token(1)", "tokens", ("next token", "下一个词元"),
        ("The next token; its span is marked in the text", "下一个词元；文本中标出它的位置"), 1),
    Key("tokens.up", "up,k", "token(-1)", "tokens", ("token before", "上一个词元"), ("The token before", "上一个词元")),
)  # fmt: skip
