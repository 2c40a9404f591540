"""A data set: opened, sliced, mapped, row by row."""

from tui.instruments.data.compute import DataResult, DataSpec, code, run
from tui.instruments.instrument import Instrument

INSTRUMENT = Instrument(
    "data",
    DataSpec,
    run,
    DataResult,
    code,
    view="tui.instruments.data.view:DataPane",
    lines="tui.instruments.data.lines:data_lines",
    example={"path": "countries/countries.parquet"},
)
