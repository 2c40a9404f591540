"""Rows as they come: take, skip, shuffle, bytes, resume."""

from tui.instruments.instrument import Instrument
from tui.instruments.stream.compute import StreamResult, StreamSpec, code, run

INSTRUMENT = Instrument(
    "stream",
    StreamSpec,
    run,
    StreamResult,
    code,
    view="tui.instruments.stream.view:StreamPane",
    lines="tui.instruments.stream.lines:stream_lines",
    example={"path": "countries/countries.csv"},
)
