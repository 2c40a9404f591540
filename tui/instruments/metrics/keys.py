"""The keys of `metrics` on the bench."""

from __future__ import annotations

from tui.text.key import Key

TITLE = ("Confusion matrix", "混淆矩阵")
KEYS = (
    Key("metrics.more", "plus,equals_sign", "add(1)", "metrics", ("more", "加一"),
        ("One row more in the marked cell", "所标单元格加一行"), 1),
    Key("metrics.less", "minus", "add(-1)", "metrics", ("fewer", "减一"),
        ("One row fewer in the marked cell", "所标单元格减一行"), 2),
    Key("metrics.digit", "0,1,2,3,4,5,6,7,8,9", "digit({})", "metrics", ("count", "输入数目"),
        ("Type the count of the marked cell", "直接输入所标单元格的数目")),
    Key("metrics.erase", "backspace,delete", "erase", "metrics", ("erase", "清除"),
        ("Erase the last digit of the count", "删去数目的最后一位")),
    Key("metrics.left", "left", "cell(0,-1)", "metrics", ("left", "左"), ("The cell on the left", "左边的单元格")),
    Key("metrics.right", "right", "cell(0,1)", "metrics", ("right", "右"), ("The cell on the right", "右边的单元格")),
    Key("metrics.up", "up,k", "cell(-1,0)", "metrics", ("up", "上"), ("The class above", "上一个类别")),
    Key("metrics.down", "down,j", "cell(1,0)", "metrics", ("down", "下"), ("The class below", "下一个类别")),
    Key("metrics.grow", "a", "grow", "metrics", ("class", "加类别"), ("One class more", "增加一个类别"), 3),
    Key("metrics.shrink", "x", "shrink", "metrics", ("remove", "去类别"),
        ("Without the class of the marked row", "去掉所标行的类别")),
)  # fmt: skip
