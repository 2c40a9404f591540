"""The doctor's report: versions, device, terminal, models, paths. Fit to paste into a bug report.

Reads package metadata instead of importing packages, so that the console can show it at once.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
from collections.abc import Mapping
from typing import Any

import tui
from tui import paths
from tui.settings import endpoint

PACKAGES = (
    "torch", "transformers", "datasets", "accelerate", "evaluate", "tqdm", "peft", "tokenizers", "huggingface-hub",
    "textual", "rich", "markdown-it-py", "ipython",
)  # fmt: skip

Report = dict[str, dict[str, str]]


def report(engine: Mapping[str, Any] | None = None, rejected: Mapping[str, str] | None = None) -> Report:
    """The report by parts; `engine` is the engine's own account, when it has given one.

    `rejected` says why instruments of other packages cannot be used.
    """
    sections: Report = {
        "headnotes": {
            "version": tui.__version__,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.release()} {platform.machine()}",
            "processors": str(os.cpu_count()),
        },
        "engine": {str(name): str(value) for name, value in (engine or {}).items()},
        "packages": {name: _version(name) for name in PACKAGES},
        **({"instruments": dict(rejected)} if rejected else {}),
        "terminal": {
            name: os.environ.get(name, "-")
            for name in ("TERM", "COLORTERM", "LANG", "LC_ALL", "NO_COLOR", "TMUX", "SSH_CONNECTION")
        },
        "hugging face": {
            "endpoint": endpoint(),
            **{name: os.environ.get(name, "-") for name in ("HF_HOME", "HF_HUB_OFFLINE", "HF_HUB_CACHE")},
        },
        "paths": {
            "lessons": str(paths.lessons_dir()),
            "settings": str(paths.settings_file()),
            "progress": str(paths.progress_file()),
            "engine log": str(paths.engine_log()),
            "console log": str(paths.console_log()),
        },
    }
    sections["terminal"]["SSH_CONNECTION"] = "set" if os.environ.get("SSH_CONNECTION") else "-"  # holds addresses
    return sections


def as_text(sections: Report) -> str:
    """The report for people: a heading and aligned lines for each part."""
    lines: list[str] = []
    for title, facts in sections.items():
        lines += [title, *(f"  {name:18} {value}" for name, value in facts.items()), ""]
    return "\n".join(lines)


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
