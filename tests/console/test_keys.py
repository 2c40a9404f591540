"""One registry: bindings, bottom line, help and palette agree, and every key reaches every terminal."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from textual.binding import Binding

from tests.text.messages import messages, rooms
from tui.console.app import HeadnotesApp
from tui.console.keys import all_keys, all_scopes, bindings, help_of, label_of, on_bottom_line, title_of
from tui.console.screens.contents import Contents
from tui.console.screens.data import Data
from tui.console.screens.doctor import Doctor
from tui.console.screens.exercise import ExerciseScreen
from tui.console.screens.free_bench import FreeBench
from tui.console.screens.models import Models
from tui.console.screens.overlay import Overlay
from tui.console.screens.palette import Palette
from tui.console.screens.reader import Reader
from tui.console.screens.review import Review
from tui.console.screens.run import RunScreen
from tui.console.screens.runs import Runs
from tui.console.screens.windows import ListWindow, TextWindow, help_window
from tui.console.widgets.cell_desk import CellInput
from tui.console.widgets.chrome import Prompt
from tui.console.widgets.lines import Lines
from tui.console.widgets.notes import Notes
from tui.console.widgets.option_bar import Options
from tui.console.widgets.pane import Pane
from tui.console.widgets.row_table import RowTable
from tui.console.widgets.runs.evaluation_page import EvaluationPage
from tui.console.widgets.runs.views import CurvesPage, LogPage
from tui.console.widgets.sentence import Sentence
from tui.instruments.anatomy.view import Stages
from tui.instruments.mask.view import MaskGrid
from tui.instruments.metrics.grid import MatrixGrid
from tui.instruments.tokens.view import TokenTable
from tui.instruments.train.view import TrainPane
from tui.text.catalog import LANGUAGES, translate
from tui.text.lines import line_text

OWNERS = {
    "everywhere": (HeadnotesApp,),
    "scroll": (Lines,),
    "contents": (Contents,),
    "lesson": (Reader,),
    "notes": (Notes,),
    "cell": (CellInput,),
    "bench": (Pane,),
    "free": (FreeBench,),
    "edit": (Sentence,),
    "options": (Options,),
    "tokens": (TokenTable,),
    "anatomy": (Stages,),
    "mask": (MaskGrid,),
    "metrics": (MatrixGrid,),
    "train": (TrainPane,),
    "rows": (RowTable,),
    "data": (Data,),
    "models": (Models,),
    "runs": (Runs,),
    "run": (RunScreen,),
    "curves": (CurvesPage,),
    "evaluations": (EvaluationPage,),
    "log": (LogPage,),
    "overlay": (Overlay,),
    "exercise": (ExerciseScreen,),
    "review": (Review,),
    "prompt": (Prompt,),
    "window": (TextWindow, Doctor, Models),
    "list": (ListWindow,),
    "palette": (Palette,),
}
SCREENS = {"evaluations": RunScreen, "log": RunScreen}
"""Where widgets stand whose keys act on their screen; the others stand in a lesson."""
PORTABLE = re.compile(
    r"^([a-zA-Z0-9]|f\d{1,2}|up|down|left|right|home|end|pageup|pagedown|tab|shift\+tab|enter|escape|space|backspace|delete"
    r"|slash|question_mark|left_square_bracket|right_square_bracket|colon|plus|minus|equals_sign|less_than_sign"
    r"|greater_than_sign|left_curly_bracket|right_curly_bracket|circumflex_accent|dollar_sign|ctrl\+[acdeghlnopqrtuvwxyz])$"
)


def test_ids_are_unique_and_scopes_known() -> None:
    assert all(count == 1 for count in Counter(key.id for key in all_keys()).values())
    assert {key.scope for key in all_keys()} == set(all_scopes()) == set(OWNERS)


def test_the_first_spelling_of_every_key_reaches_every_terminal() -> None:
    sideways = {"scroll.right", "scroll.left"}
    assert [key.id for key in all_keys() if not PORTABLE.match(key.keys.split(",")[0]) and key.id not in sideways] == []


@pytest.mark.parametrize("scope", list(all_scopes()))
def test_no_key_means_two_things_in_one_scope(scope: str) -> None:
    spellings = Counter(one for key in all_keys() if key.scope == scope for one in key.keys.split(","))
    assert [spelling for spelling, count in spellings.items() if count > 1] == []


@pytest.mark.parametrize("scope", list(all_scopes()))
def test_every_action_exists_where_it_is_bound(scope: str) -> None:
    for binding in bindings(scope):
        assert isinstance(binding, Binding)
        name = binding.action.split("(")[0]
        for owner in OWNERS[scope]:
            place: type = {"screen": SCREENS.get(scope, Reader), "app": HeadnotesApp}.get(name.split(".")[0], owner)
            assert hasattr(place, f"action_{name.split('.')[-1]}"), f"{owner.__name__} has no action {name}"


def test_every_key_says_what_it_does_in_both_languages() -> None:
    for key in all_keys():
        english, chinese = (translate(language, help_of(key)) for language in LANGUAGES)
        assert english
        assert english != chinese, key.id
        assert all(translate(language, label_of(key)) for language in LANGUAGES)


def test_catalogs_name_no_key_that_is_gone() -> None:
    """Their messages are looked up by id, so that a name in code proves nothing."""
    ids = {*map(label_of, all_keys()), *map(help_of, all_keys()), *map(title_of, all_scopes())}
    named = {f"{room}.{name}" for room in rooms() for name in messages(room, "en") if name.startswith("keys.")}
    assert {one for one in named if not one.startswith("console.keys.now.")} == ids


def test_help_lists_every_key() -> None:
    lines = [line_text(line) for line in help_window(("notes",), "en").unfolded]
    shown = " ".join(" ".join(lines).split())  # a help of two lines is one sentence
    assert all(translate("en", help_of(key)) in shown for key in all_keys())


def test_the_bottom_line_shows_the_nearest_meaning_of_a_key() -> None:
    offered = on_bottom_line(["mask", "bench", "lesson", "everywhere"], {}, lambda key: False)
    spellings = [spelling for spelling, _, _ in offered]
    assert ("space", "mask.flip") in [(spelling, key.id) for spelling, _, key in offered]
    assert len(spellings) == len(set(spellings))


def test_the_bottom_line_leaves_out_what_is_typed_and_what_does_nothing_now() -> None:
    scopes = ["edit", "bench", "lesson", "everywhere"]
    offered = on_bottom_line(
        scopes, {"bench.switch": None, "edit.done": "console.keys.now.stop"}, lambda key: len(key) == 1
    )
    shown = {key.id: (spelling, translate("en", label)) for spelling, label, key in offered}
    assert shown["edit.done"] == ("esc", "stop")
    assert shown["bench.next"][0] == "^n"
    assert "bench.switch" not in shown
    assert "lesson.switch" not in shown, "its key is the nearer scope's"
    assert "lesson.code" not in shown
