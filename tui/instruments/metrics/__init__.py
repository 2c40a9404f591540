"""A confusion matrix and the scores that are made of it."""

from tui.instruments.instrument import Instrument
from tui.instruments.metrics.compute import MetricsResult, MetricsSpec, code, run
from tui.instruments.metrics.keys import KEYS

INSTRUMENT = Instrument(
    "metrics",
    MetricsSpec,
    run,
    MetricsResult,
    code,
    view="tui.instruments.metrics.view:MetricsPane",
    lines="tui.instruments.metrics.lines:metrics_lines",
    keys=KEYS,
)
