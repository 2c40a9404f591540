"""A function on every row: before, after, and how fast."""

from tui.instruments.instrument import Instrument
from tui.instruments.map.compute import MapResult, MapSpec, code, run

INSTRUMENT = Instrument(
    "map",
    "A function on every row: before, after, and how fast",
    MapSpec,
    run,
    MapResult,
    code,
    view="tui.instruments.map.view:MapPane",
)
