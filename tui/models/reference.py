"""References to models: what the option `model` of an instrument may be. Pure: nothing is opened or looked up here.

A text is read in this order; what fits first counts:

1. `run:NAME`, a training run: the best model, or before its end the best checkpoint; `@last` is its newest
   checkpoint, `@500` that of a step. NAME may also be the path of a run's folder.
2. A name of the catalog, such as `MiniLM`, `sentiment` or `translation-en-fr`. Where a task is known, `stand-in` and
   `course` are the two models that the catalog has for it.
3. `name` or `owner/name`, with `@REVISION` or without: a folder of that very name if there is one, else a Hub id.
4. Anything else is the path of a folder: `./sentiment`, `~/models/x`, `C:\\models\\x`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.errors import UsageError, quoted
from tui.models.catalog import SHELF, place

BACKBONE = "MiniLM"
"""The catalog's name of the bundled encoder."""
ZERO_SHOT = "zero-shot"
"""The catalog's name of what compares embeddings of the encoder: it has no head."""
STAND_IN, COURSE = "stand-in", "course"
"""A task's two models in the catalog: ours, and the one of the course."""
BEST, LAST = "best", "last"
_RUN = "run:"
_CHECKPOINT = re.compile(rf"{BEST}|{LAST}|\d{{1,12}}")
_PART = r"(?!.*(?:\.\.|--))[A-Za-z0-9_](?:[\w.-]{0,94}[A-Za-z0-9_])?"
_HUB_ID = re.compile(rf"(?P<name>(?:{_PART}/)?{_PART})(?:@(?P<revision>(?!.*\.\.)\w[\w./-]*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Reference:
    """A model by name; `str` gives the text that `parse` reads as the same reference."""

    kind: str
    """`catalog`, `run`, `hub` (or a folder of that name) or `folder`."""
    name: str
    revision: str = ""
    """Of a Hub id; of a run `best`, `last` or a step."""

    def __str__(self) -> str:
        if self.kind == "run":
            has_suffix = self.revision != BEST or "@" in self.name
            return f"{_RUN}{self.name}" + (f"@{self.revision}" if has_suffix else "")
        return f"{self.name}@{self.revision}" if self.revision else self.name


def parse(text: str, task: str = "") -> Reference:
    """Read a reference. With a `task`, `stand-in` and `course` name its models. Raises `UsageError`."""
    if text.startswith(_RUN):
        return _run(text)
    if text in (STAND_IN, COURSE):
        return _of_task(text, task)
    if text in catalog_names():
        return Reference("catalog", text)
    if match := _HUB_ID.fullmatch(text):
        return Reference("hub", match["name"], match["revision"] or "")
    if not text.strip():
        raise UsageError("models.no-model-named", example=BACKBONE)
    return Reference("folder", text)


def catalog_names() -> tuple[str, ...]:
    """Names of the models that ship with the lessons."""
    return (BACKBONE, *(at.folder for at in SHELF))


def _run(text: str) -> Reference:
    rest = text.removeprefix(_RUN)
    name, at, checkpoint = rest.rpartition("@")
    if at and not _CHECKPOINT.fullmatch(checkpoint) and "/" not in checkpoint:
        raise UsageError(
            "models.not-a-checkpoint", text=quoted(text), best=BEST, last=LAST, example=f"{_RUN}{name}@{LAST}"
        )
    if not at or not _CHECKPOINT.fullmatch(checkpoint):
        name, checkpoint = rest, BEST
    if not name:
        raise UsageError("models.no-run-named", text=quoted(text))
    return Reference("run", name, checkpoint)


def _of_task(text: str, task: str) -> Reference:
    if not task:
        raise UsageError("models.no-task-named", text=text, names=catalog_names())
    at = place(task)
    return Reference("catalog", at.folder) if text == STAND_IN else Reference("hub", at.course, at.revision)
