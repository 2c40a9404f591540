"""A padded batch, its mask, and what the mask changes."""

from tui.instruments.instrument import Instrument
from tui.instruments.mask.compute import MaskResult, MaskSpec, code, run
from tui.instruments.mask.keys import KEYS

INSTRUMENT = Instrument(
    "mask",
    MaskSpec,
    run,
    MaskResult,
    code,
    view="tui.instruments.mask.view:MaskPane",
    lines="tui.instruments.mask.lines:mask_lines",
    example={"texts": ["Hello, how are you?", "I am fine."]},
    keys=KEYS,
)
