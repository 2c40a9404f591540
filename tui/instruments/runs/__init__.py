"""The training runs here; one run's curves and scores."""

from tui.instruments.instrument import Instrument
from tui.instruments.runs.compute import RunsResult, RunsSpec, code, run

INSTRUMENT = Instrument(
    "runs",
    RunsSpec,
    run,
    RunsResult,
    code,
    view="tui.instruments.runs.view:RunsPane",
    lines="tui.instruments.runs.lines:runs_lines",
)
