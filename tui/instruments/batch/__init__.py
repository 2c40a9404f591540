"""A task on many rows of a data set, and how many answers are right."""

from tui.instruments.batch.compute import BatchResult, BatchSpec, code, run
from tui.instruments.instrument import Instrument

INSTRUMENT = Instrument(
    "batch",
    BatchSpec,
    run,
    BatchResult,
    code,
    view="tui.instruments.batch.view:BatchPane",
    tasks=lambda spec: (spec.task,),
)
