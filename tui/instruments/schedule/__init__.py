"""The learning rate of every step, and how many steps."""

from tui.instruments.instrument import Instrument
from tui.instruments.schedule.compute import ScheduleResult, ScheduleSpec, code, run

INSTRUMENT = Instrument(
    "schedule",
    ScheduleSpec,
    run,
    ScheduleResult,
    code,
    view="tui.instruments.schedule.view:SchedulePane",
    lines="tui.instruments.schedule.lines:schedule_lines",
)
