"""Copying: the machine's own clipboard when there is one, OSC 52 for terminals far away, and a file in any case."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from tui.atomic import write_atomically

OSC52_LIMIT = 74_000
"""Characters; terminals drop longer sequences without a word."""


def copy(text: str, keep: Path) -> bool:
    """Copy without the terminal's help. False when the text went nowhere but into the file `keep`."""
    with suppress(OSError):  # the file is the last resort; what matters is whether a clipboard has it
        write_atomically(keep, text)
    if os.environ.get("TMUX") and shutil.which("tmux"):
        # Inside tmux OSC 52 may stop at tmux; its own command passes the text on.
        return _feed(["tmux", "load-buffer", "-w", "-"], text)
    return not _remote() and _local(text)


def _remote() -> bool:
    return any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY"))


def _local(text: str) -> bool:
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError, UnicodeError):
        return False
    return True


def _feed(command: list[str], text: str) -> bool:
    try:
        subprocess.run(command, input=text.encode("utf-8", "replace"), check=True, timeout=2, capture_output=True)
    except (OSError, subprocess.SubprocessError):
        return False
    return True
