"""The metrics that ship with the lessons, loaded through `evaluate` by their path: no network, never a stale copy."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path
from typing import Any

from tui import paths
from tui.atomic import write_atomically
from tui.errors import UsageError, phrase


def names() -> list[str]:
    """Metrics that are here."""
    return sorted(folder.name for folder in paths.metrics_dir().iterdir() if _script(folder.name).is_file())


def load(name: str, config: str | None = None) -> Any:
    """The `evaluate` module of that name; `config` is the task of glue, or `multilabel`. Raises `UsageError`.

    What is added to it stays in memory, so that processes do not wait for each other's files.
    """
    import evaluate

    known = names()
    if name not in known:
        near = difflib.get_close_matches(name, known, 1)
        hint = phrase("errors.did-you-mean", name=near[0]) if near else ""
        raise UsageError("models.no-such-metric", name=name, hint=hint, names=known)
    _refresh(name)
    try:
        return evaluate.load(str(_script(name).parent), config, keep_in_memory=True)
    except KeyError as error:
        raise UsageError("models.no-such-configuration", name=name, config=config, reason=error.args[0]) from error


def setup_line() -> str:
    """The line that names the folder of the metrics in code that is shown."""
    return f"metrics_folder = {str(paths.metrics_dir())!r}  # the metrics that ship with the lessons"


def _script(name: str) -> Path:
    return paths.metrics_dir() / name / f"{name}.py"


def _refresh(name: str) -> None:
    """Replace evaluate's copy of a module when it differs from ours.

    The copy is named by a hash that leaves out all that follows a #, and it is never compared with its source again:
    some edits would not be seen, and a copy that was cut off in writing would stay.
    """
    from evaluate.loading import files_to_hash, init_dynamic_modules

    script = _script(name)
    digest = files_to_hash([str(script)])
    folder = Path(init_dynamic_modules())
    copy = folder / "metrics" / name / digest / f"{name}.py"
    if copy.is_file() and copy.read_bytes() != script.read_bytes():
        write_atomically(copy, script.read_text("utf-8"))
        sys.modules.pop(f"{folder.name}.metrics.{name}.{digest}.{name}", None)
