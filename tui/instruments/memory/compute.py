"""`memory`: where a data set lies while it is read: memory of the process's own, pages of the file, the disk.

The total (RSS) misleads, because it counts pages of a mapped file that the system can take back at any time.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

from tui import partial_results
from tui.instruments.instrument import Result
from tui.options import option
from tui.tables.generate import made_file, make

READS = 2_000
ITERATED = 20_000
TELL_EVERY = 0.1


@dataclass(frozen=True, slots=True)
class MemorySpec:
    """How large a table, and where it is to be."""

    rows: int = option(
        default=200_000, least=1, help="a whole number: rows of the table that is made, about 180 bytes each"
    )
    keep: str = option(
        default="mapped", choices=("mapped", "in memory"), help="mapped: read from the file; in memory: all at once"
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Memory of the process at one moment, in bytes, less what it had before."""

    stage: str
    """`before`, `opened`, `random reads`, `scan`, `iteration` or `closed`."""
    second: float
    own: int
    """Memory of its own (RssAnon): what the table costs."""
    file: int
    """Pages of files (RssFile): given back when others need them."""


@dataclass(frozen=True, slots=True)
class MemoryResult(Result):
    """The samples in order, and how fast each stage was."""

    rows: int
    disk: int
    """Bytes of the file."""
    samples: list[Sample]
    most_own: int
    most_file: int
    random_read: float
    """Milliseconds for one row at random."""
    scanned: float
    """Bytes a second in a scan of one column, batch by batch."""
    iterated: float
    """Rows a second in a Python loop."""


def run(spec: MemorySpec) -> MemoryResult:
    """Make the table if it is not there, open it, read it in three ways, and watch."""
    import pyarrow
    from datasets import Dataset

    file = make(spec.rows)
    pyarrow.default_memory_pool().release_unused()  # else what was freed before is used again, and counts as nothing
    watch = _Watch()
    watch.look("before", always=True)
    data = Dataset.from_file(str(file), in_memory=spec.keep == "in memory")
    watch.look("opened", always=True)
    chance = random.Random(0)  # noqa: S311 (the same rows every time are what is wanted)
    start = perf_counter()
    reads = min(READS, 10 * spec.rows)
    for _ in range(reads):
        data[chance.randrange(data.num_rows)]
        watch.look("random reads")
    random_read = 1000 * (perf_counter() - start) / reads
    watch.look("random reads", always=True)
    start, size = perf_counter(), 0
    for batch in data.with_format("arrow").select_columns(["text"]).iter(10_000):
        size += _touch(batch)
        watch.look("scan")
    scanned = size / max(perf_counter() - start, 1e-9)
    watch.look("scan", always=True)
    start = perf_counter()
    count = 0
    for _row in data.take(min(ITERATED, data.num_rows)):
        count += 1
        watch.look("iteration")
    iterated = count / (perf_counter() - start)
    watch.look("iteration", always=True)
    del data, batch  # a batch keeps the file mapped
    watch.look("closed", always=True)
    samples = watch.samples
    return MemoryResult(
        spec.rows, file.stat().st_size, samples, max(s.own for s in samples), max(s.file for s in samples),
        random_read, scanned, iterated,
    )  # fmt: skip


def code(spec: MemorySpec) -> str:
    """Open it and look at the two kinds of memory."""
    kept = ", in_memory=True" if spec.keep == "in memory" else ""
    return f"""import random
from pathlib import Path

from datasets import Dataset

from tui.tables.generate import make# makes the table from the country profiles


def memory():
    lines = Path("/proc/self/status").read_text().splitlines()
    facts = dict(line.split(":", 1) for line in lines)
    return {{name: int(facts[name].split()[0]) // 1000 for name in ("RssAnon", "RssFile")}}  # MB


file = make({spec.rows})
before = memory()
dataset = Dataset.from_file(str(file){kept})
for _ in range({READS}):
    dataset[random.randrange(len(dataset))]
after = memory()
print(f"{{file.stat().st_size // 1_000_000}} MB on disk")
print({{name: after[name] - before[name] for name in after}})
"""


class _Watch:
    """Takes a sample now and then, and tells them as they come."""

    def __init__(self) -> None:
        self.samples: list[Sample] = []
        self._start = perf_counter()
        self._last = 0.0
        self._before = _memory()

    def look(self, stage: str, *, always: bool = False) -> None:
        now = perf_counter() - self._start
        if not always and now - self._last < TELL_EVERY:
            return
        self._last = now
        own, file = _memory()
        self.samples.append(Sample(stage, now, own - self._before[0], file - self._before[1]))
        partial_results.report({"samples": [asdict(sample) for sample in self.samples[-200:]]})


def _memory() -> tuple[int, int]:
    """(RssAnon, RssFile) in bytes; where the system does not tell them apart, (RSS, 0)."""
    try:
        lines = Path("/proc/self/status").read_text("ascii").splitlines()
        facts = dict(line.split(":", 1) for line in lines if ":" in line)
        return int(facts["RssAnon"].split()[0]) * 1024, int(facts["RssFile"].split()[0]) * 1024
    except (OSError, KeyError, ValueError):
        import psutil

        return int(psutil.Process().memory_info().rss), 0


def _touch(batch: Any) -> int:
    """Read every byte of a batch's texts; says how many there are."""
    import pyarrow.compute as compute

    compute.sum(compute.utf8_length(batch.column(0)))
    return int(batch.nbytes)


def is_made(rows: int) -> bool:
    """Whether the table is there already."""
    return made_file(rows).is_file()
