"""`map`: a function on every row of a data set, timed, with the rows before and after; or four ways of it in a race."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

from tui.errors import UsageError
from tui.instruments.instrument import Result
from tui.models import loading
from tui.models.reference import BACKBONE
from tui.models.suggestions import MODEL_HELP, models
from tui.options import option
from tui.tables import apply, steps
from tui.tables.source import Source, call, shipped
from tui.tables.table_store import DESK, Changed, Table

PAIR = "lambda rows: tokenizer(rows['sentence1'], rows['sentence2'], truncation=True)"
LISTED = 3
"""Rows that the answer lists."""


@dataclass(frozen=True, slots=True)
class MapSpec:
    """A function and how it is run."""

    function: str = option(help="a function of a row; of a batch of rows when batched is true")
    path: str = option(default="pairs", help="the data set: a file, a folder, or data that ships with the lessons")
    split: str = option(default="train", help="the split to take")
    rows: int = option(default=500, least=0, help="a whole number: only the first so many rows; 0 for all")
    batched: bool = option(default=True, help="true or false: give the function a batch of rows at a time")
    batch_size: int = option(default=1000, least=1, help="a whole number: rows in a batch")
    num_proc: int = option(default=1, least=1, help="a whole number: processes that share the work")
    remove: str = option(default="none", choices=("none", "all"), help="columns of before that are left out after")
    model: str = option(
        default=BACKBONE, suggestions=models, help=f"whose `tokenizer` the function finds: {MODEL_HELP}"
    )
    race: bool = option(
        default=False, help="true or false: time it batched and not, in one process and in two (a tokenizer takes both)"
    )


@dataclass(frozen=True, slots=True)
class Lap:
    """One way of running it."""

    batched: bool
    num_proc: int
    seconds: float
    rows_per_second: float
    failed: str
    """Why this way could not be run; empty when it could."""


@dataclass(frozen=True, slots=True)
class MapResult(Result):
    """What the function made of the rows."""

    before: Table
    after: Table
    changed: Changed
    rows_per_second: float
    columns: list[str]
    rows: list[list[str | None]]
    """The first rows after, as texts."""
    tokens: list[list[str]]
    """Of these rows, the tokens of `input_ids`, when there is such a column."""
    token_type_ids: list[list[int]]
    laps: list[Lap]


def text(spec: MapSpec, batched: bool | None = None, num_proc: int | None = None) -> str:
    """The call of `map` that a Spec stands for."""
    batched, num_proc = (spec.batched if batched is None else batched), num_proc or spec.num_proc
    given = [spec.function.strip()]
    given += [f"batched=True, batch_size={spec.batch_size}"] if batched and spec.batch_size != 1000 else []
    given += ["batched=True"] if batched and spec.batch_size == 1000 else []
    given += [f"num_proc={num_proc}"] if num_proc > 1 else []
    given += ["remove_columns=dataset.column_names"] if spec.remove == "all" else []
    return f"map({', '.join(given)})"


def run(spec: MapSpec) -> MapResult:
    """Map it. Raises `UsageError` and `DataError`; a failing function is told with its row."""
    if not spec.function.strip():
        raise UsageError("tables.step-without-function", step="map", example=PAIR)
    before = opened = DESK.open(_source(spec))
    if spec.rows:
        before = DESK.step(before.handle, f"take({spec.rows})").table
    changed = DESK.step(before.handle, text(spec), spec.model)
    after = changed.table
    split = after.splits[0].name
    names = [column.name for column in after.columns]
    page = DESK.rows(after.handle, split, 0, LISTED, names)
    ids, types = _tokenised(DESK.find(after.handle).data, spec.model)
    return MapResult(
        before, after, changed, (changed.before or 0) / max(changed.seconds, 1e-9), names, page.rows, ids, types,
        _race(spec, before) if spec.race else [], warnings=opened.warnings,
    )  # fmt: skip


def code(spec: MapSpec) -> str:
    """A script that does the same."""
    done = [f"take({spec.rows})"] if spec.rows else []
    parsed = [replace(steps.parse(step), model=spec.model) for step in (*done, text(spec))]
    made = steps.script(call(_source(spec)).code(), parsed)
    return made + "print(dataset[0])\n"


def _source(spec: MapSpec) -> Source:
    return Source((shipped(spec.path),), split=spec.split)


def _tokenised(data: Any, model: str) -> tuple[list[list[str]], list[list[int]]]:
    if "input_ids" not in data.column_names:
        return [], []
    head = data.with_format(None)[:LISTED]
    if not head["input_ids"] or not isinstance(head["input_ids"][0], list):
        return [], []
    tokenizer = loading.tokenizer(model)
    return [tokenizer.convert_ids_to_tokens(ids) for ids in head["input_ids"]], head.get("token_type_ids") or []


def _race(spec: MapSpec, before: Table) -> list[Lap]:
    """The same rows four ways, nothing taken from the cache."""
    data, laps = DESK.find(before.handle).data, []
    for batched, num_proc in itertools.product((False, True), (1, 2)):
        step = steps.parse(text(spec, batched, num_proc)[:-1] + ", load_from_cache_file=False)")
        step = replace(step, model=spec.model)
        start = perf_counter()
        try:
            apply.apply(step, data)
        except Exception as error:  # this way only; the others are still worth knowing
            laps.append(Lap(batched, num_proc, 0.0, 0.0, str(error)))
            continue
        seconds = perf_counter() - start
        laps.append(Lap(batched, num_proc, seconds, data.num_rows / seconds, ""))
    return laps
