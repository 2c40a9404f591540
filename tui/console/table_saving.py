"""Saving the table on the screen: what would be written and lost is shown first, and nothing is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tui import paths
from tui.console.app_protocol import Console
from tui.console.screens.windows import ListWindow
from tui.console.table_requests import TableRequests
from tui.console.widgets.status import Status
from tui.errors import UsageError
from tui.options import revive
from tui.tables.saving import Plan
from tui.text.catalog import translate
from tui.text.sizes import size_text


class TableSaving:
    """From a path as it was typed to the files."""

    def __init__(self, app: Console, requests: TableRequests, status: Status, handle: Callable[[], str]) -> None:
        """`handle` gives the engine's name of the table, which is another one when it was opened again."""
        self._app, self._requests, self._status, self._handle = app, requests, status, handle

    def begin(self, typed: str) -> None:
        """Plan the files at a path, and ask."""
        try:
            self._plan(str(paths.absolute(paths.expanded(typed))))
        except UsageError as error:
            self._requests.show_error(error)

    def _plan(self, path: str) -> None:
        values = {"handle": self._handle(), "path": path}
        self._requests.ask("plan", values, lambda plain: self._confirm(path, revive(Plan, plain)))

    def _confirm(self, path: str, plan: Plan) -> None:
        """Say what would be written and what the format cannot hold; offer the one that can."""
        language = self._app.language
        whole = Path(path).with_suffix(".parquet")
        files = ", ".join(map(_from_here, plan.standing or plan.files))
        rows = translate(language, "console.data.rows", count=plan.rows) if plan.rows is not None else ""
        rows += f", {size_text(plan.bytes)}" if plan.bytes else ""
        yes = translate(
            language, "console.data.save_over" if plan.standing else "console.data.save_it", files=files, rows=rows
        )
        entries = [yes, translate(language, "console.data.leave_unsaved")]
        if plan.losses:
            entries.append(translate(language, "console.data.save_parquet", file=whole.name))

        def choose(index: int | None) -> None:
            if index == 2:
                self._plan(str(whole))
            elif index == 0:
                values = {"handle": self._handle(), "path": path, "replace": bool(plan.standing)}
                self._requests.ask("save", values, self._show_saved)

        marked = 1 if plan.standing else 0
        losses = [translate(language, f"console.loss.{loss.code}", columns=loss.where) for loss in plan.losses]
        self._app.push_screen(ListWindow(plan.code, entries, marked=marked, warnings=losses), choose)

    def _show_saved(self, plain: Any) -> None:
        files = ", ".join(map(_from_here, revive(Plan, plain).files))
        self._status.hint(translate(self._app.language, "console.data.saved", files=files))


def _from_here(path: str) -> str:
    """A path as it is from the reader's folder when it is in it."""
    try:
        here = Path.cwd()
    except FileNotFoundError:  # it was deleted
        return path
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path
