"""The training tasks, one module each: a file in this folder is a task, and its `TASK` is all that others know of it.

Nothing is imported until a task is needed: names are those of the files.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any


def names() -> tuple[str, ...]:
    """Every task, as a recipe writes it."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(__path__)))


@cache
def load(name: str) -> Any:
    """The `TASK` of a module; `tui.recipes.task.task_of` has it with its type, which recipes know nothing of."""
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}").TASK
