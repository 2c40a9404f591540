"""The keys of `mask` on the bench."""

from __future__ import annotations

from tui.text.key import Key

KEYS = (
    Key("mask.flip", "space,enter", "flip", "mask", 1),
    Key("mask.left", "left", "cell(0,-1)", "mask"),
    Key("mask.right", "right", "cell(0,1)", "mask"),
    Key("mask.up", "up,k", "cell(-1,0)", "mask"),
    Key("mask.down", "down,j", "cell(1,0)", "mask"),
    Key("mask.clear", "x", "clear", "mask", 2),
)  # fmt: skip
