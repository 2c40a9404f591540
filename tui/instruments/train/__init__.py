"""What a recipe will do, and then the run itself."""

from tui.instruments.instrument import Instrument
from tui.instruments.train.compute import TrainResult, TrainSpec, code, run
from tui.instruments.train.keys import KEYS

INSTRUMENT = Instrument(
    "train",
    TrainSpec,
    run,
    TrainResult,
    code,
    view="tui.instruments.train.view:TrainPane",
    lines="tui.instruments.train.plan:plan_lines",
    keys=KEYS,
)
