"""`schedule` on the bench: the curves, the rates that matter, and how the steps are counted."""

from __future__ import annotations

from typing import Any, ClassVar

from tui.console.widgets.lines import Lines
from tui.console.widgets.option_bar import Options
from tui.console.widgets.pane import Pane
from tui.instruments.schedule.compute import ScheduleResult
from tui.instruments.schedule.lines import HIGHEST, LOWEST, schedule_lines
from tui.recipes.learning_rates import SPECIFIC, TAKES

COMMON = (
    "name", "compare", "rows", "batch_size", "accumulation", "processes", "epochs", "max_steps", "warmup",
    "learning_rate",
)  # fmt: skip


class SchedulePane(Pane):
    """A schedule, others beside it, and the numbers of a run."""

    BESIDE: ClassVar[int] = 4
    TEXTS: ClassVar[tuple[str, ...]] = ()
    ANSWER: ClassVar[str] = "schedule"
    DELAY: ClassVar[float] = 0.5

    DEFAULT_CSS = """
    SchedulePane Options { max-height: 7; }
    SchedulePane #schedule { padding: 0 1; }
    """

    def ask(self) -> None:
        self.query_one(Options).show_only((*COMMON, *self._taken()))
        super().ask()

    def values(self) -> dict[str, Any]:
        """What is set, without the options of schedules that are not drawn now."""
        used = (*COMMON, *self._taken())
        return {name: value for name, value in super().values().items() if name in used}

    def _taken(self) -> tuple[str, ...]:
        chosen = self.query_one(Options).values
        compared = {name.strip() for name in str(chosen["compare"] or "").split(",")}
        drawn = TAKES if "all" in compared else {chosen["name"], *compared}
        return tuple(one for one in SPECIFIC if any(one in TAKES.get(name, ()) for name in drawn))

    def draw(self, result: ScheduleResult) -> None:
        """With a chart as high as there is room for."""
        view = self.query_one("#schedule", Lines)
        height = min(HIGHEST, max(LOWEST, view.size.height - 12))
        view.set_lines(schedule_lines(result, self.text_width, self.app.language, height))
