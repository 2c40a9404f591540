"""Copying: the machine's own clipboard when there is one, OSC 52 for terminals far away, and a file in any case."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tui.atomic import write_atomically
from tui.record import record

OSC52_LIMIT = 74_000
"""Characters; terminals drop longer sequences without a word."""


@record
class Copied:
    """Where a text is known to have arrived."""

    place: str
    """`clipboard`: this machine's; `tmux`: tmux's buffer; empty: neither. OSC 52 is never confirmed by a terminal."""
    in_file: bool
    """Whether it is in the file, too."""


def copy(text: str, keep: Path) -> Copied:
    """Copy without the terminal's help, and keep the text in a file as the last resort."""
    try:
        write_atomically(keep, text)
        in_file = True
    except OSError:
        in_file = False
    if os.environ.get("TMUX") and shutil.which("tmux"):
        # Inside tmux OSC 52 may stop at tmux; its own command passes the text on.
        return Copied("tmux" if _feed(["tmux", "load-buffer", "-w", "-"], text) else "", in_file)
    return Copied("clipboard" if not _is_remote() and _by_program(text) else "", in_file)


def _is_remote() -> bool:
    return any(name in os.environ for name in ("SSH_CONNECTION", "SSH_TTY"))


def _by_program(text: str) -> bool:
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
