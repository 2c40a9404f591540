"""A line about the run that goes on, on every screen that is not about runs."""

from __future__ import annotations

from tui.console.keys import KEYS
from tui.console.widgets.chrome import OneLine
from tui.console.widgets.runs.facts import state_piece
from tui.runs.overview import Glance
from tui.text.catalog import translate
from tui.text.chart import figure
from tui.text.lines import Line
from tui.text.visible import visible


class RunStrip(OneLine):
    """Name, state, step of steps, loss, and the key that opens the runs."""

    DEFAULT_CSS = """
    RunStrip { background: $panel; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._glance: Glance | None = None
        self._others = 0
        self._drawn: tuple[object, ...] = ()

    def put(self, glance: Glance, others: int) -> None:
        """Tell of a run, and how many more there are; an unchanged line is not drawn again."""
        self._glance, self._others = glance, others
        status = glance.status
        drawn = (glance.run, status.state, status.step, status.steps, status.loss, others, self.app.language)
        if drawn != self._drawn:
            self._drawn = drawn
            self.refresh()

    def sides(self) -> tuple[Line, Line]:
        glance, language = self._glance, self.app.language
        if glance is None:
            return (), ()
        status = glance.status
        left: list[tuple[str, str]] = [
            (f" {translate(language, 'console.runs.run')} ", "dim"),
            (visible(glance.run.name), "strong"),
            ("  ", "text"),
            state_piece(language, status.state),
        ]
        if status.steps:
            step = translate(language, "console.runs.run_step", done=f"{status.step:,}", all=f"{status.steps:,}")
            left.append((f"  {step}", "text"))
        if status.loss is not None:
            left.append((f"  {translate(language, 'console.panel.loss')} {figure(status.loss)}", "text"))
        if self._others:
            left.append((f"  {translate(language, 'console.runs.and_others', n=self._others)}", "dim"))
        key = next(key for key in KEYS if key.id == "app.runs")
        return tuple(left), ((key.shown, "accent"), (f" {translate(language, 'console.runs.title')} ", "dim"))
