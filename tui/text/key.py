"""What a key is: how it is spelled, and what it does. What it is called is in the catalogs."""

from __future__ import annotations

from tui.record import record

_SHOWN = {
    "slash": "/", "question_mark": "?", "left_square_bracket": "[", "right_square_bracket": "]", "escape": "esc",
    "pagedown": "pgdn", "pageup": "pgup", "right": "→", "left": "←", "up": "↑", "down": "↓", "colon": ":",
    "minus": "-", "equals_sign": "=", "less_than_sign": "<", "greater_than_sign": ">", "left_curly_bracket": "{",
    "right_curly_bracket": "}", "plus": "+", "circumflex_accent": "^", "dollar_sign": "$",
}  # fmt: skip


SCOPES = (
    "everywhere", "scroll", "contents", "lesson", "notes", "cell", "bench", "free", "edit", "options", "rows", "data",
    "models", "runs", "run", "curves", "evaluations", "log", "overlay", "exercise", "review", "prompt", "window",
    "list", "palette",
)  # fmt: skip
"""The groups of keys that screens and their widgets have, in the order of the help page."""


@record
class Key:
    """One thing a key does."""

    id: str
    keys: str
    """Comma-separated spellings, the first one shown."""
    action: str
    scope: str
    rank: int = 0
    """Its place on the bottom line, 1 first; 0 leaves it out."""
    palette: bool = False
    priority: bool = False

    @property
    def shown(self) -> str:
        return self.shown_up_to(len(self.spellings))

    def shown_up_to(self, count: int) -> str:
        """The first spelling, or the range of the first `count` where each stands for a place."""
        is_range = "{}" in self.action and count > 1
        return shown(self.spellings[0]) + (f"-{shown(self.spellings[count - 1])}" if is_range else "")

    @property
    def spellings(self) -> list[str]:
        return self.keys.split(",")


def shown(key: str) -> str:
    """A key as it is written for people."""
    named = key.upper() if key[:1] == "f" and key[1:].isdigit() else key.replace("ctrl+", "^")
    return _SHOWN.get(key, named)
