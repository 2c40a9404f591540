"""A task on many rows, and how many answers are right."""

from tui.instruments.batch.compute import BatchResult, BatchSpec, code, run
from tui.instruments.instrument import Instrument

INSTRUMENT = Instrument(
    "batch",
    BatchSpec,
    run,
    BatchResult,
    code,
    view="tui.instruments.batch.view:BatchPane",
    lines="tui.instruments.batch.lines:batch_lines",
    example={"path": "countries/countries.parquet", "column": "background", "task": "token-classification", "rows": 8},
    tasks=lambda spec: (spec.task,),
)
