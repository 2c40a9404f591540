"""What the tokenizer makes of a text, one row a token."""

from tui.instruments.instrument import Instrument
from tui.instruments.tokens.compute import TokensResult, TokensSpec, code, run
from tui.instruments.tokens.keys import KEYS

INSTRUMENT = Instrument(
    "tokens",
    TokensSpec,
    run,
    TokensResult,
    code,
    view="tui.instruments.tokens.view:TokensPane",
    lines="tui.instruments.tokens.lines:tokens_lines",
    example={"text": "I've been waiting for a HuggingFace course my whole life."},
    keys=KEYS,
)
