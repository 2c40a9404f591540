"""Blocks of a page to styled lines of a given width. Pure: no widget, no screen."""

from tui.console.typeset.blocks import code_of, set_block, set_blocks
from tui.console.typeset.code import code_lines, fold, highlighted, output_lines, slide, verbatim_width
from tui.console.typeset.prose import WIDEST, Setting, prose, set_pieces
from tui.console.typeset.stops import Outcome, State, exercise_status, outcome_lines
from tui.course.quizzes import Answering
from tui.text.lines import one_line, plain_lines

__all__ = [
    "WIDEST", "Answering", "Outcome", "Setting", "State", "code_lines", "code_of", "exercise_status", "fold",
    "highlighted", "one_line", "outcome_lines", "output_lines", "plain_lines", "prose", "set_block", "set_blocks",
    "set_pieces", "slide", "verbatim_width",
]  # fmt: skip
