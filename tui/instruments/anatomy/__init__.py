"""From text to label, one stage at a time."""

from tui.instruments.anatomy.compute import AnatomyResult, AnatomySpec, code, run
from tui.instruments.anatomy.keys import KEYS
from tui.instruments.instrument import Instrument

INSTRUMENT = Instrument(
    "anatomy",
    AnatomySpec,
    run,
    AnatomyResult,
    code,
    view="tui.instruments.anatomy.view:AnatomyPane",
    lines="tui.instruments.anatomy.lines:anatomy_lines",
    example={"text": "I've been waiting for a HuggingFace course my whole life."},
    keys=KEYS,
)
