"""Blocks of a page to styled lines of a given width. Pure: no widget, no screen."""

from tui.console.typeset.blocks import code_of, set_block, set_blocks
from tui.console.typeset.code import fold, highlighted, slide, verbatim_width
from tui.console.typeset.prose import WIDEST, Setting, prose, set_pieces
from tui.console.typeset.stops import Answering, Outcome, State
from tui.text.lines import one_line, plain_lines

__all__ = [
    "WIDEST", "Answering", "Outcome", "Setting", "State", "code_of", "fold", "highlighted", "one_line", "plain_lines",
    "prose", "set_block", "set_blocks", "set_pieces", "slide", "verbatim_width",
]  # fmt: skip
