"""A padded batch, its attention mask, and what the mask changes."""

from tui.instruments.instrument import Instrument
from tui.instruments.mask.compute import MaskResult, MaskSpec, code, run
from tui.instruments.mask.keys import KEYS, TITLE

INSTRUMENT = Instrument(
    "mask",
    MaskSpec,
    run,
    MaskResult,
    code,
    view="tui.instruments.mask.view:MaskPane",
    keys=KEYS,
    keys_title=TITLE,
)
