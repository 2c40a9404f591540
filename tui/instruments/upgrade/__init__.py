"""Old code: the lines that no longer work with the installed libraries, and what takes their place."""

from tui.instruments.instrument import Instrument
from tui.instruments.upgrade.compute import UpgradeResult, UpgradeSpec, code, run

EXAMPLE = """\
from datasets import load_metric
from transformers import AdamW, TrainingArguments

args = TrainingArguments("out", evaluation_strategy="epoch", no_cuda=True)
print(args.eval_strategy)
"""

INSTRUMENT = Instrument(
    "upgrade",
    UpgradeSpec,
    run,
    UpgradeResult,
    code,
    view="tui.instruments.upgrade.view:UpgradePane",
    lines="tui.instruments.upgrade.lines:upgrade_lines",
    example={"code": EXAMPLE},
)
