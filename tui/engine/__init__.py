"""The child process in which the lab runs for the console, and the console's side of the line to it.

`client` never imports the lab's libraries; `server` is `python -m tui.engine.server`.
"""
