"""How every child process of ours is started: its command, its environment, its working folder.

No file of the folder that the reader works in is imported: `-P` keeps that folder off `sys.path`, PYTHONSAFEPATH does
so for the processes that libraries start, and a child works in a folder of its own. PYTHONPATH stays, because clusters
set it up; entries of it that are relative name the reader's folder and go.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from tui import paths

PRIVATE: Mapping[str, str] = {
    "HF_UPDATE_DOWNLOAD_COUNTS": "0",  # datasets and evaluate report every file that they open, local ones too
    "HF_HUB_DISABLE_TELEMETRY": "1",  # covers the look-up of who has started the process (agent-harnesses), too
    "HF_HUB_DISABLE_UPDATE_CHECK": "1",
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "DISABLE_SAFETENSORS_CONVERSION": "1",  # transformers asks the Hub to convert pickled weights, in a thread
    "GRADIO_ANALYTICS_ENABLED": "False",
}
"""What keeps libraries from the network unless they are asked to use it. A reader's own values count."""
_DEFAULTS = {
    "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads make small models 40 times slower on a busy machine
    "TOKENIZERS_PARALLELISM": "false",  # one text at a time; its threads also break after a fork
    "DATASETS_VERBOSITY": "critical",  # what it logs it also raises
    "TRANSFORMERS_VERBOSITY": "error",
    "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
    "PYTHONUNBUFFERED": "1",
    "PYTHONUTF8": "1",
    "PYTHONSAFEPATH": "1",
    **PRIVATE,
}


_PATHS = (
    "HEADNOTES_HOME", "HEADNOTES_BACKBONE", "HF_HOME", "HF_HUB_CACHE", "HF_XET_CACHE", "HF_ASSETS_CACHE",
    "HF_TOKEN_PATH", "HF_DATASETS_CACHE", "HF_MODULES_CACHE", "HF_EVALUATE_CACHE", "HF_METRICS_CACHE",
    "NLTK_DATA", "TORCH_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME",
    "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "TMPDIR",
)  # fmt: skip
"""Variables with a path: a relative one would mean another place in a child, which works in another folder."""


def child_command(module: str, *arguments: str) -> tuple[str, ...]:
    """The words that run a module of ours in a new Python."""
    return (sys.executable, "-P", "-m", module, *arguments)


def child_environment() -> dict[str, str]:
    """A copy of ours, with what keeps the libraries fast, quiet and off the network where the reader has not chosen."""
    environment = {**_DEFAULTS, **os.environ}
    for name in _PATHS:
        if (path := environment.get(name)) and not path.startswith("~"):
            environment[name] = os.path.abspath(path)  # noqa: PTH100 (links stay)
    if "PYTHONPATH" in environment:
        entries = environment["PYTHONPATH"].split(os.pathsep)
        environment["PYTHONPATH"] = os.pathsep.join(entry for entry in entries if Path(entry).is_absolute())
    return environment


def child_folder() -> str:
    """The folder in which a child works: empty, ours, and always there; the root where none can be made."""
    folder = paths.child_dir()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return os.sep
    return str(folder)


def keep_private() -> None:
    """The same for this process. To be called before a library is imported that may use the network."""
    for name, value in PRIVATE.items():
        os.environ.setdefault(name, value)
