"""The errors a reader can meet, each with a title, a detail and a next step.

    HeadnotesError
    ├── UsageError          something asked for does not exist or does not fit     (exit code 2)
    │   ├── LessonError     a lesson file that cannot be read as a lesson
    │   └── NoTerminal      a screen is wanted where there is no terminal
    ├── CheckpointError     a model's files are missing, altered or of a kind that is refused
    ├── DataError           a data set cannot be opened, changed or saved
    │   └── TableGone       a table is asked for that the engine does not hold (any more)
    └── EngineError         the child process that runs the instruments
        ├── EngineDied      it ended in the middle of a request
        └── Stopped         the reader stopped the request                         (exit code 130)

This module imports nothing of the project.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass


class HeadnotesError(Exception):
    """Something went wrong that a sentence can explain."""

    exit_code = 1

    def __init__(self, title: str, detail: str = "", next_step: str = "") -> None:
        super().__init__(title, detail, next_step)
        self.title = title
        self.detail = detail
        self.next_step = next_step

    def __str__(self) -> str:
        return " ".join(part for part in (self.title, self.detail, self.next_step) if part)


class UsageError(HeadnotesError):
    """What was asked for does not exist or does not fit."""

    exit_code = 2


class LessonError(UsageError):
    """A lesson file that cannot be read as a lesson."""


class NoTerminal(UsageError):
    """A screen is wanted where there is no terminal to draw on."""


class CheckpointError(HeadnotesError):
    """A model's files are missing, altered or of a kind that is refused."""


class DataError(HeadnotesError):
    """A data set cannot be opened, changed or saved."""


class TableGone(DataError):
    """A table is asked for that the engine does not hold, because it was restarted or the table was closed."""


class EngineError(HeadnotesError):
    """The engine could not do what it was asked."""


class EngineDied(EngineError):
    """The engine ended in the middle of a request."""


class Stopped(EngineError):
    """The reader stopped the request."""

    exit_code = 130


def quoted(typed: str) -> str:
    """What somebody typed, for a sentence about it: in quotes, and not all of it when it is long."""
    return repr(typed) if len(typed) <= 80 else f"{typed[:60]!r}… ({len(typed):,} characters)"


@dataclass(frozen=True, slots=True)
class ResultWarning:
    """What a reader should know before trusting a result. It goes with the result; an error takes its place."""

    code: str
    """For programs, stable: `unknown-tokens`, `truncated` ..."""
    message: str


@dataclass(frozen=True, slots=True)
class Explained:
    """An error as plain data, so that it can cross a process border."""

    kind: str
    """Class name, for programs: `UsageError`, `CheckpointError`, `ValueError` ..."""
    title: str
    detail: str = ""
    next_step: str = ""

    def as_dict(self) -> dict[str, str]:
        return asdict(self)

    def as_error(self) -> HeadnotesError:
        """The error again; a class that only the other process knows becomes an `EngineError`."""
        return _KINDS.get(self.kind, EngineError)(self.title, self.detail, self.next_step)


_KINDS: dict[str, type[HeadnotesError]] = {
    c.__name__: c
    for c in (HeadnotesError, UsageError, LessonError, CheckpointError, DataError, TableGone, EngineError, EngineDied,
              Stopped)
}  # fmt: skip


def explain(error: BaseException) -> Explained:
    """Say what happened. Errors that are not ours keep their own words under their class name."""
    if isinstance(error, HeadnotesError):
        return Explained(type(error).__name__, error.title, error.detail, error.next_step)
    if isinstance(error, MemoryError):
        return Explained("MemoryError", "Not enough memory.", str(error), "Try a shorter text, or close something.")
    if isinstance(error, OSError) and error.strerror:
        where = f" ({error.filename})" if error.filename else ""
        return Explained(type(error).__name__, f"{error.strerror}{where}.")
    return Explained(type(error).__name__, f"{type(error).__name__}: {error}".rstrip(": "))
