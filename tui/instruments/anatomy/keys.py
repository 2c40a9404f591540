"""The keys of `anatomy` on the bench."""

from __future__ import annotations

from tui.text.key import Key

KEYS = (
    Key("anatomy.next", "right,space", "stage(1)", "anatomy", 1),
    Key("anatomy.previous", "left", "stage(-1)", "anatomy", 2),
)  # fmt: skip
