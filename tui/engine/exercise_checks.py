"""The check of an exercise: the reader's code runs as a cell does, then the check looks at the objects that it made."""

from __future__ import annotations

import io
import random
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any

from tui.engine.code_cells import OUTPUT_LIMIT, CellResult, Cells
from tui.engine.explanations import explain_error
from tui.engine.tracebacks import short_traceback

SEED = 0
"""What every check starts from: the same code is judged in the same way each time."""
MOST_VALUE = 60
"""Characters of a value that a message repeats."""
_CHECK = "<check>"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What became of an attempt."""

    run: CellResult
    """What it printed, and whether it ended in an error: the reader's code, or the check while it used that."""
    passed: bool
    message: str = ""
    """Of the assertion that failed, with `{}` where its values go."""
    values: tuple[str, ...] = ()


def run_exercise(cells: Cells, space: str, code: str, check: str, seed: int = SEED) -> CheckResult:
    """Run `code` in a space, then `check`, whose own names are forgotten. Raises `Stopped` when it was interrupted."""
    run = cells.run(space, code)
    if run.failed:
        return CheckResult(run, False)
    # The check's frames are not the reader's: with a name of its own they are left out of tracebacks.
    names = {**cells.names(space), "__name__": "check"}
    failure: BaseException | None = None
    with _seeded(seed), redirect_stdout(io.StringIO()) as out, redirect_stderr(out):
        try:
            exec(compile(check, _CHECK, "exec"), names)  # noqa: S102 (the check is the lesson's own)
        except (Exception, SystemExit) as error:
            failure = error
    run = replace(run, output=(run.output + out.getvalue())[:OUTPUT_LIMIT])
    if failure is None:
        return CheckResult(run, True)
    if isinstance(failure, AssertionError) and traceback.extract_tb(failure.__traceback__)[-1].filename == _CHECK:
        message, *values = _parts(failure)
        return CheckResult(run, False, str(message), tuple(map(_short, values)))
    explanation = explain_error(failure, code, cells.names(space))
    run = replace(run, output=run.output + short_traceback(failure, code), failed=True, explanation=explanation)
    return CheckResult(run, False)


def _parts(failure: AssertionError) -> tuple[Any, ...]:
    """The message of an assertion, and the values for it."""
    (message,) = failure.args or ("",)
    return message if isinstance(message, tuple) else (message,)


def _short(value: object) -> str:
    try:
        text = value if isinstance(value, str) else repr(value)
    except Exception as error:  # the reader's own class may do anything
        return f"<{type(value).__name__}: {type(error).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= MOST_VALUE else text[: MOST_VALUE - 1] + "…"


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """Random numbers from this seed on; what comes after goes on as if none had been drawn."""
    numpy, torch = sys.modules.get("numpy"), sys.modules.get("torch")
    before = random.getstate()
    before_numpy = numpy.random.get_state() if numpy else None
    before_torch = torch.get_rng_state() if torch else None
    random.seed(seed)
    if numpy:
        numpy.random.seed(seed)
    if torch:
        torch.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(before)
        if numpy:
            numpy.random.set_state(before_numpy)
        if torch:
            torch.set_rng_state(before_torch)
