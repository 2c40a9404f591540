"""The detached process that trains: `python -m tui.training.worker FOLDER`. It outlives whoever started it."""
