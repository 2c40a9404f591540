"""The keys of `anatomy` on the bench."""

from __future__ import annotations

from tui.text.key import Key

TITLE = ("Stages", "阶段")
KEYS = (
    Key("anatomy.next", "right,space", "stage(1)", "anatomy", ("next stage", "下一阶段"),
        ("The next stage between text and label", "文本到标签之间的下一阶段"), 1),
    Key("anatomy.previous", "left", "stage(-1)", "anatomy", ("stage before", "上一阶段"),
        ("The stage before", "上一阶段"), 2),
)  # fmt: skip
