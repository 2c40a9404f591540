"""The reader's code, run in IPython shells that keep their variables.

Every space (a chapter, or one claim) starts with the bench's `checkpoint`, `tokenizer`, `encoder` and `model`, made by
the very lines that the console shows and copies.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from typing import Any

from tui.course.cells import BARE
from tui.engine.completion import Completions, complete
from tui.engine.displayed_tables import show_tables
from tui.engine.explanations import Explanation, explain_error
from tui.engine.tracebacks import short_traceback, whole_traceback
from tui.errors import Stopped
from tui.models import setup_code

OUTPUT_LIMIT = 20_000
"""Characters of output that are passed on; the rest is counted."""


@dataclass(frozen=True, slots=True)
class CellResult:
    """What a piece of code printed, in order, and whether it ended in an exception."""

    output: str
    failed: bool
    cut: int
    """Characters left out at the end of what was printed."""
    skipped: bool = False
    """Whether it had run before in this space, and was not to run twice."""
    whole: str = ""
    """The traceback through the libraries, where `output` ends with the reader's own lines only."""
    explanation: Explanation | None = None


class Output(io.StringIO):
    """Keeps the beginning of what is printed, and counts the rest: a loop that prints fills no memory."""

    cut = 0

    def write(self, text: str) -> int:
        room = max(0, OUTPUT_LIMIT - self.tell())
        self.cut += max(0, len(text) - room)
        super().write(text[:room])
        return len(text)


@dataclass
class _Space:
    shell: Any
    model: str
    """The reader's model; '' for the lessons' own."""
    has_run: set[str] = field(default_factory=set)
    """The pieces of code that ran to their end."""


class Cells:
    """One shell for each space; a space without a name is new every time."""

    def __init__(self) -> None:
        self._spaces: dict[str, _Space] = {}

    def run(self, name: str | None, code: str, *, once: bool = False, model: str = "") -> CellResult:
        """Run `code`; with `once`, only if it has not run in this space. With another model a space begins anew.

        Never raises for what the code does; raises `Stopped` when it was interrupted.
        """
        space = self._space(name, code, model)
        if once and code in space.has_run:
            return CellResult("", False, 0, skipped=True)
        with redirect_stdout(Output()) as out, redirect_stderr(out):
            error = _run(space.shell, code)
        text = out.getvalue()
        if error is None:
            space.has_run.add(code)
            return CellResult(text, False, out.cut)
        if text and not text.endswith("\n"):
            text += "\n"
        explanation = explain_error(error, code, space.shell.user_ns)
        return CellResult(
            text + short_traceback(error, code), True, out.cut, whole=whole_traceback(error), explanation=explanation
        )

    def names(self, name: str) -> dict[str, Any]:
        """The variables of a space that has run something."""
        names: dict[str, Any] = self._spaces[name].shell.user_ns
        return names

    def reset(self, name: str) -> None:
        """Forget a space: its names, and what has run."""
        self._spaces.pop(name, None)

    def complete(self, name: str, code: str) -> Completions:
        """What may follow `code`, which ends at the cursor, in a space that has run something."""
        space = self._spaces.get(name)
        return complete(code, space.shell.user_ns if space is not None else {})

    def answer(self, message: Mapping[str, Any]) -> Any:
        """The result of a request of the console."""
        name, code = message.get("space"), str(message.get("code", ""))
        match message.get("do"):
            case "complete":
                return self.complete(str(name), code)
            case "reset":
                return self.reset(str(name))
        return self.run(name, code, once=message.get("once") is True, model=str(message.get("model", "")))

    def _space(self, name: str | None, code: str, model: str) -> _Space:
        if name is not None and name in self._spaces and self._spaces[name].model == model:
            return self._spaces[name]
        space = _Space(_new_shell(), model)
        names = setup_code.NAMES if name is not None else setup_code.needed(code)
        if not (name or "").startswith(BARE):
            error = _run(space.shell, setup_code.cell_setup(*names, model=model))
            if error is not None:
                raise error
        if name is not None:
            self._spaces[name] = space
        return space


def _run(shell: Any, code: str) -> BaseException | None:
    """Run code in a shell; returns what it ended in. Raises `Stopped` when it was interrupted."""
    outcome = shell.run_cell(code, store_history=False)
    error: BaseException | None = outcome.error_before_exec or outcome.error_in_exec
    if isinstance(error, KeyboardInterrupt):
        raise Stopped("engine.stopped") from error
    return error


def _new_shell() -> Any:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False  # no database file: what a reader types here is nobody's business
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.automagic = False
    shell = InteractiveShell(config=config, user_ns={"__name__": "__main__"})
    shell.displayhook.write_output_prompt = lambda: None  # a value is shown as it is, without "Out[1]:"
    for name in ("showtraceback", "showsyntaxerror", "showindentationerror"):
        setattr(shell, name, lambda *values, **options: None)  # `run` shows it
    show_tables(shell)
    return shell
