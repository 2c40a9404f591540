"""Whether there is a shell to go back to when the console is suspended."""

from __future__ import annotations

import os


def has_shell() -> bool:
    """Whether some parent of this process group runs in the same session: a shell that would notice, and could `fg`.

    Without one (`ssh host headnotes`, a container's first process, a terminal's own command) a stopped process could
    never be continued from the keyboard.
    """
    if os.name != "posix":
        return False
    import psutil

    group, session = os.getpgrp(), os.getsid(0)
    try:
        for parent in psutil.Process().parents():
            if os.getpgid(parent.pid) != group:
                return os.getsid(parent.pid) == session
    except (psutil.Error, OSError):
        pass
    return False
