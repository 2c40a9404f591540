"""Doing a step on a data set: the library's own call, watched, so that a function that fails says on which row.

The cache of the library is keyed by the data and the text of the step, so that a step done before is there at once,
also after a restart.
"""

from __future__ import annotations

import ast
import errno
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tui.errors import DataError, HeadnotesError, UsageError, phrase
from tui.tables.opening import is_stream, splits
from tui.tables.steps import IMPORTS, Step, lines

WITH_FUNCTION = ("map", "filter")


@dataclass(frozen=True, slots=True)
class Done:
    """What a step made, and what it changed."""

    data: Any
    added: tuple[str, ...]
    """Columns."""
    removed: tuple[str, ...]
    before: int | None
    """Rows in all splits together; None for a stream."""
    after: int | None
    seconds: float
    cache: str
    """`read`: it had been done before and lay in the cache; `written`: it does now; empty: nothing was kept."""


class RowFailed(Exception):
    """A function failed on a row. Plain arguments, so that it can come out of another process."""

    def __init__(self, row: int, values: str, reason: str, batch: int) -> None:
        super().__init__(row, values, reason, batch)
        self.row, self.values, self.reason, self.batch = row, values, reason, batch


class Watched:
    """The reader's function, which says on which row it failed. The row's number is its last argument."""

    def __init__(self, function: Callable[..., Any], *, keep_number: bool) -> None:
        self.function, self.keep_number = function, keep_number

    def __call__(self, *arguments: Any, **more: Any) -> Any:
        number = arguments[-1]
        given = arguments if self.keep_number else arguments[:-1]
        try:
            return self.function(*given, **more)
        except Exception as error:
            row = number if isinstance(number, int) else number[0]
            batch = 0 if isinstance(number, int) else len(number)
            raise RowFailed(int(row), _short(arguments[0]), f"{type(error).__name__}: {error}", batch) from None


def apply(step: Step, data: Any) -> Done:
    """Do it. Raises `UsageError` for what does not fit and `DataError` for what fails; `data` stays as it was."""
    _check(step, data)
    try:
        names = namespace(step, data)  # imports and the tokenizer are not the step's time
        start, begun = time.perf_counter(), time.time()
        made = _run(step, data, names)
    except (HeadnotesError, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise failure(error, step.name, columns(data)) from error
    old, new = columns(data), columns(made)
    return Done(
        data=made,
        added=tuple(name for name in new if name not in old),
        removed=tuple(name for name in old if name not in new),
        before=rows(data),
        after=rows(made),
        seconds=time.perf_counter() - start,
        cache=_cache(step, made, begun),
    )


def columns(data: Any) -> list[str]:
    """Names of the columns of the first split."""
    return list(next(iter(splits(data).values())).column_names or [])


def rows(data: Any) -> int | None:
    """Rows of all splits together; None for a stream."""
    return None if is_stream(data) else sum(one.num_rows for one in splits(data).values())


def failure(error: BaseException, what: str, names: list[str]) -> HeadnotesError:
    """The error to show for one that ended a step."""
    failed = _row_failed(error)
    if failed is not None:
        batch = phrase("tables.batch-from-row", rows=failed.batch) if failed.batch else ""
        return DataError(
            "tables.row-failed", step=what, row=failed.row, reason=failed.reason, batch=batch, cells=failed.values
        )
    text = str(error).strip().splitlines()
    first = text[0] if text else type(error).__name__
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return DataError("tables.step-disk-full", step=what)
    if isinstance(error, MemoryError):
        return DataError("tables.step-memory", step=what, reason=first)
    if "column" in first.lower() or isinstance(error, KeyError):
        return UsageError("tables.step-columns", step=what, reason=first[:300], columns=names[:20])
    return DataError("tables.step-failed", step=what, reason=f"{type(error).__name__}: {first[:400]}")


def namespace(step: Step, data: Any) -> dict[str, Any]:
    """What a step's Python finds: `dataset`, the modules and classes it names, and the tokenizer."""
    found: dict[str, Any] = {"__name__": "__main__", "dataset": data}
    for name in sorted(step.names):
        if name in IMPORTS:
            exec(IMPORTS[name], found)  # noqa: S102 (our own import lines)
        elif name == "tokenizer":
            from tui.models import loading

            found["tokenizer"] = loading.tokenizer(step.model)
    return found


def _check(step: Step, data: Any) -> None:
    if is_stream(data) and not step.operation.stream:
        raise UsageError("tables.step-on-stream", step=step.name)
    if isinstance(data, dict) and not step.operation.many:
        raise UsageError("tables.step-on-splits", step=step.name, splits=list(data), first=next(iter(data)))
    if step.name == "only" and not isinstance(data, dict):
        raise UsageError("tables.one-split")


def _run(step: Step, data: Any, names: dict[str, Any]) -> Any:
    if step.operation.own or step.name in ("set_format", "reset_format"):
        return _run_lines(step, data, names)
    arguments = [_value(one, names) for one in step.arguments]
    options = {name: _value(one, names) for name, one in step.options.items() if name != "**"}
    if step.name not in WITH_FUNCTION:
        return getattr(data, step.name)(*arguments, **options)
    if isinstance(data, dict):
        return type(data)({name: _with_function(step, one, arguments, options) for name, one in data.items()})
    return _with_function(step, data, arguments, options)


def _run_lines(step: Step, data: Any, names: dict[str, Any]) -> Any:
    import copy

    import datasets

    for name in ("Dataset", "DatasetDict", "concatenate_datasets", "interleave_datasets", "load_dataset"):
        names[name] = getattr(datasets, name)
    # a copy, because set_format changes what it is called on
    parts = {name: copy.copy(one) for name, one in data.items()} if isinstance(data, dict) else None
    names["dataset"] = copy.copy(data) if parts is None else type(data)(parts)
    exec(compile("\n".join(lines(step)), "<step>", "exec"), names)  # noqa: S102 (the reader's own step)
    return names["dataset"]


def _with_function(step: Step, one: Any, arguments: list[Any], options: dict[str, Any]) -> Any:
    arguments, options = list(arguments), dict(options)
    function = arguments.pop(0) if arguments else options.pop("function", None)
    if function is None or not callable(function):
        raise UsageError("tables.step-without-function", step=step.name, example=step.operation.example)
    if not options.get("with_rank"):
        function = Watched(function, keep_number=bool(options.pop("with_indices", False)))
        options["with_indices"] = True
    if not is_stream(one):
        from datasets.fingerprint import Hasher

        options.setdefault("new_fingerprint", Hasher.hash([one._fingerprint, step.text]))
    return getattr(one, step.name)(function, *arguments, **options)


def _value(one: ast.expr, names: dict[str, Any]) -> Any:
    return eval(compile(ast.Expression(one), "<step>", "eval"), names)  # noqa: S307 (the reader's own step)


def _row_failed(error: BaseException | None) -> RowFailed | None:
    while error is not None:
        if isinstance(error, RowFailed):
            return error
        error = error.__cause__ or error.__context__
    return None


def _cache(step: Step, made: Any, begun: float) -> str:
    from pathlib import Path

    if step.name not in (*WITH_FUNCTION, "sort", "shuffle") or is_stream(made):
        return ""
    files = [Path(file["filename"]) for one in splits(made).values() for file in one.cache_files]
    newest = max((file.stat().st_mtime for file in files if file.is_file()), default=0.0)
    if not newest:
        return ""
    return "written" if newest >= begun - 1 else "read"


def _short(values: Any) -> str:
    try:
        said = ", ".join(f"{name}={str(value)[:60]!r}" for name, value in dict(values).items())
    except (TypeError, ValueError):
        said = str(values)
    return said[:300]
