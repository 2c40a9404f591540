"""The training runs on this machine; of one its state, curves and evaluations."""

from tui.instruments.instrument import Instrument
from tui.instruments.runs.compute import RunsResult, RunsSpec, code, run

INSTRUMENT = Instrument(
    "runs",
    RunsSpec,
    run,
    RunsResult,
    code,
    view="tui.instruments.runs.view:RunsPane",
)
