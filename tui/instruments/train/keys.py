"""The keys of `train` on the bench."""

from __future__ import annotations

from tui.text.key import Key

TITLE = ("Training on the bench", "实验台上的训练")
KEYS = (
    Key("train.start", "f", "start_run", "train", ("fine-tune", "开始训练"),
        ("Start the run that is planned; it goes on without the console", "按计划开始训练；关闭控制台后仍继续"),
        1, True),
    Key("train.stop", "s", "stop_run", "train", ("stop and save", "停止并保存"),
        ("Keep a checkpoint at the next step and end the run", "在下一步保存检查点并结束训练"), 4, True),
    Key("train.turn", "p", "turn_run", "train", ("plan / run", "计划/训练"),
        ("From the run to its plan, and back", "在训练与计划之间切换"), 5, True),
    Key("train.open", "d", "open_run", "train", ("details", "详情"),
        ("The run on a screen of its own", "在单独的屏幕上查看该训练"), 6, True),
)  # fmt: skip
