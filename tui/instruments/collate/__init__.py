"""Dynamic against fixed padding, counted over an epoch."""

from tui.instruments.collate.compute import CollateResult, CollateSpec, code, run
from tui.instruments.instrument import Instrument

INSTRUMENT = Instrument(
    "collate",
    CollateSpec,
    run,
    CollateResult,
    code,
    view="tui.instruments.collate.view:CollatePane",
    lines="tui.instruments.collate.lines:collate_lines",
)
