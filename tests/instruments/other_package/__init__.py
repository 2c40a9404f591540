"""An instrument as somebody else would write one: it counts words."""

from word_count.compute import WordsResult, WordsSpec, code, run

from tui.instruments.instrument import Instrument
from tui.text.key import Key

INSTRUMENT = Instrument(
    "words",
    WordsSpec,
    run,
    WordsResult,
    code,
    view="word_count.view:WordsPane",
    lines="word_count.lines:lines",
    example={"text": "to be or not to be"},
    keys=(Key("words.sort", "o", "sort", "words", 1, True),),
)
