"""The reader's code, run in IPython shells that keep their variables.

Every space (a chapter, or one claim) starts with the bench's `checkpoint`, `tokenizer`, `encoder` and `model`, made by
the very lines that the console shows and copies.
"""

from __future__ import annotations

import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

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
    """Characters left out at the end of `output`."""


class Cells:
    """One shell for each space; a space without a name is new every time."""

    def __init__(self) -> None:
        self._shells: dict[str, Any] = {}

    def run(self, space: str | None, code: str) -> CellResult:
        """Run `code`. Never raises for what the code does; raises `Stopped` when it was interrupted."""
        shell = self._shell(space, code)
        with redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
            error = _run(shell, code)
        text = out.getvalue()
        return CellResult(text[:OUTPUT_LIMIT], error is not None, max(0, len(text) - OUTPUT_LIMIT))

    def names(self, space: str) -> dict[str, Any]:
        """The variables of a space that has run something."""
        names: dict[str, Any] = self._shells[space].user_ns
        return names

    def _shell(self, space: str | None, code: str) -> Any:
        if space is not None and space in self._shells:
            return self._shells[space]
        shell = _new_shell()
        names = setup_code.NAMES if space is not None else setup_code.needed(code)
        error = _run(shell, setup_code.setup_code(*names))
        if error is not None:
            raise error
        if space is not None:
            self._shells[space] = shell
        return shell


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
    config.InteractiveShell.xmode = "Minimal"
    config.InteractiveShell.autoindent = False
    config.InteractiveShell.automagic = False
    shell = InteractiveShell(config=config, user_ns={"__name__": "__main__"})
    shell.displayhook.write_output_prompt = lambda: None  # a value is shown as it is, without "Out[1]:"
    return shell
