"""What a table costs in memory while it is read."""

from tui.instruments.instrument import Instrument
from tui.instruments.memory.compute import MemoryResult, MemorySpec, code, run

INSTRUMENT = Instrument(
    "memory",
    MemorySpec,
    run,
    MemoryResult,
    code,
    view="tui.instruments.memory.view:MemoryPane",
    lines="tui.instruments.memory.lines:result_lines",
)
