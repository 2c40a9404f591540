"""An instrument as somebody else would write one: it counts words."""

from word_count.compute import WordsResult, WordsSpec, code, run

from tui.instruments.instrument import Instrument

INSTRUMENT = Instrument(
    "words",
    "How often each word of a text comes",
    WordsSpec,
    run,
    WordsResult,
    code,
    view="word_count.view:WordsPane",
)
