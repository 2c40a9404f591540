"""The keys of `mask` on the bench."""

from __future__ import annotations

from tui.text.key import Key

TITLE = ("Mask", "掩码")
KEYS = (
    Key("mask.flip", "space,enter", "flip", "mask", ("flip", "翻转"),
        ("Turn the marked cell of the mask over", "翻转所标的掩码单元"), 1),
    Key("mask.left", "left", "cell(0,-1)", "mask", ("left", "左"), ("The cell on the left", "左边的单元")),
    Key("mask.right", "right", "cell(0,1)", "mask", ("right", "右"), ("The cell on the right", "右边的单元")),
    Key("mask.up", "up,k", "cell(-1,0)", "mask", ("up", "上"), ("The row above", "上一行")),
    Key("mask.down", "down,j", "cell(1,0)", "mask", ("down", "下"), ("The row below", "下一行")),
    Key("mask.clear", "x", "clear", "mask", ("tokenizer's mask", "恢复掩码"),
        ("The mask as the tokenizer made it", "恢复分词器给出的掩码"), 2),
)  # fmt: skip
