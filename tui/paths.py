"""Where things are kept. Functions of the environment at call time, never constants.

`HEADNOTES_HOME` puts everything under one folder; otherwise the platform's own places are used.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path

from tui.errors import UsageError, quoted

_PACKAGE = Path(__file__).resolve().parent


def _base(kind: str) -> Path:
    if home := os.environ.get("HEADNOTES_HOME"):
        return expanded(home) / kind
    import platformdirs

    dirs = platformdirs.PlatformDirs("headnotes", appauthor=False)
    return Path({"config": dirs.user_config_dir, "state": dirs.user_state_dir, "cache": dirs.user_cache_dir}[kind])


def expanded(text: str | Path) -> Path:
    """A path as somebody typed it, with `~` as the home. The home of a user that is not known here stays a name.

    `pathlib` raises there; it also takes `./~x` for a home, since it drops the `./`: such a name becomes absolute.
    """
    path = _with_home(str(text))
    is_name = str(Path(path)).startswith("~") and not path.startswith("~")
    return absolute(path) if is_name else Path(path)


def _with_home(text: str) -> str:
    try:
        return os.path.expanduser(text)  # noqa: PTH111
    except ValueError:  # a NUL in the name of a user
        return text


def absolute(path: str | Path) -> Path:
    """The path from the root on. Raises `UsageError` where it is relative to a folder that is gone."""
    try:
        return Path(path).absolute()
    except FileNotFoundError:
        raise UsageError("errors.folder-gone", path=quoted(str(path))) from None


def check_name(text: str) -> None:
    """Raises `UsageError` for what somebody typed as a path and no file can be called."""
    path = _with_home(text)
    if path.startswith("~") and "\0" not in path:
        raise UsageError("errors.unknown-home", path=quoted(text))
    try:
        os.lstat(path)
    except ValueError:
        code = "errors.name-with-nul" if "\0" in text else "errors.name-with-odd-character"
        raise UsageError(code, path=quoted(text)) from None
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise UsageError("errors.name-too-long", path=quoted(text)) from None


def settings_file() -> Path:
    """The reader's settings (TOML)."""
    return _base("config") / "settings.toml"


def progress_file(course_id: str = "") -> Path:
    """What has been read and answered, in our course or another (JSON; its shape is described in `course.progress`)."""
    return _base("state").joinpath("courses", f"{course_id}.json") if course_id else _base("state") / "progress.json"


def consents_file() -> Path:
    """The folders whose code the reader has allowed to run (JSON)."""
    return _base("state") / "consents.json"


def cache_dir() -> Path:
    """What can be made again at any time."""
    return _base("cache")


def child_dir() -> Path:
    """The folder in which child processes work; nothing is kept there."""
    return _base("cache") / "work"


def engine_log() -> Path:
    """What the engine and the libraries in it wrote to their standard error."""
    return _base("state") / "engine.log"


def console_log() -> Path:
    """Where in the code the console failed, without any text of the reader."""
    return _base("state") / "console.log"


def recent_data_file() -> Path:
    """Data sets that were opened, newest first (JSON)."""
    return _base("state") / "recent-data.json"


def copied_file() -> Path:
    """The last thing that was copied, for terminals that pass no clipboard on."""
    return _base("state") / "copied.txt"


def lessons_dir() -> Path:
    """The course: inside the package when installed from a wheel, beside it in a checkout."""
    bundled = _PACKAGE / "lessons"
    return bundled if bundled.is_dir() else _PACKAGE.parent / "lessons"


def data_dir() -> Path:
    """The small data sets that ship with the lessons."""
    return lessons_dir() / "data"


def models_dir() -> Path:
    """The small checkpoints that ship with the lessons."""
    return lessons_dir() / "models"


def metrics_dir() -> Path:
    """The metric modules that ship with the lessons: a folder each, for `evaluate.load`."""
    return lessons_dir() / "metrics"


def recipes_dir() -> Path:
    """The recipes that ship with the lessons."""
    return lessons_dir() / "recipes"


def runs_dir() -> Path:
    """A folder for each training run."""
    return _base("state") / "runs"
