"""The detached process that trains: `python -m tui.runs.worker FOLDER`. It outlives whoever started it."""
