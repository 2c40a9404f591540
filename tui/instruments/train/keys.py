"""The keys of `train` on the bench."""

from __future__ import annotations

from tui.text.key import Key

KEYS = (
    Key("train.start", "f", "start_run", "train", 1, True),
    Key("train.stop", "s", "stop_run", "train", 4, True),
    Key("train.turn", "p", "turn_run", "train", 5, True),
    Key("train.open", "d", "open_run", "train", 6, True),
)  # fmt: skip
