"""The keys of `metrics` on the bench."""

from __future__ import annotations

from tui.text.key import Key

KEYS = (
    Key("metrics.more", "plus,equals_sign", "add(1)", "metrics", 1),
    Key("metrics.less", "minus", "add(-1)", "metrics", 2),
    Key("metrics.digit", "0,1,2,3,4,5,6,7,8,9", "digit({})", "metrics"),
    Key("metrics.erase", "backspace,delete", "erase", "metrics"),
    Key("metrics.left", "left", "cell(0,-1)", "metrics"),
    Key("metrics.right", "right", "cell(0,1)", "metrics"),
    Key("metrics.up", "up,k", "cell(-1,0)", "metrics"),
    Key("metrics.down", "down,j", "cell(1,0)", "metrics"),
    Key("metrics.grow", "a", "grow", "metrics", 3),
    Key("metrics.shrink", "x", "shrink", "metrics"),
)  # fmt: skip
