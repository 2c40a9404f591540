"""The environment every child process starts with; these must be set before its Python starts."""

from __future__ import annotations

import os


def child_environment() -> dict[str, str]:
    """A copy of ours, with what keeps the libraries fast and quiet where the reader has not chosen otherwise."""
    quiet = {
        "OMP_WAIT_POLICY": "PASSIVE",  # spinning threads make small models 40 times slower on a busy machine
        "TOKENIZERS_PARALLELISM": "false",  # one text at a time; its threads also break after a fork
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "DATASETS_VERBOSITY": "critical",  # what it logs it also raises
        "TRANSFORMERS_VERBOSITY": "error",
        "TRANSFORMERS_NO_ADVISORY_WARNINGS": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
    }
    return {**quiet, **os.environ}
