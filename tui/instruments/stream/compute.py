"""`stream`: a data set read as it comes: the shuffle buffer, two streams in turn, bytes, and a resume."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from tui.errors import UsageError, warning
from tui.instruments.instrument import Result
from tui.options import option
from tui.tables import cells, load_errors
from tui.tables.cells import Column
from tui.tables.opening import load, splits
from tui.tables.source import Source, call, shipped

MOST = 2_000
TINY = {"csv": "a\n1\n", "json": '{"a": 1}\n', "text": "a\n"}
"""A file of each kind to get the library ready on, so that its imports are not counted as reading."""


@dataclass(frozen=True, slots=True)
class StreamSpec:
    """A source, and what is done on the fly."""

    path: str = option(help="a file, an address, an id on the Hub, or data that ships with the lessons")
    steps: tuple[str, ...] = option(default=(), help="what is done on the fly, a call each: filter(lambda row: ...)")
    skip: int = option(default=0, least=0, help="a whole number: rows that are passed over first")
    take: int = option(default=10, least=1, most=MOST, help="a whole number: rows that are taken")
    buffer_size: int = option(
        default=0, least=0, help="a whole number: rows that are shuffled at a time; 0: not shuffled"
    )
    seed: int = option(default=42, least=0, help="a whole number: the same seed gives the same order")
    other: str = option(default="", help="another source, whose rows come in turn with these")
    resume_at: int = option(
        default=0, least=0, help="a whole number: break off after so many rows and go on from the saved state"
    )


@dataclass(frozen=True, slots=True)
class StreamResult(Result):
    """The rows that came."""

    columns: list[Column]
    rows: list[list[str | None]]
    places: list[int]
    """Of each row, its place in the stream as it would come without skip and shuffle, counted from 0."""
    first_row: float
    """Seconds until the first row was there, the opening included."""
    all_rows: float
    bytes_read: int | None
    """Bytes that were read of the source by then; None where the system does not tell."""
    shards: int
    """Files that the stream is made of."""
    state: dict[str, Any]
    """What was saved when it was broken off: plain data, a few numbers."""
    resumed_alike: bool | None
    """Whether the rows after the break were those of an unbroken run; None without a break."""


def run(spec: StreamSpec) -> StreamResult:
    """Stream it. Raises `UsageError` and `DataError`."""
    if not 1 <= spec.take <= MOST:
        raise UsageError("instruments.stream.rows", rows=spec.take, most=MOST)
    source = Source((shipped(spec.path),), streaming=True)
    _get_ready(source)
    warnings = load(source).warnings
    start = perf_counter()
    with load_errors.explained(source), _reading() as read:
        made = _made(spec)
        found: list[dict[str, Any]] = []
        first_row = 0.0
        for row in made.take(spec.take):
            first_row = first_row or perf_counter() - start
            found.append(row)
        taken = read()
        all_rows = perf_counter() - start
        state, alike = _broken_off(spec, found) if 0 < spec.resume_at < len(found) else ({}, None)
        places = _places(spec, found)
    columns, texts = _texts(found)
    return StreamResult(
        columns, texts, places, first_row, all_rows, taken, made.num_shards, state, alike,
        warnings=[*warnings, *([warning("instruments.stream.warning.resume-differs")] if alike is False else [])],
    )  # fmt: skip


def code(spec: StreamSpec) -> str:
    """The stream, row by row."""
    from tui.tables import steps

    made = steps.script(_opening(spec.path), [steps.parse(text) for text in spec.steps if text.strip()])
    head, _, body = made.partition("\n\n")
    lines = body.rstrip("\n").splitlines()
    if spec.other:
        head = head.replace("import ", "import interleave_datasets, ", 1)
        lines += [f"other = {_opening(spec.other).splitlines()[-1].removeprefix('dataset = ')}",
                  "dataset = interleave_datasets([dataset, other])"]  # fmt: skip
    if spec.buffer_size:
        lines.append(f"dataset = dataset.shuffle(buffer_size={spec.buffer_size}, seed={spec.seed})")
    if spec.skip:
        lines.append(f"dataset = dataset.skip({spec.skip})")
    if spec.resume_at:
        head = f"import itertools\n\n{head}"
        lines += [
            "",
            "for number, row in enumerate(dataset, 1):",
            "    print(row)",
            f"    if number == {spec.resume_at}:",
            "        state = dataset.state_dict()",
            "        break",
            "dataset.load_state_dict(state)",
            f"for row in itertools.islice(dataset, {spec.take - spec.resume_at}):",
            "    print(row)",
        ]
    else:
        lines += ["", f"for row in dataset.take({spec.take}):", "    print(row)"]
    return f"{head}\n\n" + "\n".join(lines) + "\n"


def _opening(path: str) -> str:
    return call(Source((shipped(path),), split="train", streaming=True)).code()


def _one(path: str) -> Any:
    data = load(Source((shipped(path),), streaming=True)).data
    return next(iter(splits(data).values()))


def _get_ready(source: Source) -> None:
    """Stream a file of one row of the same kind: what is imported for it is there from then on."""
    builder = (call(source).arguments or ("",))[0]
    if builder in TINY:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"tiny.{builder}"
            file.write_text(TINY[builder], "utf-8")
            next(iter(_one(str(file))))


def _places(spec: StreamSpec, found: list[dict[str, Any]]) -> list[int]:
    """Where each row stands in the stream without skip and shuffle; -1 when it is not met there."""
    wanted: dict[str, list[int]] = {}
    for number, row in enumerate(found):
        wanted.setdefault(repr(row), []).append(number)
    places = [-1] * len(found)
    left = len(found)
    for place, row in enumerate(_made(replace(spec, buffer_size=0, skip=0))):
        if numbers := wanted.get(repr(row)):
            places[numbers.pop(0)] = place
            left -= 1
        if not left:
            break
    return places


def _made(spec: StreamSpec) -> Any:
    from datasets import interleave_datasets

    from tui.tables import apply, steps

    made = _one(spec.path)
    for text in spec.steps:
        if text.strip():
            made = apply.apply(steps.parse(text), made).data
    if spec.other:
        made = interleave_datasets([made, _one(spec.other)])
    if spec.buffer_size:
        made = made.shuffle(buffer_size=spec.buffer_size, seed=spec.seed)
    return made.skip(spec.skip) if spec.skip else made


def _broken_off(spec: StreamSpec, whole: list[dict[str, Any]]) -> tuple[dict[str, Any], bool]:
    """Break off, save the state, go on in a new stream; (state, whether the rows are those of the unbroken run)."""
    first = _made(spec)
    rows = iter(first)
    for _ in range(spec.resume_at):
        next(rows)
    state = first.state_dict()
    second = _made(spec)
    second.load_state_dict(state)
    rest = []
    for row in second:
        rest.append(row)
        if len(rest) == len(whole) - spec.resume_at:
            break
    return state, rest == whole[spec.resume_at :]


@contextmanager
def _reading() -> Iterator[Any]:
    """A function that says how many bytes of files and servers have been read since."""
    import psutil
    from datasets.utils import file_utils

    fetched = [0]
    real = file_utils._add_retries_to_file_obj_read_method

    def counted(file: Any) -> Any:
        file = real(file)
        read = file.read

        def reading(*given: Any, **named: Any) -> Any:
            got = read(*given, **named)
            fetched[0] += len(got) if got else 0
            return got

        file.read = reading
        return file

    def of_files() -> int | None:
        try:
            return int(psutil.Process().io_counters().read_chars)
        except (AttributeError, OSError, psutil.Error):  # not every system counts
            return None

    before = of_files()
    file_utils._add_retries_to_file_obj_read_method = counted
    try:
        yield lambda: None if before is None else fetched[0] + (of_files() or 0) - before
    finally:
        file_utils._add_retries_to_file_obj_read_method = real


def _texts(rows: list[dict[str, Any]]) -> tuple[list[Column], list[list[str | None]]]:
    if not rows:
        return [], []
    table = cells.joined(None, rows)
    columns = cells.columns_of(table.schema, None, table)
    return columns, cells.texts(table, columns)
