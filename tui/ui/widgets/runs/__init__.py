"""What the screens of the runs are drawn with: lines of pieces out of runs and their curves."""

from tui.ui.widgets.runs.pane import RunsPane

__all__ = ["RunsPane"]
