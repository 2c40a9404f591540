"""A function on every row: before, after, and how fast."""

from tui.instruments.instrument import Instrument
from tui.instruments.map.compute import MapResult, MapSpec, code, run

INSTRUMENT = Instrument(
    "map",
    MapSpec,
    run,
    MapResult,
    code,
    view="tui.instruments.map.view:MapPane",
    lines="tui.instruments.map.lines:map_lines",
    example={"function": "lambda rows: tokenizer(rows['sentence1'], rows['sentence2'], truncation=True)"},
)
