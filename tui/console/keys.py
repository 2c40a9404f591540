"""Every key, once. Bindings, bottom line, help page, palette and the README's table are made from this list.

The keys of an instrument are in its folder. Keys are chosen to reach every terminal: letters, digits, function keys,
arrows, tab, enter, escape, ctrl and a letter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType

from textual.binding import Binding, BindingType

from tui.text.catalog import add_key_names, translate
from tui.text.key import SCOPES, Key, shown

__all__ = [
    "KEYS", "SCOPES", "Key", "all_keys", "all_scopes", "bindings", "foot", "help_of", "keys_of", "label_of",
    "name_of", "on_bottom_line", "shown", "title_of",
]  # fmt: skip

KEYS: tuple[Key, ...] = (
    # everywhere
    Key("app.help", "question_mark,f1", "help", "everywhere", 9, True),
    Key("app.palette", "ctrl+p", "palette", "everywhere", priority=True),
    Key("app.language", "l", "language", "everywhere", 6, True),
    Key("app.theme", "ctrl+t", "next_theme", "everywhere", 0, True),
    Key("app.doctor", "f2", "doctor", "everywhere", 0, True),
    Key("app.models", "f3", "models", "everywhere", 0, True),
    Key("app.data", "f4", "data", "everywhere", 0, True),
    Key("app.restart_engine", "f5", "restart_engine", "everywhere", 0, True),
    Key("app.runs", "f6", "runs", "everywhere", 0, True),
    Key("app.bench", "f7", "bench", "everywhere", 0, True),
    Key("app.redraw", "ctrl+l", "redraw", "everywhere"),
    Key("app.quit", "ctrl+q", "quit", "everywhere", 0, True, True),
    Key("app.interrupt", "ctrl+c", "interrupt", "everywhere", priority=True),
    Key("app.suspend", "ctrl+z", "suspend", "everywhere", priority=True),
    # moving
    Key("scroll.down", "down,j", "line(1)", "scroll"),
    Key("scroll.up", "up,k", "line(-1)", "scroll"),
    Key("scroll.page_down", "pagedown,space,ctrl+d", "page(1)", "scroll"),
    Key("scroll.page_up", "pageup,ctrl+u", "page(-1)", "scroll"),
    Key("scroll.top", "home,g", "end('top')", "scroll"),
    Key("scroll.bottom", "end,G", "end('bottom')", "scroll"),
    Key("scroll.right", "shift+right", "side(8)", "scroll"),
    Key("scroll.left", "shift+left", "side(-8)", "scroll"),
    # contents
    Key("contents.open", "enter", "open", "contents", 1),
    Key("contents.continue", "c", "continue", "contents", 2),
    Key("contents.find", "slash", "find", "contents", 3),
    Key("contents.review", "r", "review", "contents", 4, True),
    Key("contents.escape", "escape", "end_search", "contents", 1),
    Key("contents.quit", "q", "app.quit", "contents", 8),
    # lesson
    Key("lesson.switch", "tab", "switch(1)", "lesson", 1),
    Key("lesson.switch_back", "shift+tab", "switch(-1)", "lesson"),
    Key("lesson.edit", "e", "edit", "lesson", 2, True),
    Key("lesson.code", "c", "code", "lesson", 4, True),
    Key("lesson.copy", "y", "copy", "lesson", 5, True),
    Key("lesson.outline", "t", "outline", "lesson", 0, True),
    Key("lesson.model", "m", "model", "lesson", 9, True),
    Key("lesson.links", "o", "links", "lesson", 0, True),
    Key("lesson.scratch", "x", "scratch", "lesson", 0, True),
    Key("lesson.forget", "z", "forget", "lesson", 0, True),
    Key("lesson.export", "f", "export", "lesson", 0, True),
    Key("lesson.framework", "v", "framework", "lesson", 3, True),
    Key("lesson.back", "b", "back", "lesson", 0, True),
    Key("lesson.next", "right_square_bracket", "turn(1)", "lesson", 1, True),
    Key("lesson.previous", "left_square_bracket", "turn(-1)", "lesson", 0, True),
    Key("lesson.contents", "q", "contents", "lesson", 8, True),
    Key("lesson.escape", "escape", "leave", "lesson", 1),
    # notes
    Key("notes.pick", "1,2,3,4,5,6,7,8,9", "pick({})", "notes", 1),
    Key("notes.act", "enter", "act", "notes", 1),
    Key("notes.to_here", "a", "cell('to_here')", "notes", 3),
    Key("notes.whole", "w", "cell('whole')", "notes", 2),
    Key("notes.original", "0", "cell('original')", "notes"),
    Key("notes.next", "n", "stop(1)", "notes", 1),
    Key("notes.previous", "p,N", "stop(-1)", "notes"),
    Key("notes.reveal", "s", "reveal", "notes", 3),
    Key("notes.describe", "d", "describe", "notes"),
    Key("notes.find", "slash", "find", "notes", 4),
    # a cell that is written in
    Key("cell.run", "ctrl+r", "press('run')", "cell", 1),
    Key("cell.punctuation", "ctrl+g", "punctuation", "cell", 1),
    Key("cell.leave", "escape", "screen.leave", "cell", 2, priority=True),
    Key("cell.whole", "ctrl+o", "press('whole')", "cell", 2),
    Key("cell.complete", "tab", "press('complete')", "cell", 3),
    Key("cell.to_here", "f9", "press('to_here')", "cell", 4),
    Key("cell.original", "f8", "press('original')", "cell", 5),
    Key("cell.output", "shift+tab", "press('output')", "cell"),
    Key("cell.undo", "ctrl+z", "undo", "cell"),
    Key("cell.redo", "ctrl+y", "redo", "cell"),
    # bench
    Key("bench.next", "n,ctrl+n", "screen.next_stop", "bench", 2),
    Key("bench.switch", "tab", "screen.switch(1)", "bench", 3),
    Key("bench.rerun", "r", "rerun", "bench", 0, True),
    Key("bench.reset", "0", "reset", "bench", 0, True),
    Key("bench.history", "h", "history", "bench", 0, True),
    # free bench
    Key("free.switch", "tab", "switch(1)", "free", 3),
    Key("free.switch_back", "shift+tab", "switch(-1)", "free"),
    Key("free.next", "n,ctrl+n", "next_stop", "free", 2, True),
    Key("free.choose", "f7", "app.bench", "free", 6),
    Key("free.edit", "e", "edit", "free", 2, True),
    Key("free.code", "c", "code", "free", 5, True),
    Key("free.copy", "y", "copy", "free", 7, True),
    Key("free.scratch", "x", "scratch", "free", 0, True),
    Key("free.forget", "z", "forget", "free", 0, True),
    Key("free.model", "m", "model", "free", 6, True),
    Key("free.close", "q", "close", "free", 4, True),
    Key("free.escape", "escape", "leave", "free", 1),
    # text on the bench
    Key("edit.done", "escape", "screen.leave", "edit", 1, priority=True),
    Key("edit.answer", "enter", "answer", "edit", 1),
    # options
    Key("options.next", "right", "move(1)", "options", 1),
    Key("options.previous", "left", "move(-1)", "options"),
    Key("options.enter", "enter", "enter", "options", 1),
    Key("options.change", "space,down", "change(1)", "options", 2),
    Key("options.change_back", "up", "change(-1)", "options"),
    Key("options.erase", "backspace,delete", "erase", "options"),
    # rows of a table
    Key("rows.down", "down,j", "cell(1,0)", "rows"),
    Key("rows.up", "up,k", "cell(-1,0)", "rows"),
    Key("rows.right", "right", "cell(0,1)", "rows"),
    Key("rows.left", "left", "cell(0,-1)", "rows"),
    Key("rows.last_column", "dollar_sign", "column_end('last')", "rows"),
    Key("rows.first_column", "circumflex_accent", "column_end('first')", "rows"),
    Key("rows.open", "enter", "open_cell", "rows", 7),
    Key("rows.select", "space", "select", "rows"),
    Key("rows.hide", "minus", "hide", "rows"),
    Key("rows.show_all", "equals_sign", "show_all", "rows"),
    Key("rows.narrower", "less_than_sign", "widen(-4)", "rows"),
    Key("rows.wider", "greater_than_sign", "widen(4)", "rows"),
    Key("rows.shift_left", "left_curly_bracket", "shift(-1)", "rows"),
    Key("rows.shift_right", "right_curly_bracket", "shift(1)", "rows"),
    # data
    Key("data.filter", "f", "step('filter')", "data", 3, True),
    Key("data.sort", "o", "step('sort')", "data", 4, True),
    Key("data.map", "m", "step('map')", "data", 5, True),
    Key("data.split", "p", "step('split')", "data", 0, True),
    Key("data.sample", "r", "step('sample')", "data", 0, True),
    Key("data.operations", "a", "operations", "data", 6, True),
    Key("data.undo", "u", "undo", "data", 0, True),
    Key("data.before", "b", "before", "data", 0, True),
    Key("data.go", "colon", "go", "data", 1),
    Key("data.find", "slash", "find", "data", 2),
    Key("data.next_hit", "n", "hit(1)", "data"),
    Key("data.previous_hit", "N", "hit(-1)", "data"),
    Key("data.statistics", "i", "statistics", "data", 0, True),
    Key("data.next_split", "t", "next_split", "data", 0, True),
    Key("data.save", "s", "save", "data", 0, True),
    Key("data.script", "x,c", "script", "data", 0, True),
    Key("data.copy", "y", "copy", "data"),
    Key("data.copy_row", "Y", "copy_rows", "data"),
    Key("data.open", "ctrl+o", "open", "data", 1, True),
    Key("data.leave", "escape", "leave", "data", 1),
    Key("data.close", "q", "close", "data", 8),
    # models
    Key("models.fetch", "enter", "fetch", "models", 1),
    Key("models.down", "down,j", "task(1)", "models"),
    Key("models.up", "up,k", "task(-1)", "models"),
    # runs
    Key("runs.open", "enter", "open", "runs", 1),
    Key("runs.mark", "m", "mark", "runs", 2),
    Key("runs.overlay", "o", "overlay", "runs", 3, True),
    Key("runs.stop", "s", "order('stop')", "runs", 4),
    Key("runs.resume", "r", "resume", "runs", 5),
    Key("runs.fork", "f", "fork", "runs", 6),
    Key("runs.kill", "x", "kill", "runs", 0),
    Key("runs.remove", "delete,d", "remove", "runs", 0),
    Key("runs.copy", "y", "copy", "runs"),
    Key("runs.close", "q,escape", "close", "runs", 8),
    # one run
    Key("run.stop", "s", "order('stop')", "run", 1, True),
    Key("run.turn", "tab", "turn(1)", "run", 2),
    Key("run.turn_back", "shift+tab", "turn(-1)", "run"),
    Key("run.page", "1,2,3,4", "page_of({})", "run"),
    Key("run.save", "v", "order('save')", "run", 4, True),
    Key("run.evaluate", "e", "order('evaluate')", "run", 5, True),
    Key("run.resume", "r", "resume", "run", 0, True),
    Key("run.fork", "f", "fork", "run", 0, True),
    Key("run.kill", "x", "kill", "run", 0, True),
    Key("run.pause", "p", "pause", "run"),
    Key("run.lesson", "w", "lesson", "run", 6, True),
    Key("run.script", "c", "script", "run", 0, True),
    Key("run.copy", "y", "copy", "run"),
    Key("run.close", "q", "close", "run", 8),
    # curves
    Key("curves.right", "right", "cursor(1)", "curves", 3),
    Key("curves.left", "left", "cursor(-1)", "curves"),
    Key("curves.right_far", "up", "cursor(10)", "curves"),
    Key("curves.left_far", "down", "cursor(-10)", "curves"),
    Key("curves.first", "home", "cursor_end('first')", "curves"),
    Key("curves.last", "end", "cursor_end('last')", "curves"),
    Key("curves.none", "escape", "no_cursor", "curves"),
    Key("curves.axis", "a", "axis", "curves", 7),
    Key("curves.log", "o", "log", "curves"),
    Key("curves.more", "plus,equals_sign", "smooth(1)", "curves"),
    Key("curves.less", "minus", "smooth(-1)", "curves"),
    Key("curves.panel", "z", "panel", "curves", 9),
    # evaluations
    Key("evaluations.left", "left", "cell(0,-1)", "evaluations"),
    Key("evaluations.right", "right", "cell(0,1)", "evaluations", 3),
    Key("evaluations.up", "up,k", "cell(-1,0)", "evaluations"),
    Key("evaluations.down", "down,j", "cell(1,0)", "evaluations"),
    Key("evaluations.earlier", "left_square_bracket", "choose(-1)", "evaluations", 7),
    Key("evaluations.later", "right_square_bracket", "choose(1)", "evaluations"),
    Key("evaluations.rows", "enter", "screen.rows", "evaluations", 3),
    Key("evaluations.mark", "b", "mark", "evaluations"),
    Key("evaluations.changes", "d", "screen.changes", "evaluations", 6),
    # log
    Key("log.find", "slash", "screen.find", "log", 3),
    Key("log.next", "n", "hit(1)", "log"),
    Key("log.previous", "N", "hit(-1)", "log"),
    # runs compared
    Key("overlay.switch", "tab", "switch", "overlay", 1),
    Key("overlay.hide", "A,B,C,D,E,F,G,H", "hide('{}')", "overlay", 3),
    Key("overlay.copy", "y", "copy", "overlay", 5),
    Key("overlay.close", "q", "close", "overlay", 8),
    # exercise
    Key("exercise.check", "ctrl+r", "check", "exercise", 1, True),
    Key("exercise.hint", "f7", "hint", "exercise", 2, True, True),
    Key("exercise.start_again", "f8", "start_again", "exercise", 4, True),
    Key("exercise.solution", "f9", "solution", "exercise", 5, True),
    Key("exercise.switch", "shift+tab", "switch", "exercise", 6, priority=True),
    Key("exercise.punctuation", "ctrl+g", "punctuation", "exercise", 1),
    Key("exercise.leave", "escape", "leave", "exercise", 3),
    # review
    Key("review.pick", "1,2,3,4,5,6,7,8,9", "pick({})", "review", 1),
    Key("review.submit", "enter", "submit", "review", 1),
    Key("review.reveal", "s", "reveal", "review", 2),
    Key("review.lesson", "o", "lesson", "review", 3, True),
    Key("review.close", "q,escape", "close", "review", 8),
    # a line to type into
    Key("prompt.send", "enter", "send", "prompt", 1),
    Key("prompt.cancel", "escape", "cancel", "prompt", 2),
    # windows
    Key("window.close", "escape,q", "close", "window", 1),
    Key("window.copy", "y", "copy", "window", 2),
    # lists to choose from
    Key("list.choose", "enter", "choose", "list", 1),
    Key("list.down", "down,j", "list('down')", "list"),
    Key("list.up", "up,k", "list('up')", "list"),
    Key("list.close", "escape,q", "close", "list", 2),
    # palette
    Key("palette.choose", "enter", "choose", "palette", 1),
    Key("palette.down", "down", "line(1)", "palette"),
    Key("palette.up", "up", "line(-1)", "palette"),
    Key("palette.page_down", "pagedown", "page(1)", "palette"),
    Key("palette.page_up", "pageup", "page(-1)", "palette"),
    Key("palette.close", "escape", "close", "palette", 2),
)  # fmt: skip


_BY_ID = {key.id: key for key in KEYS}
_BY_SCOPE = {scope: [key for key in KEYS if key.scope == scope] for scope in SCOPES}


def all_keys() -> tuple[Key, ...]:
    """Those of the screens, then those of the instruments."""
    from tui.instruments import registry

    return (*KEYS, *(key for instrument in registry.instruments().values() for key in instrument.keys))


def all_scopes() -> tuple[str, ...]:
    """Those of the screens, then those of the instruments that have keys."""
    from tui.instruments import registry

    return (*SCOPES, *(one.name for one in registry.instruments().values() if one.keys))


def title_of(scope: str) -> str:
    """The message over the keys of a scope."""
    return f"console.keys.scope.{scope}" if scope in SCOPES else f"instruments.{scope}.keys.title"


def label_of(key: Key) -> str:
    """The message that is a key's word or two on the bottom line."""
    return f"console.keys.label.{key.id}" if key.scope in SCOPES else f"instruments.{key.scope}.keys.label.{key.id}"


def help_of(key: Key) -> str:
    """The message that says what a key does."""
    return f"console.keys.help.{key.id}" if key.scope in SCOPES else f"instruments.{key.scope}.keys.help.{key.id}"


def name_of(action: str) -> str:
    """How the key of an action is written."""
    key = _BY_ID.get(action) or next((key for key in all_keys() if key.id == action), None)
    if key is None:
        raise LookupError(f"the key of {action}")
    return key.shown


add_key_names(name_of)


def keys_of(scope: str) -> Sequence[Key]:
    """The keys of a scope; the instruments are asked only for a scope that no screen has."""
    if scope in SCOPES:
        return _BY_SCOPE[scope]
    from tui.instruments import registry

    return registry.find(scope).keys


def bindings(scope: str) -> list[BindingType]:
    """The bindings of a scope; the bottom line is ours, so none is shown by Textual's."""
    made: list[BindingType] = []
    for key in keys_of(scope):
        spellings = key.keys.split(",") if "{}" in key.action else [key.keys]
        made += [
            Binding(keys, key.action.format(keys), show=False, priority=key.priority, id=key.id) for keys in spellings
        ]
    return made


def foot(scope: str, language: str) -> str:
    """The ranked keys of a scope in one line, for the foot of a window."""
    ranked = sorted((key for key in keys_of(scope) if key.rank), key=lambda key: key.rank)
    return "   ".join(f"{key.shown} {translate(language, label_of(key))}" for key in ranked)


def on_bottom_line(
    scopes: Iterable[str],
    labels: Mapping[str, str | None],
    is_typed: Callable[[str], bool],
    counts: Mapping[str, int] = MappingProxyType({}),
) -> list[tuple[str, str, Key]]:
    """The ranked keys of these scopes, nearest scope first: how each is spelled here, and the message
    that says what it does now.

    A key that a nearer scope uses, that is typed into what has the focus, or whose label is None is left out. `counts`
    says of a range of keys how many of them do something here.
    """
    lines: list[tuple[int, int, tuple[str, str, Key]]] = []
    taken: set[str] = set()
    for nearness, scope in enumerate(scopes):
        here = keys_of(scope)
        for key in (key for key in here if key.rank):
            label = labels.get(key.id, label_of(key))
            free = [one for one in key.spellings if one not in taken and not is_typed(one)]
            if label is not None and free:
                count = min(counts.get(key.id, len(key.spellings)), len(key.spellings))
                spelling = key.shown_up_to(count) if free[0] == key.spellings[0] else shown(free[0])
                lines.append((key.rank, nearness, (spelling, label, key)))
        taken |= {spelling for key in here for spelling in key.spellings}
    return [line for _, _, line in sorted(lines, key=lambda one: one[:2])]
