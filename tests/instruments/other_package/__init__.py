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
    keys=(Key("words.sort", "o", "sort", "words", ("sort", "排序"), ("Words in order", "按字母排序"), 1, True),),
    keys_title=("Words counted", "词数"),
)
